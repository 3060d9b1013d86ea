"""Names of files, as people may be shown them."""

from __future__ import annotations

import unicodedata


def printable(name: str) -> str:
    """A file's name as it may be shown: no control or direction signs, at most 200 characters."""
    return "".join(sign for sign in name if unicodedata.category(sign)[0] != "C")[:200]
