"""A page as rows of a table, one for each number, safe for spreadsheets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..results import Page

COLUMNS = ("file", "page", "line", "number", "confidence", "accepted", "x", "y", "w", "h")
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a spreadsheet takes for a formula at the beginning of a field."""


def rows(page: Page) -> Iterator[tuple[Any, ...]]:
    """A row of COLUMNS for each number of `page`."""
    for number in page.numbers:
        yield (
            harmless(page.file), page.page, number.line, number.text, f"{number.confidence:.6f}",
            "yes" if number.accepted else "no", *number.box,
        )  # fmt: skip


def harmless(text: str) -> str:
    """A text that no spreadsheet takes for a formula (OWASP: CSV injection)."""
    return f"'{text}" if text.startswith(FORMULA) else text
