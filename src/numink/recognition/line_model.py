"""Strips in, what stands where along them out: the shipped line network in ONNX Runtime.

It may be several networks in one file, heard together. The file carries its own contract, as the classifier's does.
Knows nothing about where strips come from.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..errors import ModelError
from .line_image import BODY, HEIGHT, LineImage
from .onnx_model import MODELS, ModelFile

SHIPPED = MODELS / "lines.onnx"
STEP = 4
"""Columns of a strip to one place of the answer."""
PLACES = 8.0
"""What the places say of a strip's standing on its head is divided by this when it is summed."""


@dataclass(frozen=True)
class LineContract:
    """What a line model says about itself, in its metadata."""

    name: str
    strip: str
    temperatures: tuple[float, ...]
    """One for each network in the file."""
    say: tuple[float, ...]
    """How much each is heard; they sum to 1."""
    threshold: float
    """A number whose digits are all this sure is accepted."""
    commit: str
    data: str
    recipe: str

    EXPECTED_STRIP = (
        f"{HEIGHT} rows float32 0..1, ink bright, body of {BODY} rows, a place for {STEP} columns; "
        "of each network digits, nothing, head"
    )

    @classmethod
    def of(cls, file: ModelFile) -> LineContract:
        """Checked. Raises ModelError that names the first field that is missing or does not agree."""
        values = file.metadata([field.name for field in fields(cls)], {"strip": cls.EXPECTED_STRIP})
        try:
            temperatures, say, (threshold,) = (
                tuple(float(one) for one in values.pop(name).split()) for name in ("temperatures", "say", "threshold")
            )
        except ValueError as error:
            raise ModelError(f"{file.path} has metadata that is not a number ({error}): train it again.") from None
        if not (min(temperatures, default=0) > 0 and 0 < threshold <= 1 and len(say) == len(temperatures)):
            raise ModelError(f"{file.path} has a temperature or a threshold out of range: train it again.")
        if not math.isclose(sum(say), 1):
            raise ModelError(f"{file.path} has networks whose say does not sum to 1: train it again.")
        return cls(temperatures=temperatures, say=say, threshold=threshold, **values)

    def to_metadata(self) -> dict[str, str]:
        """The same, as ONNX keeps it."""
        return {
            key: " ".join(map(str, value)) if isinstance(value, tuple) else str(value)
            for key, value in asdict(self).items()
        }


@dataclass(frozen=True)
class LineOutput:
    """What stands along a strip: by each of M networks the probabilities of 0..9 and of nothing at each place, float64
    (M, T, 11); how much each network is heard; and how much speaks for the strip's standing on its head, as the
    logarithm of the odds."""

    chances: NDArray[np.float64]
    say: tuple[float, ...]
    on_its_head: float


class LineModel:
    """The line network, loaded once and shared by all threads."""

    def __init__(self, path: Path | None = None) -> None:
        """`path` None means the shipped model. Raises ModelError where it cannot be used."""
        self._file = ModelFile(path or SHIPPED)
        self.contract = LineContract.of(self._file)

    def read(self, strips: Sequence[LineImage]) -> list[LineOutput]:
        """What stands along each strip. Strips of about the same length are asked together."""
        out: dict[int, LineOutput] = {}
        order = sorted(range(len(strips)), key=lambda at: strips[at].ink.shape[1])
        while order:
            longest = strips[order[-1]].ink.shape[1]
            together = [at for at in order if strips[at].ink.shape[1] > 0.7 * longest]
            order = order[: -len(together)]
            places = -(-longest // STEP)
            batch = np.zeros((len(together), 1, HEIGHT, places * STEP), np.float32)
            for row, at in enumerate(together):
                batch[row, 0, :, : strips[at].ink.shape[1]] = strips[at].ink
            answers = self._file.run(batch).astype(np.float64)
            for row, at in enumerate(together):
                out[at] = self._said(answers[row, :, : -(-strips[at].ink.shape[1] // STEP)])
        return [out[at] for at in range(len(strips))]

    def _said(self, logits: NDArray[np.float64]) -> LineOutput:
        """From the networks' answers (M, T, 12)."""
        spelled = logits[:, :, :-1] / np.array(self.contract.temperatures)[:, None, None]
        chances = np.exp(spelled - spelled.max(axis=2, keepdims=True))
        on_its_head = float(np.dot(self.contract.say, logits[:, :, -1].sum(axis=1))) / PLACES
        return LineOutput(chances / chances.sum(axis=2, keepdims=True), self.contract.say, on_its_head)
