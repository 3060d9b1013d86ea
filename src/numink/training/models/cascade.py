"""The cascade in torch: a small stage-one network answers where it is confident, a larger network elsewhere.

Calibration and the check of an exported file use it; `onnx_graph` builds the same in ONNX.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from torch import nn

from ...evaluation.calibration import probabilities
from ..calibration import fit_stage_one_threshold, fit_temperature
from .digit_net import predict_logits

Glyphs = NDArray[np.uint8]
Labels = NDArray[np.uint8]


@dataclass(frozen=True)
class StageOne:
    """The first network of a cascade, its temperature, and the confidence (0..1) from which it answers alone.

    The confidence is that before calibration: a temperature far below 1 pushes all confident answers to 1, where no
    threshold separates them.
    """

    network: nn.Module
    temperature: float
    threshold: float


@dataclass(frozen=True)
class Cascade:
    """A network calibrated by `temperature`, preceded by a stage-one network where there is one."""

    network: nn.Module
    temperature: float
    stage_one: StageOne | None = None

    def logits(self, glyphs: Glyphs) -> NDArray[np.float32]:
        """Return the logits float32 (N, 11) for glyphs uint8 (N, 28, 28), to be divided by `temperature`."""
        logits = predict_logits(self.network, glyphs)
        if self.stage_one is None:
            return logits
        first = predict_logits(self.stage_one.network, glyphs)
        answered = _confidence(first) >= self.stage_one.threshold
        scaled = first * np.float32(self.temperature / self.stage_one.temperature)
        return np.where(answered[:, None], scaled, logits).astype(np.float32)

    def is_decided(self, glyphs: Glyphs, margin: float) -> NDArray[np.bool_]:
        """Return for each glyph whether stage one's confidence is at least `margin` away from its threshold: (N,)."""
        if self.stage_one is None:
            return np.ones(len(glyphs), bool)
        confidence = _confidence(predict_logits(self.stage_one.network, glyphs))
        return np.asarray(np.abs(confidence - self.stage_one.threshold) > margin)


def _confidence(logits: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return the uncalibrated confidence (N,) of logits (N, 11)."""
    return np.asarray(probabilities(logits, 1.0).max(axis=1))


def calibrate_cascade(network: nn.Module, stage_one: nn.Module | None, held_out: tuple[Glyphs, Labels]) -> Cascade:
    """Return the cascade of both networks with temperatures and threshold fitted on `held_out` glyphs and labels."""
    glyphs, labels = held_out
    logits = predict_logits(network, glyphs)
    temperature = fit_temperature(logits, labels)
    if stage_one is None:
        return Cascade(network, temperature)
    first = predict_logits(stage_one, glyphs)
    first_temperature = fit_temperature(first, labels)
    threshold = fit_stage_one_threshold(
        _confidence(first), probabilities(first, first_temperature), probabilities(logits, temperature), labels
    )
    return Cascade(network, temperature, StageOne(stage_one, first_temperature, threshold))
