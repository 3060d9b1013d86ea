"""Training of one line network on lines composed on the fly, resumable after each whole epoch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from numpy.random import Generator
from numpy.typing import NDArray
from torch import Tensor, nn

from ..evaluation.records import EpochRecord
from ..recognition.ctc import BLANK
from ..recognition.line_image import LINE_IMAGE_HEIGHT
from ..recognition.line_model import FRAME_WIDTH, UPSIDE_DOWN_DIVISOR
from ..recognition.types import LineImage
from .models.line_net import LineNet
from .observer import TrainingObserver
from .recipes import LineRecipe
from .synthesis.lines import compose_line
from .synthesis.writers import WriterPool
from .trainer import Schedule, Trainer

Floats = NDArray[np.float32]
Lines = Sequence[tuple[LineImage, str]]
"""Line images, each with its text; '' for a line without digits."""
BATCHES_SORTED_TOGETHER = 16
"""Batches that are composed at once and sorted by length, so that the lines of a batch are about equally long."""
MAX_WIDTH = 900
"""Longest line image in columns; longer ones would slow down a whole batch."""
LINES_PER_TURNED = 4
"""Every fourth line with digits is also shown upside down, to train the orientation output."""
GRADIENT_CLIP = 5.0
"""Limit of the gradient's norm, against single lines that are misread badly."""
WARM_UP = 0.1
"""Share of the steps during which the learning rate rises."""


def fit_lines(
    recipe: LineRecipe, writers: WriterPool, validation: Lines, observer: TrainingObserver,
    checkpoint: Path | None = None, start: nn.Module | None = None,
) -> tuple[nn.Module, list[EpochRecord]]:  # fmt: skip
    """Train one line network and return it with averaged weights, in evaluation mode, with its history.

    Args:
        recipe: Settings; everything random derives from its seed.
        writers: Writers whose digits the training lines are composed of.
        validation: Lines that are not trained on.
        observer: Receiver of progress.
        checkpoint: File that is replaced after each epoch and resumed from where it holds the same recipe.
        start: Network whose weights the training starts from; None for random weights.
    """
    torch.manual_seed(recipe.seed)
    network = LineNet(recipe.width).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    if start is not None:
        network.load_state_dict(start.state_dict())
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
    return trainer.averaged, trainer.history


def _error_rate(network: nn.Module, lines: Lines) -> float:
    """Return the share of lines that greedy decoding reads wrongly."""
    wrong = 0
    for frames, (_, text) in zip(predict_logits(network, lines), lines, strict=True):
        labels = frames[:, : BLANK + 1].argmax(axis=1).tolist()
        digits = [
            label for before, label in zip([BLANK, *labels], labels, strict=False) if label not in (BLANK, before)
        ]
        wrong += "".join(map(str, digits)) != text
    return wrong / len(lines)


def predict_logits(network: nn.Module, lines: Lines) -> list[NDArray[np.float32]]:
    """Return the logits of `network` for each line: float32 (T, 12)."""
    with torch.inference_mode():
        return [network(to_batch([line.pixels]))[0].numpy() for line, _ in lines]


def _train_epoch(
    trainer: Trainer, recipe: LineRecipe, writers: WriterPool, number: int, observer: TrainingObserver
) -> float:
    """Train on `recipe.lines` new lines and return the mean loss."""
    rng = np.random.default_rng((recipe.seed, number))
    trainer.network.train()
    steps, total = trainer.schedule.steps_per_epoch, 0.0
    batches = _batches(recipe, writers, rng)
    for step in range(1, steps + 1):
        lines = next(batches)
        turned = [index for index, (_, text) in enumerate(lines) if text][::LINES_PER_TURNED]
        images = [line.pixels for line, _ in lines]
        with torch.autocast("cpu", torch.bfloat16, enabled=recipe.bfloat16):
            logits = trainer.network(to_batch([*images, *(images[index][::-1, ::-1] for index in turned)])).float()
        loss = _ctc_loss(logits[: len(lines), :, : BLANK + 1], lines)
        loss = loss + _orientation_loss(logits, [images[index].shape[1] for index in turned], turned)
        trainer.step(loss, GRADIENT_CLIP)
        total += loss.item()
        observer.step(number, step, steps, loss.item())
    return total / steps


def _batches(recipe: LineRecipe, writers: WriterPool, rng: Generator) -> Iterator[Lines]:
    """Yield batches of new lines without end."""
    while True:
        lines = [compose_line(writers, rng) for _ in range(recipe.batch * BATCHES_SORTED_TOGETHER)]
        # CTC needs at least two frames for each digit.
        usable = [
            line
            for line in lines
            if 2 * FRAME_WIDTH * len(line[1]) + FRAME_WIDTH <= line[0].pixels.shape[1] <= MAX_WIDTH
        ]
        usable.sort(key=lambda line: line[0].pixels.shape[1])
        starts = np.arange(0, len(usable) - recipe.batch + 1, recipe.batch)
        for start in rng.permutation(starts):
            yield usable[start : start + recipe.batch]


def _ctc_loss(logits: Tensor, lines: Lines) -> Tensor:
    """Return the CTC loss of `logits` (N, T, 11), as the mean over digits and lines."""
    frame_counts = torch.tensor([_frames(line.pixels.shape[1]) for line, _ in lines])
    digits = torch.tensor([int(digit) for _, text in lines for digit in text], dtype=torch.long)
    digit_counts = torch.tensor([len(text) for _, text in lines])
    log_probabilities = F.log_softmax(logits, dim=2).transpose(0, 1)
    loss: Tensor = F.ctc_loss(log_probabilities, digits, frame_counts, digit_counts, blank=BLANK, zero_infinity=True)
    return loss


def _orientation_loss(logits: Tensor, widths: Sequence[int], turned: Sequence[int]) -> Tensor:
    """Return the cross entropy of the orientation output.

    `turned` are the indices of the lines that are repeated upside down at the end of the batch, `widths` their
    widths in columns.
    """
    if not turned:
        return logits.new_zeros(())
    inside = torch.arange(logits.shape[1])[None] < torch.tensor([_frames(width) for width in widths])[:, None]
    outputs = torch.stack([logits[list(turned), :, BLANK + 1], logits[-len(turned) :, :, BLANK + 1]])  # (2, K, T)
    evidence = (outputs * inside).sum(dim=2) / UPSIDE_DOWN_DIVISOR
    targets = torch.tensor([0.0, 1.0])[:, None].expand_as(evidence)
    return F.binary_cross_entropy_with_logits(evidence, targets)


def _frames(width: int) -> int:
    """Return the number of frames of a line image `width` columns wide."""
    return -(-width // FRAME_WIDTH)


def to_batch(images: Sequence[Floats]) -> Tensor:
    """Return line images float32 (H, W) as one batch, padded on the right: float32 (N, 1, H, W)."""
    width = _frames(max(image.shape[1] for image in images)) * FRAME_WIDTH
    batch = np.zeros((len(images), 1, LINE_IMAGE_HEIGHT, width), np.float32)
    for row, image in enumerate(images):
        batch[row, 0, :, : image.shape[1]] = image
    return torch.from_numpy(batch).contiguous(memory_format=torch.channels_last)
