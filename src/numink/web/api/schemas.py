"""What goes in and out of the HTTP API, as the OpenAPI description shows it and as requests are checked.

The answers have the shapes of `results.Page.to_dict`; a test compares the two. Knows no routes.
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
    Field(min_length=4, max_length=4, description="left, top, width, height in pixels of the upright picture"),
]


def _as_sent(given: object) -> object:
    """flask-openapi3 takes '471' in a form for a number, '[1]' for a list, and 'null' for nothing."""
    return given if isinstance(given, str) else json.dumps(given, separators=(",", ":"))


Words = Annotated[str, BeforeValidator(_as_sent)]
"""A text in a form."""


class Alternative(BaseModel):
    """Another digit that it may be."""

    text: str
    confidence: Probability


class Digit(BaseModel):
    """One digit: the best guess, how sure, and the runners-up."""

    text: str
    confidence: Probability
    accepted: bool = Field(description="sure enough: of digits alone at most 1 in 1,000 such is wrong")
    box: BoxValues
    alternatives: list[Alternative]


class Number(BaseModel):
    """Digits that belong together."""

    text: str
    line: int = Field(ge=1, description="line on the page, from 1")
    confidence: Probability = Field(description="probability that the whole number is right")
    accepted: bool
    box: BoxValues
    digits: list[Digit]
    fits: bool | None = Field(None, description="whether it is as was said to be known; null where nothing was")


class Page(BaseModel):
    """All that was read on one picture, numbers in reading order."""

    file: str = Field(description="the file's name as it was given")
    page: int = Field(ge=1)
    width: int = Field(ge=1)
    height: int = Field(ge=1)
    text: str = Field(description="the best guess: numbers apart by a blank, lines by a newline")
    model: str
    classifier: Literal["local", "watson", "fallback"] = Field(
        "local", description="who told the digits; fallback: the local model, because Watson did not answer"
    )
    milliseconds: float = Field(ge=0)
    turned: int = Field(0, description="Degrees clockwise by which the picture was turned to be upright.")
    numbers: list[Number]


class Answer(BaseModel):
    """A picture that was read and kept."""

    id: str
    pages: list[Page]


class Reading(Answer):
    """An earlier answer."""

    created: str = Field(description="UTC, ISO 8601")
    name: str


class Readings(BaseModel):
    """Earlier answers, newest first."""

    readings: list[Reading]
    before: str | None = Field(description="the `before` of the next, older part; null where there is none")


class Correction(BaseModel):
    """What should stand at a place; `box` and `order` as in what was sent."""

    id: str
    reading: str
    created: str
    page: int
    number: int | None
    digit: int | None = Field(description="null where the whole number is meant")
    text: str
    box: BoxValues | None = Field(description="where something was missed; else null")
    order: list[int] = Field(description="empty where the order is not meant")
    whole: str = Field(description="with `digit`: the whole number as it then reads")


class Corrections(BaseModel):
    """Corrections that are kept, the last one last."""

    corrections: list[Correction]


class Problem(BaseModel):
    """An error, as RFC 9457 has it: `detail` says what to do."""

    type: str
    title: str
    status: int
    detail: str


class Form(BaseModel):
    """What is said of the numbers on a picture, or on each of several; what is empty says nothing."""

    single: bool = Field(False, description="a picture holds exactly one digit: say which")
    pattern: Words = Field(
        "", max_length=200, description=r"a regular expression that every number is like, such as \d{6}"
    )
    check: Words = Field(
        "", max_length=20, description="the check digit that every number has: luhn, verhoeff, damm, ean13 ..."
    )
    among: Words = Field("", description="the numbers that are possible, one a line or with commas between")

    @property
    def options(self) -> Options:
        """The same, for who reads."""
        return Options(self.single, self.pattern, self.check, self.among)

    @classmethod
    @cache
    def model_json_schema(cls, *args: Any, **how: Any) -> dict[str, Any]:  # type: ignore[override]
        """Made once for each: flask-openapi3 asks for it with each request, and it takes a millisecond."""
        return super().model_json_schema(*args, **how)


class ReadForm(Form):
    """A picture to read."""

    file: FileStorage = Field(description="the picture or document: PNG, JPEG, WebP, GIF, BMP, TIFF, PPM or PDF")

    @field_validator("file", mode="before")
    @classmethod
    def _is_a_file(cls, given: object) -> object:
        """A text in the place of a file is none, nor is what a browser sends where nothing was chosen."""
        if not isinstance(given, Upload) or not given.filename:
            raise ValueError("not a file")
        return given


class ReadingPath(BaseModel):
    """Which reading."""

    reading_id: str = Field(description="the `id` of an answer")


class CorrectionPath(ReadingPath):
    """Which correction of a reading."""

    correction_id: str = Field(description="the `id` of a correction")


class PageQuery(BaseModel):
    """Which page of a reading, from 0."""

    page: int = Field(0, ge=0, le=100_000)


class DigitQuery(PageQuery):
    """Which digit of a reading; all count from 0."""

    number: int = Field(ge=0, le=100_000)
    digit: int = Field(ge=0, le=100_000)


class RecentQuery(BaseModel):
    """Which part of a list, newest first."""

    before: str | None = Field(None, min_length=1, description="what is older than this id; else the newest")
    limit: int = Field(20, ge=1, le=100, description="at most so many")


Place = Annotated[int, Field(ge=0, le=100_000)]


class Fix(BaseModel):
    """A number, or one digit of it, and what it should have been."""

    model_config = ConfigDict(extra="forbid")

    page: Place = Field(0, description="page, from 0")
    number: Place = Field(
        description="number on the page as it was read, from 0; those that were missed count on after them"
    )
    digit: Place | None = Field(None, description="digit of the number, from 0; null where the whole number is meant")
    text: str = Field(
        max_length=64,
        pattern=r"^[0-9]*$",
        description="the right digits; empty where there is no digit, or no number at all",
    )


class Missed(BaseModel):
    """A number that was not found."""

    model_config = ConfigDict(extra="forbid")

    page: Place = Field(0, description="page, from 0")
    box: Annotated[list[Place], Field(min_length=4, max_length=4)] = Field(
        description="where it stands: left, top, width, height in pixels of the upright picture"
    )
    text: str = Field(min_length=1, max_length=64, pattern=r"^[0-9]+$", description="its digits")


class Order(BaseModel):
    """The right order of a page's numbers."""

    model_config = ConfigDict(extra="forbid")

    page: Place = Field(0, description="page, from 0")
    order: list[Place] = Field(
        min_length=1, max_length=10_000, description="each number of the page once, as `number` counts them"
    )


class CorrectionsBody(BaseModel):
    """What a reading should have said."""

    model_config = ConfigDict(extra="forbid")

    corrections: list[Fix | Missed | Order] = Field(min_length=1, max_length=1000)
