"""Usage counts and reviewed numbers: sums and rows of the indexes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..ids import day_of
from ..reading import ReviewedNumber
from .database import Database


def usage(database: Database, owner: str, since: str) -> Mapping[str, Mapping[str, int]]:
    """Return the counts of an owner by day and name. See `Store.usage`."""
    days: dict[str, dict[str, int]] = {}
    for row in database.owner_view("use", owner, first=[day_of(since)], reduce=True, group_level=3):
        _, day, name = row["key"]
        days.setdefault(day, {})[name] = int(row["value"])
    return days


def reviewed_numbers(database: Database, owner: str, since: str) -> list[ReviewedNumber]:
    """Return the reviewed numbers of an owner. See `Store.reviewed_numbers`."""
    last: dict[tuple[Any, ...], Mapping[str, Any]] = {}
    for row in database.all_rows(database.owner_view, "said", owner):
        correction = row["value"]["said"]
        position = (row["key"][1], correction["page"], correction["number"])
        if correction["number"] is None or row["value"]["discarded"]:
            continue
        if position not in last or last[position]["id"] < correction["id"]:
            last[position] = correction
    selected = sorted(
        (
            correction
            for correction in last.values()
            if correction["created"] >= since and correction["read"] is not None
        ),
        key=lambda correction: str(correction["created"]),
    )
    return [ReviewedNumber(correction["created"], correction["read"], correction["right"]) for correction in selected]
