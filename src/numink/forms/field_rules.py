"""Rules between the fields of a form: where one fails, all its fields are in doubt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from itertools import pairwise

from ..errors import marked
from ..results.form import FieldReading
from ..structure.template import FieldRule, RuleKind

FAILED = {
    RuleKind.SUM: marked("the sum is wrong"),
    RuleKind.ORDER: marked("the order is wrong"),
    RuleKind.EQUAL: marked("the values differ"),
}
"""Why the fields of a rule are in doubt."""


def apply_rules(rules: Sequence[FieldRule], readings: Sequence[FieldReading]) -> list[FieldReading]:
    """Return the readings of a form's fields, with doubts where a rule fails.

    An empty field counts as 0 in a sum, and is skipped in an order; a rule says nothing while a field of it is unread.
    """
    checked = {reading.name: reading for reading in readings}
    for rule in rules:
        of_rule = [checked[name] for name in rule.fields]
        if _holds(rule.kind, of_rule) is False:
            for reading in of_rule:
                doubts = (*reading.doubts, FAILED[rule.kind])
                checked[reading.name] = replace(reading, accepted=False, doubts=doubts)
    return list(checked.values())


def _holds(kind: RuleKind, readings: Sequence[FieldReading]) -> bool | None:
    """Return whether a rule holds; None where it cannot be known."""
    if any(reading.value is None for reading in readings):
        return None
    if kind is RuleKind.EQUAL:
        return len({_number(reading) or reading.value for reading in readings}) == 1
    if kind is RuleKind.ORDER:
        filled = [reading for reading in readings if reading.value]
        numbers = [_number(reading) for reading in filled]
        ordered = [number for number in numbers if number is not None]
        if len(ordered) == len(filled):
            return all(before <= after for before, after in pairwise(ordered))
        values = [str(reading.value) for reading in filled]  # dates and times, which sort as texts
        return all(before <= after for before, after in pairwise(values))
    summed = [_number(reading) if reading.value else Decimal(0) for reading in readings]
    if not all(number is not None for number in summed):
        return None
    *parts, total = (number or Decimal(0) for number in summed)
    return sum(parts, Decimal(0)) == total


def _number(reading: FieldReading) -> Decimal | None:
    try:
        return Decimal(reading.value or "")
    except InvalidOperation:
        return None
