"""The line model: line images in, probabilities at each frame out; and the contract in its file."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from numink.errors import ModelError
from numink.recognition.components import find_components
from numink.recognition.line_image import LINE_IMAGE_HEIGHT, image_of_line
from numink.recognition.line_model import FRAME_WIDTH, LineContract, LineModel
from numink.recognition.line_segmentation import segment_lines
from numink.recognition.types import LineImage
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

    assert [output.probabilities.shape for output in outputs] == [(networks, count, 11) for count in (10, 23, 9)]
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


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"say": "0.5 0.4"}, "do not sum to 1"),
        ({"temperatures": "1.0"}, "out of range"),
        ({"threshold": "1.5"}, "out of range"),
        ({"threshold": "high"}, "not a number"),
    ],
)
def test_a_contract_that_makes_no_sense_is_refused(
    line_model: LineModel, changes: dict[str, str], message: str
) -> None:
    stored = line_model.contract.to_metadata()

    assert LineContract.of(StoredMetadata(stored)) == line_model.contract  # type: ignore[arg-type]
    with pytest.raises(ModelError, match=message):
        LineContract.of(StoredMetadata({**stored, **changes}))  # type: ignore[arg-type]
