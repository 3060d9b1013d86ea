"""Runs of text: components side by side that one hand or one printer made go to one side of the separation.

A word is print or handwriting as a whole. Where the page segmentation parts neighbours of one height and one stroke
width, the run's evidence decides together: what is not clearly print as a whole is handwriting as a whole.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class TextRunParameters:
    """Parameters of runs of text; all set by eye."""

    greatest_gap: float = 0.7
    """Neighbours in a run are at most so many of their mean height apart."""
    height_margin: float = 0.25
    """Part of a component's height, above and below, that does not count as lying beside another: lines stay apart."""
    greatest_height_ratio: float = 1.5
    """What one hand made is at most so many times as tall as the rest: the tallest component of each side counts."""
    greatest_width_ratio: float = 1.35
    """The same for the stroke width."""
    least_print_share: float = 0.9
    """Share of print in the evidence of a run up to which all of it is handwriting."""


PARAMETERS = TextRunParameters()


def classify_runs(
    is_print: NDArray[np.bool_], evidence: NDArray[np.float64], stats: NDArray[np.int32],
    stroke_widths: NDArray[np.float64], shape: tuple[int, ...],
) -> NDArray[np.bool_]:  # fmt: skip
    """Return which components are print where runs with both are judged as a whole.

    Args:
        is_print: What each component is by itself, (n,).
        evidence: That of handwriting and of print for each component, (n, 2); 0 where a component is no text.
        stats: The components' statistics, (n, 5), as `cv2.connectedComponentsWithStats` gives them.
        stroke_widths: Mean stroke width of each component, (n,), in any unit.
        shape: The page's height and width.
    """
    is_text = evidence.sum(axis=1) > 0
    runs = _label_runs(stats, is_text, shape)
    count = int(runs.max()) + 1
    printed, written = is_text & is_print, is_text & ~is_print
    heights = stats[:, cv2.CC_STAT_HEIGHT].astype(np.float64)
    tallest = [_greatest(heights, runs, side, count) for side in (printed, written)]
    weights = evidence.sum(axis=1)
    widths = [
        np.bincount(runs, np.where(side, weights * stroke_widths, 0.0), count)
        / np.maximum(np.bincount(runs, np.where(side, weights, 0.0), count), 1e-9)
        for side in (printed, written)
    ]
    alike = _alike(tallest, PARAMETERS.greatest_height_ratio) & _alike(widths, PARAMETERS.greatest_width_ratio)
    sums = [np.bincount(runs, evidence[:, index], count) for index in (0, 1)]
    is_written = alike & (sums[1] <= PARAMETERS.least_print_share * (sums[0] + sums[1]))
    remaining: NDArray[np.bool_] = is_print & ~(is_text & is_written[runs])
    return remaining


def _label_runs(stats: NDArray[np.int32], is_text: NDArray[np.bool_], shape: tuple[int, ...]) -> NDArray[np.int32]:
    """Return the number of each component's run; 0 for what is no text."""
    reached = np.zeros(shape[:2], np.uint8)
    for x, y, w, h, _ in stats[is_text].tolist():
        margin, reach = round(PARAMETERS.height_margin * h), round(PARAMETERS.greatest_gap * h / 2)
        cv2.rectangle(reached, (x - reach, y + margin), (x + w - 1 + reach, y + max(h - 1 - margin, margin)), 1, -1)
    _, labels = cv2.connectedComponents(reached, connectivity=4)
    rows = stats[:, cv2.CC_STAT_TOP] + stats[:, cv2.CC_STAT_HEIGHT] // 2
    columns = stats[:, cv2.CC_STAT_LEFT] + stats[:, cv2.CC_STAT_WIDTH] // 2
    return np.where(is_text, labels[rows, columns], 0).astype(np.int32)


def _greatest(
    values: NDArray[np.float64], runs: NDArray[np.int32], chosen: NDArray[np.bool_], count: int
) -> NDArray[np.float64]:
    """Return the greatest of the chosen values of each run; 0 where there is none."""
    greatest = np.zeros(count)
    np.maximum.at(greatest, runs[chosen], values[chosen])
    return greatest


def _alike(sides: list[NDArray[np.float64]], ratio: float) -> NDArray[np.bool_]:
    """Return for which runs two measures, both above 0, differ by at most `ratio`."""
    less, more = np.minimum(*sides), np.maximum(*sides)
    return (less > 0) & (more <= ratio * less)
