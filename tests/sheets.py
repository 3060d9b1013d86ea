"""Sheets that the tests of the pages give to numink, with what stands on them."""

from __future__ import annotations

from pictures import Sheet, as_file, write


def two_lines() -> bytes:
    """4071 and 228 above 3550."""
    sheet = write("4071", 60, 50, 110, 9, Sheet(1000, 520))
    write("228", 560, 60, 110, 9, sheet)
    return as_file(write("3550", 70, 300, 110, 9, sheet))


def two_doubts() -> bytes:
    """4171?2? above 228 and 96: where ? stands, a 0 is written over a 3 and over a 5."""
    sheet = write("4171325", 60, 50, 110, 9, Sheet(1000, 520))
    write("020", 478, 50, 110, 9, sheet)
    write("228", 70, 300, 110, 9, sheet)
    return as_file(write("96", 620, 310, 110, 9, sheet))
