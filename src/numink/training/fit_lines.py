"""One training of the line network, on lines composed as it goes; resumable after a kill at the last whole epoch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812 - as all the field calls it
from numpy.random import Generator
from numpy.typing import NDArray
from torch import Tensor, nn

from ..recognition.ctc import BLANK
from ..recognition.line_image import LINE_IMAGE_HEIGHT
from ..recognition.line_model import FRAME_WIDTH, UPSIDE_DOWN_DIVISOR
from ..recognition.types import LineImage
from .models.line_net import LineNet
from .recipes import LineRecipe
from .synthesis.lines import compose_line
from .synthesis.writers import Hands
from .trainer import EpochRecord, Schedule, Training, Watcher

Floats = NDArray[np.float32]
Lines = Sequence[tuple[LineImage, str]]
AT_ONCE = 16
"""Batches that are composed together and sorted by length, so that a batch has lines of one length."""
WIDEST = 900
"""Longer strips are left out, in columns: they would slow a whole batch."""
ON_ITS_HEAD = 4
"""One line of so many is seen upside down, too, to learn which way up lines are."""
CLIP = 5.0
"""Gradients are no longer than this: a line that was misread badly must not undo all."""


def fit_lines(
    recipe: LineRecipe, hands: Hands, validation: Lines, watcher: Watcher, kept: Path | None = None,
    start: nn.Module | None = None,
) -> tuple[nn.Module, list[EpochRecord]]:  # fmt: skip
    """The network with averaged weights, in evaluation mode, and its history; begins with the weights of `start`.

    `kept` names the checkpoint file: written after each epoch, and gone on from where it holds the same recipe.
    """
    torch.manual_seed(recipe.seed)
    network = LineNet(recipe.width).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    if start is not None:
        network.load_state_dict(start.state_dict())
    state = Training(network, Schedule(recipe.rate, recipe.decay, recipe.average, rise=0.1))
    state.run(
        recipe, kept, watcher,
        lambda number: _epoch(state, recipe, hands, number, watcher), lambda: _wrong(state.average, validation),
    )  # fmt: skip
    return state.average, state.history


def _wrong(network: nn.Module, lines: Lines) -> float:
    """The share of lines read wrongly, taking the likeliest at every place."""
    wrong = 0
    for places, (_, text) in zip(logits(network, lines), lines, strict=True):
        said = places[:, : BLANK + 1].argmax(axis=1).tolist()
        kept = [now for before, now in zip([BLANK, *said], said, strict=False) if now not in (BLANK, before)]
        wrong += "".join(map(str, kept)) != text
    return wrong / len(lines)


def logits(network: nn.Module, lines: Lines) -> list[NDArray[np.float32]]:
    """What `network` says at each place of each line: float32 (T, 12)."""
    with torch.inference_mode():
        return [network(side_by_side([strip.pixels]))[0].numpy() for strip, _ in lines]


def _epoch(state: Training, recipe: LineRecipe, hands: Hands, number: int, watcher: Watcher) -> float:
    """Trains on `recipe.lines` new lines; the mean loss."""
    rng = np.random.default_rng((recipe.seed, number))
    state.network.train()
    steps, total = max(recipe.lines // recipe.batch, 1), 0.0
    batches = _batches(recipe, hands, rng)
    for step in range(1, steps + 1):
        lines = next(batches)
        turned = [at for at, (_, text) in enumerate(lines) if text][::ON_ITS_HEAD]
        strips = [strip.pixels for strip, _ in lines]
        with torch.autocast("cpu", torch.bfloat16, enabled=recipe.bfloat16):
            said = state.network(side_by_side([*strips, *(strips[at][::-1, ::-1] for at in turned)])).float()
        loss = _loss(said[: len(lines), :, : BLANK + 1], lines)
        loss = loss + _turned_loss(said, [strips[at].shape[1] for at in turned], turned)
        state.step(loss, (number - 1 + (step - 1) / steps) / recipe.epochs, CLIP)
        total += loss.item()
        watcher.step(number, step, steps, loss.item())
    return total / steps


def _batches(recipe: LineRecipe, hands: Hands, rng: Generator) -> Iterator[Lines]:
    """Without end."""
    while True:
        lines = [compose_line(hands, rng) for _ in range(recipe.batch * AT_ONCE)]
        fit = [
            line for line in lines if 2 * FRAME_WIDTH * len(line[1]) + FRAME_WIDTH <= line[0].pixels.shape[1] <= WIDEST
        ]
        fit.sort(key=lambda line: line[0].pixels.shape[1])
        starts = np.arange(0, len(fit) - recipe.batch + 1, recipe.batch)
        for start in rng.permutation(starts):
            yield fit[start : start + recipe.batch]


def _loss(said: Tensor, lines: Lines) -> Tensor:
    """CTC, in the mean over digits and lines."""
    places = torch.tensor([-(-strip.pixels.shape[1] // FRAME_WIDTH) for strip, _ in lines])
    digits = torch.tensor([int(digit) for _, text in lines for digit in text], dtype=torch.long)
    counts = torch.tensor([len(text) for _, text in lines])
    chances = F.log_softmax(said, dim=2).transpose(0, 1)
    loss: Tensor = F.ctc_loss(chances, digits, places, counts, blank=BLANK, zero_infinity=True)
    return loss


def _turned_loss(said: Tensor, widths: Sequence[int], turned: Sequence[int]) -> Tensor:
    """Cross entropy of which way up the lines numbered `turned` are, which are seen turned at the end of the batch."""
    if not turned:
        return said.new_zeros(())
    there = torch.arange(said.shape[1])[None] < torch.tensor([-(-width // FRAME_WIDTH) for width in widths])[:, None]
    both = torch.stack([said[list(turned), :, BLANK + 1], said[-len(turned) :, :, BLANK + 1]])  # (2, K, T)
    evidence = (both * there).sum(dim=2) / UPSIDE_DOWN_DIVISOR
    wanted = torch.tensor([0.0, 1.0])[:, None].expand_as(evidence)
    return F.binary_cross_entropy_with_logits(evidence, wanted)


def side_by_side(strips: Sequence[Floats]) -> Tensor:
    """Strips with nothing after the shorter ones: (N, 1, LINE_IMAGE_HEIGHT, W)."""
    width = -(-max(strip.shape[1] for strip in strips) // FRAME_WIDTH) * FRAME_WIDTH
    batch = np.zeros((len(strips), 1, LINE_IMAGE_HEIGHT, width), np.float32)
    for row, strip in enumerate(strips):
        batch[row, 0, :, : strip.shape[1]] = strip
    return torch.from_numpy(batch).contiguous(memory_format=torch.channels_last)
