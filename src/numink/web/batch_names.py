"""The name of a batch, after its files, in the language of the request."""

from __future__ import annotations

from collections.abc import Sequence

from ..service.filenames import printable
from .i18n import counted, text


def batch_name(file_names: Sequence[str]) -> str:
    """Name a batch after its first file, and say how many more there are (at least one name is given)."""
    first, more = printable(file_names[0]) or text("unnamed"), len(file_names) - 1
    return counted("{first} and {count} more", "{first} and {count} more", more, first=first) if more else first
