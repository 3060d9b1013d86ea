"""From torch to the ONNX file of the line network, with its contract inside, and the proof that both say the same."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import torch
from torch import nn

from ...recognition.line_image import LINE_IMAGE_HEIGHT
from ...recognition.line_model import UPSIDE_DOWN_DIVISOR, LineContract, LineModel
from ...recognition.types import LineImage
from .export_digits import write_checked
from .onnx_graph import trace


def export_lines(network: nn.Module, contract: LineContract, path: Path) -> None:
    """Writes `network`, a `Together`, to `path`: for any number of strips of any length, checked against torch.

    Raises ModelError where ONNX Runtime's probabilities differ from torch's by more than TOLERANCE.
    """
    axes = {"strips": {0: "batch", 3: "columns"}, "logits": {0: "batch", 2: "places"}}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # torch's own, about this exporter
        model = trace(network, torch.zeros(2, 1, LINE_IMAGE_HEIGHT, 96), axes)
    write_checked(model, contract.to_metadata(), path, lambda file: _largest_difference(network, contract, file))


def _largest_difference(network: nn.Module, contract: LineContract, path: Path) -> float:
    """Over random strips."""
    rng = np.random.default_rng(0)
    strips = [LineImage(rng.random((LINE_IMAGE_HEIGHT, width), dtype=np.float32), 1.0, 0.0) for width in (64, 124)]
    worst = 0.0
    for strip, said in zip(strips, LineModel(path).predict(strips), strict=True):
        with torch.inference_mode():
            logits = network(torch.from_numpy(strip.pixels)[None, None])[0].double()
        temperatures = torch.tensor(contract.temperatures, dtype=torch.float64)[:, None, None]
        chances = torch.softmax(logits[:, :, :-1] / temperatures, 2).numpy()
        weights = torch.tensor(contract.ensemble_weights, dtype=torch.float64)
        head = float(weights @ logits[:, :, -1].sum(dim=1)) / UPSIDE_DOWN_DIVISOR
        worst = max(worst, float(np.abs(said.probabilities - chances).max()), abs(said.upside_down_log_odds - head))
    return worst
