"""One training from material to averaged weights; resumable after a kill at the last whole epoch.

Label smoothing, or what teachers say; everything seeded. Knows nothing of files of MNIST, of ONNX, or of how progress
is shown: a watcher is told.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn

from ..results import DIGIT_COUNT
from .augmentation.geometry import augment
from .epochs import Material
from .models.digit_net import DigitNet
from .recipes import Recipe
from .trainer import EpochRecord, Schedule, Training, Watcher

Glyphs = NDArray[np.uint8]
SOFT = 2.0
"""Temperature at which a network learns from its teachers."""


def fit(
    recipe: Recipe,
    material: Material,
    validation: tuple[Glyphs, NDArray[np.uint8]],
    watcher: Watcher,
    kept: Path | None = None,
    teachers: Sequence[nn.Module] = (),
    start: nn.Module | None = None,
) -> tuple[nn.Module, list[EpochRecord]]:
    """The network with averaged weights, in evaluation mode, and its history.

    `kept` names the checkpoint file: written after each epoch, and gone on from where it holds the same recipe.
    With `teachers` the mean answers of some of them are learned beside the labels, weighted as the recipe says; it
    begins with the weights of `start`, where there is one.
    """
    torch.manual_seed(recipe.seed)
    network = DigitNet(recipe.width, early=recipe.early).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    if start is not None:
        network.load_state_dict(start.state_dict())
    state = Training(network, Schedule(recipe.rate, recipe.decay, recipe.average))
    lesson = _Lesson(recipe, teachers)
    state.run(
        recipe, kept, watcher,
        lambda number: _epoch(state, lesson, material.epoch(recipe, number), number, watcher),
        lambda: float((logits(state.average, validation[0])[:, :DIGIT_COUNT].argmax(1) != validation[1]).mean()),
    )  # fmt: skip
    return state.average, state.history


def logits(network: nn.Module, glyphs: Glyphs, batch: int = 500) -> NDArray[np.float32]:
    """What `network` says to glyphs (N, 28, 28): float32 (N, 11)."""
    network.eval()
    with torch.inference_mode():
        parts = [network(_to_input(glyphs[at : at + batch])).numpy() for at in range(0, len(glyphs), batch)]
    return np.concatenate(parts)


def _to_input(glyphs: Glyphs) -> Tensor:
    return torch.from_numpy(np.ascontiguousarray(glyphs))[:, None].float().div_(255)


def _batches(glyphs: Glyphs, labels: NDArray[np.uint8], size: int) -> Iterator[tuple[Tensor, Tensor]]:
    """Whole batches only: a very small one would upset the normalisation."""
    for at in range(0, max(len(glyphs) - size, 0) + 1, size):
        yield _to_input(glyphs[at : at + size]), torch.from_numpy(labels[at : at + size]).long()


@dataclass(frozen=True)
class _Lesson:
    """What a batch's answers are held against."""

    recipe: Recipe
    teachers: Sequence[nn.Module]

    def loss(self, network: nn.Module, pictures: Tensor, labels: Tensor, generator: torch.Generator) -> Tensor:
        """Cross entropy with the labels, and with what a few teachers, drawn by lot, say together at SOFT times their
        temperature."""
        with torch.autocast("cpu", torch.bfloat16, enabled=self.recipe.bfloat16):
            answers = network(pictures).float()
            with torch.no_grad():
                drawn = torch.randperm(len(self.teachers), generator=generator)[: self.recipe.asked].tolist()
                said = [self.teachers[at](pictures).float() for at in drawn]
        by_labels = F.cross_entropy(answers, labels, label_smoothing=self.recipe.smoothing)
        if not said:
            return by_labels
        by_teachers = F.kl_div(
            F.log_softmax(answers / SOFT, dim=1), F.log_softmax(torch.stack(said).mean(0) / SOFT, dim=1),
            reduction="batchmean", log_target=True,
        )  # fmt: skip
        return (1 - self.recipe.taught) * by_labels + self.recipe.taught * SOFT**2 * by_teachers


def _epoch(
    state: Training, lesson: _Lesson, shown: tuple[Glyphs, NDArray[np.uint8]], number: int, watcher: Watcher
) -> float:
    """Trains over `shown` once; the mean loss."""
    recipe = lesson.recipe
    generator = torch.Generator().manual_seed(recipe.seed * 1000 + number)
    state.network.train()
    steps, total = max(len(shown[0]) // recipe.batch, 1), 0.0
    for step, (glyphs, labels) in enumerate(_batches(*shown, recipe.batch), 1):
        pictures = augment(glyphs, recipe, generator).contiguous(memory_format=torch.channels_last)
        loss = lesson.loss(state.network, pictures, labels, generator)
        state.step(loss, (number - 1 + (step - 1) / steps) / recipe.epochs)
        total += loss.item()
        watcher.step(number, step, steps, loss.item())
    return total / steps
