"""Progress bars of commands that read many files, on stderr."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TypeVar

PROGRESS_BAR_FROM = 20
"""Number of files from which a progress bar is shown."""
T = TypeVar("T")


def with_progress(outcomes: Iterator[T], count: int) -> Iterator[T]:
    """Yield the outcomes of `count` files, with a progress bar where somebody watches."""
    if count < PROGRESS_BAR_FROM or not sys.stderr.isatty():
        yield from outcomes
        return
    from rich.console import Console
    from rich.progress import track

    yield from track(outcomes, "reading", total=count, console=Console(stderr=True), transient=True)
