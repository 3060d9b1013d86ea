"""`Page` > `Number` > `Digit`: plain frozen values, and their conversion to JSON and back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal, get_args

from .box import Box
from .empty_reason import EmptyReason
from .table import Cell, Table

REVIEW_MARK = "?"
"""Replacement of a character that is not accepted, where a caller wants only accepted ones."""
NumberKind = Literal[
    "integer", "decimal", "percent", "money", "fraction", "date", "time", "phone", "code", "expression", "word"
]
KINDS: tuple[NumberKind, ...] = get_args(NumberKind)
"""Kinds of numbers. An expression is whatever else holds digits and signs; a word is read only on request."""


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another character that a `Digit` may be, or another text of a whole `Number`.

    >>> Alternative("7", 0.04).text
    '7'
    """

    text: str
    """One character, or a whole number."""
    confidence: float
    """Its probability, 0..1."""


@dataclass(frozen=True, slots=True)
class Digit:
    """A digit, a sign or a letter that was read, with its likeliest alternatives.

    >>> digit = Digit("1", 0.95, False, Box(40, 20, 12, 30), (Alternative("7", 0.04),))
    >>> digit.alternatives[0].text
    '7'
    """

    text: str
    """The likeliest character."""
    confidence: float
    """Calibrated probability that it is right, 0..1."""
    accepted: bool
    """Whether the confidence is high enough to be used without a check (`numink.recognition.acceptance`)."""
    box: Box
    """Its bounding box."""
    alternatives: tuple[Alternative, ...] = ()
    """At most three other characters that it may be, the likeliest first."""


@dataclass(frozen=True, slots=True)
class Number:
    """A number: digits and signs of a line that belong together.

    >>> box = Box(40, 20, 12, 30)
    >>> digits = (Digit("-", 0.999, True, box), Digit("1", 0.95, False, box))
    >>> Number("-1", 1, 0.949, False, box, digits, value="-1").strict_text()
    '-?'
    """

    text: str
    """The number as it is written, signs included; a space where a gap parts its digits, as in 1 234."""
    line: int
    """Number of its line on the page, from 1."""
    confidence: float
    """Calibrated probability that the whole number is right, 0..1."""
    accepted: bool
    """Whether all of it can be used without a check."""
    box: Box
    """The box around its digits."""
    digits: tuple[Digit, ...]
    """Its digits, signs and letters from left to right: the characters of `text` without spaces; at least one."""
    satisfied: bool | None = None
    """Whether it satisfies the `Constraints` it was read with; None where there were none. Its JSON key is `fits`."""
    kind: NumberKind = "integer"
    """One of `KINDS`."""
    value: str | None = None
    """Its value for machines: a decimal string such as '-24.15', a date as '1998-02-06'; None where it has none."""
    ambiguous: bool = False
    """Whether it has two values, such as 1.234 or 01/02/95, and nothing says which; then it has no value."""
    alternatives: tuple[Alternative, ...] = ()
    """Other texts that the whole number may be, the likeliest first."""
    struck_out: bool = False
    """Whether it is crossed out; then it is not accepted."""
    cell: Cell | None = None
    """The cell of a table that it stands in; None outside tables."""
    handwritten: bool = True
    """Whether it was written by hand; False for a printed one, which is read only on request."""

    def strict_text(self) -> str:
        """Return the number with `?` in place of each character that is not accepted."""
        return in_place_of(self.text, [digit.text if digit.accepted else REVIEW_MARK for digit in self.digits])

    def strict(self) -> Number:
        """Return the number with `?` in place of each character that is not accepted, and then without a value."""
        text = self.strict_text()
        return replace(self, text=text, value=self.value if text == self.text else None)


