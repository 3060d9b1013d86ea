"""The reading of a copy of a form: its fields, what is written outside them, or why the copy was set aside."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .box import Box
from .page import Alternative

TICKED = "x"
"""The text of a ticked box."""


@dataclass(frozen=True, slots=True)
class FieldReading:
    """What is written in a field of a form."""

    name: str
    """The field's name."""
    kind: str
    """The field's kind, such as `integer`."""
    box: Box
    """The box around the field, in pixels of the copy's picture."""
    text: str = ""
    """What is written there, as it is written; `x` for a ticked box, empty where nothing is written or read."""
    value: str | None = ""
    """Its value, as a number's; `yes` or `no` for a box to tick; empty where nothing is written, None in doubt."""
    confidence: float = 1.0
    """Probability that the text is right."""
    accepted: bool = True
    """Whether it needs no look by a person."""
    doubts: tuple[str, ...] = ()
    """Why it does, as sentences."""
    alternatives: tuple[Alternative, ...] = ()
    """Other texts, the likeliest first."""

    def to_dict(self) -> dict[str, Any]:
        """Return the reading as JSON has it."""
        return {
            "name": self.name,
            "kind": self.kind,
            "text": self.text,
            "value": self.value,
            "confidence": self.confidence,
            "accepted": self.accepted,
            "doubts": list(self.doubts),
            "box": list(self.box),
            "alternatives": [
                {"text": alternative.text, "confidence": alternative.confidence} for alternative in self.alternatives
            ],
        }


@dataclass(frozen=True, slots=True)
class FormReading:
    """The reading of one copy of a form; without fields where the copy was set aside."""

    file: str
    """The file's name."""
    page: int
    """The page of the file, from 1."""
    form: str
    """The name of the form's template; of the likeliest where the copy was set aside."""
    version: int
    """The version of the template."""
    fit: float
    """How much of the form's print lies where it is on the reference page, 0..1."""
    fields: tuple[FieldReading, ...] = ()
    left_over: tuple[Box, ...] = ()
    """Boxes of what is written outside all fields, in pixels of the copy's picture."""
    reason: str | None = None
    """Why the copy was set aside, as a sentence; None where it was read."""

    @property
    def is_accepted(self) -> bool:
        """Whether the copy was read and none of its fields needs a look by a person."""
        return self.reason is None and all(field.accepted for field in self.fields)

    def to_dict(self) -> dict[str, Any]:
        """Return the reading as JSON has it."""
        return {
            "file": self.file,
            "page": self.page,
            "form": self.form,
            "version": self.version,
            "fit": self.fit,
            "fields": [field.to_dict() for field in self.fields],
            "left_over": [list(box) for box in self.left_over],
            "reason": self.reason,
        }
