"""The charts of a training: images that open, with their data as JSON."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from numink.imaging.decode import open_picture

pytest.importorskip("torch", reason="charts are drawn by a training, which needs the extra [train]")

from numink.evaluation.plots import confusion, learning_curves
from numink.evaluation.records import EpochRecord

HISTORY = [
    EpochRecord(1, 0.9, 0.02, 60.0),
    EpochRecord(2, 0.5, 0.008, 59.0),
    EpochRecord(3, 0.4, 0.0049, 61.0),
]


def test_learning_curves_are_drawn_in_both_halves(tmp_path: Path) -> None:
    learning_curves(HISTORY, tmp_path / "curves.png")

    grey = open_picture(tmp_path / "curves.png").grey
    assert (grey[:, : grey.shape[1] // 2] < 100).sum() > 500
    assert (grey[:, grey.shape[1] // 2 :] < 100).sum() > 500


def test_learning_curves_are_stored_as_json_too(tmp_path: Path) -> None:
    learning_curves(HISTORY, tmp_path / "new" / "curves.png")

    stored = json.loads((tmp_path / "new" / "curves.json").read_text())
    assert [record["validation_error"] for record in stored] == [0.02, 0.008, 0.0049]
    assert stored[0] == {"epoch": 1, "loss": 0.9, "validation_error": 0.02, "seconds": 60.0}


@pytest.mark.parametrize("history", [HISTORY[:1], []])
def test_training_of_one_epoch_or_none_can_be_drawn(tmp_path: Path, history: list[EpochRecord]) -> None:
    learning_curves(history, tmp_path / "curves.png")

    assert open_picture(tmp_path / "curves.png").width > 500


@pytest.mark.parametrize("columns", [10, 11])
def test_confusion_matrix_is_drawn_and_stored_as_json(tmp_path: Path, columns: int) -> None:
    counts = np.eye(10, columns, dtype=np.int64) * 990
    counts[4, 9] = 7

    confusion(counts.tolist(), tmp_path / "confusion.png")

    stored = json.loads((tmp_path / "confusion.json").read_text())
    assert stored["counts"] == counts.tolist()
    assert stored["columns"][-1] == ("none" if columns == 11 else "9")
    assert open_picture(tmp_path / "confusion.png").height > 500


def test_most_frequent_error_is_the_darkest_cell(tmp_path: Path) -> None:
    plain, marked = np.eye(10, 11, dtype=np.int64) * 100, np.eye(10, 11, dtype=np.int64) * 100
    marked[0, 9] = 8

    confusion(plain.tolist(), tmp_path / "plain.png")
    confusion(marked.tolist(), tmp_path / "marked.png")

    before, after = (open_picture(tmp_path / name).grey for name in ("plain.png", "marked.png"))
    assert (after < 190).sum() > (before < 190).sum() + 1000
