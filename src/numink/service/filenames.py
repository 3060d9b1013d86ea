"""File names made safe to display."""

from __future__ import annotations

import unicodedata

MAX_FILENAME_LENGTH = 200


def printable(name: str) -> str:
    """Return a file name without control and direction characters, cut to 200 characters."""
    return "".join(character for character in name if unicodedata.category(character)[0] != "C")[:MAX_FILENAME_LENGTH]
