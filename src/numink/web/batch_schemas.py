"""What goes in and out of the HTTP API about batches; see `schemas`."""

from __future__ import annotations

from functools import cache
from typing import Any, Literal

from flask_openapi3.models.file import FileStorage
from pydantic import BaseModel, Field, field_validator
from werkzeug.datastructures import FileStorage as Upload

from .schemas import Page, Words


class BatchForm(BaseModel):
    """Files to read in the background, and what is known of the numbers on all of them."""

    file: list[FileStorage] = Field(
        min_length=1, max_length=100, description="pictures, documents and ZIP files of them; up to 100 in one request"
    )
    single: bool = Field(False, description="each picture holds exactly one digit: say which")
    pattern: Words = Field("", max_length=200, description=r"a regular expression that every number is like")
    check: Words = Field("", max_length=20, description="the check digit that every number has: luhn, ean13 ...")
    among: Words = Field("", description="the numbers that are possible, one a line or with commas between")

    @field_validator("file", mode="before")
    @classmethod
    def _are_files(cls, given: object) -> object:
        """Texts in the place of files are none."""
        files = [one for one in given if isinstance(one, Upload) and one.filename] if isinstance(given, list) else []
        if not files:
            raise ValueError("not a file")
        return files

    @classmethod
    @cache
    def model_json_schema(cls, *args: Any, **how: Any) -> dict[str, Any]:  # type: ignore[override]
        """Made once; see `ReadForm`."""
        return super().model_json_schema(*args, **how)


class BatchPath(BaseModel):
    """Which batch."""

    batch_id: str = Field(description="the `id` of a batch")


class Item(BaseModel):
    """One file of a batch."""

    id: str
    name: str = Field(description="the file's name; of one in a ZIP file with its folders")
    state: Literal["awaited", "waiting", "reading", "read", "failed", "cancelled"]
    error: str | None = Field(description="why it failed")
    reading: str | None = Field(description="the id of its reading; null where there is none, or none any more")
    text: str = Field(description="what was read, as of a page")
    doubts: int = Field(ge=0, description="numbers that are not sure and that nobody has corrected")


class Batch(BaseModel):
    """Files that were sent together, and how far they are."""

    id: str
    created: str = Field(description="UTC, ISO 8601")
    name: str
    done: bool = Field(description="nothing waits any more")
    counts: dict[str, int] = Field(description="files in each state")
    items: list[Item]


class Result(BaseModel):
    """A reading, or why there is none of a file."""

    name: str
    id: str | None = Field(None, description="the reading's")
    created: str | None = None
    pages: list[Page] | None = None
    corrections: list[dict[str, Any]] | None = Field(None, description="what people said: page, number, text")
    error: str | None = Field(None, description="why the file has no reading")


class Results(BaseModel):
    """All of a batch, in order; what has no reading comes last."""

    results: list[Result]
