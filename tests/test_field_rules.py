"""Rules between fields: where one fails, all its fields are in doubt; where it cannot be known, none is."""

from __future__ import annotations

import pytest

from numink.forms.field_rules import FAILED, apply_rules
from numink.results import Box
from numink.results.form import FieldReading
from numink.structure.template import FieldRule, RuleKind


def readings(*values: str | None) -> list[FieldReading]:
    return [
        FieldReading(name, "integer", Box(0, 0, 1, 1), value or "", value, accepted=value is not None)
        for name, value in zip("abc", values, strict=False)
    ]


def doubts(kind: RuleKind, *values: str | None) -> list[tuple[str, ...]]:
    names = tuple("abc"[: len(values)])
    return [reading.doubts for reading in apply_rules([FieldRule(kind=kind, fields=names)], readings(*values))]


@pytest.mark.parametrize(
    "values", [("1", "2", "3"), ("1.50", "2", "3.5"), ("", "7", "7"), ("-2", "5", "3"), (None, "1", "9")]
)
def test_a_sum_that_is_right_or_unknown_is_no_doubt(values: tuple[str | None, ...]) -> None:
    assert doubts(RuleKind.SUM, *values) == [()] * 3


def test_a_wrong_sum_makes_all_its_fields_doubtful() -> None:
    rule = FieldRule(kind=RuleKind.SUM, fields=("a", "b", "c"))
    result = apply_rules([rule], readings("12", "5", "18"))
    assert [reading.doubts for reading in result] == [(FAILED[RuleKind.SUM],)] * 3
    assert not any(reading.accepted for reading in result)


@pytest.mark.parametrize(
    ("values", "holds"),
    [
        (("1", "2", "10"), True), (("9", "10", "10"), True), (("2", "1", "3"), False), (("2", "", "3"), True),
        (("2024-02-01", "2024-02-01", "2024-03-09"), True), (("2024-02-01", "2023-12-31", "2024-03-09"), False),
    ],
)  # fmt: skip
def test_an_order_is_of_numbers_or_dates_and_skips_what_is_empty(values: tuple[str, ...], holds: bool) -> None:
    assert doubts(RuleKind.ORDER, *values) == [() if holds else (FAILED[RuleKind.ORDER],)] * 3


@pytest.mark.parametrize(("values", "holds"), [(("5", "5.0"), True), (("5", "6"), False), (("A1", "A1"), True)])
def test_equal_values_may_be_written_in_two_ways(values: tuple[str, ...], holds: bool) -> None:
    assert doubts(RuleKind.EQUAL, *values) == [() if holds else (FAILED[RuleKind.EQUAL],)] * 2


def test_fields_of_no_rule_stay_as_they_are() -> None:
    before = readings("1", "2", "9")
    assert apply_rules([FieldRule(kind=RuleKind.EQUAL, fields=("a", "b"))], before)[2] == before[2]
