"""Export of a cascade from torch to ONNX, with its contract as metadata, checked against torch."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import AttributeProto, GraphProto, TensorProto, numpy_helper
from onnx.helper import make_node

from ...errors import ModelError
from ...recognition.digit_model import Classifier, Contract
from .cascade import Cascade
from .onnx_graph import OPSET, build

IR_VERSION = 9
"""ONNX IR version that Watson's runtimes accept (docs/design.md)."""
TOLERANCE = 1e-4
"""Largest difference of any output between torch and ONNX Runtime with the same weights."""
HALF_PRECISION_TOLERANCE = 0.05
"""Largest difference once weights are in half precision (E111); confident logits are about 5 apart."""
THRESHOLD_MARGIN = 0.01
"""Glyphs with a stage-one confidence this near to the threshold are not compared: with weights in half precision the
other network may answer them (E203)."""
MIN_HALVED_SIZE = 256
"""Arrays with fewer values stay in single precision."""


def export(cascade: Cascade, contract: Contract, path: Path, glyphs: NDArray[np.uint8]) -> None:
    """Write `cascade` as an ONNX file with dynamic batch size, checked against torch on noise and on `glyphs`.

    `glyphs` uint8 (N, 28, 28) should contain hard ones, so that the larger network is checked, too. Raises ModelError
    where ONNX Runtime's logits differ from torch's by more than TOLERANCE.
    """
    noise: NDArray[np.uint8] = np.random.default_rng(0).integers(0, 256, (64, 28, 28), dtype=np.uint8)
    compared = np.concatenate([glyphs, noise])
    compared = compared[cascade.is_decided(compared, THRESHOLD_MARGIN)]
    expected = cascade.logits(compared)
    model = onnx.helper.make_model(build(cascade), opset_imports=[onnx.helper.make_opsetid("", OPSET)])
    write_checked(model, contract.to_metadata(), path, lambda partial: largest_difference(partial, compared, expected))


def write_checked(
    model: onnx.ModelProto, metadata: dict[str, str], path: Path, difference_of: Callable[[Path], float]
) -> None:
    """Write `model` with `metadata` and weights in half precision, once its answers agree with torch's.

    `difference_of` returns a file's largest difference from torch. Raises ModelError where it is above TOLERANCE, or
    above HALF_PRECISION_TOLERANCE after the conversion to half precision.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial.onnx")
    model.ir_version = IR_VERSION
    onnx.helper.set_model_props(model, metadata)
    _save(model, partial, difference_of, TOLERANCE)
    halve(model.graph)
    _save(model, partial, difference_of, HALF_PRECISION_TOLERANCE)
    partial.replace(path)


def _save(model: onnx.ModelProto, path: Path, difference_of: Callable[[Path], float], tolerance: float) -> None:
    """Write `model`. Raises ModelError, and removes the file, where it differs from torch by more than `tolerance`."""
    onnx.checker.check_model(model, full_check=True)
    onnx.save(model, str(path))
    difference = difference_of(path)
    if difference > tolerance:
        path.unlink()
        raise ModelError(f"the exported model differs from torch by {difference:.2g}: it is not written")


def halve(graph: GraphProto) -> None:
    """Convert the weights of `graph` and of its subgraphs to half precision, which halves the file.

    ONNX Runtime converts them back once, when it loads the file, and computes in float32.
    """
    attributes = (attribute for node in graph.node for attribute in node.attribute)
    for subgraph in (attribute.g for attribute in attributes if attribute.type == AttributeProto.GRAPH):
        halve(subgraph)
    initializers, casts = [], []
    for weights in graph.initializer:
        values = numpy_helper.to_array(weights)
        if values.dtype == np.float32 and values.size >= MIN_HALVED_SIZE:
            half = f"{weights.name}/half"
            initializers.append(numpy_helper.from_array(values.astype(np.float16), half))
            casts.append(make_node("Cast", [half], [weights.name], to=TensorProto.FLOAT))
        else:
            initializers.append(weights)
    nodes = [*casts, *graph.node]
    del graph.initializer[:], graph.node[:]
    graph.initializer.extend(initializers)
    graph.node.extend(nodes)


def largest_difference(path: Path, glyphs: NDArray[np.uint8], expected: NDArray[np.float32]) -> float:
    """Return the largest difference between the `expected` logits and those of the file at `path` for `glyphs`."""
    return float(np.abs(Classifier(path).logits(glyphs) - expected).max())


def current_commit() -> str:
    """Return the abbreviated commit of the checkout, or 'unknown' outside of one."""
    command = ["git", "-C", str(Path(__file__).parent), "rev-parse", "--short=12", "HEAD"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=10)  # noqa: S603
    except (OSError, subprocess.SubprocessError):
        return "unknown"
    return done.stdout.strip()
