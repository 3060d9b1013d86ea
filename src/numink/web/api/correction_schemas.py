"""Schemas of the API's requests for corrections; see `schemas`."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from ...service.corrections import CORRECTION_PATTERN, MAX_CORRECTION_LENGTH

Index = Annotated[int, Field(ge=0, le=100_000)]


class Fix(BaseModel):
    """The right text of a number, or of one of its digits and signs."""

    model_config = ConfigDict(extra="forbid")

    page: Index = Field(0, description="index of the page, counted from 0")
    number: Index = Field(
        description="index of the number on the page as it was read, counted from 0; missed numbers follow after those"
    )
    digit: Index | None = Field(None, description="index in `digits`, from 0; null to correct the whole number")
    text: str = Field(
        max_length=MAX_CORRECTION_LENGTH,
        pattern=rf"^({CORRECTION_PATTERN})?$",
        description="the right text, signs included; empty if there is no such character, or no number at all",
    )


class Missed(BaseModel):
    """A number that numink missed."""

    model_config = ConfigDict(extra="forbid")

    page: Index = Field(0, description="index of the page, counted from 0")
    box: Annotated[list[Index], Field(min_length=4, max_length=4)] = Field(
        description="its box: left, top, width and height in pixels of the upright picture"
    )
    text: str = Field(
        min_length=1, max_length=MAX_CORRECTION_LENGTH, pattern=rf"^{CORRECTION_PATTERN}$", description="the number"
    )


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
