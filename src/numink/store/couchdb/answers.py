"""Answers of a CouchDB server, and the errors that are answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ...errors import StoreError


class ResourceMissing(StoreError):
    """Answer that a document, database or index does not exist; `deleted` is true where it did before."""

    def __init__(self, message: str, *, deleted: bool) -> None:
        super().__init__(message)
        self.deleted = deleted


class ResourceConflict(StoreError):
    """Answer that a document or database exists already, or was changed since it was read."""


@dataclass(frozen=True)
class Answer:
    """Answer of the server. `repeated`: an earlier attempt may have been executed although no answer came."""

    result: Any
    repeated: bool
