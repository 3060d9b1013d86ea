"""Training of one line network on lines composed on the fly, resumable after each whole epoch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn

from ..evaluation.records import EpochRecord
from ..recognition.alphabet import BLANK, DIGITS, LETTERS, SIGNS, digits_of, to_columns
from ..recognition.line_model import UPSIDE_DOWN_DIVISOR
from .devices import autocast
from .line_batches import LineBatch, line_batches, to_images
from .models.line_net import LineNet
from .observer import TrainingObserver
from .recipes import LineRecipe
from .synthesis.lines import ComposedLine
from .synthesis.writer_pool import WriterPool
from .trainer import Schedule, Trainer

Lines = Sequence[ComposedLine]
GRADIENT_CLIP = 5.0
"""Limit of the gradient's norm, against single lines that are misread badly."""
WARM_UP = 0.1
"""Share of the steps during which the learning rate rises."""
FIRST_CAPITAL, CASES = len(DIGITS + SIGNS), len(LETTERS) // 2
"""Column of the first capital letter, and the number of letters of one case."""


def fit_lines(
    recipe: LineRecipe, writers: WriterPool, validation: Lines, observer: TrainingObserver,
    checkpoint: Path | None = None, start: Mapping[str, Tensor] | None = None,
    device: torch.device | None = None,
) -> tuple[nn.Module, list[EpochRecord]]:  # fmt: skip
    """Train one line network and return it with averaged weights, in evaluation mode, with its history.

    Args:
        recipe: Settings; everything random derives from its seed.
        writers: Writers whose characters the training lines are composed of.
        validation: Lines that are not trained on.
        observer: Receiver of progress.
        checkpoint: File that is replaced after each epoch and resumed from where it holds the same recipe.
        start: Weights that the training starts from; None for random ones.
        device: Where to train; None for the processor.
    """
    device = device or torch.device("cpu")
    torch.manual_seed(recipe.seed)
    network = LineNet(recipe.width, recipe.context)
    if start is not None:
        network.start_from(start, digits_only=recipe.digits_only)
    network = network.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    if recipe.digits_only:
        validation = [replace(line, text=digits_of(line.text)) for line in validation]
    steps = max(recipe.lines // recipe.batch, 1)
    schedule = Schedule(
        recipe.learning_rate, recipe.weight_decay, recipe.ema_decay, recipe.epochs, steps, warm_up=WARM_UP
    )
    trainer = Trainer(network, schedule)
    trainer.run(
        recipe, checkpoint, observer,
        lambda number: _train_epoch(trainer, recipe, writers, number, observer),
        lambda: _error_rate(trainer.averaged, validation),
    )  # fmt: skip
    result = trainer.averaged.cpu()
    if start is not None and recipe.start_share:
        _mix(result, start, recipe.start_share)
    return result, trainer.history


def _mix(network: nn.Module, start: Mapping[str, Tensor], share: float) -> None:
    """Mix weights and buffers of a network with those that its training started from."""
    mixed = {
        name: torch.lerp(weights, start[name].to(weights), share) if weights.is_floating_point() else weights
        for name, weights in network.state_dict().items()
    }
    network.load_state_dict(mixed)


def _error_rate(network: nn.Module, lines: Lines) -> float:
    """Return the share of lines that greedy decoding reads wrongly, letter case aside."""
    wrong = 0
    for frames, line in zip(predict_logits(network, lines), lines, strict=True):
        best = frames[:, : BLANK + 1].argmax(axis=1).tolist()
        read = [column for before, column in zip([BLANK, *best], best, strict=False) if column not in (BLANK, before)]
        wrong += [_folded(column) for column in read] != [_folded(column) for column in to_columns(line.text)]
    return wrong / max(len(lines), 1)


def _folded(column: int) -> int:
    """Return the column of the capital where `column` is that of a small letter."""
    return column - CASES if FIRST_CAPITAL + CASES <= column < FIRST_CAPITAL + 2 * CASES else column


def predict_logits(network: nn.Module, lines: Lines) -> list[NDArray[np.float32]]:
    """Return the logits of `network` for each line: float32 (T, OUTPUTS)."""
    device = next(network.parameters()).device
    with torch.inference_mode():
        return [network(to_images([line.image.pixels]).to(device))[0].cpu().numpy() for line in lines]


def _train_epoch(
    trainer: Trainer, recipe: LineRecipe, writers: WriterPool, number: int, observer: TrainingObserver
) -> float:
    """Train on `recipe.lines` new lines and return the mean loss."""
    trainer.network.train()
    device = next(trainer.network.parameters()).device
    steps, total = trainer.schedule.steps_per_epoch, 0.0
    for step, batch in enumerate(line_batches(recipe, writers, number, steps), 1):
        with autocast(device, bfloat16=recipe.bfloat16):
            logits = trainer.network(batch.images.to(device, memory_format=torch.channels_last))
        logits = logits.float()
        loss = _ctc_loss(logits[: len(batch.label_counts), :, : BLANK + 1], batch) + _orientation_loss(logits, batch)
        trainer.step(loss, GRADIENT_CLIP)
        total += loss.item()
        observer.step(number, step, steps, loss.item())
    return total / steps


def _ctc_loss(logits: Tensor, batch: LineBatch) -> Tensor:
    """Return the CTC loss of `logits` (N, T, BLANK + 1), as the mean over characters and lines.

    Where it is not known which letters are upper case, the loss is that of either.
    """
    log_probabilities = F.log_softmax(logits, dim=2)
    counts = len(batch.label_counts)
    lines = torch.split(batch.labels, batch.label_counts.tolist())
    loss = logits.new_zeros(())
    for reliable in (True, False):
        chosen = torch.nonzero(batch.case_is_reliable == reliable)[:, 0]
        if not len(chosen):
            continue
        rows, labels = (
            log_probabilities[chosen.to(logits.device)],
            torch.cat([lines[index] for index in chosen.tolist()]),
        )
        if not reliable:
            rows, labels = (
                _fold_case(rows),
                torch.tensor([_folded(column) for column in labels.tolist()], dtype=torch.long),
            )
        loss = loss + len(chosen) / counts * F.ctc_loss(
            rows.transpose(0, 1), labels.to(logits.device), batch.frame_counts[chosen], batch.label_counts[chosen],
            blank=BLANK, zero_infinity=True,
        )  # fmt: skip
    return loss


def _fold_case(log_probabilities: Tensor) -> Tensor:
    """Return log probabilities (N, T, BLANK + 1) with those of both cases of a letter at its capital."""
    small = FIRST_CAPITAL + CASES
    both = torch.logaddexp(log_probabilities[..., FIRST_CAPITAL:small], log_probabilities[..., small : small + CASES])
    never = torch.full_like(both, -1e4)
    before, after = log_probabilities[..., :FIRST_CAPITAL], log_probabilities[..., small + CASES :]
    return torch.cat([before, both, never, after], dim=2)


def _orientation_loss(logits: Tensor, batch: LineBatch) -> Tensor:
    """Return the cross entropy of the orientation output, for the lines that are repeated upside down."""
    count = len(batch.turned)
    if not count:
        return logits.new_zeros(())
    inside = torch.arange(logits.shape[1])[None] < batch.frame_counts[-count:, None]
    outputs = torch.stack([logits[batch.turned, :, BLANK + 1], logits[-count:, :, BLANK + 1]])  # (2, K, T)
    evidence = (outputs * inside.to(logits.device)).sum(dim=2) / UPSIDE_DOWN_DIVISOR
    targets = torch.tensor([0.0, 1.0], device=logits.device)[:, None].expand_as(evidence)
    return F.binary_cross_entropy_with_logits(evidence, targets)
