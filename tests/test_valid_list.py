"""Lists of valid numbers: a trie of a million entries that takes little memory and time."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from numink.errors import InvalidConstraint
from numink.recognition.alphabet import CHARACTERS, OTHER_MARK, to_columns
from numink.recognition.automaton import Walker, columns_of
from numink.recognition.valid_list import MOST_VALID_NUMBERS, ValidList

ENTRIES = st.lists(st.text("019AZaz/€°~", min_size=1, max_size=4), min_size=1, max_size=12)


@given(ENTRIES, st.text("019AZaz/€°~", min_size=1, max_size=4))
def test_a_list_accepts_just_its_entries(entries: list[str], text: str) -> None:
    valid = ValidList(entries)

    assert Walker(valid).accepts(to_columns(text)) == (text in entries)
    assert all(Walker(valid).accepts(to_columns(entry)) and entry in valid for entry in entries)


@given(ENTRIES)
def test_the_columns_of_a_state_are_those_with_a_next_state(entries: list[str]) -> None:
    valid = ValidList(entries)
    states = list(valid.starts())
    for state in states:
        following = [valid.step(state, column) for column in range(len(CHARACTERS))]
        assert columns_of(valid.columns(state)) == [column for column, to in enumerate(following) if to is not None]
        states += [to for to in following if to is not None]


def test_an_entry_is_valid_without_its_dots_and_dashes_and_in_the_other_letter_case() -> None:
    valid = ValidList(["12.50", "AB-12"])

    assert all(text in valid for text in ("12.50", "1250", "AB-12", "AB12", "ab-12"))
    assert not any(text in valid for text in ("12.5", "AB", "12-50", "", OTHER_MARK))


@pytest.mark.parametrize(
    ("entries", "message"),
    [
        ([], "is empty"),
        (["12", "1ä2"], "has '1ä2', which cannot be read"),
        (["12", "1\N{REPLACEMENT CHARACTER}"], "which cannot be read"),
        (["12", " "], "has '', which cannot be read"),
        (["1" * 41], "which cannot be read"),
        (map(str, range(MOST_VALID_NUMBERS + 1)), "more than 1,000,000"),
    ],
)
def test_lists_that_cannot_be_used_are_refused_with_a_message(entries: list[str], message: str) -> None:
    with pytest.raises(InvalidConstraint, match=message):
        ValidList(entries)


def test_a_million_entries_take_seconds_to_sort_and_little_memory() -> None:
    started = time.process_time()
    valid = ValidList(f"{number:07d}" for number in range(0, 10 * MOST_VALID_NUMBERS, 10))

    assert time.process_time() - started < 6
    assert "9999990" in valid
    assert "9999991" not in valid
    assert sum(value.nbytes for value in vars(valid).values()) < 20e6
