"""What a reading is made of: `Page` > `Number` > `Digit`, each with a `Box` and a confidence.

Plain frozen values, the same for the library, the command line, HTTP and the store. They know how to become JSON
and back (`to_dict`, `from_dict`), and nothing about pictures, networks or files.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

DIGIT_COUNT = 10
"""So many there are; in an answer of eleven, the column after theirs is that of none of them."""
CONFIDENCE_STEPS = (0.5, 0.9, 0.99, 0.999, 0.9999)
"""The steps between which confidences are counted, here and in a model's report."""
REVIEW_MARK = "?"
"""What stands for a digit that is not accepted, where a caller wants only accepted ones."""


def confidence_step(confidence: float) -> int:
    """Between which of SURENESS a confidence is: 0 for below all of them.

    >>> confidence_step(0.2), confidence_step(0.95), confidence_step(1.0)
    (0, 2, 5)
    """
    return bisect_right(CONFIDENCE_STEPS, confidence)


class Box(NamedTuple):
    """A rectangle in pixels of the upright picture: left, top, width, height."""

    x: int
    y: int
    w: int
    h: int

    @classmethod
    def around(cls, boxes: list[Box]) -> Box:
        """The smallest box that holds all of `boxes` (at least one)."""
        left, top = min(box.x for box in boxes), min(box.y for box in boxes)
        right, bottom = max(box.x + box.w for box in boxes), max(box.y + box.h for box in boxes)
        return cls(left, top, right - left, bottom - top)

    def overlap(self, other: Box) -> float:
        """What two boxes share of what they cover together, 0..1."""
        across = min(self.x + self.w, other.x + other.w) - max(self.x, other.x)
        along = min(self.y + self.h, other.y + other.h) - max(self.y, other.y)
        shared = max(across, 0) * max(along, 0)
        return shared / max(self.w * self.h + other.w * other.h - shared, 1)


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another digit that it may be, with its probability."""

    text: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Digit:
    """One digit: the best guess, how sure (0..1), whether that is sure enough, and the runners-up."""

    text: str
    confidence: float
    accepted: bool
    box: Box
    alternatives: tuple[Alternative, ...] = ()


@dataclass(frozen=True, slots=True)
class Number:
    """Digits that belong together; `line` counts from 1, `confidence` is that of the whole number being right."""

    text: str
    line: int
    confidence: float
    accepted: bool
    box: Box
    digits: tuple[Digit, ...]
    satisfied: bool | None = None
    """Whether it satisfies what was known of it (`pattern.Known`); None where nothing was."""

    def strict_text(self) -> str:
        """The number with `?` for each digit that is not accepted."""
        return "".join(digit.text if digit.accepted else REVIEW_MARK for digit in self.digits)


@dataclass(frozen=True, slots=True)
class Page:
    """All that was read on one picture (or one page of a document), numbers in reading order."""

    width: int
    height: int
    numbers: tuple[Number, ...]
    model: str
    milliseconds: float
    file: str = ""
    page: int = 1
    turned: int = 0
    """Degrees clockwise by which the picture was turned to be upright, beyond what its EXIF data says: 0, 90, 180, 270.
    Width, height and boxes are those of the turned picture."""
    classifier: str = "local"
    """Who told the digits: 'local', 'watson', or 'fallback' where the local model did because Watson did not answer."""

    @property
    def text(self) -> str:
        """The best guess: numbers apart by a blank, lines by a newline; empty where nothing was found."""
        lines: dict[int, list[str]] = {}
        for number in self.numbers:
            lines.setdefault(number.line, []).append(number.text)
        return "\n".join(" ".join(lines[line]) for line in sorted(lines))

    def strict(self) -> Page:
        """The same page with `?` in place of each digit that is not accepted."""
        return replace(self, numbers=tuple(replace(number, text=number.strict_text()) for number in self.numbers))

    def to_dict(self) -> dict[str, Any]:
        """The page as JSON values (the outside contract of docs/design.md)."""
        return {
            "file": self.file, "page": self.page, "width": self.width, "height": self.height, "turned": self.turned,
            "text": self.text, "model": self.model, "classifier": self.classifier,
            "milliseconds": round(self.milliseconds, 2),
            "numbers": [_number_to_dict(number) for number in self.numbers],
        }  # fmt: skip

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Page:
        """The page that `to_dict` wrote. Raises KeyError where a field is missing."""
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
            {"text": other.text, "confidence": round(other.confidence, 6)} for other in digit.alternatives
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
        alternatives=tuple(Alternative(**other) for other in values["alternatives"]),
    )  # fmt: skip
