"""Page orientation: a page is turned only on good evidence."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from numink.imaging.ruled_lines import RuledPage
from numink.recognition.page_orientation import (
    PARAMETERS,
    choose_orientation,
    longest,
    orientation_is_certain,
    sample_of,
)
from numink.recognition.types import RecognizedLine
from numink.results import Box
from recognition_examples import certain, character, draw_boxes, recognized


def line_at(
    text: str, box: tuple[int, int, int, int], step: int = 60, score: float = 0.0, upside_down_log_odds: float = 0.0
) -> RecognizedLine:
    """A line of certain characters, `step` columns from one to the next, the first of them in `box`."""
    x, *rest = box
    characters = [character((x + index * step, *rest), certain(sign)) for index, sign in enumerate(text)]
    return recognized(characters, float(box[3]), score, upside_down_log_odds=upside_down_log_odds)


def orientation(foreground: np.ndarray, read: Callable[[int], list[RecognizedLine]]) -> int:
    """The degrees that a page is turned by, as the reader decides them; `read` gives its lines once it is turned."""
    if orientation_is_certain(foreground, read(0)):
        return 0
    return choose_orientation({degrees: read(degrees) for degrees in (0, 90, 180, 270)})


def test_a_turn_by_90_degrees_is_clockwise() -> None:
    """A mark in the top left corner moves to the top right one."""
    empty = np.zeros((10, 20), np.uint8)
    turned = RuledPage(draw_boxes((0, 0, 2, 3), shape=(10, 20)), empty, empty).turned(90).foreground

    assert turned.shape == (20, 10)
    assert turned[0, 9] == 1
    assert turned[:, :5].max() == 0
    assert turned.flags.c_contiguous


@pytest.mark.parametrize(("beside", "turned"), [((60, 4, 2, 3), 0), ((30, 4, 60, 8), 270)])
def test_one_digit_is_not_turned_unless_there_is_other_foreground(
    beside: tuple[int, int, int, int], turned: int
) -> None:
    """A speck over a 0, or a stroke that is a 1 where the page is turned."""
    foreground = draw_boxes((40, 40, 40, 60), beside, shape=(120, 120))

    def read(degrees: int) -> list[RecognizedLine]:
        return [line_at("10", (0, 30, 60, 40)) if degrees == 270 else line_at("0", (40, 40, 40, 60))]

    assert orientation(foreground, read) == turned


def test_numbers_of_one_digit_turn_a_page_too() -> None:
    """Twelve numbers of one digit on two lines, read only where the page lies on its side."""
    foreground = draw_boxes((40, 40, 40, 60), (200, 90, 20, 60), shape=(300, 300))

    def read(degrees: int) -> list[RecognizedLine]:
        if degrees == 90:
            return [line_at("123456", (0, top, 15, 20)) for top in (20, 80)]
        return [recognized([character((40, 40, 40, 60), None)] * 6, 60.0, score=-5.0)]

    assert orientation(foreground, read) == 90


@pytest.mark.parametrize(("as_it_lies", "turned"), [("5000", 0), ("4190", 180)])
def test_a_number_that_begins_with_zeros_is_rather_upside_down(as_it_lies: str, turned: int) -> None:
    foreground = draw_boxes((40, 40, 40, 60), (100, 80, 40, 20), shape=(160, 160))

    def read(degrees: int) -> list[RecognizedLine]:
        if degrees == 0:
            return [line_at(as_it_lies, (0, 40, 30, 60), score=-7.0)]
        if degrees == 180:
            return [line_at("0005" if as_it_lies == "5000" else "6193", (0, 40, 30, 60))]
        return []

    assert orientation(foreground, read) == turned


@pytest.mark.parametrize(("log_odds", "turned"), [(1.0, 0), (6.0, 180)])
def test_lines_that_the_line_model_sees_upside_down_turn_a_page(log_odds: float, turned: int) -> None:
    readings = {
        0: [line_at("1689", (0, 40, 30, 60), upside_down_log_odds=log_odds)],
        180: [line_at("6891", (0, 40, 30, 60), upside_down_log_odds=-log_odds / 2)],
    }

    assert choose_orientation(readings) == turned


@pytest.mark.parametrize(("as_turned", "turned"), [("-24.15", 90), ("hello", 0), ("/-/-", 0)])
def test_signs_turn_a_page_with_the_digits_of_their_number_and_words_do_not(as_turned: str, turned: int) -> None:
    readings = {
        0: [recognized([character((40, 40, 40, 60), None)] * 3, 60.0, score=-5.0)],
        90: [line_at(as_turned, (0, 40, 30, 60), step=36)],
    }

    assert choose_orientation(readings) == turned


def test_an_empty_page_and_one_that_is_plainly_upright_are_certain() -> None:
    foreground = draw_boxes((0, 40, 30, 60))

    assert orientation_is_certain(foreground, [])
    assert orientation_is_certain(foreground, [line_at("123456", (0, 40, 30, 60))])
    assert not orientation_is_certain(foreground, [line_at("1234", (0, 40, 30, 60))])


def test_a_page_that_was_read_one_way_only_stays() -> None:
    assert choose_orientation({0: []}) == 0


def test_a_page_without_numbers_any_way_is_left_as_it_lies() -> None:
    no_digit = [recognized([character(Box(40, 40, 40, 60), None)], 60.0, score=-1.0)]
    worse = [recognized([character(Box(40, 40, 40, 60), None)] * 9, 60.0, score=-9.0)]

    assert choose_orientation({0: worse, 90: no_digit, 180: no_digit, 270: no_digit}) == 0


def test_orientations_are_compared_by_the_lines_of_most_components_in_their_order() -> None:
    lines = [line_at("7" * (1 + index % 15), (0, 100 * index, 40, 60)) for index in range(30)]
    sample = sample_of(lines)

    assert len(sample) == PARAMETERS.sample < len(lines)
    assert [line.line for line in sample] == longest([line.line for line in lines])
    assert min(len(line.line.components) for line in sample) >= 11
    assert [line.line.box.y for line in sample] == sorted(line.line.box.y for line in sample)
