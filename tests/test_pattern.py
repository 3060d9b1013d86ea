"""Patterns: automata that accept just the strings that Python's regular expressions match, at a bounded cost."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from numink.errors import InvalidConstraint
from numink.recognition.alphabet import COLUMNS, to_columns
from numink.recognition.automaton import Walker, columns_of
from numink.recognition.pattern import Pattern

CHARACTER = st.sampled_from(["1", "2", "a", "A", "-", r"\.", r"\d", r"[12]", "[^1]", "[a-c]", ".", r"\w", r"[\d.]"])


def combined(parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    repeated = st.tuples(parts, st.sampled_from(["*", "+", "?", "{2}", "{0,2}", "{1,3}", "{2,}", "*?"]))
    return st.one_of(
        st.lists(parts, max_size=3).map("".join),
        st.lists(parts, min_size=1, max_size=3).map(lambda choices: f"(?:{'|'.join(choices)})"),
        repeated.map(lambda item: f"({item[0]}){item[1]}"),
    )


PATTERN = st.recursive(CHARACTER, combined, max_leaves=8)


def accepts(pattern: str, text: str) -> bool:
    return Walker(Pattern(pattern)).accepts(to_columns(text))


@given(PATTERN, st.text("12aA-.b", max_size=6))
def test_a_pattern_accepts_just_what_python_matches(pattern: str, text: str) -> None:
    assert accepts(pattern, text) == (re.fullmatch(pattern, text, re.ASCII) is not None)


@given(PATTERN, st.text("12aA-.b", max_size=5))
def test_the_columns_of_a_state_are_those_with_a_next_state(pattern: str, text: str) -> None:
    automaton = Pattern(pattern)
    (state,) = automaton.starts()
    for character in text:
        allowed = columns_of(automaton.columns(state))
        assert allowed == [column for column in COLUMNS.values() if automaton.step(state, column) is not None]
        state = automaton.step(state, COLUMNS[character])
        if state is None:
            break


@pytest.mark.parametrize(
    ("pattern", "accepted", "refused"),
    [
        (r"^\d{6}$", "123456", "12345"),
        (r"\d{3} \d{4}", "1234567", "123456"),
        (r"(?i)ab\d", "aB1", "ac1"),
        (r"(?:(?i:a)|b)c", "Ac", "Bc"),
        (r"-?\d+[.,]\d{2}", "-12,50", "12.5"),
        ("", "", "1"),
    ],
)
def test_anchors_spaces_and_flags_mean_the_same_as_in_a_text(pattern: str, accepted: str, refused: str) -> None:
    assert accepts(pattern, accepted)
    assert not accepts(pattern, refused)


@pytest.mark.parametrize(
    ("pattern", "advice"),
    [
        (r"(1)\1", "looks ahead"),
        (r"(?=1)\d", "looks ahead"),
        (r"(?<!1)2", "looks ahead"),
        (r"\b12", "looks ahead"),
        (r"(?>1+)2", "looks ahead"),
        (r"\d{0,100000}", "at most 400"),
        (r"(.{0,200}x){0,200}", "at most 400"),
        (r"(){99999}", "at most 400"),
        (r"(((\d{9}){9}){9}){9}", "at most 400"),
        (r"\d{99999999999999999999}", "no regular expression"),
        ("([", "no regular expression"),
        ("1" * 300, "longer than 200"),
        ("ä", "cannot be read"),
    ],
)
def test_patterns_that_no_automaton_can_follow_are_refused_at_once_with_advice(pattern: str, advice: str) -> None:
    started = time.process_time()
    with pytest.raises(InvalidConstraint, match=advice):
        Pattern(pattern)

    assert time.process_time() - started < 0.5


@pytest.mark.parametrize("pattern", ["(1+)+2", r"(\d*)*x", "(1|11|111)+2", r"(.*1.{0,30}){12}2", r"(.{0,18}2){0,20}"])
def test_patterns_that_take_backtracking_for_ever_take_milliseconds(pattern: str) -> None:
    started = time.process_time()
    accepts(pattern, "1" * 200)

    assert time.process_time() - started < 0.5
