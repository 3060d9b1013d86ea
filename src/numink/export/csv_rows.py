"""CSV rows of a page, one for each number, safe to open in spreadsheets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..results import Page

COLUMNS = ("file", "page", "line", "number", "confidence", "accepted", "x", "y", "w", "h")
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""Characters at the beginning of a field that make spreadsheets treat it as a formula."""


def rows(page: Page) -> Iterator[tuple[Any, ...]]:
    """Yield a row of COLUMNS for each number of `page`, in reading order."""
    for number in page.numbers:
        yield (
            harmless(page.file), page.page, number.line, number.text, f"{number.confidence:.6f}",
            "yes" if number.accepted else "no", *number.box,
        )  # fmt: skip


def harmless(text: str) -> str:
    """Return the text, with an apostrophe in front where it could be a formula (OWASP: CSV injection)."""
    return f"'{text}" if text.startswith(FORMULA) else text
