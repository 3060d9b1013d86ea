"""What every training here has in common: AdamW on a one-cycle schedule, averaged weights (Polyak), checkpoints.

Knows neither what is trained on, nor how progress is shown: a watcher is told.
"""

from __future__ import annotations

import copy
import math
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Protocol

import torch
from torch import Tensor, nn

from . import checkpoint
from .recipes import LineRecipe, Recipe


@dataclass(frozen=True)
class EpochRecord:
    """How an epoch went: mean training loss, and the averaged weights' error on validation, in parts of one."""

    epoch: int
    loss: float
    validation_error: float
    seconds: float


class Watcher(Protocol):
    """Told how the training goes."""

    def step(self, epoch: int, step: int, steps: int, loss: float) -> None:
        """After each batch."""

    def epoch(self, record: EpochRecord) -> None:
        """After each epoch."""


@dataclass(frozen=True)
class Shifted:
    """Tells a watcher of a stage's epochs, counted over all stages."""

    watcher: Watcher
    before: int

    def step(self, epoch: int, step: int, steps: int, loss: float) -> None:
        """See `Watcher.step`."""
        self.watcher.step(epoch + self.before, step, steps, loss)

    def epoch(self, record: EpochRecord) -> None:
        """See `Watcher.epoch`."""
        self.watcher.epoch(self.later(record))

    def later(self, record: EpochRecord) -> EpochRecord:
        """The record with its epoch counted over all networks."""
        return replace(record, epoch=record.epoch + self.before)


@dataclass(frozen=True)
class Schedule:
    """`rate`: the highest learning rate of the one-cycle schedule (Smith 2018), reached after the part `rise` of it;
    `decay`: of the weights (Loshchilov, Hutter 2019); `average`: decay of the averaged weights."""

    rate: float
    decay: float
    average: float
    rise: float = 0.2

    def at(self, progress: float) -> float:
        """The rate, up in a straight line, then down along a cosine to a thousandth. `progress` in 0..1."""
        if progress < self.rise:
            return self.rate * (0.05 + 0.95 * progress / self.rise)
        return self.rate * max(0.5 * (1 + math.cos(math.pi * (progress - self.rise) / (1 - self.rise))), 1e-3)


@dataclass
class Training:
    """A network on its way, and what a checkpoint keeps of it."""

    network: nn.Module
    schedule: Schedule
    history: list[EpochRecord] = field(default_factory=list)
    steps: int = 0

    def __post_init__(self) -> None:
        """Weight decay is for the convolutions' and the head's weights only."""
        self.average = copy.deepcopy(self.network).eval()
        decayed = [weight for weight in self.network.parameters() if weight.ndim > 1]
        free = [weight for weight in self.network.parameters() if weight.ndim <= 1]
        groups = [{"params": decayed, "weight_decay": self.schedule.decay}, {"params": free, "weight_decay": 0.0}]
        self.optimizer = torch.optim.AdamW(groups, lr=self.schedule.rate)

    def step(self, loss: Tensor, progress: float, clip: float | None = None) -> None:
        """One step down `loss`; `progress` of the whole training in 0..1, gradients no longer than `clip`."""
        for group in self.optimizer.param_groups:
            group["lr"] = self.schedule.at(progress)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        if clip is not None:
            nn.utils.clip_grad_norm_(self.network.parameters(), clip)
        self.optimizer.step()
        self.steps += 1
        self._follow()

    def run(
        self, recipe: Recipe | LineRecipe, kept: Path | None, watcher: Watcher,
        train: Callable[[int], float], validate: Callable[[], float],
    ) -> None:  # fmt: skip
        """All epochs of `recipe`: `train` gives the mean loss of an epoch by its number, `validate` the error after it.

        `kept` names the checkpoint file: written after each epoch, and gone on from where it holds the same recipe.
        """
        if kept is not None and kept.is_file() and recipe.is_stored_as((stored := checkpoint.load(kept))["recipe"]):
            self.restore(stored)
        for number in range(len(self.history) + 1, recipe.epochs + 1):
            started = time.monotonic()
            loss, error = train(number), validate()
            self.history.append(EpochRecord(number, loss, error, time.monotonic() - started))
            if kept is not None:
                self.save(kept, recipe.to_json())
            watcher.epoch(self.history[-1])

    def save(self, path: Path, recipe: str) -> None:
        """Written after each epoch; `recipe` says whose it is."""
        checkpoint.save(path, {
            "recipe": recipe, "network": self.network.state_dict(), "average": self.average.state_dict(),
            "optimizer": self.optimizer.state_dict(), "history": [asdict(record) for record in self.history],
            "steps": self.steps,
        })  # fmt: skip

    def restore(self, stored: dict[str, Any]) -> None:
        """Goes on from what `save` wrote."""
        self.network.load_state_dict(stored["network"])
        self.average.load_state_dict(stored["average"])
        self.optimizer.load_state_dict(stored["optimizer"])
        self.history = [EpochRecord(**record) for record in stored["history"]]
        self.steps = stored["steps"]

    @torch.no_grad()
    def _follow(self) -> None:
        """The averaged weights move towards the present ones, faster in the beginning; buffers likewise."""
        keep = min(self.schedule.average, (1 + self.steps) / (10 + self.steps))
        present = self.network.state_dict()
        for name, value in self.average.state_dict().items():
            if value.dtype.is_floating_point:
                value.lerp_(present[name], 1 - keep)
            else:
                value.copy_(present[name])
