"""Where the characters of handwriting stand on a line: their usual top and height in digit heights, 0 at the top.

The baseline is at 1. Isolated characters of the pen data are all of one size: without this a comma would be as tall
as a digit.
"""

from __future__ import annotations

from typing import NamedTuple


class Placement(NamedTuple):
    """Usual top and height of a character, in digit heights; `width` instead of a height for flat ones."""

    top: float
    height: float
    width: float = 0.0


_X_HEIGHT, _ASCENDER, _DESCENDER = Placement(0.42, 0.58), Placement(0.0, 1.0), Placement(0.42, 0.95)
_TALL_SIGN, _QUOTE, _MIDDLE = Placement(-0.08, 1.2), Placement(-0.05, 0.32), Placement(0.25, 0.58)
_BY_CHARACTERS = {
    "acemnorsuvwxz": _X_HEIGHT, "i": Placement(0.12, 0.88), "bdfhklt": _ASCENDER, "gpqy": _DESCENDER,
    "j": Placement(0.15, 1.2), "()[]{}|/\\": _TALL_SIGN, "'\"`": _QUOTE, "+<>": _MIDDLE, "×": Placement(0.35, 0.5),
    "-~": Placement(0.55, 0.0, 0.45), "=": Placement(0.4, 0.0, 0.5), "_": Placement(1.08, 0.0, 0.7),
    "^": Placement(-0.1, 0.0, 0.45), ".": Placement(0.93, 0.1), ",": Placement(0.85, 0.32), ":": Placement(0.35, 0.65),
    ";": Placement(0.35, 0.85), "*": Placement(0.1, 0.5), "°": Placement(-0.05, 0.32),
    "$&%#@?!€£": Placement(-0.03, 1.05),
}  # fmt: skip
PLACEMENTS = {character: placement for characters, placement in _BY_CHARACTERS.items() for character in characters}
"""Placements by character; those that are missing are as tall as digits."""
DESCENDERS = frozenset("gjpqy,;()[]{}|/\\_@$Q")
"""Characters that reach below the baseline."""
ASCENDERS = frozenset("bdfhklt()[]{}|/\\$%&#@?!'\"")
"""Characters other than capitals and digits that are about as tall as digits."""


def placement_of(character: str) -> Placement:
    """Return where `character` usually stands.

    >>> placement_of("A")
    Placement(top=0.0, height=1.0, width=0.0)
    """
    return PLACEMENTS.get(character, _ASCENDER)
