"""The shipped model files suit Watson's runtime: opset 17, IR 9, and operators of onnxruntime 1.17.

Files with these operators, with weights in half and in full precision, were loaded with onnxruntime 1.17.3 on
2026-11-25: its answers are the same as today's, to the last bit (docs/ibm.md). Another operator must be tried there
before it is added here.
"""

from __future__ import annotations

import tarfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import AttributeProto, GraphProto, ModelProto, TensorProto

from numink.imaging.onnx_model import MODELS
from numink.recognition.digit_model import SHIPPED, Classifier
from numink.training.models.export_digits import halve
from numink.watson.packing import pack
from numink.watson.payload import CHECK_DIGIT, DECIMALS, check_glyph

OPSET, IR = 17, 9
TRIED_OPERATORS = {
    "Add", "Cast", "Concat", "Constant", "Conv", "Gather", "GatherND", "Gemm", "Greater", "Identity", "If", "Less",
    "Mul", "NonZero", "ReduceMax", "ReduceMean", "Relu", "ScatterND", "Size", "Softmax", "Transpose",
    "Unsqueeze",
}  # fmt: skip


def graphs(graph: GraphProto) -> Iterator[GraphProto]:
    """Yield a graph and the graphs nested in it."""
    yield graph
    for node in graph.node:
        for attribute in node.attribute:
            if attribute.type == AttributeProto.GRAPH:
                yield from graphs(attribute.g)


def shipped() -> list[Path]:
    """Return the models of digits and lines; the page model runs with the reader only, never at Watson."""
    return sorted(path for path in MODELS.glob("*.onnx") if path.name != "pages.onnx")


@pytest.fixture(
    params=[(path, half) for path in shipped() for half in (False, True)],
    ids=lambda value: f"{value[0].stem}-{value[1]}",
)
def model(request: pytest.FixtureRequest) -> ModelProto:
    """Return a shipped model, unchanged or with its weights in half precision."""
    path, half = request.param
    loaded = onnx.load(str(path))
    if half:
        halve(loaded.graph)
    return loaded


def test_models_are_of_opset_17_and_ir_9(model: ModelProto) -> None:
    onnx.checker.check_model(model, full_check=True)

    assert model.ir_version == IR
    assert {(opset.domain, opset.version) for opset in model.opset_import} == {("", OPSET)}
    assert not model.functions


def test_models_have_only_operators_tried_with_onnxruntime_1_17(model: ModelProto) -> None:
    nodes = [node for graph in graphs(model.graph) for node in graph.node]

    assert {node.op_type for node in nodes} <= TRIED_OPERATORS
    assert all(node.domain == "" for node in nodes)
    assert all(onnx.defs.get_schema(node.op_type, OPSET).since_version <= OPSET for node in nodes)


def test_half_precision_weights_are_cast_first(model: ModelProto) -> None:
    """onnxruntime 1.17 has no float16 convolution on CPUs."""
    for graph in graphs(model.graph):
        halves = {tensor.name for tensor in graph.initializer if tensor.data_type == TensorProto.FLOAT16}
        users = [node for node in graph.node if halves & set(node.input)]
        assert {node.op_type for node in users} <= {"Cast"}
        assert all(node.attribute[0].i == TensorProto.FLOAT for node in users)


def test_models_are_single_files_and_accept_any_batch_size(model: ModelProto) -> None:
    assert all(
        tensor.data_location == TensorProto.DEFAULT for graph in graphs(model.graph) for tensor in graph.initializer
    )
    assert model.graph.input[0].type.tensor_type.shape.dim[0].dim_param == "batch"


def test_an_archive_contains_only_the_model(tmp_path: Path) -> None:
    with tarfile.open(pack(SHIPPED, tmp_path / "model.tar.gz")) as archive:
        (member,) = archive.getmembers()
        content = archive.extractfile(member)

        assert member.name == "numink.onnx"
        assert content is not None
        assert content.read() == SHIPPED.read_bytes()


def test_the_check_digit_is_read_correctly_and_sent_without_loss(classifier: Classifier) -> None:
    probabilities = classifier.predict(check_glyph())[0]

    assert (probabilities.argmax(), probabilities.max() > 0.99) == (CHECK_DIGIT, True)
    assert np.array_equal(np.round(check_glyph(), DECIMALS), check_glyph())
