"""The training loop that all networks share: AdamW on a one-cycle schedule, averaged weights, checkpoints."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim.lr_scheduler import OneCycleLR
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from ..evaluation.records import EpochRecord
from . import checkpoint
from .observer import TrainingObserver
from .recipes import LineRecipe, PageRecipe, Recipe

Tensors = tuple[Tensor, ...] | list[Tensor]
INITIAL_RATE, FINAL_RATE = 1 / 20, 1 / 1000
"""Learning rates at both ends of the one-cycle schedule, as shares of the highest (E205)."""


@dataclass(frozen=True)
class Schedule:
    """Hyperparameters of the optimizer.

    The learning rate follows one cycle (Smith 2018): it rises to `learning_rate` during the share `warm_up` of all
    steps and falls afterwards. `weight_decay` is decoupled (Loshchilov, Hutter 2019). `ema_decay` is the decay of the
    averaged weights (Polyak).
    """

    learning_rate: float
    weight_decay: float
    ema_decay: float
    epochs: int
    steps_per_epoch: int
    warm_up: float = 0.2


@dataclass
class Trainer:
    """A network in training with its optimizer, schedule and averaged weights: the state that a checkpoint keeps."""

    network: nn.Module
    schedule: Schedule
    history: list[EpochRecord] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Set up the optimizer; weight decay applies to the weights of convolutions and of the head only."""
        decayed = [weight for weight in self.network.parameters() if weight.ndim > 1]
        free = [weight for weight in self.network.parameters() if weight.ndim <= 1]
        groups = [{"params": decayed, "weight_decay": self.schedule.weight_decay},
                  {"params": free, "weight_decay": 0.0}]  # fmt: skip
        self.optimizer = torch.optim.AdamW(groups, lr=self.schedule.learning_rate)
        self.scheduler = self._one_cycle()
        self._averaged = AveragedModel(
            self.network, multi_avg_fn=_ema_with_warm_up(self.schedule.ema_decay), use_buffers=True
        ).eval()

    @property
    def averaged(self) -> nn.Module:
        """The network with averaged weights and buffers, in evaluation mode."""
        module: nn.Module = self._averaged.module
        return module

    def step(self, loss: Tensor, clip: float | None = None) -> None:
        """Take one optimizer step down `loss`, with the gradient's norm limited to `clip`."""
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        if clip is not None:
            nn.utils.clip_grad_norm_(self.network.parameters(), clip)
        self.optimizer.step()
        self.scheduler.step()
        self._averaged.update_parameters(self.network)

    def run(
        self, recipe: Recipe | LineRecipe | PageRecipe, checkpoint_path: Path | None, observer: TrainingObserver,
        train: Callable[[int], float], validate: Callable[[], float],
    ) -> None:  # fmt: skip
        """Train all epochs of `recipe`, resuming from the checkpoint where it was written by the same recipe.

        Args:
            recipe: Settings of this training.
            checkpoint_path: File that is replaced after each epoch; None for no checkpoints.
            observer: Receiver of each epoch's record.
            train: Trains the epoch of the given number (from 1) and returns its mean loss.
            validate: Returns the validation error of the averaged weights.
        """
        if checkpoint_path is not None and checkpoint_path.is_file():
            stored = checkpoint.load(checkpoint_path)
            if recipe.is_stored_as(stored["recipe"]):
                self._restore(stored)
        for number in range(len(self.history) + 1, recipe.epochs + 1):
            started = time.monotonic()
            loss, error = train(number), validate()
            self.history.append(EpochRecord(number, loss, error, time.monotonic() - started))
            if checkpoint_path is not None:
                self._save(checkpoint_path, recipe.to_json())
            observer.epoch(self.history[-1])

    def _save(self, path: Path, recipe: str) -> None:
        checkpoint.save(path, {
            "recipe": recipe, "network": self.network.state_dict(), "averaged": self._averaged.state_dict(),
            "optimizer": self.optimizer.state_dict(), "history": [asdict(record) for record in self.history],
        })  # fmt: skip

    def _restore(self, stored: dict[str, Any]) -> None:
        self.network.load_state_dict(stored["network"])
        self._averaged.load_state_dict(stored["averaged"])
        self.optimizer.load_state_dict(stored["optimizer"])
        self.history = [EpochRecord(**record) for record in stored["history"]]
        self.scheduler = self._one_cycle(steps_done=len(self.history) * self.schedule.steps_per_epoch)

    def _one_cycle(self, steps_done: int = 0) -> OneCycleLR:
        return OneCycleLR(
            self.optimizer, self.schedule.learning_rate,
            epochs=max(self.schedule.epochs, 1), steps_per_epoch=self.schedule.steps_per_epoch,
            pct_start=self.schedule.warm_up, cycle_momentum=False,
            div_factor=1 / INITIAL_RATE, final_div_factor=INITIAL_RATE / FINAL_RATE, last_epoch=steps_done - 1,
        )  # fmt: skip


def _ema_with_warm_up(decay: float) -> Callable[[Tensors, Tensors, Tensor | int], None]:
    """Return torch's exponential moving average with a decay that grows to `decay` over the first steps.

    Without it the first weights would weigh e^-2 in short trainings (2,000 steps at a decay of 0.999).
    """

    def update(averaged: Tensors, current: Tensors, count: Tensor | int) -> None:
        ramped = min(decay, (2 + int(count)) / (11 + int(count)))
        get_ema_multi_avg_fn(ramped)(averaged, current, count)  # type: ignore[no-untyped-call]

    return update
