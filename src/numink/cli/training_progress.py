"""Progress of long commands on stderr: bars in a terminal, plain lines elsewhere. Shows; decides nothing."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)

PIPED_WIDTH = 110
"""Columns of a table that goes to a file or another program, where no terminal says."""


def console() -> Console:
    """Where figures go: stdout, without colours and wide enough where it is not a terminal."""
    out = Console(highlight=False)
    return out if out.is_terminal else Console(highlight=False, width=PIPED_WIDTH)


class _Bars:
    """A rich progress on stderr, open within `with`."""

    def __init__(self, *columns: ProgressColumn) -> None:
        self._console = Console(stderr=True, highlight=False)
        self._bars = Progress(*columns, console=self._console, transient=True)

    def __enter__(self) -> Self:
        if self._console.is_terminal:
            self._bars.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        if self._bars.live.is_started:
            self._bars.stop()

    def say(self, text: str) -> None:
        """A line that stays, above the bars."""
        self._console.print(text, soft_wrap=True, markup=False)


class FetchProgress(_Bars):
    """Watches a fetch: a bar for each file that comes over the web."""

    def __init__(self) -> None:
        super().__init__(
            TextColumn("{task.description}"),
            BarColumn(),
            DownloadColumn(),
            TransferSpeedColumn(),
            TimeRemainingColumn(),
        )
        self._tasks: dict[str, TaskID] = {}

    def progress(self, name: str, done: int, total: int) -> None:
        """Bytes of `name` that are there; `total` 0 where it is not known."""
        if name not in self._tasks:
            self._tasks[name] = self._bars.add_task(name, total=total or None, completed=done)
        self._bars.update(self._tasks[name], total=total or None, completed=done)


class PictureProgress(_Bars):
    """Called with the pictures that are read, and those in all."""

    def __init__(self) -> None:
        super().__init__(TextColumn("reading"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        self._task = self._bars.add_task("reading")

    def __call__(self, done: int, total: int) -> None:
        self._bars.update(self._task, completed=done, total=total)