@dataclass(frozen=True, slots=True)
class Page:
    """The numbers of one picture, or of one page of a document.

    >>> digit = Digit("7", 0.999, True, Box(40, 20, 12, 30))
    >>> number = Number("7", 1, 0.999, True, digit.box, (digit,))
    >>> page = Page(width=200, height=100, numbers=(number,), model="numink-1.0.0", milliseconds=5.0)
    >>> page.text, Page.from_dict(page.to_dict()) == page
    ('7', True)
    """

    width: int
    """Width of the upright picture in pixels."""
    height: int
    """Height of the upright picture in pixels."""
    numbers: tuple[Number, ...]
    """The numbers in reading order."""
    model: str
    """Name of the digit model, such as 'numink-1.0.0'."""
    milliseconds: float
    """Time that reading took."""
    file: str = ""
    """Path of the picture; empty where it was not read from a file."""
    page: int = 1
    """Number of the page in its document, from 1."""
    turned: int = 0
    """Degrees clockwise by which the picture was turned to be upright, beyond its EXIF orientation: 0, 90, 180, 270.
    Width, height and boxes are those of the turned picture."""
    classifier: str = "local"
    """The digit model that answered: 'local', 'watson', or 'fallback', the local one because Watson did not answer."""
    left_over: tuple[Box, ...] = ()
    """Boxes of handwriting that was seen and not read."""
    tables: tuple[Table, ...] = ()
    """The tables of the page, from top to bottom."""
    printed_left_out: int = 0
    """How many printed numbers were left out, because only handwriting was asked for."""
    reason: EmptyReason | None = None
    """Why there are no numbers; None where there are some, and in readings of earlier versions."""

    @property
    def text(self) -> str:
        """The text of the page: numbers separated by spaces, lines by newlines; empty where there are no numbers."""
        lines: dict[int, list[str]] = {}
        for number in self.numbers:
            if not number.struck_out:
                lines.setdefault(number.line, []).append(number.text)
        return "\n".join(" ".join(lines[line]) for line in sorted(lines))

    def strict(self) -> Page:
        """Return the page with `?` in place of each character that is not accepted."""
        return replace(self, numbers=tuple(number.strict() for number in self.numbers))

    def to_dict(self) -> dict[str, Any]:
        """Return the page as JSON values: the outside contract of docs/design.md."""
        return {
            "file": self.file, "page": self.page, "width": self.width, "height": self.height, "turned": self.turned,
            "text": self.text, "model": self.model, "classifier": self.classifier,
            "milliseconds": round(self.milliseconds, 2),
            "numbers": [_number_to_dict(number) for number in self.numbers],
            "tables": [
                {"box": list(table.box), "rows": table.rows, "columns": table.columns} for table in self.tables
            ],
            "left_over": [list(box) for box in self.left_over],
            "printed_left_out": self.printed_left_out, "reason": self.reason,
        }  # fmt: skip

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Page:
        """Return the page that `to_dict` wrote, in this version or an earlier one.

        Args:
            values: JSON values; fields that version 1.0.0 lacked may be missing.

        Raises:
            KeyError: Another field is missing.
        """
        return cls(
            width=values["width"], height=values["height"], model=values["model"],
            milliseconds=values["milliseconds"], file=values["file"], page=values["page"],
            turned=values.get("turned", 0), classifier=values.get("classifier", "local"),
            numbers=tuple(_number_from_dict(number) for number in values["numbers"]),
            left_over=tuple(Box(*box) for box in values.get("left_over", ())),
            tables=tuple(
                Table(Box(*table["box"]), table["rows"], table["columns"]) for table in values.get("tables", ())
            ),
            printed_left_out=values.get("printed_left_out", 0), reason=values.get("reason"),
        )  # fmt: skip


def in_place_of(text: str, characters: Iterable[str]) -> str:
    """Return `text` with each of its characters replaced by the next of `characters`; spaces stay in place.

    >>> in_place_of("1 234", ["1", "?", "", "4"])
    '1 ?4'
    """
    replacements = iter(characters)
    return "".join(character if character.isspace() else next(replacements, "") for character in text)


def _number_to_dict(number: Number) -> dict[str, Any]:
    return {
        "text": number.text, "kind": number.kind, "value": number.value, "ambiguous": number.ambiguous,
        "struck_out": number.struck_out, "line": number.line,
        "cell": asdict(number.cell) if number.cell else None, "confidence": round(number.confidence, 6),
        "accepted": number.accepted, "box": list(number.box),
        "alternatives": _alternatives_to_list(number.alternatives),
        "digits": [_digit_to_dict(digit) for digit in number.digits], "fits": number.satisfied,
        "handwritten": number.handwritten,
    }  # fmt: skip


def _digit_to_dict(digit: Digit) -> dict[str, Any]:
    return {
        "text": digit.text, "confidence": round(digit.confidence, 6), "accepted": digit.accepted,
        "box": list(digit.box), "alternatives": _alternatives_to_list(digit.alternatives),
    }  # fmt: skip


def _alternatives_to_list(alternatives: Iterable[Alternative]) -> list[dict[str, Any]]:
    return [{"text": other.text, "confidence": round(other.confidence, 6)} for other in alternatives]


def _number_from_dict(values: Mapping[str, Any]) -> Number:
    """Return a number; one of version 1.0.0 has digits only, and is its own value."""
    text = values["text"]
    return Number(
        text=text, line=values["line"], confidence=values["confidence"],
        accepted=values["accepted"], box=Box(*values["box"]), satisfied=values.get("fits"),
        digits=tuple(_digit_from_dict(digit) for digit in values["digits"]),
        kind=values.get("kind", "integer"), value=values.get("value", text if text.isdecimal() else None),
        ambiguous=values.get("ambiguous", False), alternatives=_alternatives_from(values),
        struck_out=values.get("struck_out", False), handwritten=values.get("handwritten", True),
        cell=Cell(**cell) if (cell := values.get("cell")) else None,
    )  # fmt: skip


def _digit_from_dict(values: Mapping[str, Any]) -> Digit:
    return Digit(
        text=values["text"], confidence=values["confidence"], accepted=values["accepted"],
        box=Box(*values["box"]), alternatives=_alternatives_from(values),
    )  # fmt: skip


def _alternatives_from(values: Mapping[str, Any]) -> tuple[Alternative, ...]:
    return tuple(Alternative(**alternative) for alternative in values.get("alternatives", ()))
