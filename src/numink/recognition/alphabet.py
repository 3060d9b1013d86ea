"""The alphabet of the line model: what its columns stand for, digits first.

The tables of letter case and of look-alikes are those that decoding, constraints and training share.
"""

from __future__ import annotations

import string

from ..results import DIGIT_COUNT

DIGITS = string.digits
SIGNS = string.punctuation + "€£×°"
"""Printable ASCII, and the signs that people write beside numbers though ASCII lacks them."""
LETTERS = string.ascii_uppercase + string.ascii_lowercase
OTHER_MARK = "\N{REPLACEMENT CHARACTER}"
"""Any other mark: a struck-out character, a scribble, a drawing, a letter of another script."""
CHARACTERS = DIGITS + SIGNS + LETTERS + OTHER_MARK
"""All characters in the order of the line model's columns; blanks between words are no character."""
COLUMNS = {character: column for column, character in enumerate(CHARACTERS)}
"""The column of each character."""
BLANK = len(CHARACTERS)
"""Column of CTC's blank, after all characters."""
OUTPUTS = BLANK + 2
"""Outputs of the line model at each frame: the characters, the blank, and the evidence that it is upside down."""


def is_digit(character: str) -> bool:
    """Return whether `character` is one of 0..9."""
    return character in DIGITS


def to_columns(text: str) -> list[int]:
    """Return the columns of the characters of `text`; spaces have none.

    >>> to_columns("4 2")
    [4, 2]
    """
    return [COLUMNS[character] for character in text if not character.isspace()]


if DIGIT_COUNT != len(DIGITS):  # pragma: no cover - the digit model's columns and these must agree
    raise AssertionError("the alphabet must begin with the digit model's ten digits")
