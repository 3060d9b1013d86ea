"""Constraints: the likeliest reading that satisfies them is taken, and none is invented where none does."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from numink.errors import InvalidConstraint
from numink.recognition.alphabet import CHARACTERS
from numink.recognition.constraints import Constraints, parse_constraints, read_valid_numbers


@pytest.mark.parametrize(("number", "satisfied"), [("170", True), ("171", False), ("17", False)])
def test_only_the_numbers_of_a_list_satisfy_it(number: str, satisfied: bool) -> None:
    assert Constraints(among=["120", "170"]).satisfied(number) is satisfied


def test_all_constraints_that_are_given_must_be_satisfied() -> None:
    both = Constraints(pattern=r"79\d*", check="luhn", characters="0-9")

    assert both.satisfied("79927398713")
    assert not both.satisfied("79927398718")
    assert not both.satisfied("4111111111111111")


@pytest.mark.parametrize(
    ("characters", "satisfied", "violated"),
    [
        ("digits", "0123456789", "1A"),
        ("letters", "AbZ", "A1"),
        ("code", "A1Z0", "a1"),
        ("0-9A-F", "0F9A", "0G"),
        ("0-9.-", "-1.5", "1,5"),
        ("xyz", "zyx", "x1"),
    ],
)
def test_a_set_of_characters_is_named_or_written_with_ranges(characters: str, satisfied: str, violated: str) -> None:
    constraints = Constraints(characters=characters)

    assert constraints.satisfied(satisfied)
    assert not constraints.satisfied(violated)
    assert not constraints.satisfied("")
    assert [constraints.satisfied(character) for character in CHARACTERS] == [
        column in constraints.columns for column in range(len(CHARACTERS))
    ]


def test_spaces_in_a_number_are_skipped_and_unknown_marks_satisfy_nothing() -> None:
    constraints = Constraints(pattern=".+")

    assert Constraints(check="iban").satisfied("DE89 3704 0044 0532 0130 00")
    assert constraints.satisfied("1 2")
    assert not any(constraints.satisfied(text) for text in ("", "1\N{REPLACEMENT CHARACTER}", "ä"))


def test_a_forms_empty_fields_are_no_constraints() -> None:
    assert parse_constraints("", "", " \n", "") is None
    listed = parse_constraints("", "", "12, AB-7\n", "code")
    assert listed is not None
    assert listed.satisfied("12")
    assert not listed.satisfied("13")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"pattern": "(["}, "no regular expression"),
        ({"pattern": "1" * 300}, "longer than"),
        ({"check": "lune"}, "luhn, verhoeff"),
        ({"among": ["12ä"]}, "has '12ä', which cannot be read"),
        ({"characters": ""}, "give digits, letters, code, or"),
        ({"characters": "0-9ä"}, "give digits, letters, code, or"),
        ({"pattern": r"(\d)\1"}, "refers to itself or looks ahead"),
        ({"among": []}, "is empty"),
    ],
)
def test_constraints_that_make_no_sense_are_refused_with_a_message(arguments: dict[str, object], message: str) -> None:
    with pytest.raises(InvalidConstraint, match=message.replace("(", r"\(")):
        Constraints(**arguments)  # type: ignore[arg-type]


def test_a_pattern_that_backtracking_tries_for_ever_takes_no_time() -> None:
    started = time.process_time()

    assert not Constraints(pattern="(1|11|111)+2").satisfied("1" * 60)
    assert time.process_time() - started < 0.5


def test_a_list_may_be_written_as_people_write_numbers(tmp_path: Path) -> None:
    path = tmp_path / "codes.txt"
    path.write_text("﻿12 34\n\n56.78\nAB-12\n", encoding="utf-8")
    numbers = read_valid_numbers(path)

    assert numbers == ["1234", "56.78", "AB-12"]
    assert all(Constraints(among=numbers).satisfied(text) for text in ("1234", "56.78", "5678", "AB12", "ab-12"))
    with pytest.raises(InvalidConstraint, match="cannot be read as a list"):
        read_valid_numbers(tmp_path / "none.txt")
