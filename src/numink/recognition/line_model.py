"""The line model: line images to character probabilities along them, by the shipped networks in ONNX Runtime.

One file holds an ensemble of one or more networks, and its own contract, as the digit model's does.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..errors import ModelError
from ..imaging.onnx_model import MODELS, ModelFile
from .acceptance import AcceptanceModel
from .alphabet import CHARACTERS
from .line_image import BODY_HEIGHT, LINE_IMAGE_HEIGHT, LineImage
from .softmax import softmax
from .types import LineOutput

SHIPPED = MODELS / "lines.onnx"
FRAME_WIDTH = 4
"""Columns of a line image to one frame of the output (E062)."""
UPSIDE_DOWN_DIVISOR = 8.0
"""Divisor of the summed upside-down log-odds of all frames, in training too (introduced in E083, set by eye)."""
METADATA_KEYS = {"line_image": "strip", "ensemble_weights": "say"}
"""Keys of the model file's metadata that differ from the names of the contract's fields."""


@dataclass(frozen=True)
class LineModelParameters:
    """Parameters of the line model's use; set by eye, for speed."""

    least_width_ratio: float = 0.7
    """Line images wider than this part of the widest are padded to its width and go into one batch with it."""


PARAMETERS = LineModelParameters()


@dataclass(frozen=True)
class LineContract:
    """The line model's description of itself, in the metadata of its file."""

    name: str
    line_image: str
    """The format of its input and output; a file with another than EXPECTED_LINE_IMAGE is refused."""
    alphabet: str
    """The characters of its outputs; a file with others than `alphabet.CHARACTERS` is refused."""
    temperatures: tuple[float, ...]
    """Temperature of each network in the file."""
    ensemble_weights: tuple[float, ...]
    """Weight of each network; they sum to 1."""
    threshold: float
    """Least probability of a character that is accepted by itself in a number that is not accepted."""
    commit: str
    data: str
    recipe: str
    acceptance: AcceptanceModel
    """The acceptance model of numbers that was fitted with these networks."""
    digit_networks: int = 0
    """So many networks, the last ones, know digits only."""

    EXPECTED_LINE_IMAGE = (
        f"{LINE_IMAGE_HEIGHT} rows float32 0..1, foreground bright, body of {BODY_HEIGHT} rows, "
        f"a frame for {FRAME_WIDTH} columns; of each network the alphabet, the blank, the evidence of upside down"
    )

    @classmethod
    def of(cls, file: ModelFile) -> LineContract:
        """Return the checked contract of `file`. Raises ModelError that names the first missing or wrong field."""
        names = {field.name: METADATA_KEYS.get(field.name, field.name) for field in fields(cls)}
        expected = {names["line_image"]: cls.EXPECTED_LINE_IMAGE, names["alphabet"]: CHARACTERS}
        stored = file.metadata(list(names.values()), expected)
        values = {name: stored[key] for name, key in names.items()}
        try:
            temperatures, weights, (threshold,) = (
                tuple(float(number) for number in values.pop(name).split())
                for name in ("temperatures", "ensemble_weights", "threshold")
            )
            digit_networks = int(values.pop("digit_networks"))
        except ValueError as error:
            raise ModelError(f"{file.path} has metadata that is not a number ({error}): train it again.") from None
        if not (min(temperatures, default=0) > 0 and 0 < threshold <= 1 and len(weights) == len(temperatures)):
            raise ModelError(f"{file.path} has a temperature or a threshold out of range: train it again.")
        if not math.isclose(sum(weights), 1):
            raise ModelError(f"{file.path} has ensemble weights that do not sum to 1: train it again.")
        if not 0 <= digit_networks < len(weights):
            raise ModelError(f"{file.path} has no network that knows all characters: train it again.")
        acceptance = AcceptanceModel.from_json(values.pop("acceptance"))
        return cls(
            acceptance=acceptance,
            digit_networks=digit_networks,
            temperatures=temperatures,
            ensemble_weights=weights,
            threshold=threshold,
            **values,
        )

    def to_metadata(self) -> dict[str, str]:
        """Return the contract as the metadata of an ONNX file."""
        values = asdict(self) | {"acceptance": self.acceptance.to_json()}
        return {
            METADATA_KEYS.get(name, name): " ".join(map(str, value)) if isinstance(value, tuple) else str(value)
            for name, value in values.items()
        }


class LineModel:
    """The line model, loaded once and shared by all threads."""

    def __init__(self, path: Path | None = None) -> None:
        """Load the model at `path`, or the shipped one. Raises ModelError where it cannot be used."""
        self._file = ModelFile(path or SHIPPED)
        self.contract = LineContract.of(self._file)

    @property
    def path(self) -> Path:
        """The model file."""
        return self._file.path

    def predict(self, images: Sequence[LineImage]) -> list[LineOutput]:
        """Return the output for each line image, in their order. Images of about the same width share a batch."""
        outputs: dict[int, LineOutput] = {}
        by_width = sorted(range(len(images)), key=lambda index: images[index].pixels.shape[1])
        while by_width:
            widest = images[by_width[-1]].pixels.shape[1]
            least = PARAMETERS.least_width_ratio * widest
            batch_indices = [index for index in by_width if images[index].pixels.shape[1] > least]
            by_width = by_width[: -len(batch_indices)]
            width = _frame_count(widest) * FRAME_WIDTH
            batch = np.zeros((len(batch_indices), 1, LINE_IMAGE_HEIGHT, width), np.float32)
            for row, index in enumerate(batch_indices):
                batch[row, 0, :, : images[index].pixels.shape[1]] = images[index].pixels
            logits = self._file.run(batch).astype(np.float64)
            for row, index in enumerate(batch_indices):
                outputs[index] = self._to_output(logits[row, :, : _frame_count(images[index].pixels.shape[1])])
        return [outputs[index] for index in range(len(images))]

    def _to_output(self, logits: NDArray[np.float64]) -> LineOutput:
        """Return the output for the networks' logits (M, T, OUTPUTS)."""
        weights = self.contract.ensemble_weights
        probabilities = softmax(logits[:, :, :-1], np.array(self.contract.temperatures)[:, None, None])
        log_odds = float(np.dot(weights, logits[:, :, -1].sum(axis=1))) / UPSIDE_DOWN_DIVISOR
        return LineOutput(probabilities, weights, log_odds, self.contract.digit_networks)


def _frame_count(width: int) -> int:
    return -(-width // FRAME_WIDTH)
