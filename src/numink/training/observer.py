"""Observers of a training: the interface through which progress is reported."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Protocol

from ..evaluation.records import EpochRecord


class TrainingObserver(Protocol):
    """Receiver of a training's progress."""

    def step(self, epoch: int, step: int, steps: int, loss: float) -> None:
        """Receive the loss of one batch: number `step` of `steps` in the epoch."""

    def epoch(self, record: EpochRecord) -> None:
        """Receive the record of a finished epoch."""


class NullObserver:
    """An observer that ignores all progress."""

    def step(self, epoch: int, step: int, steps: int, loss: float) -> None:
        """See `TrainingObserver.step`."""

    def epoch(self, record: EpochRecord) -> None:
        """See `TrainingObserver.epoch`."""


@dataclass(frozen=True)
class OffsetObserver:
    """An observer of one stage that counts its epochs over all stages; `offset` epochs came before."""

    observer: TrainingObserver
    offset: int

    def step(self, epoch: int, step: int, steps: int, loss: float) -> None:
        """See `TrainingObserver.step`."""
        self.observer.step(epoch + self.offset, step, steps, loss)

    def epoch(self, record: EpochRecord) -> None:
        """See `TrainingObserver.epoch`."""
        self.observer.epoch(self.renumber(record))

    def renumber(self, record: EpochRecord) -> EpochRecord:
        """Return `record` with its epoch counted over all stages."""
        return replace(record, epoch=record.epoch + self.offset)
