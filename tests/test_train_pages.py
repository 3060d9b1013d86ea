"""The page network from composed pages to a model file, with pen strokes made for these tests."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from numink.errors import DataError
from numink.imaging.page_segmentation import CLASS_NAMES, HANDWRITING, NEITHER, PRINT, PageModel

torch = pytest.importorskip("torch", reason="training needs the extra [train]")

from numink.cli.training import train  # noqa: E402 - needs torch
from numink.datasets import print_fonts  # noqa: E402
from numink.training import train_pages  # noqa: E402
from numink.training.fit_pages import confusion, f1_of_classes, fit_pages, mean_f1, segmentation_loss  # noqa: E402
from numink.training.observer import NullObserver  # noqa: E402
from numink.training.page_batches import PageBatch, PageSources, page_batches, steps_of  # noqa: E402
from numink.training.paths import TrainingPaths  # noqa: E402
from numink.training.recipes import RECIPES, PageRecipe  # noqa: E402
from numink.training.synthesis.paper_pages import ComposedPaper  # noqa: E402
from numink.training.synthesis.writer_pool import WriterPool  # noqa: E402

TINY = PageRecipe(
    name="tiny-pages", width=6, side=96, pages=20, passes=2, bank_lines=10, bank_writers=3, epochs=2, batch=4,
    bfloat16=False,
)  # fmt: skip


@pytest.fixture(scope="module")
def sources(writers: WriterPool) -> PageSources:
    return PageSources(writers, ())


@pytest.fixture(scope="module")
def examples(sources: PageSources) -> list[ComposedPaper]:
    return train_pages.composed_pages(sources, 96, 8, seed=3)


def test_the_command_writes_a_model_file_a_report_and_a_run_record(
    mnist_folder: Path, collections: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(RECIPES, TINY.name, TINY)
    monkeypatch.setattr(train_pages, "VALIDATION_PAGES", 4)
    monkeypatch.setattr(train_pages, "REPORTED_PAGES", 6)
    font = Path(print_fonts.DEBIAN_FONTS / "DejaVuSans.ttf")
    monkeypatch.setattr(train_pages, "load_print_fonts", lambda *_, **__: (font,) if font.is_file() else (None,))
    result = CliRunner(env={"NUMINK_DATA": str(mnist_folder)}).invoke(
        train, ["--recipe", TINY.name, "--out", str(tmp_path / "pages.onnx"), "--collections", str(collections)],
        catch_exceptions=False,
    )  # fmt: skip
    record = json.loads((tmp_path / "runs.jsonl").read_text())
    model = PageModel(tmp_path / "pages.onnx")

    assert "F1 of handwriting" in result.output
    assert json.loads(model.contract.recipe) == TINY.to_dict()
    assert (record["n"], set(record["f1"])) == (6, set(CLASS_NAMES))
    assert json.loads((tmp_path / "pages.report.json").read_text())["parameters"] > 1000
    assert model.segment_page(np.full((50, 70), 200, np.uint8)).probabilities.shape == (25, 35, 4)
    assert not list(tmp_path.glob("*.checkpoint.*"))


def test_a_training_needs_strokes_and_print_fonts(tmp_path: Path, collections: Path) -> None:
    with pytest.raises(DataError, match="--collections"):
        train_pages.load_sources(TrainingPaths(tmp_path, tmp_path / "x.onnx"), held_out=False)
    with pytest.raises(DataError, match="--print-fonts"):
        train_pages.load_sources(TrainingPaths(tmp_path, tmp_path / "x.onnx", collections), held_out=False)


def test_a_resumed_training_is_the_same_as_an_unbroken_one(
    sources: PageSources, examples: list[ComposedPaper], tmp_path: Path
) -> None:
    class Stop(NullObserver):
        def epoch(self, record: object) -> None:
            raise KeyboardInterrupt

    unbroken, _ = fit_pages(TINY, sources, examples, NullObserver())
    with pytest.raises(KeyboardInterrupt):
        fit_pages(TINY, sources, examples, Stop(), tmp_path / "checkpoint")
    resumed, history = fit_pages(TINY, sources, examples, NullObserver(), tmp_path / "checkpoint")

    assert len(history) == TINY.epochs
    weights = resumed.state_dict()
    assert all(torch.allclose(tensor, weights[name]) for name, tensor in unbroken.state_dict().items())


def test_the_network_learns(sources: PageSources, examples: list[ComposedPaper]) -> None:
    recipe = replace(TINY, width=12, pages=32, passes=6, epochs=4, learning_rate=1e-2, ema_decay=0.9)
    before, _ = fit_pages(replace(recipe, epochs=0), sources, examples, NullObserver())
    after, history = fit_pages(recipe, sources, examples, NullObserver())

    assert history[-1].loss < 0.95 * history[0].loss
    assert mean_f1(confusion(after, examples)) > mean_f1(confusion(before, examples)) + 0.1


def test_an_epoch_shows_each_page_several_times(sources: PageSources) -> None:
    batches = list(page_batches(TINY, sources, 1))
    labels = torch.cat([batch.labels for batch in batches]).flatten(1)

    assert len(batches) == steps_of(TINY) == 10
    assert len(torch.unique(labels, dim=0)) == TINY.pages
    assert all(0 <= float(batch.contrast.min()) <= float(batch.contrast.max()) <= 1 for batch in batches)


def test_what_is_said_of_blank_paper_hardly_counts() -> None:
    labels = torch.full((1, 8, 8), NEITHER)
    labels[0, 0, :4] = HANDWRITING
    contrast = torch.zeros(1, 1, 16, 16)
    right = torch.zeros(1, 4, 8, 8).scatter_(1, labels[:, None], 5.0)
    wrong_blank, wrong_mark = right.clone(), right.clone()
    wrong_blank[0, PRINT, 7, :4] = 12.0
    wrong_mark[0, PRINT, 0, :4] = 12.0
    losses = [float(segmentation_loss(logits, labels, contrast)) for logits in (right, wrong_blank, wrong_mark)]

    assert losses[0] < losses[1] < losses[2] / 5


def test_f1_is_that_of_the_confusion_matrix() -> None:
    cells = np.zeros((4, 4), np.int64)
    cells[HANDWRITING, HANDWRITING], cells[HANDWRITING, PRINT], cells[PRINT, PRINT] = 6, 2, 4
    scores = f1_of_classes(cells)

    assert scores["handwriting"] == pytest.approx(12 / 14)
    assert scores["print"] == pytest.approx(8 / 10)
    assert scores["rule"] == 0


def test_the_gain_changes_contrast_and_not_labels(examples: list[ComposedPaper]) -> None:
    plain, doubled = PageBatch.of(examples), PageBatch.of(examples, [2.0] * len(examples))

    assert torch.equal(plain.labels, doubled.labels)
    assert torch.allclose(doubled.contrast, (plain.contrast * 2).clamp(max=1))
