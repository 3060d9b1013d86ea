"""Batches of composed lines, composed in a process of their own while the network trains on those before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.utils.data import DataLoader, IterableDataset

from ..recognition.alphabet import digits_of, to_columns
from ..recognition.line_image import LINE_IMAGE_HEIGHT
from ..recognition.line_model import FRAME_WIDTH
from .recipes import LineRecipe
from .synthesis.lines import ComposedLine, compose_line
from .synthesis.writer_pool import WriterPool

Floats = NDArray[np.float32]
BATCHES_SORTED_TOGETHER = 16
"""Batches that are composed at once and sorted by length, so that the lines of a batch are about equally long."""
MAX_WIDTH = 700
"""Longest line image in columns; longer ones would slow down a whole batch."""
LINES_PER_TURNED = 8
"""Every so many lines with text are also shown upside down, to train the orientation output (4 in E083)."""


@dataclass(frozen=True)
class LineBatch:
    """A batch of lines: images with their labels, and some of them once more upside down at the end."""

    images: Tensor
    """float32 (N + K, 1, 40, W), padded on the right."""
    frame_counts: Tensor
    """int64 (N + K,): frames of each image."""
    labels: Tensor
    """int64: columns of the alphabet, of all N lines one after the other."""
    label_counts: Tensor
    """int64 (N,)."""
    case_is_reliable: Tensor
    """bool (N,)."""
    turned: Tensor
    """int64 (K,): the lines that are repeated upside down."""

    @classmethod
    def of(cls, lines: Sequence[ComposedLine], *, digits_only: bool = False) -> LineBatch:
        """Return the batch of `lines`, labelled with all their characters or with their digits."""
        turned = [index for index, line in enumerate(lines) if line.text][::LINES_PER_TURNED]
        images = [line.image.pixels for line in lines]
        images += [images[index][::-1, ::-1] for index in turned]
        labels = [to_columns(digits_of(line.text) if digits_only else line.text) for line in lines]
        return cls(
            to_images(images), torch.tensor([frame_count(image.shape[1]) for image in images]),
            torch.tensor([column for columns in labels for column in columns], dtype=torch.long),
            torch.tensor([len(columns) for columns in labels]), torch.tensor([line.case_is_reliable for line in lines]),
            torch.tensor(turned, dtype=torch.long),
        )  # fmt: skip


def line_batches(recipe: LineRecipe, writers: WriterPool, epoch: int, steps: int) -> Iterator[LineBatch]:
    """Yield `steps` batches of new lines; recipe and epoch determine them."""
    # The worker's batches are passed on as they are: batch_size None.
    yield from islice(
        DataLoader(
            _Composer(recipe, writers, epoch), batch_size=None, num_workers=1, prefetch_factor=BATCHES_SORTED_TOGETHER
        ),
        steps,
    )


class _Composer(IterableDataset[LineBatch]):
    """Batches of new lines without end."""

    def __init__(self, recipe: LineRecipe, writers: WriterPool, epoch: int) -> None:
        self.recipe, self.writers, self.epoch = recipe, writers, epoch

    def __iter__(self) -> Iterator[LineBatch]:
        rng, batch = np.random.default_rng((self.recipe.seed, self.epoch)), self.recipe.batch
        while True:
            lines = [compose_line(self.writers, rng) for _ in range(batch * BATCHES_SORTED_TOGETHER)]
            usable = sorted(filter(_is_usable, lines), key=lambda line: line.image.pixels.shape[1])
            for start in rng.permutation(np.arange(0, len(usable) - batch + 1, batch)):
                yield LineBatch.of(usable[start : start + batch], digits_only=self.recipe.digits_only)


def _is_usable(line: ComposedLine) -> bool:
    """Return whether a line is not too long, and has the frames that CTC needs.

    It needs one a character, and one between twins.
    """
    twins = sum(a == b for a, b in zip(line.text, line.text[1:], strict=False))
    width = line.image.pixels.shape[1]
    return bool(FRAME_WIDTH * (len(line.text) + twins + 1) <= width <= MAX_WIDTH)


def frame_count(width: int) -> int:
    """Return the number of frames of a line image `width` columns wide."""
    return -(-width // FRAME_WIDTH)


def to_images(images: Sequence[Floats]) -> Tensor:
    """Return line images float32 (H, W) as one batch, padded on the right: float32 (N, 1, H, W)."""
    width = frame_count(max(image.shape[1] for image in images)) * FRAME_WIDTH
    batch = np.zeros((len(images), 1, LINE_IMAGE_HEIGHT, width), np.float32)
    for row, image in enumerate(images):
        batch[row, 0, :, : image.shape[1]] = image
    return torch.from_numpy(batch).contiguous(memory_format=torch.channels_last)
