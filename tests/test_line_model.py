"""The line model: line images in, probabilities at each frame out; and the contract in its file."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest

from numink.errors import ModelError
from numink.recognition.acceptance import FEATURES, UNFITTED
from numink.recognition.alphabet import BLANK, CHARACTERS
from numink.recognition.components import find_components
from numink.recognition.line_image import LINE_IMAGE_HEIGHT, LineImage, image_of_line
from numink.recognition.line_model import FRAME_WIDTH, LineContract, LineModel
from numink.recognition.line_segmentation import segment_lines
from pictures import Sheet, write


@pytest.fixture(scope="module")
def line_model() -> LineModel:
    return LineModel()


def image_of(text: str) -> LineImage:
    picture = write(text, 30, 40, 90, 9, Sheet(120 * len(text), 180))
    (line,) = segment_lines(find_components((1 - picture / np.float32(245)).clip(0, 1)))
    return image_of_line(line)


def empty_image(width: int) -> LineImage:
    return LineImage(np.zeros((LINE_IMAGE_HEIGHT, width), np.float32), 1.0, 0.0)


def test_each_network_gives_probabilities_at_each_frame(line_model: LineModel) -> None:
    outputs = line_model.predict([empty_image(width) for width in (40, 90, 33)])
    networks = len(line_model.contract.ensemble_weights)

    assert [output.probabilities.shape for output in outputs] == [(networks, count, BLANK + 1) for count in (10, 23, 9)]
    assert all(output.probabilities.sum(axis=2) == pytest.approx(1) for output in outputs)
    assert sum(line_model.contract.ensemble_weights) == pytest.approx(1)
    assert line_model.predict([]) == []


def test_digits_are_read_where_they_stand(line_model: LineModel) -> None:
    image = image_of("407")
    (output,) = line_model.predict([image])
    likeliest = output.probabilities[0].argmax(axis=1)
    columns = [float(np.mean(np.flatnonzero(likeliest == digit))) * FRAME_WIDTH for digit in (4, 0, 7)]

    assert columns == sorted(columns)
    assert [image.column(column) for column in columns] == pytest.approx([75, 160, 245], abs=25)


def test_a_line_upside_down_is_noticed(line_model: LineModel) -> None:
    image = image_of("24753")
    turned = replace(image, pixels=np.ascontiguousarray(image.pixels[::-1, ::-1]))
    upright, upside_down = line_model.predict([image, turned])

    assert upright.upside_down_log_odds < 0 < upside_down.upside_down_log_odds


def test_signs_are_read_where_they_stand(line_model: LineModel) -> None:
    image = image_of("4/7")
    (output,) = line_model.predict([image])
    read = [CHARACTERS[column] for column in output.probabilities[0].argmax(axis=1) if column != BLANK]

    assert [character for index, character in enumerate(read) if character not in read[:index]] == ["4", "/", "7"]


def test_outputs_come_in_the_order_of_the_images(line_model: LineModel) -> None:
    images = [image_of("2"), image_of("40735"), image_of("58")]
    together = line_model.predict(images)

    for image, output in zip(images, together, strict=True):
        (alone,) = line_model.predict([image])
        assert output.probabilities.shape == alone.probabilities.shape
        assert np.array_equal(output.probabilities.argmax(axis=2), alone.probabilities.argmax(axis=2))


class StoredMetadata:
    """A model file that has only metadata."""

    path = Path("lines.onnx")

    def __init__(self, values: dict[str, str]) -> None:
        self.values = values

    def metadata(self, names: Any, expected: Any) -> dict[str, str]:
        return {name: self.values[name] for name in names}


CONTRACT = LineContract(
    name="numink-lines", line_image=LineContract.EXPECTED_LINE_IMAGE, alphabet=CHARACTERS, temperatures=(1.1, 0.9),
    ensemble_weights=(0.6, 0.4), threshold=0.99, commit="0" * 40, data="none", recipe="lines",
    acceptance=UNFITTED,
)  # fmt: skip
"""The contract of an ensemble of two networks."""


def test_a_contract_is_what_its_metadata_say(line_model: LineModel) -> None:
    for contract in (CONTRACT, line_model.contract):
        assert LineContract.of(StoredMetadata(contract.to_metadata())) == contract  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"say": "0.5 0.4"}, "do not sum to 1"),
        ({"temperatures": "1.0"}, "out of range"),
        ({"threshold": "1.5"}, "out of range"),
        ({"threshold": "high"}, "not a number"),
        ({"acceptance": "{}"}, "acceptance model is damaged"),
    ],
)
def test_a_contract_that_makes_no_sense_is_refused(changes: dict[str, str], message: str) -> None:
    with pytest.raises(ModelError, match=message):
        LineContract.of(StoredMetadata({**CONTRACT.to_metadata(), **changes}))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("field", "value"),
    [("alphabet", CHARACTERS[:-1]), ("line_image", "48 rows")],
    ids=["another alphabet", "other line images"],
)
def test_a_model_for_other_lines_is_refused(line_model: LineModel, tmp_path: Path, field: str, value: str) -> None:
    path = tmp_path / "lines.onnx"
    model = onnx.load(str(line_model.path))
    stored = {entry.key: entry.value for entry in model.metadata_props}
    key = next(key for key, entry in stored.items() if entry == getattr(line_model.contract, field))
    onnx.helper.set_model_props(model, {**stored, key: value})
    onnx.save(model, str(path))

    with pytest.raises(ModelError, match=f"made for {key}"):
        LineModel(path)


def test_the_shipped_model_has_an_acceptance_model_that_accepts_numbers(line_model: LineModel) -> None:
    model = line_model.contract.acceptance

    assert model != UNFITTED
    assert len(model.weights) == len(FEATURES)
    assert max(model.threshold, model.threshold_with_signs) < 1
