"""Lines and pictures that are exactly one digit."""

from __future__ import annotations

import numpy as np
import pytest

from numink.recognition.components import find_components
from numink.recognition.line_segmentation import segment_lines
from numink.recognition.single_digit import (
    lone_digit_candidates,
    may_be_one_digit,
    may_hold_more,
    recognize_lone_digits,
    refusal,
    select_single_digit,
    single_digit_candidates,
    whole_picture_line,
)
from numink.recognition.types import DecodedLine, StringProbability, TextLine
from numink.results import Box
from recognition_examples import draw_boxes, filled, prediction


def lines_of(*boxes: tuple[int, int, int, int]) -> list[TextLine]:
    return segment_lines(find_components(draw_boxes(*boxes)))


def decoded(strings: dict[str, float]) -> DecodedLine:
    """A line as the line model reads it, with the probabilities of its strings."""
    return DecodedLine((), tuple(StringProbability(*string) for string in strings.items()))


def test_narrow_lines_of_one_component_may_be_lone_digits() -> None:
    lines = lines_of((40, 10, 30, 40), (40, 70, 80, 40), (40, 130, 30, 40), (90, 130, 30, 40))

    assert list(lone_digit_candidates(lines)) == [0]


@pytest.mark.parametrize(("probability", "lone"), [(0.9985, False), (0.9995, True)])
def test_a_lone_digit_that_the_digit_model_is_certain_of_is_recognized(probability: float, lone: bool) -> None:
    lines = lines_of((40, 40, 30, 60))
    candidates = lone_digit_candidates(lines)
    read = decoded({"9": 0.9, "4": 0.1})
    result = recognize_lone_digits(lines, candidates, prediction(4, probability, 0.0001)[None], [read])

    assert list(result) == ([0] if lone else [])
    if lone:
        assert result[0].best.digits[0].text == "4"
        assert result[0].best.digits[0].presence == pytest.approx(0.9999)
        assert result[0].upside_down_log_odds == 0
        assert result[0].decoded == read


@pytest.mark.parametrize(
    ("strings", "lone"),
    [
        ({"A": 0.51}, False), ({"A": 0.49, "4": 0.5}, True), ({"A": 0.3, "%": 0.3, "4": 0.4}, False),
        ({"4A": 0.9}, True), ({"": 0.96}, True), ({"�": 0.9}, False),
    ],
    ids=["a letter", "rather a digit", "a letter or a sign", "more than a digit", "nothing", "another mark"],
)  # fmt: skip
def test_a_letter_a_sign_or_another_mark_is_no_lone_digit(strings: dict[str, float], lone: bool) -> None:
    lines = lines_of((40, 40, 30, 60))
    candidates = lone_digit_candidates(lines)
    result = recognize_lone_digits(lines, candidates, prediction(4, 0.9995, 0.0001)[None], [decoded(strings)])

    assert list(result) == ([0] if lone else [])


def test_predictions_belong_to_the_candidates_and_readings_to_the_lines() -> None:
    lines = lines_of((40, 10, 90, 40), (40, 90, 20, 40), (40, 150, 20, 40))
    candidates = lone_digit_candidates(lines)
    predictions = np.stack([prediction(4, 0.9995, 0.0001), prediction(7, 0.9995, 0.0001)])
    result = recognize_lone_digits(lines, candidates, predictions, [decoded({}), decoded({"A": 1.0}), decoded({})])

    assert list(candidates) == [1, 2]
    assert {index: line.best.digits[0].text for index, line in result.items()} == {2: "7"}


def test_refusal_is_the_probability_of_strings_without_a_digit() -> None:
    assert refusal(decoded({"": 0.2, "l": 0.1, "1": 0.4, "/": 0.15, "l1": 0.05})) == pytest.approx(0.25)
    assert refusal(DecodedLine(())) == 0


@pytest.mark.parametrize(
    ("width", "empty", "may_be"), [(95, 0.9, True), (97, 0.9, False), (95, 0.975, False), (95, 0.965, True)]
)
def test_a_line_may_be_one_digit_where_it_is_narrow_and_not_certainly_empty(
    width: int, empty: float, may_be: bool
) -> None:
    line = TextLine((filled((0, 0, width, 60)),), 60.0, 0.0, Box(0, 0, width, 60))

    assert may_be_one_digit(line, empty) == may_be


def test_candidates_for_a_pictures_only_digit_are_all_of_it_and_its_largest_components() -> None:
    components = find_components(draw_boxes((40, 40, 30, 60), (100, 40, 20, 60), (200, 40, 6, 6)))
    candidates = single_digit_candidates(components)

    assert [candidate.box.w for candidate in candidates] == pytest.approx([82, 32, 22], abs=2)
    assert single_digit_candidates([]) == []
    assert len(single_digit_candidates(components[:1])) == 1


def test_of_candidates_that_are_digits_the_largest_is_taken() -> None:
    candidates = [filled((0, 0, 60, 60)), filled((0, 0, 30, 60)), filled((30, 0, 20, 60))]
    (line,) = select_single_digit(candidates, np.stack([prediction(4, 0.1, 0.85), prediction(7), prediction(1)]))

    assert line.best.digits[0].component is candidates[1]
    assert line.best.digits[0].text == "7"
    assert line.best.digits[0].presence == pytest.approx(0.999)
    assert select_single_digit([], np.zeros((0, 11), np.float32)) == []


@pytest.mark.parametrize(
    ("boxes", "more"),
    [
        ([(40, 40, 30, 60)], False), ([(40, 40, 64, 60)], False), ([(40, 40, 70, 60)], True),
        ([(40, 40, 30, 60), (90, 40, 30, 60)], True), ([(40, 40, 30, 60), (90, 90, 6, 6)], False), ([], False),
    ],
    ids=["a digit", "a wide one", "wider than high", "two components", "a digit and a speck", "nothing"],
)  # fmt: skip
def test_several_large_components_or_a_wide_one_may_be_more_than_a_digit(
    boxes: list[tuple[int, int, int, int]], more: bool
) -> None:
    assert may_hold_more(find_components(draw_boxes(*boxes))) == more


def test_the_line_of_a_whole_picture_has_all_components_from_left_to_right() -> None:
    line = whole_picture_line([filled((60, 10, 20, 50)), filled((10, 30, 30, 40))])

    assert [component.box.x for component in line.components] == [10, 60]
    assert (line.box, line.digit_height, line.slope) == (Box(10, 10, 70, 60), 60.0, 0.0)
