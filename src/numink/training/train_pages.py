"""`numink train --recipe pages`: data, training, export, report and run log of the page network."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from importlib.metadata import version

import numpy as np

from ..datasets.mnist import load_mnist, split
from ..datasets.print_fonts import load_print_fonts
from ..errors import DataError
from ..evaluation.records import EpochRecord, PageReport
from ..imaging.page_segmentation import CLASS_NAMES, PageContract
from .devices import find_device
from .fit_pages import confusion, f1_of_classes, fit_pages
from .models.export_digits import current_commit
from .models.export_pages import export_pages
from .observer import TrainingObserver
from .page_batches import PageSources
from .paths import TrainingPaths
from .recipes import PageRecipe
from .synthesis.handwriting_bank import compose_bank
from .synthesis.paper_pages import ComposedPaper, compose_paper
from .synthesis.writer_pool import WriterFiles, load_writer_pool
from .train_digits import SPLIT_SEED

DATA_SOURCES = (
    "pages made by program: MNIST train; UNIPEN train_r01_v07 without imp, art, pri and a twelfth of the writers of "
    "words (CC BY 4.0); Quick, Draw! (CC BY 4.0); fonts of @fontsource (OFL, Apache, UFL), DejaVu"
)
VALIDATION_PAGES, REPORTED_PAGES = 120, 400
"""Pages by writers and in fonts that no training saw: for the error after each epoch, and for the report."""


def train_pages(
    recipe: PageRecipe, paths: TrainingPaths, observer: TrainingObserver, *, fresh: bool = False, device: str = "auto"
) -> PageReport:
    """Train by `recipe`, write the model file, and return the report on pages by other writers in other fonts.

    Args:
        recipe: Settings of the page network.
        paths: Data, and the model file to write.
        observer: Receiver of progress.
        fresh: Start anew instead of resuming a stopped training with the same recipe.
        device: Where to train: 'auto', 'cpu' or 'cuda'.

    Raises:
        DataError: A data file is missing or damaged, or there is no such device.
        ModelError: The exported file does not agree with torch.
    """
    target = find_device(device)
    sources, held_out = load_sources(paths, held_out=False), load_sources(paths, held_out=True)
    if fresh:
        paths.remove_checkpoints([recipe])
    validation = composed_pages(held_out, recipe.side, VALIDATION_PAGES, seed=11)
    network, history = fit_pages(recipe, sources, validation, observer, paths.checkpoint(recipe), target)
    contract = PageContract(
        name=f"numink-pages-{version('numink')}", page_format=PageContract.EXPECTED_FORMAT,
        classes=" ".join(CLASS_NAMES), commit=current_commit(), data=DATA_SOURCES, recipe=recipe.to_json(),
    )  # fmt: skip
    export_pages(network, contract, paths.out)
    scores = f1_of_classes(confusion(network, composed_pages(held_out, recipe.side, REPORTED_PAGES, seed=12)))
    parameters = sum(weight.numel() for weight in network.parameters())
    report = PageReport(REPORTED_PAGES, scores, parameters, _seconds(history))
    paths.out.with_suffix(".report.json").write_text(json.dumps(asdict(report), indent=1) + "\n")
    with paths.run_log.open("a") as log:
        log.write(json.dumps({"recipe": recipe.to_dict(), "commit": contract.commit, **asdict(report)}) + "\n")
    paths.remove_checkpoints([recipe])
    return report


def load_sources(paths: TrainingPaths, *, held_out: bool) -> PageSources:
    """Return the writers and fonts of training, or those held out of it.

    Raises DataError where their files are missing.
    """
    if paths.collections is None:
        raise DataError("pages are composed of UNIPEN's pen strokes: name their folder with --collections")
    fonts = load_print_fonts(paths.data, held_out=held_out)
    if not fonts:
        raise DataError(f"{paths.data} has no print fonts: run 'numink data fetch --print-fonts' first")
    mnist = load_mnist(paths.data)
    chosen = split(mnist, paths.writers, SPLIT_SEED)[1 if held_out else 0]
    files = WriterFiles(paths.data, paths.collections, paths.writers)
    return PageSources(load_writer_pool(mnist, chosen, files, held_out=held_out), fonts)


def composed_pages(sources: PageSources, side: int, count: int, *, seed: int) -> list[ComposedPaper]:
    """Return `count` composed pages, always the same for a seed."""
    rng = np.random.default_rng((seed, 0))
    bank = compose_bank(sources.writers, max(count, 20), max(count // 4, 5), rng)
    return [compose_paper(bank, sources.fonts, side, rng) for _ in range(count)]


def _seconds(history: Sequence[EpochRecord]) -> int:
    return round(sum(record.seconds for record in history))
