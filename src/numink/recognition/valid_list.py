"""Lists of valid numbers as automata: a trie held as a sorted array, in which a prefix is a range of rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice

import numpy as np

from ..errors import InvalidConstraint
from .alphabet import CHARACTERS, COLUMNS, LETTERS, OTHER_MARK
from .automaton import State

MOST_VALID_NUMBERS = 1_000_000
LONGEST_VALID_NUMBER = 40
SEPARATORS = ".-"
"""Signs with which people divide a number: an entry is valid without them, too."""
LINE_END = 255
END = 0
"""Byte after an entry's last character; the character of column 0 has the byte 1."""
EURO_BYTE = "\x80"
"""Stands for the one sign that is not in Latin-1."""
_BYTES = np.arange(len(CHARACTERS) + 2, dtype=np.uint8)  # END, and the byte of each character


def _to_bytes() -> bytes:
    """Return the byte of each character of Latin-1, as `bytes.translate` wants it."""
    table = bytearray([LINE_END]) * 256
    for character, column in COLUMNS.items():
        if character != OTHER_MARK:
            table[ord(character.replace("€", EURO_BYTE))] = column + 1
    return bytes(table)


_TO_BYTES = _to_bytes()


class ValidList:
    """The strings of a list, each as it is written and without its dots and dashes.

    >>> codes = ValidList(["AB-12", "77"])
    >>> "AB-12" in codes, "ab12" in codes, "AB1" in codes
    (True, True, False)
    """

    def __init__(self, numbers: Iterable[str]) -> None:
        """Sort the list.

        Args:
            numbers: At most a million strings of digits, letters and signs; spaces in them are skipped.

        Raises:
            InvalidConstraint: The list is empty or too long, or has an entry that is none of a line's strings.
        """
        entries = list(islice(numbers, MOST_VALID_NUMBERS + 1))
        if len(entries) > MOST_VALID_NUMBERS:
            raise InvalidConstraint("the list has more than {most:,} numbers: split it", most=MOST_VALID_NUMBERS)
        if not entries:
            raise InvalidConstraint("the list of valid numbers is empty: give one number a line")
        joined = "\n".join(entries)
        if joined.count("\n") >= len(entries) or not joined.isascii() or any(map(str.isspace, set(joined) - {"\n"})):
            entries = ["".join(entry.split()) for entry in entries]
            joined = "\n".join(entries)
        _check(entries, joined)
        encoded = joined.replace("€", EURO_BYTE).encode("latin-1").translate(_TO_BYTES).split(bytes([LINE_END]))
        if any(separator in joined for separator in SEPARATORS):
            dropped = bytes(COLUMNS[separator] + 1 for separator in SEPARATORS)
            encoded += [entry for entry in (entry.translate(None, dropped) for entry in encoded) if entry]
        rows = np.sort(np.array(encoded, dtype=np.bytes_))
        length = rows.dtype.itemsize
        # One row for each place, so that the bytes of a range of entries lie side by side; the last is all END.
        self._rows_by_place = np.zeros((length + 1, len(rows)), np.uint8)
        self._rows_by_place[:length] = rows.view(np.uint8).reshape(len(rows), length).T

    def __contains__(self, text: str) -> bool:
        """Return whether `text` is in the list; a letter's other case counts where the list has only that one."""
        state: State | None = self.starts()[0]
        for character in text:
            column = COLUMNS.get(character, COLUMNS[OTHER_MARK])
            following = self.step(state, column)
            if following is None and character in LETTERS:
                following = self.step(state, COLUMNS[character.swapcase()])
            if following is None:
                return False
            state = following
        return self.accepts(state)

    def starts(self) -> Sequence[State]:
        """Return the state before the first character: the range of all entries, and how many characters they share."""
        return ((0, self._rows_by_place.shape[1], 0),)

    def columns(self, state: State) -> int:
        """Return the mask of the columns that may follow."""
        first, end, depth = state
        if end - first == 1:
            return (1 << int(self._rows_by_place[depth, first])) >> 1
        bounds = np.searchsorted(
            self._rows_by_place[depth, first:end], _BYTES
        )  # where the entries of each next byte begin
        following = np.flatnonzero(np.diff(bounds, append=end - first)).tolist()
        return sum(1 << byte for byte in following) >> 1

    def step(self, state: State, column: int) -> State | None:
        """Return the state after the character of `column`; None where it may not follow."""
        first, end, depth = state
        if end - first == 1:
            return (first, end, depth + 1) if self._rows_by_place[depth, first] == column + 1 else None
        low, high = np.searchsorted(self._rows_by_place[depth, first:end], _BYTES[column + 1 : column + 3]).tolist()
        return (first + low, first + high, depth + 1) if low < high else None

    def accepts(self, state: State) -> bool:
        """Return whether an entry ends here."""
        first, _, depth = state
        return depth > 0 and int(self._rows_by_place[depth, first]) == END


def _check(entries: Sequence[str], joined: str) -> None:
    """Raise InvalidConstraint where an entry is empty, too long, or has a character that is not read."""
    lengths = set(map(len, entries))
    readable = not set(joined) - set(CHARACTERS) - {"\n"} and OTHER_MARK not in joined
    if readable and 0 not in lengths and max(lengths) <= LONGEST_VALID_NUMBER:
        return
    allowed = set(CHARACTERS) - {OTHER_MARK}
    wrong = next(entry for entry in entries if not 0 < len(entry) <= LONGEST_VALID_NUMBER or set(entry) - allowed)
    raise InvalidConstraint(
        "the list has '{code}', which cannot be read: give one number or code a line, of at most {most} digits, "
        "letters A to Z and signs",
        code=wrong[:LONGEST_VALID_NUMBER],
        most=LONGEST_VALID_NUMBER,
    )
