"""Schemas of the API's requests and responses: they validate requests, and the OpenAPI description is made from them.

The responses have the shape of `results.Page.to_dict`; a test compares the two.
"""

from __future__ import annotations

from dataclasses import fields
from typing import Annotated, Literal

from flask_openapi3.models.file import FileStorage
from pydantic import BaseModel, Field

from ...results import KINDS, EmptyReason
from ...service.options import Options

Probability = Annotated[float, Field(ge=0, le=1)]
BoxValues = Annotated[
    list[int],
    Field(min_length=4, max_length=4, description="left, top, width and height in pixels of the upright picture"),
]


class Alternative(BaseModel):
    """Another character, or another text of the whole number, with its confidence."""

    text: str
    confidence: Probability


class Digit(BaseModel):
    """A digit, a sign or a letter: the best guess with its confidence, and the alternatives."""

    text: str = Field(description="one character")
    confidence: Probability
    accepted: bool = Field(description="true if confident: at most 1 in 1,000 accepted isolated digits is wrong")
    box: BoxValues
    alternatives: list[Alternative]


class Cell(BaseModel):
    """A cell of a table, by numbers from 1."""

    table: int = Field(ge=1)
    row: int = Field(ge=1)
    column: int = Field(ge=1)


class Table(BaseModel):
    """A table of a page."""

    box: BoxValues
    rows: int = Field(ge=1)
    columns: int = Field(ge=1)


class Number(BaseModel):
    """A number with its digits and signs."""

    text: str = Field(description="the number as it is written, signs included")
    kind: str = Field("integer", description=f"one of {', '.join(KINDS)}")
    value: str | None = Field(
        None, description="decimal string, ISO 8601 date or time; null if there is none, or if it is ambiguous"
    )
    ambiguous: bool = Field(False, description="true if it has two values, such as 1.234, and no option says which")
    struck_out: bool = Field(False, description="true if it is crossed out")
    line: int = Field(ge=1, description="line on the page, counted from 1")
    cell: Cell | None = Field(None, description="cell of a table; null outside tables")
    confidence: Probability = Field(description="probability that the whole number is right")
    accepted: bool
    box: BoxValues
    alternatives: list[Alternative] = Field([], description="other texts of the whole number, the likeliest first")
    digits: list[Digit] = Field(description="digits, signs and letters from left to right")
    fits: bool | None = Field(None, description="true if the constraints are satisfied; null without constraints")
    handwritten: bool = Field(True, description="false if it is printed; such numbers are answered only on request")


class Page(BaseModel):
    """The numbers of one picture or document page, in reading order."""

    file: str = Field(description="file name as it was sent")
    page: int = Field(ge=1)
    width: int = Field(ge=1)
    height: int = Field(ge=1)
    text: str = Field(description="the best guess: numbers separated by spaces, lines by newlines")
    model: str
    classifier: Literal["local", "watson", "fallback"] = Field(
        "local", description="the digit model that was used; fallback: the local one, because Watson did not answer"
    )
    milliseconds: float = Field(ge=0)
    turned: int = Field(0, description="degrees by which the picture was rotated clockwise to be upright")
    numbers: list[Number]
    tables: list[Table] = Field([], description="tables from top to bottom")
    left_over: list[BoxValues] = Field([], description="boxes of handwriting that was seen and not read")
    printed_left_out: int = Field(0, description="printed numbers that were left out, unless `printed` asks for them")
    reason: EmptyReason | None = Field(
        None,
        description="why there are no numbers; null where there are some; a `texture` is a page of very many marks "
        "that are no text, such as specks or noise",
    )


class Answer(BaseModel):
    """A stored reading of a picture."""

    id: str
    pages: list[Page]


class Reading(Answer):
    """An earlier reading."""

    created: str = Field(description="UTC, ISO 8601")
    name: str


class Readings(BaseModel):
    """Earlier readings, newest first."""

    readings: list[Reading]
    before: str | None = Field(description="pass this as `before` to get older readings; null if there are none")


class Correction(BaseModel):
    """A stored correction, with the fields of the request."""

    id: str
    reading: str
    created: str
    page: int
    number: int | None
    digit: int | None = Field(description="null if the correction is of the whole number")
    text: str
    box: BoxValues | None = Field(description="box of a missed number; else null")
    order: list[int] = Field(description="the right order of the numbers; else empty")
    whole: str = Field(description="with `digit`: the whole number after the correction")


class Corrections(BaseModel):
    """Stored corrections, oldest first."""

    corrections: list[Correction]


class Problem(BaseModel):
    """An error as an RFC 9457 problem; `detail` says what to do."""

    type: str
    title: str
    status: int
    detail: str


class Form(BaseModel):
    """Options and constraints for the numbers on a picture, or on each of several; empty fields have no effect."""

    single: bool = Field(False, description="the picture holds exactly one digit")
    pattern: str = Field(
        "", max_length=200, description=r"a regular expression that every number matches, such as \d{6}"
    )
    check: str = Field("", max_length=20, description="check-digit scheme: luhn, verhoeff, damm, ean13 ...")
    among: str = Field("", description="valid numbers, one per line or separated by commas")
    characters: str = Field(
        "", max_length=200, description="the characters that occur: digits, letters, code, or such as 0-9A-F"
    )
    decimal: Literal["", "point", "comma"] = Field("", description="decimal sign, which settles 1.234")
    dates: Literal["", "day-first", "month-first"] = Field("", description="order in dates, which settles 01/02/95")
    regions: str = Field(
        "", max_length=4000, description="parts of the picture to be read, each X,Y,W,H in pixels, separated by ;"
    )
    digits: bool = Field(False, description="answer digits only, without signs")
    text: bool = Field(False, description="answer words too, as numbers of the kind `word`")
    printed: bool = Field(False, description="answer printed numbers too, with `handwritten` false")

    @property
    def options(self) -> Options:
        """The options for the reading service."""
        return Options(**{field.name: getattr(self, field.name) for field in fields(Options)})


class ReadForm(Form):
    """A picture to read."""

    file: FileStorage = Field(
        description="picture or document: PNG, JPEG, WebP, AVIF, JPEG 2000, GIF, BMP, TIFF, PPM or PDF"
    )


class JsonReadForm(Form):
    """A picture to read, in JSON."""

    file: str = Field(min_length=1, description="the file in base64")
    name: str = Field("", max_length=1000, description="file name, which the history shows")


class ReadingPath(BaseModel):
    """The id of a reading."""

    reading_id: str = Field(description="`id` of a reading")


class CorrectionPath(ReadingPath):
    """The ids of a reading and of one of its corrections."""

    correction_id: str = Field(description="`id` of a correction")


class PageQuery(BaseModel):
    """Index of a page, counted from 0."""

    page: int = Field(0, ge=0, le=100_000)


class DigitQuery(PageQuery):
    """Indices of page, number and digit, counted from 0."""

    number: int = Field(ge=0, le=100_000)
    digit: int = Field(ge=0, le=100_000)


class RecentQuery(BaseModel):
    """Part of a list, newest first."""

    before: str | None = Field(None, min_length=1, description="id: return older entries; by default the newest")
    limit: int = Field(20, ge=1, le=100, description="maximum number of entries")
