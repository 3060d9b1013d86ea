"""The modules that the benchmarks share: when a page is right, and how texts are drawn and ordered."""

from __future__ import annotations

import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from numink.results import Box, Digit, Number, Page

sys.path.append(str(Path(__file__).parents[1] / "benchmarks"))

from answers import Tally, edit_distance, is_accepted, is_right
from cheques_rejection import read_at_error
from drawing import Slash, Strokes, Writer, bounds, draw_field, draw_on_paper

SQUARE: Strokes = [np.array([(0, 0), (1000, 0), (1000, 1000), (0, 1000), (0, 0)], dtype=np.float64)]
LEVEL: Strokes = [np.array([(0, 0), (1000, 0)], dtype=np.float64)]


def page_of(*texts: str, accepted: bool = True) -> Page:
    box = Box(0, 0, 10, 10)
    numbers = tuple(Number(text, 1, 0.9, accepted, box, (Digit("1", 0.9, accepted, box),)) for text in texts)
    return Page(width=100, height=50, numbers=numbers, model="numink-1.0.0", milliseconds=1.0)


def writer() -> Writer:
    return Writer({"4": [SQUARE], ".": [SQUARE], "-": [LEVEL]}, {"7": [SQUARE]})


@pytest.mark.parametrize(
    ("texts", "expected", "right"),
    [
        (("24.15",), "24.15", True), (("2415",), "24.15", False), (("20", "-37"), "20–37", True),
        (("1234",), "12 34", False), (("12", "34"), "12 34", True), ((), "", True), (("7",), "", False),
    ],
)  # fmt: skip
def test_blanks_count_only_between_several_numbers(texts: tuple[str, ...], expected: str, right: bool) -> None:
    assert is_right(page_of(*texts), expected) is right


def test_a_page_without_numbers_is_not_accepted() -> None:
    assert not is_accepted(page_of())
    assert is_accepted(page_of("12", "34"))
    assert not is_accepted(page_of("12", accepted=False))


def test_the_total_of_kinds_is_the_sum_of_their_counts() -> None:
    tally = Tally()
    tally.add(page_of("12"), "12", "plain")
    tally.add(page_of("12"), "1.2", "decimal")
    tally.add(page_of("12", accepted=False), "1.2", "decimal")
    tally.add_total("all", ["plain", "decimal", "absent"])

    assert tally.counts["decimal"] == [2, 0, 1, 1]
    assert tally.counts["all"] == [3, 1, 2, 1]


def test_the_share_read_at_an_error_is_the_largest_part_from_the_top() -> None:
    answers = [(0.99, True), (0.98, True), (0.97, False), (0.96, True), (0.95, False)]

    assert read_at_error(answers, 0.0) == 2
    assert read_at_error(answers, 0.25) == 4
    assert read_at_error([(0.9, False), (0.9, True), (0.8, True)], 0.0) == 0


@pytest.mark.parametrize(("first", "second", "errors"), [("kitten", "sitting", 3), ("", "ab", 2), ("ab", "ab", 0)])
def test_the_edit_distance_counts_insertions_deletions_and_replacements(first: str, second: str, errors: int) -> None:
    assert edit_distance(first, second) == errors


def test_a_point_stands_on_the_baseline_and_a_dash_in_the_middle() -> None:
    rng = np.random.default_rng(1)
    point, dash = bounds(writer().character(".", rng)), bounds(writer().character("-", rng))

    assert point[3] == pytest.approx(1.0, abs=0.05)
    assert point[3] - point[1] < 0.1
    assert 0.3 < dash[1] < 0.7


def test_characters_follow_each_other_without_overlap_and_another_writer_lends_one() -> None:
    strokes = writer().write("4.7-4", np.random.default_rng(1))
    edges = [bounds([stroke]) for stroke in strokes]

    assert len(strokes) == 5
    assert all(left[2] < right[0] for left, right in pairwise(edges))


def test_an_overshooting_slash_reaches_above_and_below_the_digits_around_it() -> None:
    rng = np.random.default_rng(1)
    short, tall = (writer().write("4/4", rng, slash=Slash(lean=0.4, overshoot=overshoot)) for overshoot in (0.0, 0.3))

    assert bounds([short[1]])[1] > -0.1
    assert bounds([tall[1]])[1] < -0.15
    assert bounds([tall[1]])[3] > 1.15
    assert tall[1][0, 0] > tall[1][-1, 0]


def test_a_text_is_drawn_dark_on_light_paper_with_a_margin() -> None:
    picture = draw_on_paper([stroke / 1000 for stroke in SQUARE], np.random.default_rng(1))

    assert picture.dtype == np.uint8
    assert picture.min() < 50
    assert picture[:20].min() > 200


def test_a_field_has_the_height_of_the_text_and_two_margins_and_a_limited_width() -> None:
    assert draw_field(SQUARE, 2.5).shape == (88, 88)
    assert draw_field(LEVEL, 2.5).shape[1] <= 1432
