"""Training of one digit network: epochs of glyphs to averaged weights, resumable after each whole epoch."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ..datasets.unipen import Glyphs, Labels
from ..evaluation.records import EpochRecord
from ..results import DIGIT_COUNT
from .augmentation.geometry import augment
from .devices import autocast
from .epochs import EpochSampler
from .models.digit_net import DigitNet, predict_logits, to_input
from .observer import TrainingObserver
from .recipes import Recipe
from .trainer import Schedule, Trainer

DISTILLATION_TEMPERATURE = 2.0
"""Temperature at which the student learns the teachers' answers (Hinton, Vinyals, Dean 2015)."""


def fit(
    recipe: Recipe,
    sampler: EpochSampler,
    validation: tuple[Glyphs, Labels],
    observer: TrainingObserver,
    checkpoint: Path | None = None,
    teachers: Sequence[nn.Module] = (),
    start: nn.Module | None = None,
    device: torch.device | None = None,
) -> tuple[nn.Module, list[EpochRecord]]:
    """Train one digit network and return it with averaged weights, in evaluation mode, with its history.

    Args:
        recipe: Settings; everything random derives from its seed.
        sampler: Source of each epoch's glyphs.
        validation: Glyphs uint8 (N, 28, 28) and labels uint8 (N,) that are not trained on.
        observer: Receiver of progress.
        checkpoint: File that is replaced after each epoch and resumed from where it holds the same recipe.
        teachers: Networks whose answers are learned beside the labels, weighted by `recipe.distillation`.
        start: Network whose weights the training starts from; None for random weights.
        device: Where to train; None for the processor.
    """
    device = device or torch.device("cpu")
    torch.manual_seed(recipe.seed)
    network = DigitNet(recipe.width, early_stride=recipe.early_stride)
    if start is not None:
        network.load_state_dict(start.state_dict())
    network = network.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    steps = max(sampler.size(recipe) // recipe.batch, 1)
    trainer = Trainer(
        network, Schedule(recipe.learning_rate, recipe.weight_decay, recipe.ema_decay, recipe.epochs, steps)
    )
    objective = _Objective(recipe, [copy.deepcopy(teacher).to(device) for teacher in teachers], device)
    trainer.run(
        recipe, checkpoint, observer,
        lambda number: _train_epoch(trainer, objective, sampler.sample(recipe, number), number, observer),
        lambda: _validation_error(trainer.averaged, *validation),
    )  # fmt: skip
    return trainer.averaged.cpu(), trainer.history


def _validation_error(network: nn.Module, glyphs: Glyphs, labels: Labels) -> float:
    return float((predict_logits(network, glyphs)[:, :DIGIT_COUNT].argmax(1) != labels).mean())


def _batches(glyphs: Glyphs, labels: Labels, size: int) -> Iterator[tuple[Tensor, Tensor]]:
    """Yield full batches only: a very small one would disturb the batch normalization."""
    for start in range(0, max(len(glyphs) - size, 0) + 1, size):
        batch = slice(start, start + size)
        yield to_input(glyphs[batch]), torch.from_numpy(labels[batch]).long()


@dataclass(frozen=True)
class _Objective:
    """The loss: cross entropy with the labels and, where there are teachers, distillation."""

    recipe: Recipe
    teachers: Sequence[nn.Module]
    device: torch.device

    def loss(self, network: nn.Module, images: Tensor, labels: Tensor, generator: torch.Generator) -> Tensor:
        """Return the loss of a batch: `images` (N, 1, 28, 28), `labels` (N,).

        The distillation target is the mean answer of a few teachers, drawn anew for each batch.
        """
        with autocast(self.device, bfloat16=self.recipe.bfloat16):
            logits = network(images).float()
            with torch.no_grad():
                order = torch.randperm(len(self.teachers), generator=generator)
                drawn = order[: self.recipe.teachers_per_batch].tolist()
                targets = [self.teachers[index](images).float() for index in drawn]
        label_loss = F.cross_entropy(logits, labels, label_smoothing=self.recipe.label_smoothing)
        if not targets:
            return label_loss
        temperature, weight = DISTILLATION_TEMPERATURE, self.recipe.distillation
        distillation_loss = F.kl_div(
            F.log_softmax(logits / temperature, dim=1),
            F.log_softmax(torch.stack(targets).mean(0) / temperature, dim=1),
            reduction="batchmean", log_target=True,
        )  # fmt: skip
        return (1 - weight) * label_loss + weight * temperature**2 * distillation_loss


def _train_epoch(
    trainer: Trainer, objective: _Objective, samples: tuple[Glyphs, Labels], number: int, observer: TrainingObserver
) -> float:
    """Train on `samples` once and return the mean loss."""
    recipe = objective.recipe
    generator = torch.Generator().manual_seed(recipe.seed * 1000 + number)
    trainer.network.train()
    steps, total = trainer.schedule.steps_per_epoch, 0.0
    for step, (glyphs, labels) in enumerate(_batches(*samples, recipe.batch), 1):
        images = augment(glyphs, recipe, generator).to(objective.device, memory_format=torch.channels_last)
        loss = objective.loss(trainer.network, images, labels.to(objective.device), generator)
        trainer.step(loss)
        total += loss.item()
        observer.step(number, step, steps, loss.item())
    return total / steps
