"""Messages between numink and its decoder processes: a line of JSON, followed by bytes whose number it gives.

A request is a line and the file. A reply is a line and, for a decoded page, its pixels: grey values, then colours, then
a sample of the colours.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import IO

from ...errors import BrokenPicture, InputError, NotAPicture, TooLarge
from ..limits import Limits

ERRORS: dict[str, type[InputError]] = {kind.__name__: kind for kind in (BrokenPicture, NotAPicture, TooLarge)}
"""Errors that a decoder process reports, by name."""


@dataclass(frozen=True)
class Request:
    """A page to decode."""

    size: int
    """Bytes of the file."""
    limits: Limits
    page: int = 0
    """Position of the page in the document, from 0."""
    documents: bool = True
    """Whether PDF documents are decoded."""
    colour_side: int | None = None
    """Longest side of the colours to return, in pixels; None for their full size, 0 for none."""
    memory: int = 0
    """Bytes of memory that the process may take in this attempt."""
    seconds: float = 0.0
    """Processor time that the process may take in this attempt."""
    weights: tuple[float, float, float, float] | None = None
    """Weights of red, green and blue, and a constant, that make the grey values; None for luminance."""

    def to_line(self) -> bytes:
        """Encode as a line of JSON."""
        return json.dumps(asdict(self)).encode() + b"\n"

    @classmethod
    def from_line(cls, line: bytes) -> Request:
        """Decode a line of JSON."""
        values = json.loads(line)
        return cls(**values | {"limits": Limits(**values["limits"])})


@dataclass(frozen=True)
class FormField:
    """A field of a PDF document's page."""

    name: str
    """Its name in the document; perhaps empty, or that of another field, too."""
    kind: str
    """`text`, `tick` or `signature`."""
    length: int | None
    """The number of boxes where it is a row of boxes."""
    box: tuple[int, int, int, int]
    """Left column, top row, width and height in pixels of the page."""


@dataclass(frozen=True)
class Reply:
    """The head of a decoded page, or the reason why there is none."""

    pages: int = 1
    """Number of pages of the document."""
    width: int = 0
    height: int = 0
    """Size of the page in pixels."""
    colour: tuple[int, int] | None = None
    """Width and height of the colours that follow; None where there are none, because the page is grey, too."""
    sample: tuple[int, int] | None = None
    """Width and height of the sample that follows; None where the grey values need no choice."""
    form_fields: tuple[FormField, ...] = ()
    """The fields of a PDF document's page."""
    needed: int = 0
    """Bytes of memory without which the page was not decoded; 0 for a decoded page."""
    is_last: bool = False
    """Whether the process has grown, and is to be replaced after this page."""
    error: str = ""
    """Name of an error of ERRORS; empty where there is none."""
    message: str = ""
    values: dict[str, object] | None = None
    """Message of the error, and the values of its placeholders."""

    @classmethod
    def of_error(cls, error: InputError) -> Reply:
        """Return the reply that reports an error."""
        return cls(error=type(error).__name__, message=error.message, values=error.values)

    def to_line(self) -> bytes:
        """Encode as a line of JSON."""
        return json.dumps(asdict(self)).encode() + b"\n"

    @classmethod
    def from_stream(cls, stream: IO[bytes]) -> Reply | None:
        """Read a reply; None where the stream ends before."""
        line = stream.readline()
        if not line.endswith(b"\n"):
            return None
        values = json.loads(line)
        fields = (FormField(**field | {"box": tuple(field["box"])}) for field in values["form_fields"])
        return cls(**values | {"form_fields": tuple(fields)})

    def to_error(self) -> InputError:
        """Return the error that the reply reports."""
        return ERRORS[self.error](self.message, **(self.values or {}))
