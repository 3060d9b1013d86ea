"""Training of the page network on pages composed on the fly, resumable after each whole epoch."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn

from ..evaluation.records import EpochRecord
from ..imaging.page_segmentation import CELL, CLASS_NAMES, NEITHER
from .devices import autocast
from .models.page_net import PageNet
from .observer import TrainingObserver
from .page_batches import PageBatch, PageSources, page_batches, steps_of
from .recipes import PageRecipe
from .synthesis.paper_pages import ComposedPaper
from .trainer import Schedule, Trainer

GRADIENT_CLIP = 5.0
WARM_UP = 0.1
"""Share of the steps during which the learning rate rises."""
BLANK_WEIGHT = 0.08
"""Weight in the loss of a cell of blank paper; a cell with a mark has 1, one that only looks like a mark between."""
VALIDATION_BATCH = 20


def fit_pages(
    recipe: PageRecipe, sources: PageSources, validation: Sequence[ComposedPaper], observer: TrainingObserver,
    checkpoint: Path | None = None, device: torch.device | None = None,
) -> tuple[nn.Module, list[EpochRecord]]:  # fmt: skip
    """Train the page network and return it with averaged weights, in evaluation mode, with its history.

    Args:
        recipe: Settings; everything random derives from its seed.
        sources: Writers and fonts of the pages.
        validation: Pages that are not trained on.
        observer: Receiver of progress.
        checkpoint: File that is replaced after each epoch and resumed from where it holds the same recipe.
        device: Where to train; None for the processor.
    """
    device = device or torch.device("cpu")
    torch.manual_seed(recipe.seed)
    network = PageNet(recipe.width).to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    schedule = Schedule(
        recipe.learning_rate, recipe.weight_decay, recipe.ema_decay, recipe.epochs, steps_of(recipe), warm_up=WARM_UP
    )
    trainer = Trainer(network, schedule)
    trainer.run(
        recipe, checkpoint, observer,
        lambda number: _train_epoch(trainer, recipe, sources, number, observer),
        lambda: 1 - mean_f1(confusion(trainer.averaged, validation)),
    )  # fmt: skip
    return trainer.averaged.cpu(), trainer.history


def confusion(network: nn.Module, pages: Sequence[ComposedPaper]) -> NDArray[np.int64]:
    """Return how many cells of each class (rows) `network` takes for each class (columns): int64 (4, 4)."""
    device = next(network.parameters()).device
    count = len(CLASS_NAMES)
    total = np.zeros(count * count, np.int64)
    for start in range(0, len(pages), VALIDATION_BATCH):
        batch = PageBatch.of(pages[start : start + VALIDATION_BATCH])
        with torch.inference_mode():
            predicted = network(batch.contrast.to(device)).argmax(dim=1).cpu()
        total += np.bincount((batch.labels * count + predicted).numpy().ravel(), minlength=count * count)
    return total.reshape(count, count)


def f1_of_classes(cells: NDArray[np.int64]) -> dict[str, float]:
    """Return the F1 score of each class by a confusion matrix (truth in rows); 0 for a class that never occurs."""
    true = np.diag(cells)
    scores = 2 * true / np.maximum(cells.sum(axis=0) + cells.sum(axis=1), 1)
    return dict(zip(CLASS_NAMES, scores.tolist(), strict=True))


def mean_f1(cells: NDArray[np.int64]) -> float:
    """Return the mean F1 score of handwriting, print and rules."""
    return float(np.mean([score for name, score in f1_of_classes(cells).items() if name != CLASS_NAMES[NEITHER]]))


def _train_epoch(
    trainer: Trainer, recipe: PageRecipe, sources: PageSources, number: int, observer: TrainingObserver
) -> float:
    """Train on the pages of an epoch and return the mean loss."""
    trainer.network.train()
    device = next(trainer.network.parameters()).device
    steps, total = trainer.schedule.steps_per_epoch, 0.0
    for step, batch in enumerate(page_batches(recipe, sources, number), 1):
        contrast, labels = batch.contrast.to(device, memory_format=torch.channels_last), batch.labels.to(device)
        with autocast(device, bfloat16=recipe.bfloat16):
            logits = trainer.network(contrast)
        loss = segmentation_loss(logits.float(), labels, contrast)
        trainer.step(loss, GRADIENT_CLIP)
        total += loss.item()
        observer.step(number, step, steps, loss.item())
    return total / steps


def segmentation_loss(logits: Tensor, labels: Tensor, contrast: Tensor) -> Tensor:
    """Return the weighted cross entropy of `logits` (N, 4, h, w).

    Blank paper weighs little: what the network says about it counts nowhere.

    Args:
        logits: The network's output.
        labels: Classes of the cells, int64 (N, h, w).
        contrast: The network's input, (N, 1, H, W).
    """
    visible = F.max_pool2d(contrast, CELL)[:, 0]
    weights = torch.where(labels == NEITHER, BLANK_WEIGHT + visible, torch.ones_like(visible))
    losses = F.cross_entropy(logits, labels, reduction="none")
    return (losses * weights).sum() / weights.sum()
