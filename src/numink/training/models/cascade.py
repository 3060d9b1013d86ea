"""Networks that answer as one: a quick one where it is sure, and a wider one where that is not.

Here in torch, as calibration and the check of the exported file want it; `export` writes the same as ONNX.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from torch import nn

from ...evaluation.calibration import probabilities
from ..calibration import fit_sure, fit_temperature
from ..fit_digits import Glyphs, logits


@dataclass(frozen=True)
class Quick:
    """The first network of a cascade, its temperature, and how sure it must be to answer alone (0..1): before
    calibration, since a temperature well below 1 leaves nothing to tell sure answers apart by."""

    network: nn.Module
    temperature: float
    sure: float


@dataclass(frozen=True)
class Joined:
    """A network whose logits `temperature` calibrates, and, where there is one, the quick one before it."""

    network: nn.Module
    temperature: float
    quick: Quick | None = None

    def logits(self, glyphs: Glyphs) -> NDArray[np.float32]:
        """What they say to glyphs uint8 (N, 28, 28): float32 (N, 11), to be divided by `temperature`."""
        asked = logits(self.network, glyphs)
        if self.quick is None:
            return asked
        said = logits(self.quick.network, glyphs)
        alone = _surety(said) >= self.quick.sure
        scaled = said * np.float32(self.temperature / self.quick.temperature)
        return np.where(alone[:, None], scaled, asked).astype(np.float32)

    def clear(self, glyphs: Glyphs, by: float) -> NDArray[np.bool_]:
        """For each of `glyphs` uint8 (N, 28, 28), whether who answers it is decided by more than `by`: (N,)."""
        if self.quick is None:
            return np.ones(len(glyphs), bool)
        return np.asarray(np.abs(_surety(logits(self.quick.network, glyphs)) - self.quick.sure) > by)


def _surety(said: NDArray[np.float32]) -> NDArray[np.float64]:
    """How sure a quick network is that says `said` (N, 11), before calibration: (N,)."""
    return np.asarray(probabilities(said, 1.0).max(axis=1))


def join(network: nn.Module, quick: nn.Module | None, shown: tuple[Glyphs, Glyphs]) -> Joined:
    """Calibrated on `shown`: glyphs that no training saw, and their labels."""
    asked = logits(network, shown[0])
    temperature = fit_temperature(asked, shown[1])
    if quick is None:
        return Joined(network, temperature)
    said = logits(quick, shown[0])
    own = fit_temperature(said, shown[1])
    sure = fit_sure(_surety(said), probabilities(said, own), probabilities(asked, temperature), shown[1])
    return Joined(network, temperature, Quick(quick, own, sure))
