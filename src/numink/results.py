"""The results of reading: `Page` > `Number` > `Digit`, each with a `Box` and a confidence.

Plain frozen values, the same for the library, the command line, HTTP and the store. `Page.to_dict` and `from_dict`
convert them to JSON and back.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

DIGIT_COUNT = 10
"""Number of digits, and the column after theirs in an array of eleven probabilities."""
CONFIDENCE_STEPS = (0.5, 0.9, 0.99, 0.999, 0.9999)
"""Limits of the intervals by which confidences are counted, in usage statistics and in a model's report."""
REVIEW_MARK = "?"
"""Replacement of a digit that is not accepted, where a caller wants only accepted ones."""


def confidence_step(confidence: float) -> int:
    """Return the number of CONFIDENCE_STEPS that a confidence reaches: 0 where it is below all of them.

    >>> confidence_step(0.2), confidence_step(0.95), confidence_step(1.0)
    (0, 2, 5)
    """
    return bisect_right(CONFIDENCE_STEPS, confidence)


class Box(NamedTuple):
    """A rectangle in pixels of the upright picture.

    >>> Box(10, 10, 20, 20).overlap(Box(20, 10, 20, 20))
    0.3333333333333333
    """

    x: int
    """Its left column."""
    y: int
    """Its top row."""
    w: int
    """Its width."""
    h: int
    """Its height."""

    @classmethod
    def around(cls, boxes: list[Box]) -> Box:
        """Return the smallest box that contains all of `boxes`.

        Args:
            boxes: At least one.

        >>> Box.around([Box(0, 0, 10, 10), Box(20, 5, 10, 10)])
        Box(x=0, y=0, w=30, h=15)
        """
        left, top = min(box.x for box in boxes), min(box.y for box in boxes)
        right, bottom = max(box.x + box.w for box in boxes), max(box.y + box.h for box in boxes)
        return cls(left, top, right - left, bottom - top)

    def overlap(self, other: Box) -> float:
        """Return the intersection over union of two boxes, 0..1.

        Args:
            other: A box in pixels of the same picture.
        """
        columns = min(self.x + self.w, other.x + other.w) - max(self.x, other.x)
        rows = min(self.y + self.h, other.y + other.h) - max(self.y, other.y)
        shared = max(columns, 0) * max(rows, 0)
        return shared / max(self.w * self.h + other.w * other.h - shared, 1)


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another digit that a `Digit` may be.

    >>> Alternative("7", 0.04).text
    '7'
    """

    text: str
    """'0' to '9'."""
    confidence: float
    """Its probability, 0..1."""


@dataclass(frozen=True, slots=True)
class Digit:
    """A digit that was read, with its likeliest alternatives.

    >>> digit = Digit("1", 0.95, False, Box(40, 20, 12, 30), (Alternative("7", 0.04),))
    >>> digit.alternatives[0].text
    '7'
    """

    text: str
    """The likeliest digit, '0' to '9'."""
    confidence: float
    """Calibrated probability that it is right, 0..1."""
    accepted: bool
    """Whether the confidence is high enough to be used without a check (`numink.recognition.acceptance`)."""
    box: Box
    """Its bounding box."""
    alternatives: tuple[Alternative, ...] = ()
    """At most three other digits that it may be, the likeliest first."""


@dataclass(frozen=True, slots=True)
class Number:
    """A number: digits of a line that belong together.

    >>> box = Box(40, 20, 12, 30)
    >>> digits = (Digit("4", 0.999, True, box), Digit("1", 0.95, False, box))
    >>> Number("41", 1, 0.949, False, box, digits).strict_text()
    '4?'
    """

    text: str
    """Its digits, as they are written from left to right."""
    line: int
    """Number of its line on the page, from 1."""
    confidence: float
    """Calibrated probability that the whole number is right, 0..1."""
    accepted: bool
    """Whether all of it can be used without a check."""
    box: Box
    """The box around its digits."""
    digits: tuple[Digit, ...]
    """From left to right; at least one."""
    satisfied: bool | None = None
    """Whether it satisfies the `Constraints` it was read with; None where there were none. Its JSON key is `fits`."""
    kind: str = "integer"
    """Its kind, by `numink.recognition.number_grammar`."""
    value: str | None = None
    """Its value for machines: a decimal string such as '-24.15', a date as '1998-02-06'; None where it has none."""
    ambiguous: bool = False
    """Whether it has two values, such as 1.234 or 01/02/95, and nothing says which; then it has no value."""
    alternatives: tuple[Alternative, ...] = ()
    """Other texts that the whole number may be, the likeliest first."""

    def strict_text(self) -> str:
        """Return the number with `?` in place of each digit that is not accepted."""
        return "".join(digit.text if digit.accepted else REVIEW_MARK for digit in self.digits)


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

    @property
    def text(self) -> str:
        """The text of the page: numbers separated by spaces, lines by newlines; empty where there are no numbers."""
        lines: dict[int, list[str]] = {}
        for number in self.numbers:
            lines.setdefault(number.line, []).append(number.text)
        return "\n".join(" ".join(lines[line]) for line in sorted(lines))

    def strict(self) -> Page:
        """Return the page with `?` in place of each digit that is not accepted."""
        return replace(self, numbers=tuple(replace(number, text=number.strict_text()) for number in self.numbers))

    def to_dict(self) -> dict[str, Any]:
        """Return the page as JSON values: the outside contract of docs/design.md."""
        return {
            "file": self.file, "page": self.page, "width": self.width, "height": self.height, "turned": self.turned,
            "text": self.text, "model": self.model, "classifier": self.classifier,
            "milliseconds": round(self.milliseconds, 2),
            "numbers": [_number_to_dict(number) for number in self.numbers],
        }  # fmt: skip

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Page:
        """Return the page that `to_dict` wrote, in this version or an earlier one.

        Args:
            values: JSON values; `turned`, `classifier` and `fits` may be missing.

        Raises:
            KeyError: Another field is missing.
        """
        return cls(
            width=values["width"], height=values["height"], model=values["model"],
            milliseconds=values["milliseconds"], file=values["file"], page=values["page"],
            turned=values.get("turned", 0), classifier=values.get("classifier", "local"),
            numbers=tuple(_number_from_dict(number) for number in values["numbers"]),
        )  # fmt: skip


def _number_to_dict(number: Number) -> dict[str, Any]:
    return {
        "text": number.text, "line": number.line, "confidence": round(number.confidence, 6),
        "accepted": number.accepted, "box": list(number.box),
        "digits": [_digit_to_dict(digit) for digit in number.digits], "fits": number.satisfied,
    }  # fmt: skip


def _digit_to_dict(digit: Digit) -> dict[str, Any]:
    return {
        "text": digit.text, "confidence": round(digit.confidence, 6), "accepted": digit.accepted,
        "box": list(digit.box),
        "alternatives": [
            {"text": alternative.text, "confidence": round(alternative.confidence, 6)}
            for alternative in digit.alternatives
        ],
    }  # fmt: skip


def _number_from_dict(values: Mapping[str, Any]) -> Number:
    return Number(
        text=values["text"], line=values["line"], confidence=values["confidence"],
        accepted=values["accepted"], box=Box(*values["box"]), satisfied=values.get("fits"),
        digits=tuple(_digit_from_dict(digit) for digit in values["digits"]),
    )  # fmt: skip


def _digit_from_dict(values: Mapping[str, Any]) -> Digit:
    return Digit(
        text=values["text"], confidence=values["confidence"], accepted=values["accepted"],
        box=Box(*values["box"]),
        alternatives=tuple(Alternative(**alternative) for alternative in values["alternatives"]),
    )  # fmt: skip
