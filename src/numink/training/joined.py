"""Networks that answer as one: a quick one where it is sure, and a wider one where that is not.

Here in torch, as calibration and the check of the exported file want it; `export` writes the same as ONNX.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from ..results import DIGITS
from .calibrate import fit_sure, fit_temperature, probabilities
from .fit import Glyphs, logits
from .network import DigitNet


@dataclass(frozen=True)
class Quick:
    """The first network of a cascade, its temperature, and how sure it must be to answer alone (0..1): before
    calibration, since a temperature well below 1 leaves nothing to tell sure answers apart by."""

    network: nn.Module
    temperature: float
    sure: float


@dataclass(frozen=True)
class Mate:
    """A network that knows clean digits only, and those better: asked where the wider one is in doubt about a clean
    glyph, and only which of the ten digits it is."""

    network: nn.Module
    gate: nn.Linear
    """Whether a glyph is clean, above 0, told from what feeds the wider network's answer."""
    below: float
    """Asked where the wider network's best chance, before calibration, is below this (0..1)."""


@dataclass(frozen=True)
class Joined:
    """A network whose logits `temperature` calibrates, and, where there are such, the quick one before it and its mate.

    A mate is asked by what follows a quick network only.
    """

    network: DigitNet
    temperature: float
    quick: Quick | None = None
    mate: Mate | None = None

    def logits(self, glyphs: Glyphs) -> NDArray[np.float32]:
        """What they say to glyphs uint8 (N, 28, 28): float32 (N, 11), to be divided by `temperature`."""
        asked = logits(self.network, glyphs) if self.mate is None else with_mate(self.network, self.mate, glyphs)
        if self.quick is None:
            return asked
        said = logits(self.quick.network, glyphs)
        alone = probabilities(said, 1.0).max(axis=1) >= self.quick.sure
        scaled = said * np.float32(self.temperature / self.quick.temperature)
        return np.where(alone[:, None], scaled, asked).astype(np.float32)


def with_mate(network: DigitNet, mate: Mate, glyphs: Glyphs) -> NDArray[np.float32]:
    """What `network` and its mate say to glyphs uint8 (N, 28, 28): float32 (N, 11)."""
    both = logits(gated(network, mate.gate), glyphs)
    own, gate = both[:, :-1], both[:, -1]
    unsure = (probabilities(own, 1.0).max(axis=1) < mate.below) & (gate > 0)
    answer = own.copy()
    if unsure.any():
        answer[unsure] = told(own[unsure], logits(mate.network, glyphs[unsure]))
    return answer


def told(own: NDArray[np.float32], other: NDArray[np.float32]) -> NDArray[np.float32]:
    """Logits (N, 11): which digit it is, `other` says; how likely it is one at all, `own`."""
    any_digit = torch.from_numpy(own)[:, :DIGITS].logsumexp(1, keepdim=True)
    digits = torch.from_numpy(other)[:, :DIGITS].log_softmax(1) + any_digit
    return np.concatenate([digits.numpy(), own[:, DIGITS:]], axis=1)


def gated(network: DigitNet, gate: nn.Linear) -> DigitNet:
    """`network` with what `gate` says as one more answer, the last."""
    more = copy.deepcopy(network)
    more.head = nn.Linear(gate.in_features, network.head.out_features + 1)
    more.head.weight.data = torch.cat([network.head.weight.data, gate.weight.data])
    more.head.bias.data = torch.cat([network.head.bias.data, gate.bias.data])
    return more


def join(network: DigitNet, quick: nn.Module | None, mate: Mate | None, shown: tuple[Glyphs, Glyphs]) -> Joined:
    """Calibrated on `shown`: glyphs that no training saw, and their labels."""
    asked = Joined(network, 1.0, mate=mate).logits(shown[0])
    temperature = fit_temperature(asked, shown[1])
    if quick is None:
        return Joined(network, temperature)
    said = logits(quick, shown[0])
    own = fit_temperature(said, shown[1])
    sure = fit_sure(
        probabilities(said, 1.0).max(axis=1), probabilities(said, own), probabilities(asked, temperature), shown[1]
    )
    return Joined(network, temperature, Quick(quick, own, sure), mate)
