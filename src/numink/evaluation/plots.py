"""Plots of a training: learning curves and the confusion matrix, each a PNG with its numbers in a JSON file beside it.

No display is needed. matplotlib is in the extra `[train]`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, PercentFormatter

from .records import EpochRecord

FOREGROUND, ACCENT, GRID = "#1f2a44", "#c2410c", "#d6d9e0"
CLASS_NAMES = (*"0123456789", "none")
PLOT_DPI = 150


def learning_curves(history: Sequence[EpochRecord], path: Path) -> None:
    """Plot loss and validation error of each epoch: a PNG at `path`, the numbers as .json beside it."""
    figure = Figure(figsize=(8, 3.4), layout="constrained")
    losses, errors = figure.subplots(1, 2)
    epochs = [record.epoch for record in history]
    _curve(losses, epochs, [record.loss for record in history], FOREGROUND)
    losses.set_title("Training loss", loc="left")
    _curve(errors, epochs, [record.validation_error for record in history], ACCENT)
    errors.set_title("Validation error", loc="left")
    errors.yaxis.set_major_formatter(PercentFormatter(xmax=1, decimals=2))
    if history:
        last = history[-1]
        errors.annotate(
            f"{last.validation_error:.2%}", (last.epoch, last.validation_error), xytext=(0, 8),
            textcoords="offset points", ha="right", color=ACCENT,
        )  # fmt: skip
    _save(figure, path, [asdict(record) for record in history])


def confusion(matrix: Sequence[Sequence[int]], path: Path) -> None:
    """Plot the confusion matrix (rows: the label): a PNG at `path`, the counts as .json beside it.

    `matrix` has ten rows of ten columns, or of eleven where the last one counts rejections.
    """
    counts = np.asarray(matrix, np.int64)
    figure = Figure(figsize=(6.4, 5.6), layout="constrained")
    axes = figure.subplots()
    _cells(axes, counts)
    names = CLASS_NAMES[: counts.shape[1]]
    axes.set_xticks(range(len(names)), labels=list(names))
    axes.set_yticks(range(len(counts)), labels=list(CLASS_NAMES[: len(counts)]))
    axes.set_xlabel("read as")
    axes.set_ylabel("label")
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    right = int(np.trace(counts))
    axes.set_title(f"{int(counts.sum()) - right:,} of {int(counts.sum()):,} misread or rejected", loc="left")
    _save(figure, path, {"rows": list(CLASS_NAMES[: len(counts)]), "columns": list(names), "counts": counts.tolist()})


def _curve(axes: Axes, epochs: list[int], values: list[float], colour: str) -> None:
    axes.plot(epochs, values, color=colour, marker="o", markersize=3, linewidth=1.5)
    axes.set_xlabel("epoch")
    axes.set_ylim(bottom=0)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.grid(axis="y", color=GRID, linewidth=0.6)
    axes.spines[["top", "right"]].set_visible(False)


def _cells(axes: Axes, counts: np.ndarray[tuple[int, ...], np.dtype[np.int64]]) -> None:
    """Shade cells by the square root of their share of the largest error, so that single errors are visible."""
    errors = counts.copy()
    np.fill_diagonal(errors, 0)
    axes.imshow(np.sqrt(errors / max(int(errors.max()), 1)), cmap="Oranges", vmin=0, vmax=1.3)
    for row, column in zip(*np.nonzero(counts), strict=True):
        axes.text(
            column, row, f"{counts[row, column]:,}", ha="center", va="center", fontsize=8,
            color=FOREGROUND, alpha=0.45 if row == column else 1.0,
        )  # fmt: skip


def _save(figure: Figure, path: Path, numbers: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=PLOT_DPI, format="png")
    path.with_suffix(".json").write_text(json.dumps(numbers, indent=1) + "\n", encoding="utf-8")
