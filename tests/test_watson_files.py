"""The shipped model files are what Watson's runtime takes: opset 17, IR 9, operators that onnxruntime 1.17 knows.

Files with these operators, with weights in half precision and without, were loaded with the wheel of onnxruntime 1.17.3
on 2026-11-25: it answers as today's does, to the last bit (docs/ibm.md). An operator that is not among them must be
tried there before it is added here.
"""

from __future__ import annotations

import tarfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import AttributeProto, GraphProto, ModelProto, TensorProto

from numink.recognition.digit_model import SHIPPED, Classifier
from numink.recognition.onnx_model import MODELS
from numink.training.models.export_digits import halve
from numink.watson.packing import pack
from numink.watson.payload import CHECK_DIGIT, DECIMALS, check_glyph

OPSET, IR = 17, 9
TRIED = {
    "Add", "Cast", "Concat", "Constant", "Conv", "Gather", "GatherND", "Gemm", "Greater", "Identity", "If", "Less",
    "Mul", "NonZero", "ReduceMax", "ReduceMean", "Relu", "ScatterND", "Size", "Softmax", "Transpose",
    "Unsqueeze",
}  # fmt: skip


def graphs(graph: GraphProto) -> Iterator[GraphProto]:
    """It, and those in it."""
    yield graph
    for node in graph.node:
        for one in node.attribute:
            if one.type == AttributeProto.GRAPH:
                yield from graphs(one.g)


def shipped() -> list[Path]:
    return sorted(MODELS.glob("*.onnx"))


@pytest.fixture(
    params=[(path, half) for path in shipped() for half in (False, True)], ids=lambda one: f"{one[0].stem}-{one[1]}"
)
def model(request: pytest.FixtureRequest) -> ModelProto:
    """A shipped model, as it is and with its weights in half precision, as the next ones are kept."""
    path, half = request.param
    loaded = onnx.load(str(path))
    if half:
        halve(loaded.graph)
    return loaded


def test_models_are_of_opset_17_and_ir_9(model: ModelProto) -> None:
    onnx.checker.check_model(model, full_check=True)

    assert model.ir_version == IR
    assert {(one.domain, one.version) for one in model.opset_import} == {("", OPSET)}
    assert not model.functions


def test_models_have_only_operators_that_onnxruntime_1_17_was_seen_to_run(model: ModelProto) -> None:
    nodes = [node for graph in graphs(model.graph) for node in graph.node]

    assert {node.op_type for node in nodes} <= TRIED
    assert all(node.domain == "" for node in nodes)
    assert all(onnx.defs.get_schema(node.op_type, OPSET).since_version <= OPSET for node in nodes)


def test_half_precision_goes_no_further_than_a_cast(model: ModelProto) -> None:
    """onnxruntime 1.17 has no convolution in float16 on processors, so weights must be widened first."""
    for graph in graphs(model.graph):
        halves = {one.name for one in graph.initializer if one.data_type == TensorProto.FLOAT16}
        takers = [node for node in graph.node if halves & set(node.input)]
        assert {node.op_type for node in takers} <= {"Cast"}
        assert all(node.attribute[0].i == TensorProto.FLOAT for node in takers)


def test_models_are_whole_in_one_file_and_take_any_batch(model: ModelProto) -> None:
    assert all(one.data_location == TensorProto.DEFAULT for graph in graphs(model.graph) for one in graph.initializer)
    assert model.graph.input[0].type.tensor_type.shape.dim[0].dim_param == "batch"


def test_an_archive_holds_the_model_alone(tmp_path: Path) -> None:
    with tarfile.open(pack(SHIPPED, tmp_path / "model.tar.gz")) as archive:
        (member,) = archive.getmembers()
        content = archive.extractfile(member)

        assert member.name == "numink.onnx"
        assert content is not None
        assert content.read() == SHIPPED.read_bytes()


def test_the_check_digit_is_read_as_what_it_is_and_sent_without_loss(classifier: Classifier) -> None:
    said = classifier.predict(check_glyph())[0]

    assert (said.argmax(), said.max() > 0.99) == (CHECK_DIGIT, True)
    assert np.array_equal(np.round(check_glyph(), DECIMALS), check_glyph())
