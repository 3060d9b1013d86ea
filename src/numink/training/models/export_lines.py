"""Export of line networks from torch to ONNX, with their contract as metadata, checked against torch."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import torch
from torch import nn

from ...recognition.line_image import LINE_IMAGE_HEIGHT, LineImage
from ...recognition.line_model import UPSIDE_DOWN_DIVISOR, LineContract, LineModel
from .export_digits import write_checked
from .onnx_graph import trace


def export_lines(network: nn.Module, contract: LineContract, path: Path) -> None:
    """Write `network`, a `LineEnsemble`, as an ONNX file for any number of line images of any length.

    Raises ModelError where ONNX Runtime's probabilities differ from torch's by more than the tolerance.
    """
    # These names of inputs and axes are part of the model files.
    axes = {"strips": {0: "batch", 3: "columns"}, "logits": {0: "batch", 2: "places"}}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # torch's own, about this exporter
        model = trace(network, torch.zeros(2, 1, LINE_IMAGE_HEIGHT, 96), axes)
    write_checked(model, contract.to_metadata(), path, lambda file: _largest_difference(network, contract, file))


def _largest_difference(network: nn.Module, contract: LineContract, path: Path) -> float:
    """Return the largest difference of any output on random line images."""
    rng = np.random.default_rng(0)
    images = [LineImage(rng.random((LINE_IMAGE_HEIGHT, width), dtype=np.float32), 1.0, 0.0) for width in (64, 124)]
    temperatures = torch.tensor(contract.temperatures, dtype=torch.float64)[:, None, None]
    weights = torch.tensor(contract.ensemble_weights, dtype=torch.float64)
    largest = 0.0
    for image, output in zip(images, LineModel(path).predict(images), strict=True):
        with torch.inference_mode():
            logits = network(torch.from_numpy(image.pixels)[None, None])[0].double()
        chances = torch.softmax(logits[:, :, :-1] / temperatures, 2).numpy()
        upside_down = float(weights @ logits[:, :, -1].sum(dim=1)) / UPSIDE_DOWN_DIVISOR
        largest = max(
            largest, float(np.abs(output.probabilities - chances).max()), abs(output.upside_down_log_odds - upside_down)
        )
    return largest
