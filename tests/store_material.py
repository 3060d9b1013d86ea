"""Readings for the tests of stores, and a program that saves them until it is killed.

python tests/store_material.py URL OWNER [COUNT]     prints each id once its save has returned
"""

from __future__ import annotations

import sqlite3
import sys
from contextlib import closing
from pathlib import Path

from numink.factories import open_store
from numink.results import Alternative, Box, Digit, Number, Page
from numink.store.correction import Correction
from numink.store.ids import new_id, now
from numink.store.reading import Reading


def a_page(text: str = "42", page: int = 1) -> Page:
    digits = tuple(
        Digit(character, 0.75, index % 2 == 0, Box(index, 0, 9, 20), (Alternative("7", 0.125),))
        for index, character in enumerate(text)
    )
    number = Number(text, 1, 0.5, accepted=True, box=Box(0, 0, 30, 20), digits=digits)
    return Page(640, 480, (number,), "numink-1.0.0", 8.25, file="ä <b>.png", page=page)


def a_reading(owner: str = "anna", text: str = "42", *, preview: bytes = b"large" * 9000) -> Reading:
    """Return a reading of two pages, each with a preview, or both without."""
    previews = (preview, b"second" * 70) if preview else ()
    return Reading(new_id(owner), now(), (a_page(text), a_page("7", 2)), "ä <b>.png", b"small" * 400, previews)


def a_correction(reading: Reading, text: str = "43", number: int | None = 0, digit: int | None = None) -> Correction:
    return Correction(new_id(reading.owner), reading.id, now(), 0, number, text, digit)


def is_sound(path: Path) -> bool:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def save_on(url: str, owner: str, count: int) -> None:
    store = open_store(url)
    for index in range(count):
        reading = a_reading(owner, str(index))
        store.save(reading)
        print(reading.id, flush=True)


if __name__ == "__main__":
    save_on(sys.argv[1], sys.argv[2], int(sys.argv[3]) if len(sys.argv) > 3 else 1_000_000)
