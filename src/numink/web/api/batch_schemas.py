"""Schemas of the API's requests and responses about batches; see `schemas`."""

from __future__ import annotations

from typing import Any, Literal

from flask_openapi3.models.file import FileStorage
from pydantic import BaseModel, Field, field_validator
from werkzeug.datastructures import FileStorage as Upload

from .schemas import Form, Page


class BatchForm(Form):
    """Files to read in the background, with options for all of them."""

    file: list[FileStorage] = Field(
        min_length=1,
        max_length=100,
        description="pictures, documents, or ZIP files of them; at most 100 in one request",
    )

    @field_validator("file", mode="before")
    @classmethod
    def _require_files(cls, values: object) -> object:
        """Drop texts sent instead of files, and empty file fields."""
        entries = values if isinstance(values, list) else []
        files = [entry for entry in entries if isinstance(entry, Upload) and entry.filename]
        if not files:
            raise ValueError("not a file")
        return files


class BatchPath(BaseModel):
    """The id of a batch."""

    batch_id: str = Field(description="the `id` of a batch")


class Item(BaseModel):
    """One file of a batch."""

    id: str
    name: str = Field(description="file name; within a ZIP file, with its folders")
    state: Literal["awaited", "waiting", "reading", "read", "failed", "cancelled"]
    error: str | None = Field(description="reason for a failure")
    reading: str | None = Field(description="id of its reading; null if there is none, or if it was deleted")
    text: str = Field(description="text that was read, formatted as the text of a page")
    doubts: int = Field(ge=0, description="uncertain numbers that nobody has reviewed")


class Listed(BaseModel):
    """A batch with its progress."""

    id: str
    created: str = Field(description="UTC, ISO 8601")
    name: str
    done: bool = Field(description="true if no file is waiting any more")
    counts: dict[str, int] = Field(description="number of files in each state")


class Batches(BaseModel):
    """Batches without their files, newest first."""

    batches: list[Listed]
    before: str | None = Field(description="pass this as `before` to get older batches; null if there are none")


class Batch(Listed):
    """A batch with its files."""

    items: list[Item]


class Result(BaseModel):
    """A reading, or the reason why a file has none."""

    name: str
    id: str | None = Field(None, description="id of the reading")
    created: str | None = None
    pages: list[Page] | None = None
    final: str | None = Field(None, description="text after all corrections, in the right order")
    corrections: list[dict[str, Any]] | None = Field(None, description="corrections as they were sent")
    error: str | None = Field(None, description="reason why the file has no reading")


class Results(BaseModel):
    """The results of a batch in order; files without a reading come last."""

    results: list[Result]
