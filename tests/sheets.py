"""Pictures of sheets with several numbers, for the tests of the web pages."""

from __future__ import annotations

from pictures import Sheet, as_file, write


def two_lines() -> bytes:
    """Return a PNG of two lines: 4071 and 228, below them 3550."""
    sheet = write("4071", 60, 50, 110, 9, Sheet(1000, 520))
    write("228", 560, 60, 110, 9, sheet)
    return as_file(write("3550", 70, 300, 110, 9, sheet))


def two_doubts() -> bytes:
    """Return a PNG of 4171?2? above 228 and 96; each ? is a 0 written over another digit, a 3 and a 5."""
    sheet = write("4171325", 60, 50, 110, 9, Sheet(1000, 520))
    write("020", 478, 50, 110, 9, sheet)
    write("228", 70, 300, 110, 9, sheet)
    return as_file(write("96", 620, 310, 110, 9, sheet))
