"""What goes in and out of the HTTP API about batches; see `schemas`."""

from __future__ import annotations

from typing import Any, Literal

from flask_openapi3.models.file import FileStorage
from pydantic import BaseModel, Field, field_validator
from werkzeug.datastructures import FileStorage as Upload

from .schemas import Form, Page


class BatchForm(Form):
    """Files to read in the background, and what is known of the numbers on all of them."""

    file: list[FileStorage] = Field(
        min_length=1, max_length=100, description="pictures, documents and ZIP files of them; up to 100 in one request"
    )

    @field_validator("file", mode="before")
    @classmethod
    def _are_files(cls, given: object) -> object:
        """Texts in the place of files are none."""
        files = [one for one in given if isinstance(one, Upload) and one.filename] if isinstance(given, list) else []
        if not files:
            raise ValueError("not a file")
        return files


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


class Listed(BaseModel):
    """Files that were sent together, and how far they are."""

    id: str
    created: str = Field(description="UTC, ISO 8601")
    name: str
    done: bool = Field(description="nothing waits any more")
    counts: dict[str, int] = Field(description="files in each state")


class Batches(BaseModel):
    """Batches without their files, newest first."""

    batches: list[Listed]
    before: str | None = Field(description="the `before` of the next, older part; null where there is none")


class Batch(Listed):
    """A batch with its files."""

    items: list[Item]


class Result(BaseModel):
    """A reading, or why there is none of a file."""

    name: str
    id: str | None = Field(None, description="the reading's")
    created: str | None = None
    pages: list[Page] | None = None
    final: str | None = Field(None, description="what counts: the numbers as they were corrected, in the right order")
    corrections: list[dict[str, Any]] | None = Field(None, description="what people said, as it was sent")
    error: str | None = Field(None, description="why the file has no reading")


class Results(BaseModel):
    """All of a batch, in order; what has no reading comes last."""

    results: list[Result]
