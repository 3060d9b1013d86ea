"""Character segmentation: from a line's components and the places of its characters to the foreground of each."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from numink.recognition.alphabet import BLANK
from numink.recognition.character_segmentation import assign_components, segment_characters
from numink.recognition.components import find_components
from numink.recognition.line_image import LineImage, image_of_line
from numink.recognition.line_model import FRAME_WIDTH
from numink.recognition.line_segmentation import segment_lines
from numink.recognition.seams import cut_component, trim_component
from numink.recognition.types import (
    NO_COMPONENT,
    CharacterHypothesis,
    DecodedLine,
    LineHypothesis,
    LineOutput,
    TextLine,
)
from recognition_examples import certain, draw_boxes, draw_ring, filled

EMPTY_OUTPUT = LineOutput(np.zeros((1, 0, BLANK + 1)), (1.0,), 0.7)


def line_of(foreground: np.ndarray) -> TextLine:
    (line,) = segment_lines(find_components(foreground))
    return line


def rings(*columns: int) -> TextLine:
    foreground = np.zeros((120, 400), np.float32)
    for x in columns:
        draw_ring(foreground, x, 60)
    return line_of(foreground)


def test_digits_that_touch_are_cut_where_they_touch() -> None:
    line = rings(60, 126, 192)
    digits, left_over = assign_components(line.components, [60, 126, 192], line.digit_height)

    assert len(line.components) == 1
    assert not left_over
    for digit, x in zip(digits, (60, 126, 192), strict=True):
        assert abs(digit.middle - x) < 8
        assert 50 < digit.box.w < 90


def test_a_digit_of_two_components_stays_whole_and_a_point_is_left_over() -> None:
    """A stem with its bar apart, a point, a ring."""
    foreground = draw_boxes((40, 30, 10, 60), (54, 30, 30, 9), (100, 84, 6, 6))
    draw_ring(foreground, 160, 60)
    line = line_of(foreground)
    digits, left_over = assign_components(line.components, [60, 160], line.digit_height)

    assert digits[0].box.w >= 44
    assert abs(digits[1].middle - 160) < 3
    assert [component.box.h < 12 for component in left_over] == [True]


def test_a_digit_without_foreground_of_its_own_gets_a_slice_of_the_line() -> None:
    digits, _ = assign_components([filled((10, 10, 40, 60))], [30, 300], 60)

    assert digits[0].box.w == 40
    assert digits[1].foreground.size == 0


def test_a_component_that_no_digit_is_read_at_is_left_over() -> None:
    components = [filled((10, 10, 30, 60)), filled((80, 10, 30, 60)), filled((150, 10, 30, 60))]
    digits, left_over = assign_components(components, [25, 165], 60)

    assert [digit.middle for digit in digits] == [25, 165]
    assert left_over == [components[1]]


def test_a_seam_runs_through_the_least_foreground() -> None:
    """Two bars with a thin bridge: the cut goes through the bridge, wherever it is between the centers."""
    foreground = draw_boxes((0, 0, 20, 60), (20, 30, 16, 3), (36, 0, 20, 60), shape=(60, 56))
    left, right = cut_component(replace(filled((100, 50, 56, 60)), foreground=foreground), [110, 146])

    assert 20 <= left.box.w <= 36
    assert left.box.x == 100
    assert right.box.x + right.box.w == 156
    assert left.foreground.sum() + right.foreground.sum() == foreground.sum()


def test_a_part_without_foreground_is_empty() -> None:
    assert trim_component(filled((10, 10, 30, 60)), np.zeros((60, 30), bool)).foreground.size == 0


def hypothesis(image: LineImage, text: str, *columns: int) -> LineHypothesis:
    """A hypothesis of CTC decoding that reads `text` with its characters at `columns` of the picture."""
    characters = [
        CharacterHypothesis(NO_COMPONENT, certain(character), frame=(column - image.left) * image.scale / FRAME_WIDTH)
        for character, column in zip(text, columns, strict=True)
    ]
    return LineHypothesis(text, 0.9, tuple(characters))


def test_each_hypothesis_gets_the_foreground_of_its_characters() -> None:
    line = rings(60, 126, 192)
    image = image_of_line(line)
    decoded = DecodedLine(
        (hypothesis(image, "000", 60, 126, 192), hypothesis(image, "00", 90, 190), LineHypothesis("", 0.1))
    )
    result = segment_characters(line, image, EMPTY_OUTPUT, decoded)

    assert [len(with_foreground.digits) for with_foreground in result.hypotheses] == [3, 2]
    assert [digit.component.middle for digit in result.best.digits] == pytest.approx([60, 126, 192], abs=8)
    assert (result.empty_probability, result.upside_down_log_odds) == (0.1, 0.7)
    assert result.decoded == decoded


def test_signs_have_their_own_foreground() -> None:
    """A minus, a ring, a point at its foot, a ring."""
    foreground = draw_boxes((30, 58, 30, 6), (150, 84, 8, 8))
    draw_ring(foreground, 105, 60)
    draw_ring(foreground, 205, 60)
    line = line_of(foreground)
    image = image_of_line(line)
    decoded = DecodedLine((hypothesis(image, "-0.0", 45, 105, 154, 205),))
    best = segment_characters(line, image, EMPTY_OUTPUT, decoded).best

    assert [character.text for character in best.characters] == ["-", "0", ".", "0"]
    assert [character.component.middle for character in best.characters] == pytest.approx([45, 105, 154, 205], abs=4)
    assert [character.box.h < 14 for character in best.characters] == [True, False, True, False]
    assert best.unread == ()


def test_letters_that_are_joined_are_divided_by_their_places() -> None:
    """Three letters of a word share two components, of which one is a dot above them."""
    line = line_of(draw_boxes((40, 40, 120, 60), (150, 12, 8, 8)))
    image = image_of_line(line)
    decoded = DecodedLine((hypothesis(image, "net", 60, 100, 140),))
    best = segment_characters(line, image, EMPTY_OUTPUT, decoded).best

    assert [character.component.middle for character in best.read] == pytest.approx([60, 100, 140], abs=4)
    assert [character.box.w for character in best.read] == pytest.approx([41, 41, 41], abs=5)
    assert best.unread == ()


def test_components_that_are_no_characters_come_after_the_characters() -> None:
    foreground = draw_boxes((40, 80, 12, 12))
    draw_ring(foreground, 100, 60)
    draw_ring(foreground, 180, 60)
    line = line_of(foreground)
    image = image_of_line(line)
    result = segment_characters(line, image, EMPTY_OUTPUT, DecodedLine((hypothesis(image, "00", 100, 180),)))

    assert [character.probabilities is None for character in result.best.characters] == [False, False, True]


@pytest.mark.parametrize(("empty", "digits"), [(0.9, 1), (0.98, 0)])
def test_a_narrow_line_that_the_line_model_reads_nothing_on_may_be_one_digit(empty: float, digits: int) -> None:
    line = rings(60)
    decoded = DecodedLine((LineHypothesis("", empty),))
    result = segment_characters(line, image_of_line(line), EMPTY_OUTPUT, decoded)

    assert len(result.best.digits) == digits
    assert len(result.best.characters) == 1
    assert result.empty_probability == empty
    assert result.upside_down_log_odds == (0 if digits else 0.7)


def test_a_wide_line_that_the_line_model_reads_nothing_on_has_no_digit() -> None:
    line = rings(60, 140, 220)
    decoded = DecodedLine((LineHypothesis("", 0.9),))
    result = segment_characters(line, image_of_line(line), EMPTY_OUTPUT, decoded)

    assert (len(result.best.digits), len(result.best.characters)) == (0, 3)


@pytest.mark.parametrize(("gap", "joined"), [(6, True), (45, False)])
def test_the_parts_of_a_broken_digit_are_joined_where_they_are_near(gap: int, joined: bool) -> None:
    """Two upright strokes, with a digit read at their middle."""
    components = [filled((10, 10, 14, 60)), filled((24 + gap, 10, 14, 60))]
    digits, left_over = assign_components(components, [24 + gap / 2], 60)

    assert (digits[0].box.w > 20, len(left_over)) == ((True, 0) if joined else (False, 1))


def test_a_mark_beside_a_digit_does_not_belong_to_it() -> None:
    components = [filled((10, 10, 30, 60)), filled((44, 62, 8, 8))]
    digits, left_over = assign_components(components, [25], 60)

    assert digits == components[:1]
    assert left_over == components[1:]


def test_eight_digits_may_share_a_component() -> None:
    components = [filled((0, 0, 320, 60))]
    digits, left_over = assign_components(components, [40 * index + 20 for index in range(8)], 60)

    assert [digit.box.w for digit in digits] == pytest.approx([41] * 8, abs=2)
    assert left_over == []


def test_a_slice_reaches_half_a_height_from_its_center() -> None:
    digits, _ = assign_components([filled((0, 0, 300, 60))], [0, 150], 60)

    assert digits[0].box.w == pytest.approx(30, abs=2)
    assert digits[1].box.w == 300


def test_a_straight_cut_in_the_middle_is_cheaper_than_a_bent_one_aside() -> None:
    """Full foreground everywhere: only the costs of a cut decide."""
    left, right = cut_component(filled((0, 0, 60, 60)), [15, 45])

    assert left.box.w == pytest.approx(30, abs=1)
    assert right.box.x == pytest.approx(30, abs=1)
