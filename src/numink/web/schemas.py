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

Probability = Annotated[float, Field(ge=0, le=1)]
BoxValues = Annotated[
    list[int],
    Field(min_length=4, max_length=4, description="left, top, width, height in pixels of the upright picture"),
]


def _as_sent(given: object) -> object:
    """flask-openapi3 takes '471' in a form for a number, and '[1]' for a list."""
    return given if given is None or isinstance(given, str) else json.dumps(given, separators=(",", ":"))


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
    accepted: bool = Field(description="sure enough: at most 1 in 1,000 accepted digits is wrong")
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
    """What a number should have been."""

    id: str
    reading: str
    created: str
    page: int
    number: int
    text: str


class Corrections(BaseModel):
    """What was kept."""

    corrections: list[Correction]


class Problem(BaseModel):
    """An error, as RFC 9457 has it: `detail` says what to do."""

    type: str
    title: str
    status: int
    detail: str


class ReadForm(BaseModel):
    """A picture to read."""

    file: FileStorage = Field(description="the picture or document: PNG, JPEG, WebP, GIF, BMP, TIFF, PPM or PDF")
    single: bool = Field(False, description="the picture holds exactly one digit: say which")
    pattern: Words | None = Field(
        None, max_length=200, description=r"a regular expression that every number is like, such as \d{6}"
    )
    check: Words | None = Field(
        None, max_length=20, description="the check digit that every number has: luhn, verhoeff, damm, ean13 ..."
    )
    among: Words | None = Field(None, description="the numbers that are possible, one a line or with commas between")

    @field_validator("file", mode="before")
    @classmethod
    def _is_a_file(cls, given: object) -> object:
        """A text in the place of a file is none, nor is what a browser sends where nothing was chosen."""
        if not isinstance(given, Upload) or not given.filename:
            raise ValueError("not a file")
        return given

    @classmethod
    @cache
    def model_json_schema(cls, *args: Any, **how: Any) -> dict[str, Any]:  # type: ignore[override]
        """Made once: flask-openapi3 asks for it with each request, and it takes a millisecond."""
        return super().model_json_schema(*args, **how)


class ReadingPath(BaseModel):
    """Which reading."""

    reading_id: str = Field(description="the `id` of an answer")


class DigitQuery(BaseModel):
    """Which digit of a reading; all count from 0."""

    page: int = Field(0, ge=0, le=100_000)
    number: int = Field(ge=0, le=100_000)
    digit: int = Field(ge=0, le=100_000)


class RecentQuery(BaseModel):
    """Which part of the history."""

    before: str | None = Field(None, min_length=1, description="readings older than this id; else the newest")
    limit: int = Field(20, ge=1, le=100, description="at most so many")


class Fix(BaseModel):
    """A number and what it should have been."""

    model_config = ConfigDict(extra="forbid")

    page: int = Field(0, ge=0, description="page, from 0")
    number: int = Field(ge=0, description="number on the page in reading order, from 0")
    text: str = Field(
        max_length=64,
        pattern=r"^[0-9]*$",
        description="the right digits; empty where there is no number at all",
    )


class CorrectionsBody(BaseModel):
    """What a reading should have said."""

    model_config = ConfigDict(extra="forbid")

    corrections: list[Fix] = Field(min_length=1, max_length=1000)
