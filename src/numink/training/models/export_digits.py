"""From torch to the ONNX file that is shipped, with its contract inside, and the proof that both say the same."""

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
from .cascade import Joined
from .onnx_graph import OPSET, build

IR_VERSION = 9
"""What Watson's runtimes take (docs/design.md)."""
TOLERANCE = 1e-4
"""Of what torch and ONNX Runtime say with the same weights."""
HALVED = 0.05
"""Of what they say once weights are kept in half precision: logits are about 5 apart where a network is sure."""
NEAR = 0.01
"""Glyphs about which the quick network is as sure as it must be, give or take this, are not compared: once weights are
halved another network may be asked about them."""
SMALL = 256
"""Arrays with fewer values than this stay as they are."""


def export(joined: Joined, contract: Contract, path: Path, shown: NDArray[np.uint8]) -> None:
    """Writes `joined` to `path`: dynamic batch, weights inside, checked against torch on noise and on `shown`, glyphs
    uint8 (N, 28, 28) of which some should be hard, so that the wider network is asked, too.

    Raises ModelError where ONNX Runtime's logits differ from torch's by more than TOLERANCE.
    """
    noise: NDArray[np.uint8] = np.random.default_rng(0).integers(0, 256, (64, 28, 28), dtype=np.uint8)
    glyphs = np.concatenate([shown, noise])
    glyphs = glyphs[joined.clear(glyphs, NEAR)]
    expected = joined.logits(glyphs)
    model = onnx.helper.make_model(build(joined), opset_imports=[onnx.helper.make_opsetid("", OPSET)])
    write_checked(model, contract.to_metadata(), path, lambda partial: largest_difference(partial, glyphs, expected))


def write_checked(
    model: onnx.ModelProto, metadata: dict[str, str], path: Path, difference_of: Callable[[Path], float]
) -> None:
    """Writes `model` with its contract to `path`, weights in half precision, once it is shown to say what torch says.

    `difference_of` a file to torch. Raises ModelError where it is more than TOLERANCE, or HALVED after halving.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial.onnx")
    model.ir_version = IR_VERSION
    onnx.helper.set_model_props(model, metadata)
    _save(model, partial, difference_of, TOLERANCE)
    halve(model.graph)
    _save(model, partial, difference_of, HALVED)
    partial.replace(path)


def _save(model: onnx.ModelProto, path: Path, difference_of: Callable[[Path], float], allowed: float) -> None:
    """Raises ModelError, and leaves no file, where the file differs from torch by more than is `allowed`."""
    onnx.checker.check_model(model, full_check=True)
    onnx.save(model, str(path))
    difference = difference_of(path)
    if difference > allowed:
        path.unlink()
        raise ModelError(f"the exported model differs from torch by {difference:.2g}: it is not written")


def halve(graph: GraphProto) -> None:
    """Keeps the weights of `graph`, and of the graphs in it, in half precision: half the file.

    ONNX Runtime makes them float32 once, when it loads the file, and counts in float32.
    """
    for inner in (one.g for node in graph.node for one in node.attribute if one.type == AttributeProto.GRAPH):
        halve(inner)
    kept, widened = [], []
    for weights in graph.initializer:
        values = numpy_helper.to_array(weights)
        if values.dtype == np.float32 and values.size >= SMALL:
            half = f"{weights.name}/half"
            kept.append(numpy_helper.from_array(values.astype(np.float16), half))
            widened.append(make_node("Cast", [half], [weights.name], to=TensorProto.FLOAT))
        else:
            kept.append(weights)
    nodes = [*widened, *graph.node]
    del graph.initializer[:], graph.node[:]
    graph.initializer.extend(kept)
    graph.node.extend(nodes)


def largest_difference(path: Path, glyphs: NDArray[np.uint8], expected: NDArray[np.float32]) -> float:
    """The largest difference of any logit between what the file at `path` says to `glyphs` and what is `expected`."""
    return float(np.abs(Classifier(path).logits(glyphs) - expected).max())


def commit() -> str:
    """The commit that trains, or 'unknown' outside a checkout."""
    command = ["git", "-C", str(Path(__file__).parent), "rev-parse", "--short=12", "HEAD"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=10)  # noqa: S603
    except (OSError, subprocess.SubprocessError):
        return "unknown"
    return done.stdout.strip()
