"""Batches of composed pages, composed in a process of their own while the network trains on those before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
import torch
from numpy.random import Generator
from torch import Tensor
from torch.utils.data import DataLoader, IterableDataset

from ..imaging.page_segmentation import FULL_CONTRAST
from .recipes import PageRecipe
from .synthesis.handwriting_bank import compose_bank
from .synthesis.paper_pages import ComposedPaper, compose_paper
from .synthesis.writer_pool import WriterPool

SHUFFLED_TOGETHER = 256
"""Pages that are composed before the first of them are used, and shuffled."""
GAIN = (0.55, 1.5)
"""Factors of a page's contrast, drawn anew each time that it is shown."""


@dataclass(frozen=True)
class PageSources:
    """Sources of composed pages: writers and files of print fonts."""

    writers: WriterPool
    fonts: Sequence[Path]


@dataclass(frozen=True)
class PageBatch:
    """A batch of pages: the network's input and the class of each cell."""

    contrast: Tensor
    """float32 (N, 1, H, W) in 0..1."""
    labels: Tensor
    """int64 (N, H / 2, W / 2)."""

    @classmethod
    def of(cls, pages: Sequence[ComposedPaper], gains: Sequence[float] | None = None) -> PageBatch:
        """Return the batch of `pages`, the contrast of each multiplied by its gain."""
        contrast = torch.from_numpy(np.stack([page.contrast for page in pages]))[:, None].float() / FULL_CONTRAST
        if gains is not None:
            contrast = (contrast * torch.tensor(gains)[:, None, None, None]).clamp_(max=1)
        labels = torch.from_numpy(np.stack([page.labels for page in pages])).long()
        return cls(contrast.contiguous(memory_format=torch.channels_last), labels)


def compose_pages(recipe: PageRecipe, sources: PageSources, epoch: int) -> Iterator[ComposedPaper]:
    """Yield the pages of an epoch, which recipe and epoch determine."""
    rng = np.random.default_rng((recipe.seed, epoch))
    bank = compose_bank(sources.writers, recipe.bank_lines, recipe.bank_writers, rng)
    for _ in range(recipe.pages):
        yield compose_paper(bank, sources.fonts, recipe.side, rng)


def page_batches(recipe: PageRecipe, sources: PageSources, epoch: int) -> Iterator[PageBatch]:
    """Yield the batches of an epoch, in which each page is shown `recipe.passes` times."""
    # The worker's batches are passed on as they are: batch_size None.
    yield from DataLoader(_Composer(recipe, sources, epoch), batch_size=None, num_workers=1, prefetch_factor=8)


class _Composer(IterableDataset[PageBatch]):
    """The batches of one epoch."""

    def __init__(self, recipe: PageRecipe, sources: PageSources, epoch: int) -> None:
        self.recipe, self.sources, self.epoch = recipe, sources, epoch

    def __iter__(self) -> Iterator[PageBatch]:
        recipe, pages = self.recipe, compose_pages(self.recipe, self.sources, self.epoch)
        rng = np.random.default_rng((recipe.seed, self.epoch, 1))
        while group := list(islice(pages, SHUFFLED_TOGETHER)):
            yield from _shuffled(group, recipe, rng)


def _shuffled(pages: Sequence[ComposedPaper], recipe: PageRecipe, rng: Generator) -> Iterator[PageBatch]:
    for _ in range(recipe.passes):
        order = rng.permutation(len(pages))
        for start in range(0, len(pages) - recipe.batch + 1, recipe.batch):
            chosen = [pages[index] for index in order[start : start + recipe.batch]]
            yield PageBatch.of(chosen, rng.uniform(*GAIN, len(chosen)).tolist())


def steps_of(recipe: PageRecipe) -> int:
    """Return the number of batches of an epoch."""
    groups = [SHUFFLED_TOGETHER] * (recipe.pages // SHUFFLED_TOGETHER) + [recipe.pages % SHUFFLED_TOGETHER]
    return recipe.passes * sum(group // recipe.batch for group in groups)
