"""From torch to the ONNX file of the line network, with its contract inside, and the proof that both say the same."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import torch
from torch import nn

from ..speller import PLACES, LineContract, Speller
from ..strip import HEIGHT, Strip
from .export import write_checked
from .graph import trace


def export_lines(network: nn.Module, contract: LineContract, path: Path) -> None:
    """Writes `network` to `path`: any number of strips of any length, weights inside, checked against torch.

    Raises ModelError where ONNX Runtime's probabilities differ from torch's by more than TOLERANCE.
    """
    axes = {"strips": {0: "batch", 3: "columns"}, "logits": {0: "batch", 1: "places"}}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # torch's own, about this exporter
        model = trace(network, torch.zeros(2, 1, HEIGHT, 96), axes)
    write_checked(
        model, contract.to_metadata(), path, lambda file: _largest_difference(network, contract.temperature, file)
    )


def _largest_difference(network: nn.Module, temperature: float, path: Path) -> float:
    """Over random strips."""
    rng = np.random.default_rng(0)
    strips = [Strip(rng.random((HEIGHT, width), dtype=np.float32), 1.0, 0.0) for width in (64, 124)]
    worst = 0.0
    for strip, said in zip(strips, Speller(path).read(strips), strict=True):
        with torch.inference_mode():
            logits = network(torch.from_numpy(strip.ink)[None, None])[0].double()
        chances = torch.softmax(logits[:, :-1] / temperature, 1).numpy()
        head = float(logits[:, -1].sum()) / PLACES
        worst = max(worst, float(np.abs(said.chances - chances).max()), abs(said.on_its_head - head))
    return worst
