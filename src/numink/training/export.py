"""From torch to the ONNX file that is shipped, with its contract inside, and the proof that both say the same."""

from __future__ import annotations

import subprocess
from pathlib import Path

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from torch import nn

from ..classifier import Classifier, Contract
from ..errors import ModelError

OPSET, IR_VERSION = 17, 9
"""What Watson's runtimes take (docs/design.md)."""
TOLERANCE = 1e-4


def export(network: nn.Module, contract: Contract, path: Path) -> None:
    """Writes `network` to `path`: dynamic batch, weights inside, checked against torch.

    Raises ModelError where ONNX Runtime's logits differ from torch's by more than TOLERANCE.
    """
    network = network.eval()
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial.onnx")
    torch.onnx.export(
        network, (torch.zeros(2, 1, 28, 28),), str(partial), input_names=["glyphs"], output_names=["logits"],
        dynamic_axes={"glyphs": {0: "batch"}, "logits": {0: "batch"}}, opset_version=OPSET, dynamo=False,
    )  # fmt: skip
    model = onnx.load(str(partial))
    model.ir_version = IR_VERSION
    onnx.helper.set_model_props(model, contract.to_metadata())
    onnx.checker.check_model(model)
    onnx.save(model, str(partial))
    difference = largest_difference(network, partial)
    if difference > TOLERANCE:
        partial.unlink()
        raise ModelError(f"the exported model differs from torch by {difference:.2g}: it is not written")
    partial.replace(path)


def largest_difference(network: nn.Module, path: Path) -> float:
    """The largest difference of any logit between `network` and the file at `path`, over random glyphs."""
    glyphs: NDArray[np.float32] = np.random.default_rng(0).random((64, 28, 28), dtype=np.float32)
    with torch.no_grad():
        expected = network(torch.from_numpy(glyphs)[:, None]).numpy()
    return float(np.abs(Classifier(path).logits(glyphs) - expected).max())


def commit() -> str:
    """The commit that trains, or 'unknown' outside a checkout."""
    command = ["git", "-C", str(Path(__file__).parent), "rev-parse", "--short=12", "HEAD"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=10)  # noqa: S603
    except (OSError, subprocess.SubprocessError):
        return "unknown"
    return done.stdout.strip()
