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

LOOK_ALIKES = ("0Oo", "1Il|", "2Zz", "5Ss", "6Gb", "8B", "9gq")
"""Groups of characters that look alike in handwriting: which of a group is meant shows only by its place."""


def is_digit(character: str) -> bool:
    """Return whether `character` is one of 0..9."""
    return character in DIGITS


def digits_of(text: str) -> str:
    """Return the digits of `text`, without all other characters.

    >>> digits_of("-24.15")
    '2415'
    """
    return "".join(character for character in text if character in DIGITS)


def to_columns(text: str) -> list[int]:
    """Return the columns of the characters of `text`; spaces have none.

    >>> to_columns("4 2")
    [4, 2]
    """
    return [COLUMNS[character] for character in text if not character.isspace()]


def look_alikes(character: str) -> str:
    """Return the characters that look like `character`; a letter's other case is none of them.

    >>> look_alikes("0"), look_alikes("O"), look_alikes("7")
    ('Oo', '0', '')
    """
    group = next((group for group in LOOK_ALIKES if character in group), "")
    return "".join(other for other in group if other.casefold() != character.casefold())


if len(DIGITS) != DIGIT_COUNT:  # pragma: no cover - the digit model's columns and these must agree
    raise AssertionError("the alphabet must begin with the digit model's ten digits")
