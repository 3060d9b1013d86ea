"""The digit model: glyphs to calibrated probabilities, by the shipped network in ONNX Runtime.

The model file carries its own contract (`Contract`), checked before the first glyph is read: a file made for other
labels, another glyph size or another scaling is refused with a message that says which.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from ..errors import ModelError
from ..imaging.onnx_model import MODELS, ModelFile
from ..results import DIGIT_COUNT
from .acceptance import ACCEPTANCE_RULE
from .glyph import GLYPH_SIDE
from .softmax import softmax

LABELS = "0123456789"
NOT_A_DIGIT = DIGIT_COUNT
"""Column of "not one digit" in the predictions."""
SHIPPED = MODELS / "numink.onnx"
LOCAL, FALLBACK = "local", "fallback"
"""Values of `DigitClassifier.by`: the model here, or the model here in place of a remote one that did not answer."""


@dataclass(frozen=True)
class DigitModelParameters:
    """Parameters of the digit model's use; E201 chose `batch_size`, the other was set by eye. They change no answer."""

    batch_size: int = 256
    """Glyphs in one call of the network; larger batches fall out of the processor's cache."""
    least_threaded_glyphs: int = 1024
    """From so many glyphs on, the calls are spread over the processor's cores."""


PARAMETERS = DigitModelParameters()


@dataclass(frozen=True)
class Contract:
    """The digit model's description of itself, in the metadata of its file."""

    name: str
    labels: str
    glyph: str
    temperature: float
    threshold: float
    accepts: str
    mnist_error: float
    commit: str
    data: str
    recipe: str

    EXPECTED_LABELS = LABELS + "-"
    EXPECTED_GLYPH = "28x28 float32 0..1, ink bright, longest side 20, centred by mass"

    @classmethod
    def of(cls, file: ModelFile) -> Contract:
        """Return the checked contract of `file`. Raises ModelError that names the first missing or wrong field."""
        expected = {"labels": cls.EXPECTED_LABELS, "glyph": cls.EXPECTED_GLYPH, "accepts": ACCEPTANCE_RULE}
        values: dict[str, Any] = dict(file.metadata([field.name for field in fields(cls)], expected))
        try:
            numbers = {name: float(values[name]) for name in ("temperature", "threshold", "mnist_error")}
        except ValueError as error:
            raise ModelError(f"{file.path} has metadata that is not a number ({error}): train it again.") from None
        contract = cls(**{**values, **numbers})
        if not contract.temperature > 0 or not 0 < contract.threshold <= 1:
            raise ModelError(f"{file.path} has a temperature or a threshold out of range: train it again.")
        return contract

    def to_metadata(self) -> dict[str, str]:
        """Return the contract as the metadata of an ONNX file."""
        return {key: str(value) for key, value in asdict(self).items()}


class DigitClassifier(Protocol):
    """The digit model as readers use it: `Classifier` here, or the same model at a remote service."""

    @property
    def path(self) -> Path:
        """The model's file on this machine."""

    @property
    def contract(self) -> Contract:
        """The model's description of itself."""

    @property
    def by(self) -> str:
        """'local', 'watson' or 'fallback'; of a page's classifier, the one that has answered so far."""

    def for_page(self) -> DigitClassifier:
        """Return the classifier for the digits of one page, to be used by one thread."""

    def logits(self, glyphs: NDArray[np.uint8] | NDArray[np.float32]) -> NDArray[np.float32]:
        """Return logits, as `Classifier.logits` does."""

    def predict(self, glyphs: NDArray[np.uint8] | NDArray[np.float32]) -> NDArray[np.float32]:
        """Return probabilities, as `Classifier.predict` does."""


class Classifier:
    """The digit model, trained on MNIST and more; loaded once and shared by all threads.

    >>> from numink import Classifier
    >>> glyphs = np.zeros((1, 28, 28), np.uint8)
    >>> glyphs[0, 4:24, 13:16] = 255  # an upright stroke
    >>> probabilities = Classifier().predict(glyphs)
    >>> probabilities.shape, int(probabilities[0].argmax())
    ((1, 11), 1)
    """

    by = LOCAL

    def __init__(self, path: Path | None = None) -> None:
        """Load a model file.

        Args:
            path: An ONNX file made by `numink train`; None means the shipped model.

        Raises:
            ModelError: The file is missing, damaged, or made for another contract.
        """
        self.path = path or SHIPPED
        self._file = ModelFile(self.path)
        self.contract = Contract.of(self._file)

    def for_page(self) -> Classifier:
        """Return the classifier itself: it keeps no state of a page."""
        return self

    def logits(self, glyphs: NDArray[np.uint8] | NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the network's logits before calibration.

        Args:
            glyphs: (N, 28, 28), uint8 in 0..255 or float32 in 0..1, bright foreground on 0.

        Returns:
            float32 (N, 11).

        Raises:
            ValueError: `glyphs` has another shape or type.
        """
        check_glyphs(glyphs)
        logits = np.empty((len(glyphs), NOT_A_DIGIT + 1), np.float32)
        size = PARAMETERS.batch_size

        def run(start: int) -> None:
            logits[start : start + size] = self._file.run(as_float(glyphs[start : start + size])[:, None])

        starts = range(0, len(glyphs), size)
        if len(glyphs) < PARAMETERS.least_threaded_glyphs:
            for start in starts:
                run(start)
        else:
            with ThreadPoolExecutor(os.cpu_count()) as pool:
                list(pool.map(run, starts))
        return logits

    def predict(self, glyphs: NDArray[np.uint8] | NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the calibrated probabilities of 0..9 and of "not one digit".

        Args:
            glyphs: (N, 28, 28), uint8 in 0..255 or float32 in 0..1, bright foreground on 0, as
                `numink.recognition.glyph.normalise` and MNIST's files have them.

        Returns:
            float32 (N, 11); each row sums to 1.

        Raises:
            ValueError: `glyphs` has another shape or type.
        """
        return calibrated(self.logits(glyphs), self.contract.temperature)


def check_glyphs(glyphs: NDArray[np.uint8] | NDArray[np.float32]) -> None:
    """Check the shape and type of glyphs. Raises ValueError where a classifier does not take them."""
    if glyphs.ndim != 3 or glyphs.shape[1:] != (GLYPH_SIDE, GLYPH_SIDE):
        raise ValueError(f"glyphs must have the shape (N, {GLYPH_SIDE}, {GLYPH_SIDE}), not {glyphs.shape}")
    if glyphs.dtype not in (np.uint8, np.float32):
        raise ValueError(f"glyphs must be uint8 (0..255) or float32 (0..1), not {glyphs.dtype}")


def as_float(glyphs: NDArray[np.uint8] | NDArray[np.float32]) -> NDArray[np.float32]:
    """Return glyphs (N, 28, 28) as float32 in 0..1. Raises ValueError for another shape or type."""
    check_glyphs(glyphs)
    return (glyphs * np.float32(1 / 255) if glyphs.dtype == np.uint8 else glyphs).astype(np.float32, copy=False)


def calibrated(logits: NDArray[np.float32], temperature: float) -> NDArray[np.float32]:
    """Return the probabilities of `logits` (N, 11): the softmax at the model's temperature."""
    return softmax(logits, temperature)
