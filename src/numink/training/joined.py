"""Networks that answer as one: members whose answers are averaged, and a quick one before them that answers where it
is sure. Here in torch, as calibration and the check of the exported file want it; `export` writes the same as ONNX.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from torch import nn

from .calibrate import fit_sure, fit_temperature, probabilities
from .fit import Glyphs, logits


@dataclass(frozen=True)
class Quick:
    """The first network of a cascade, its temperature, and how sure it must be to answer alone (0..1)."""

    network: nn.Module
    temperature: float
    sure: float


@dataclass(frozen=True)
class Joined:
    """One or more `members`; `temperature` calibrates the mean of their logits."""

    members: Sequence[nn.Module]
    temperature: float
    quick: Quick | None = None

    def logits(self, glyphs: Glyphs) -> NDArray[np.float32]:
        """What they say together to glyphs uint8 (N, 28, 28): float32 (N, 11), to be divided by `temperature`."""
        together = mean_logits(self.members, glyphs)
        if self.quick is None:
            return together
        said = logits(self.quick.network, glyphs)
        alone = probabilities(said, self.quick.temperature).max(axis=1) >= self.quick.sure
        scaled = said * np.float32(self.temperature / self.quick.temperature)
        return np.where(alone[:, None], scaled, together).astype(np.float32)


def mean_logits(members: Sequence[nn.Module], glyphs: Glyphs) -> NDArray[np.float32]:
    """The mean of what `members` say: float32 (N, 11)."""
    mean: NDArray[np.float32] = np.mean([logits(member, glyphs) for member in members], axis=0, dtype=np.float32)
    return mean


def join(members: Sequence[nn.Module], quick: nn.Module | None, shown: tuple[Glyphs, Glyphs]) -> Joined:
    """Calibrated on `shown`: glyphs that no training saw, and their labels."""
    together = mean_logits(members, shown[0])
    temperature = fit_temperature(together, shown[1])
    if quick is None:
        return Joined(members, temperature)
    said = logits(quick, shown[0])
    own = fit_temperature(said, shown[1])
    sure = fit_sure(probabilities(said, own), probabilities(together, temperature), shown[1])
    return Joined(members, temperature, Quick(quick, own, sure))
