"""Glyphs in, calibrated probabilities out: the shipped network in ONNX Runtime.

The model file carries its own contract (`Contract`), checked before the first glyph is read: a file made for other
labels, another glyph size or another scaling is refused with a sentence that says how. This file does not know where
glyphs come from, nor how the network was trained.
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
from ..results import DIGIT_COUNT
from .acceptance import ACCEPTS
from .onnx_model import MODELS, ModelFile

LABELS = "0123456789"
NOT_A_DIGIT = DIGIT_COUNT
"""The column of the eleventh answer: this is not one digit."""
SHIPPED = MODELS / "numink.onnx"
BATCH = 256
"""Glyphs in one call of the network: larger ones fall out of the processor's cache."""
LOCAL, FALLBACK = "local", "fallback"
"""Who answered (`DigitClassifier.by`): the model here, or the model here in the place of another that did not."""
MANY = 4 * BATCH
"""From so many glyphs on the calls are spread over the cores; fewer are not worth the threads."""


@dataclass(frozen=True)
class Contract:
    """What a model file says about itself, in its metadata."""

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
        """Checked. Raises ModelError that names the first field that is missing or does not agree."""
        expected = {"labels": cls.EXPECTED_LABELS, "glyph": cls.EXPECTED_GLYPH, "accepts": ACCEPTS}
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
        """The same, as ONNX keeps it."""
        return {key: str(value) for key, value in asdict(self).items()}


class DigitClassifier(Protocol):
    """What a reader asks: the network here (`Classifier`), or the same one elsewhere."""

    @property
    def path(self) -> Path:
        """The model's file, here."""

    @property
    def contract(self) -> Contract:
        """What the model says about itself."""

    @property
    def by(self) -> str:
        """Who answers; of a page's classifier, who has answered so far."""

    def for_page(self) -> DigitClassifier:
        """What the digits of one page are asked of, by one thread."""

    def logits(self, glyphs: NDArray[np.uint8] | NDArray[np.float32]) -> NDArray[np.float32]:
        """See `Classifier.logits`."""

    def predict(self, glyphs: NDArray[np.uint8] | NDArray[np.float32]) -> NDArray[np.float32]:
        """See `Classifier.predict`."""


class Classifier:
    """The network, loaded once and shared by all threads.

    >>> Classifier().predict(np.zeros((1, 28, 28), np.uint8)).shape
    (1, 11)
    """

    by = LOCAL

    def __init__(self, path: Path | None = None) -> None:
        """`path` None means the shipped model. Raises ModelError where it cannot be used."""
        self.path = path or SHIPPED
        self._file = ModelFile(self.path)
        self.contract = Contract.of(self._file)

    def for_page(self) -> Classifier:
        """Itself: it keeps nothing of a page."""
        return self

    def logits(self, glyphs: NDArray[np.uint8] | NDArray[np.float32]) -> NDArray[np.float32]:
        """What the network says before calibration: float32 (N, 11). Raises ValueError for another shape or type."""
        check_glyphs(glyphs)
        out = np.empty((len(glyphs), NOT_A_DIGIT + 1), np.float32)

        def answer(start: int) -> None:
            out[start : start + BATCH] = self._file.run(as_float(glyphs[start : start + BATCH])[:, None])

        starts = range(0, len(glyphs), BATCH)
        if len(glyphs) < MANY:
            for start in starts:
                answer(start)
        else:
            with ThreadPoolExecutor(os.cpu_count()) as pool:
                list(pool.map(answer, starts))
        return out

    def predict(self, glyphs: NDArray[np.uint8] | NDArray[np.float32]) -> NDArray[np.float32]:
        """Probabilities of 0..9 and 'not one digit' for glyphs (N, 28, 28), bright ink on 0: float32 (N, 11).

        uint8 counts 0..255, float32 0..1. Raises ValueError for another shape or type.
        """
        return calibrated(self.logits(glyphs), self.contract.temperature)


def check_glyphs(glyphs: NDArray[np.uint8] | NDArray[np.float32]) -> None:
    """Raises ValueError for another shape or type than a classifier takes."""
    if glyphs.ndim != 3 or glyphs.shape[1:] != (28, 28):
        raise ValueError(f"glyphs must have the shape (N, 28, 28), not {glyphs.shape}")
    if glyphs.dtype not in (np.uint8, np.float32):
        raise ValueError(f"glyphs must be uint8 (0..255) or float32 (0..1), not {glyphs.dtype}")


def as_float(glyphs: NDArray[np.uint8] | NDArray[np.float32]) -> NDArray[np.float32]:
    """Glyphs (N, 28, 28) as the network takes them: float32 0..1. Raises ValueError for another shape or type."""
    check_glyphs(glyphs)
    return (glyphs * np.float32(1 / 255) if glyphs.dtype == np.uint8 else glyphs).astype(np.float32, copy=False)


def calibrated(logits: NDArray[np.float32], temperature: float) -> NDArray[np.float32]:
    """Probabilities of logits (N, 11): softmax at the model's temperature."""
    scaled = logits / np.float32(temperature)
    scaled -= scaled.max(axis=1, keepdims=True)
    np.exp(scaled, out=scaled)
    scaled /= scaled.sum(axis=1, keepdims=True)
    return scaled
