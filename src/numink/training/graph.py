"""The ONNX graph of joined networks: the quick one answers, an `If` asks the wider one where it is not sure, and in
that another asks its mate where that one is not sure either.

All in one file of standard operators, so that whatever runs the model, here, on Watson or in a browser, answers alike.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import GraphProto, NodeProto, TensorProto, ValueInfoProto, compose, numpy_helper
from onnx.helper import make_graph, make_node, make_tensor_value_info
from torch import Tensor, nn

from ..results import DIGITS
from .joined import Joined, Mate, gated

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
        make_node("Mul", [first.said, "to_wider"], ["scaled"]),
        *_chances(first.said, "quick"),
        make_node("Less", ["quick/best", "sure"], ["is_doubtful"]),
        *_where("is_doubtful", "quick", _asked(joined), "scaled", "logits"),
    ]
    values = {"to_wider": joined.temperature / quick.temperature, "sure": quick.sure}
    return make_graph(nodes, "numink", [glyphs], [_logits("logits")], [*first.weights, *_constants(values), _NONE])


def _chances(said: str, name: str) -> list[NodeProto]:
    """The highest chance of any answer, before calibration, as `name`/best (N,)."""
    return [
        make_node("Softmax", [said], [f"{name}/chances"], axis=1),
        make_node("ReduceMax", [f"{name}/chances"], [f"{name}/best"], axes=[1], keepdims=0),
    ]


def _where(true: str, name: str, asked: GraphProto, otherwise: str, given: str) -> list[NodeProto]:
    """`asked` gives the answer where any of `true` (N,) holds, at `name`/rows (n, 1); else it is `otherwise`."""
    kept = make_node("Identity", [otherwise], [f"{name}/kept"])
    return [
        make_node("NonZero", [true], [f"{name}/places"]),  # (1, n)
        make_node("Transpose", [f"{name}/places"], [f"{name}/rows"]),
        make_node("Size", [f"{name}/places"], [f"{name}/many"]),
        make_node("Greater", [f"{name}/many", "none"], [f"{name}/any"]),
        make_node(
            "If", [f"{name}/any"], [given], then_branch=asked,
            else_branch=make_graph([kept], "not_asked", [], [_logits(f"{name}/kept")]),
        ),
    ]  # fmt: skip


_NONE = numpy_helper.from_array(np.array(0, np.int64), "none")


def _constants(values: Mapping[str, float]) -> list[TensorProto]:
    return [numpy_helper.from_array(np.array(value, np.float32), name) for name, value in values.items()]


def _asked(joined: Joined) -> GraphProto:
    """The wider network answers for the doubtful rows; the others keep what the quick network said."""
    mate = joined.mate
    wider = _part(joined.network if mate is None else gated(joined.network, mate.gate), "wider", "doubtful")
    after = _Part([], [], wider.said) if mate is None else _with_mate(mate, wider.said)
    steps = [
        make_node("GatherND", ["glyphs", "quick/rows"], ["doubtful"]),
        *wider.nodes,
        *after.nodes,
        make_node("ScatterND", ["scaled", "quick/rows", after.said], ["answered"]),
    ]
    return make_graph(steps, "asked", [], [_logits("answered")], [*wider.weights, *after.weights])


def _with_mate(mate: Mate, said: str) -> _Part:
    """Of `said` (n, 12), the wider network's answer and its gate's, the answer (n, 11) once the mate was asked."""
    nodes = [
        make_node("Gather", [said, "answers"], ["wider/own"], axis=1),
        make_node("Gather", [said, "gate"], ["wider/gate"], axis=1),
        *_chances("wider/own", "wider"),
        make_node("Less", ["wider/best", "below"], ["is_unsure"]),
        make_node("Greater", ["wider/gate", "closed"], ["is_clean"]),
        make_node("And", ["is_unsure", "is_clean"], ["is_the_mates"]),
        *_where("is_the_mates", "wider", _told(mate), "wider/own", "wider/with_mate"),
    ]
    columns = {"answers": np.arange(CLASSES), "gate": np.array(CLASSES), "digits": np.arange(DIGITS)}
    weights = [numpy_helper.from_array(where.astype(np.int64), name) for name, where in columns.items()]
    return _Part(nodes, [*weights, *_constants({"below": mate.below, "closed": 0.0})], "wider/with_mate")


def _told(mate: Mate) -> GraphProto:
    """As `joined.told`: which digit, the mate says; whether it is one, the wider network."""
    part = _part(mate.network, "mate", "unsure")
    steps = [
        make_node("GatherND", ["doubtful", "wider/rows"], ["unsure"]),
        make_node("GatherND", ["wider/own", "wider/rows"], ["mate/before"]),
        *part.nodes,
        make_node("Gather", ["mate/before", "digits"], ["mate/own"], axis=1),
        make_node("Gather", ["mate/before", "no_digit"], ["mate/own_no_digit"], axis=1),
        make_node("Gather", [part.said, "digits"], ["mate/other"], axis=1),
        make_node("LogSoftmax", ["mate/other"], ["mate/which"], axis=1),
        make_node("ReduceLogSumExp", ["mate/own"], ["mate/any_digit"], axes=[1], keepdims=1),
        make_node("Add", ["mate/which", "mate/any_digit"], ["mate/digits"]),
        make_node("Concat", ["mate/digits", "mate/own_no_digit"], ["mate/answer"], axis=1),
        make_node("ScatterND", ["wider/own", "wider/rows", "mate/answer"], ["mate/answered"]),
    ]
    no_digit = numpy_helper.from_array(np.array([DIGITS], np.int64), "no_digit")
    return make_graph(steps, "told", [], [_logits("mate/answered")], [*part.weights, no_digit])


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
