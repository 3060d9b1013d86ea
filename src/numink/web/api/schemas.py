"""Schemas of the API's requests and responses: they validate requests, and the OpenAPI description is made from them.

The responses have the shape of `results.Page.to_dict`; a test compares the two.
"""

from __future__ import annotations

import json
from functools import cache
from typing import Annotated, Any, Literal

from flask_openapi3.models.file import FileStorage
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator
from werkzeug.datastructures import FileStorage as Upload

from ...service.options import Options

Probability = Annotated[float, Field(ge=0, le=1)]
BoxValues = Annotated[
    list[int],
    Field(min_length=4, max_length=4, description="left, top, width and height in pixels of the upright picture"),
]


def _restore_text(value: object) -> object:
    """Undo flask-openapi3's parsing, which turns '471' in a form into a number, '[1]' into a list, 'null' into None."""
    return value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))


FormText = Annotated[str, BeforeValidator(_restore_text)]
"""A text field of a form."""


class Alternative(BaseModel):
    """Another digit that it may be, with its confidence."""

    text: str
    confidence: Probability


class Digit(BaseModel):
    """One digit: the best guess with its confidence, and the alternatives."""

    text: str
    confidence: Probability
    accepted: bool = Field(description="true if confident: at most 1 in 1,000 accepted isolated digits is wrong")
    box: BoxValues
    alternatives: list[Alternative]


class Number(BaseModel):
    """A number and its digits."""

    text: str
    line: int = Field(ge=1, description="line on the page, counted from 1")
    confidence: Probability = Field(description="probability that the whole number is right")
    accepted: bool
    box: BoxValues
    digits: list[Digit]
    fits: bool | None = Field(None, description="true if the constraints are satisfied; null without constraints")


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
    pattern: FormText = Field(
        "", max_length=200, description=r"a regular expression that every number matches, such as \d{6}"
    )
    check: FormText = Field("", max_length=20, description="check-digit scheme: luhn, verhoeff, damm, ean13 ...")
    among: FormText = Field("", description="valid numbers, one per line or separated by commas")

    @property
    def options(self) -> Options:
        """The options for the reading service."""
        return Options(self.single, self.pattern, self.check, self.among)

    @classmethod
    @cache
    def model_json_schema(cls, *args: Any, **kwargs: Any) -> dict[str, Any]:  # type: ignore[override]
        """Return the schema from a cache: flask-openapi3 needs it for each request, and it takes a millisecond."""
        return super().model_json_schema(*args, **kwargs)


class ReadForm(Form):
    """A picture to read."""

    file: FileStorage = Field(description="picture or document: PNG, JPEG, WebP, GIF, BMP, TIFF, PPM or PDF")

    @field_validator("file", mode="before")
    @classmethod
    def _require_file(cls, value: object) -> object:
        """Reject a text instead of a file, and the empty file that a browser sends if none was chosen."""
        if not isinstance(value, Upload) or not value.filename:
            raise ValueError("not a file")
        return value


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


Index = Annotated[int, Field(ge=0, le=100_000)]


class Fix(BaseModel):
    """The right text of a number, or of one of its digits."""

    model_config = ConfigDict(extra="forbid")

    page: Index = Field(0, description="index of the page, counted from 0")
    number: Index = Field(
        description="index of the number on the page as it was read, counted from 0; missed numbers follow after those"
    )
    digit: Index | None = Field(None, description="index of the digit, from 0; null to correct the whole number")
    text: str = Field(
        max_length=64,
        pattern=r"^[0-9]*$",
        description="the right digits; empty if there is no digit, or no number at all",
    )


class Missed(BaseModel):
    """A number that numink missed."""

    model_config = ConfigDict(extra="forbid")

    page: Index = Field(0, description="index of the page, counted from 0")
    box: Annotated[list[Index], Field(min_length=4, max_length=4)] = Field(
        description="its box: left, top, width and height in pixels of the upright picture"
    )
    text: str = Field(min_length=1, max_length=64, pattern=r"^[0-9]+$", description="digits of the number")


class Order(BaseModel):
    """The right order of a page's numbers."""

    model_config = ConfigDict(extra="forbid")

    page: Index = Field(0, description="index of the page, counted from 0")
    order: list[Index] = Field(
        min_length=1, max_length=10_000, description="index of each number exactly once, counted as `number`"
    )


class CorrectionsBody(BaseModel):
    """Corrections of a reading."""

    model_config = ConfigDict(extra="forbid")

    corrections: list[Fix | Missed | Order] = Field(min_length=1, max_length=1000)
