"""Progress of long commands on stderr: progress bars in a terminal, plain lines elsewhere."""

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
"""Width of tables in characters where stdout is not a terminal."""


def console() -> Console:
    """Return a console for figures on stdout; without colours, and wide enough, where that is not a terminal."""
    out = Console(highlight=False)
    return out if out.is_terminal else Console(highlight=False, width=PIPED_WIDTH)


class _Bars:
    """Progress bars on stderr, shown within a `with` block."""

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
        """Print a line above the progress bars."""
        self._console.print(text, soft_wrap=True, markup=False)


class FetchProgress(_Bars):
    """Progress of downloads: a bar for each file."""

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
        """Show how many bytes of a file have arrived; `total` is 0 where it is unknown."""
        if name not in self._tasks:
            self._tasks[name] = self._bars.add_task(name, total=total or None, completed=done)
        self._bars.update(self._tasks[name], total=total or None, completed=done)


class PictureProgress(_Bars):
    """Progress of an evaluation; called with the numbers of pictures read and in total."""

    def __init__(self) -> None:
        super().__init__(TextColumn("reading"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        self._task = self._bars.add_task("reading")

    def __call__(self, done: int, total: int) -> None:
        self._bars.update(self._task, completed=done, total=total)


class TrainingProgress(_Bars):
    """Progress of a training: one bar for all epochs, and a line for each epoch."""

    def __init__(self, epochs: int) -> None:
        super().__init__(
            TextColumn("epoch {task.fields[epoch]} of {task.fields[epochs]}"), BarColumn(),
            TextColumn("loss {task.fields[loss]:.3f}  validation error {task.fields[error]}"),
            TimeElapsedColumn(), TextColumn("left"), TimeRemainingColumn(),
        )  # fmt: skip
        self._epochs = epochs
        self._task: TaskID | None = None
        self._mean_loss = 0.0

    def step(self, epoch: int, step: int, steps: int, loss: float) -> None:
        """Show a batch. The bar of a resumed training starts at its epoch, so that the time left is right."""
        done = (epoch - 1) * steps + step
        if self._task is None:
            if epoch > 1:
                self.say(f"Resuming with epoch {epoch} of {self._epochs}.")
            self._mean_loss = loss
            self._task = self._bars.add_task(
                "training", total=self._epochs * steps, completed=done, epoch=epoch, epochs=self._epochs, loss=loss,
                error="-",
            )  # fmt: skip
        self._mean_loss += 0.02 * (loss - self._mean_loss)
        self._bars.update(self._task, completed=done, epoch=epoch, loss=self._mean_loss)

    def epoch(self, record: EpochRecord) -> None:
        """Print a line for an epoch."""
        error = f"{record.validation_error:.2%}"
        if self._task is not None:
            self._bars.update(self._task, error=error)
        self.say(
            f"epoch {record.epoch:3} of {self._epochs}: loss {record.loss:.4f}, validation error {error}, "
            f"{record.seconds:.0f} s"
        )
