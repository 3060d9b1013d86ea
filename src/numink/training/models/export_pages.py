"""Export of the page network from torch to ONNX, with its contract as metadata, checked against torch."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import torch
from torch import nn

from ...imaging.page_segmentation import FULL_CONTRAST, STRIDE, PageContract, PageModel
from .export_digits import write_checked
from .onnx_graph import trace


def export_pages(network: nn.Module, contract: PageContract, path: Path) -> None:
    """Write `network` as an ONNX file for any number of pictures whose sides are multiples of STRIDE.

    Raises ModelError where ONNX Runtime's logits differ from torch's by more than the tolerance.
    """
    axes = {
        "contrast": {0: "batch", 2: "height", 3: "width"}, "logits": {0: "batch", 2: "rows", 3: "columns"}
    }  # fmt: skip
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # torch's own, about this exporter
        model = trace(network, torch.zeros(1, 1, 2 * STRIDE, 3 * STRIDE), axes)
    write_checked(model, contract.to_metadata(), path, lambda file: _largest_difference(network, file))


def _largest_difference(network: nn.Module, path: Path) -> float:
    """Return the largest difference of any logit on a random picture, in the unit of logits."""
    contrast = np.random.default_rng(0).integers(0, 256, (2 * STRIDE, 3 * STRIDE), dtype=np.uint8)
    with torch.inference_mode():
        expected = network(torch.from_numpy(contrast)[None, None].float() / FULL_CONTRAST)[0].permute(1, 2, 0)
    return float(np.abs(PageModel(path).logits(contrast) - expected.numpy()).max())
