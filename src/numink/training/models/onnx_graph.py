"""The ONNX graph of a cascade: stage one answers, and an `If` runs the larger network where stage one is in doubt.

All in one file of standard operators, so that every runtime (here, on Watson, in a browser) gives the same answers.
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

from .cascade import Cascade, StageOne
from .digit_net import OUTPUTS

OPSET = 17
"""ONNX opset that Watson's runtimes accept (docs/design.md)."""
CHANNEL_BLOCK = 16
"""Channels that ONNX Runtime computes at once on processors with AVX-512; half of that with AVX2 (E200)."""


@dataclass(frozen=True)
class _Part:
    """Nodes and weights of one network, and the name of its logits."""

    nodes: Sequence[NodeProto]
    weights: Sequence[TensorProto]
    output: str


def build(cascade: Cascade) -> GraphProto:
    """Return the graph from "glyphs" float32 (N, 1, 28, 28) to "logits" float32 (N, 11), for any N."""
    glyphs = make_tensor_value_info("glyphs", TensorProto.FLOAT, ["batch", 1, 28, 28])
    if cascade.stage_one is None:
        only = _part(cascade.network, "only", "glyphs")
        named = make_node("Identity", [only.output], ["logits"])
        return make_graph([*only.nodes, named], "numink", [glyphs], [_logits("logits")], only.weights)
    stage_one = cascade.stage_one
    first = _pad_first_layer(_part(stage_one.network, "stage_one", "glyphs"))
    nodes = [
        *first.nodes,
        make_node("Softmax", [first.output], ["probabilities"], axis=1),
        make_node("ReduceMax", ["probabilities"], ["confidence"], axes=[1], keepdims=0),
        make_node("Less", ["confidence", "threshold"], ["is_doubtful"]),
        make_node("NonZero", ["is_doubtful"], ["indices"]),  # (1, doubtful)
        make_node("Transpose", ["indices"], ["rows"]),  # (doubtful, 1)
        make_node("Size", ["indices"], ["count"]),
        make_node("Greater", ["count", "zero"], ["any_doubtful"]),
        make_node("Mul", [first.output, "temperature_ratio"], ["scaled"]),
        make_node(
            "If",
            ["any_doubtful"],
            ["logits"],
            then_branch=_with_network(cascade.network),
            else_branch=_stage_one_only(),
        ),
    ]
    constants = _constants(stage_one, cascade.temperature)
    return make_graph(nodes, "numink", [glyphs], [_logits("logits")], [*first.weights, *constants])


def _constants(stage_one: StageOne, temperature: float) -> list[TensorProto]:
    values = {
        "temperature_ratio": np.float32(temperature / stage_one.temperature),
        "threshold": np.float32(stage_one.threshold), "zero": np.int64(0),
    }  # fmt: skip
    return [numpy_helper.from_array(np.array(value), name) for name, value in values.items()]


def _with_network(network: nn.Module) -> GraphProto:
    """Return the branch in which the larger network answers the doubtful rows; the others keep stage one's logits."""
    part = _part(network, "network", "doubtful")
    steps = [
        make_node("GatherND", ["glyphs", "rows"], ["doubtful"]),
        *part.nodes,
        make_node("ScatterND", ["scaled", "rows", part.output], ["answered"]),
    ]
    return make_graph(steps, "with_network", [], [_logits("answered")], part.weights)


def _stage_one_only() -> GraphProto:
    return make_graph([make_node("Identity", ["scaled"], ["unchanged"])], "stage_one_only", [], [_logits("unchanged")])


def _part(network: nn.Module, prefix: str, source: str) -> _Part:
    """Return `network` as torch exports it (normalization folded in), names prefixed, reading the tensor `source`."""
    traced = trace(network, torch.zeros(2, 1, 28, 28), {"glyphs": {0: "batch"}, "logits": {0: "batch"}})
    model = compose.add_prefix(traced, f"{prefix}/")
    for node in model.graph.node:
        node.input[:] = [source if used == f"{prefix}/glyphs" else used for used in node.input]
    return _Part(list(model.graph.node), list(model.graph.initializer), f"{prefix}/logits")


def _pad_first_layer(part: _Part) -> _Part:
    """Return `part` with zero channels added to its first layer up to a full block, which the second layer ignores.

    ONNX Runtime computes in blocks of channels; for fewer it converts the layout between the first two layers, which
    takes as long as a layer of a small network.
    """
    first, second = [list(node.input) for node in part.nodes if node.op_type == "Conv"][:2]
    values = {weights.name: numpy_helper.to_array(weights) for weights in part.weights}
    added = max(CHANNEL_BLOCK - len(values[first[2]]), 0)
    values[first[1]] = np.pad(values[first[1]], ((0, added), (0, 0), (0, 0), (0, 0)))
    values[first[2]] = np.pad(values[first[2]], (0, added))
    values[second[1]] = np.pad(values[second[1]], ((0, 0), (0, added), (0, 0), (0, 0)))
    return replace(part, weights=[numpy_helper.from_array(value, name) for name, value in values.items()])


def trace(network: nn.Module, example: Tensor, axes: dict[str, dict[int, str]]) -> onnx.ModelProto:
    """Return `network` as torch exports it.

    `axes` names its input and its output, in this order, and their dynamic axes.
    """
    source, output = axes
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "traced.onnx"
        torch.onnx.export(
            network.eval(), (example,), str(file), input_names=[source], output_names=[output], dynamic_axes=axes,
            opset_version=OPSET, dynamo=False,
        )  # fmt: skip
        return onnx.load(str(file))


def _logits(name: str) -> ValueInfoProto:
    return make_tensor_value_info(name, TensorProto.FLOAT, ["batch", OUTPUTS])
