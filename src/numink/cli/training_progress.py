"""Progress of long commands on stderr: bars in a terminal, plain lines elsewhere. Shows; decides nothing."""

from __future__ import annotations

from types import TracebackType
from typing import TYPE_CHECKING, Self

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)

if TYPE_CHECKING:
    from ..evaluation.records import EpochRecord

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


class TrainingProgress(_Bars):
    """Watches a training: one bar over all epochs, and a line that stays for each."""

    def __init__(self, epochs: int) -> None:
        super().__init__(
            TextColumn("epoch {task.fields[epoch]} of {task.fields[epochs]}"), BarColumn(),
            TextColumn("loss {task.fields[loss]:.3f}  validation error {task.fields[error]}"),
            TimeElapsedColumn(), TextColumn("left"), TimeRemainingColumn(),
        )  # fmt: skip
        self._epochs = epochs
        self._task: TaskID | None = None
        self._mean = 0.0

    def step(self, epoch: int, step: int, steps: int, loss: float) -> None:
        """After each batch. The bar begins where a resumed training does, so that the time left is right."""
        done = (epoch - 1) * steps + step
        if self._task is None:
            if epoch > 1:
                self.say(f"Going on with epoch {epoch} of {self._epochs}.")
            self._mean = loss
            self._task = self._bars.add_task(
                "training", total=self._epochs * steps, completed=done, epoch=epoch, epochs=self._epochs, loss=loss,
                error="-",
            )  # fmt: skip
        self._mean += 0.02 * (loss - self._mean)
        self._bars.update(self._task, completed=done, epoch=epoch, loss=self._mean)

    def epoch(self, record: EpochRecord) -> None:
        """After each epoch."""
        error = f"{record.validation_error:.2%}"
        if self._task is not None:
            self._bars.update(self._task, error=error)
        self.say(
            f"epoch {record.epoch:3} of {self._epochs}: loss {record.loss:.4f}, validation error {error}, "
            f"{record.seconds:.0f} s"
        )
