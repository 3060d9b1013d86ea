"""From what is said at each place to digit strings, and where their digits are."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from numink.recognition.ctc import NOTHING, digit_chances, places_of, spellings, together


def said(*columns: int, sure: float = 0.99) -> np.ndarray:
    """Places (T, 11) at which one thing each is said, as surely as that."""
    places = np.full((len(columns), 11), (1 - sure) / 10)
    places[np.arange(len(columns)), columns] = sure
    return places


def test_the_same_digit_twice_needs_nothing_between() -> None:
    assert spellings(said(4, 4))[0].text == "4"
    assert spellings(said(4, NOTHING, 4))[0].text == "44"


def test_all_ways_to_say_a_string_are_summed() -> None:
    """Three ways to say '7' at two places, of a quarter each; nothing at all has the last quarter."""
    places = np.zeros((2, 11))
    places[:, 7] = places[:, NOTHING] = 0.5
    best, other = spellings(places)

    assert (best.text, best.probability) == ("7", pytest.approx(0.75))
    assert (other.text, other.probability) == ("", pytest.approx(0.25))


@given(st.lists(st.integers(0, 9), max_size=6), st.integers(1, 3))
def test_what_is_said_clearly_is_spelled_and_found_again(digits: list[int], rest: int) -> None:
    columns = [NOTHING]
    for digit in digits:
        columns += [digit] * rest + [NOTHING]
    places = said(*columns)
    text = "".join(map(str, digits))
    found = places_of(places, text)

    assert spellings(places)[0].text == text
    assert [columns[first] for first, _ in found] == digits
    assert [last - first + 1 for first, last in found] == [rest] * len(digits)
    assert digit_chances(places, found).argmax(axis=1).tolist() == digits


def test_too_few_places_for_a_string_are_refused() -> None:
    with pytest.raises(ValueError, match="too few for '11'"):
        places_of(said(1, 1), "11")


def test_strings_of_several_networks_are_weighed_wherever_they_say_them() -> None:
    """The places at which two networks say a digit need not be the same: in the mean of the places it would fade."""
    early, late = said(4, NOTHING, NOTHING, NOTHING), said(NOTHING, NOTHING, NOTHING, 4)
    best = together([spellings(early), spellings(late)], (0.5, 0.5))[0]

    assert best.text == "4"
    assert best.probability > 0.95
    assert spellings((early + late) / 2)[0].probability < 0.6
    assert together([spellings(said(1)), spellings(said(2))], (0.3, 0.7))[0].text == "2"
