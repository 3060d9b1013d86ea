"""Counts of use and corrected numbers: sums and rows of the indexes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..reading import ReviewedNumber
from .database import Database
from .documents_of_readings import DAY


def use(database: Database, owner: str, since: str) -> Mapping[str, Mapping[str, int]]:
    """See `Store.use`."""
    days: dict[str, dict[str, int]] = {}
    for row in database.view("use", owner, first=[since[:DAY]], reduce=True, group_level=3):
        _, day, what = row["key"]
        days.setdefault(day, {})[what] = int(row["value"])
    return days


def last_corrections(database: Database, owner: str, since: str) -> list[ReviewedNumber]:
    """See `Store.corrected`."""
    last: dict[tuple[Any, ...], Mapping[str, Any]] = {}
    for row in database.each(database.view, "said", owner):
        said = row["value"]["said"]
        place = (row["key"][1], said["page"], said["number"])
        if said["number"] is None or row["value"]["discarded"]:
            continue
        if place not in last or last[place]["id"] < said["id"]:
            last[place] = said
    found = sorted(
        (one for one in last.values() if one["created"] >= since and one["read"] is not None),
        key=lambda one: str(one["created"]),
    )
    return [ReviewedNumber(one["created"], one["read"], one["right"]) for one in found]
