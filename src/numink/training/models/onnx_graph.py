"""The ONNX graph of joined networks: the quick one answers, and an `If` asks the wider one where it is not sure.

All in one file of standard operators, so that whatever runs the model, here, on Watson or in a browser, answers alike.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import GraphProto, NodeProto, TensorProto, ValueInfoProto, compose, numpy_helper
from onnx.helper import make_graph, make_node, make_tensor_value_info
from torch import Tensor, nn

from .cascade import Joined, Quick

OPSET = 17
"""What Watson's runtimes take (docs/design.md)."""
CLASSES = 11
BLOCK = 16
"""Channels that ONNX Runtime handles at once where the processor has AVX-512; half of that with AVX2."""


@dataclass(frozen=True)
class _Part:
    """One network's steps and weights, and the name of its logits."""

    nodes: Sequence[NodeProto]
    weights: Sequence[TensorProto]
    said: str


def build(joined: Joined) -> GraphProto:
    """From "glyphs" float32 (N, 1, 28, 28) to "logits" float32 (N, 11), any N."""
    glyphs = make_tensor_value_info("glyphs", TensorProto.FLOAT, ["batch", 1, 28, 28])
    if joined.quick is None:
        only = _part(joined.network, "only", "glyphs")
        named = make_node("Identity", [only.said], ["logits"])
        return make_graph([*only.nodes, named], "numink", [glyphs], [_logits("logits")], only.weights)
    quick = joined.quick
    first = _in_blocks(_part(quick.network, "quick", "glyphs"))
    nodes = [
        *first.nodes,
        make_node("Softmax", [first.said], ["chances"], axis=1),
        make_node("ReduceMax", ["chances"], ["best"], axes=[1], keepdims=0),
        make_node("Less", ["best", "sure"], ["is_doubtful"]),
        make_node("NonZero", ["is_doubtful"], ["places"]),  # (1, doubtful)
        make_node("Transpose", ["places"], ["rows"]),  # (doubtful, 1)
        make_node("Size", ["places"], ["many"]),
        make_node("Greater", ["many", "none"], ["any"]),
        make_node("Mul", [first.said, "to_wider"], ["scaled"]),
        make_node("If", ["any"], ["logits"], then_branch=_asked(joined.network), else_branch=_not_asked()),
    ]
    return make_graph(
        nodes, "numink", [glyphs], [_logits("logits")], [*first.weights, *_constants(quick, joined.temperature)]
    )


def _constants(quick: Quick, temperature: float) -> list[TensorProto]:
    values = {
        "to_wider": np.float32(temperature / quick.temperature), "sure": np.float32(quick.sure), "none": np.int64(0),
    }  # fmt: skip
    return [numpy_helper.from_array(np.array(value), name) for name, value in values.items()]


def _asked(network: nn.Module) -> GraphProto:
    """The wider network answers for the doubtful rows; the others keep what the quick network said."""
    wider = _part(network, "wider", "doubtful")
    steps = [
        make_node("GatherND", ["glyphs", "rows"], ["doubtful"]),
        *wider.nodes,
        make_node("ScatterND", ["scaled", "rows", wider.said], ["answered"]),
    ]
    return make_graph(steps, "asked", [], [_logits("answered")], wider.weights)


def _not_asked() -> GraphProto:
    return make_graph([make_node("Identity", ["scaled"], ["sure_of_all"])], "not_asked", [], [_logits("sure_of_all")])


def _part(network: nn.Module, name: str, source: str) -> _Part:
    """`network` as torch exports it (normalisation folded in), every name begun with `name`, reading `source`."""
    traced = trace(network, torch.zeros(2, 1, 28, 28), {"glyphs": {0: "batch"}, "said": {0: "batch"}})
    model = compose.add_prefix(traced, f"{name}/")
    for node in model.graph.node:
        node.input[:] = [source if used == f"{name}/glyphs" else used for used in node.input]
    return _Part(list(model.graph.node), list(model.graph.initializer), f"{name}/said")


def _in_blocks(part: _Part) -> _Part:
    """`part` with as many zeros for its first layer that it gives a whole block, which the second layer then takes.

    ONNX Runtime keeps channels in blocks, and turns what has less than one into another layout between two layers,
    which takes as long as a layer of a quick network.
    """
    first, second = [list(node.input) for node in part.nodes if node.op_type == "Conv"][:2]
    values = {one.name: numpy_helper.to_array(one) for one in part.weights}
    more = max(BLOCK - len(values[first[2]]), 0)
    values[first[1]] = np.pad(values[first[1]], ((0, more), (0, 0), (0, 0), (0, 0)))
    values[first[2]] = np.pad(values[first[2]], (0, more))
    values[second[1]] = np.pad(values[second[1]], ((0, 0), (0, more), (0, 0), (0, 0)))
    return replace(part, weights=[numpy_helper.from_array(value, name) for name, value in values.items()])


def trace(network: nn.Module, example: Tensor, axes: dict[str, dict[int, str]]) -> onnx.ModelProto:
    """`network` as torch exports it. `axes` names its input and its output, in this order, and which axes may vary."""
    taken, given = axes
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "traced.onnx"
        torch.onnx.export(
            network.eval(), (example,), str(file), input_names=[taken], output_names=[given], dynamic_axes=axes,
            opset_version=OPSET, dynamo=False,
        )  # fmt: skip
        return onnx.load(str(file))


def _logits(name: str) -> ValueInfoProto:
    return make_tensor_value_info(name, TensorProto.FLOAT, ["batch", CLASSES])
