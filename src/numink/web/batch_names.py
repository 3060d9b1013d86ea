"""Names of batches, made from the names of their files in the language of the request."""

from __future__ import annotations

from collections.abc import Sequence

from ..service.filenames import printable
from .i18n import ntext, text


def batch_name(file_names: Sequence[str]) -> str:
    """Name a batch after the first of its files and the number of the others; `file_names` is not empty."""
    first, other_count = printable(file_names[0]) or text("unnamed"), len(file_names) - 1
    return (
        ntext("{first} and {count} more", "{first} and {count} more", other_count, first=first)
        if other_count
        else first
    )
