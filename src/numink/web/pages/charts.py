"""Bar charts as plain shapes that a template draws: rectangles in a small coordinate system."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..formatting import number, share

CHART_WIDTH, HEIGHT = 360, 150
"""Size of the drawing in its own units; the page scales it."""
LEFT_MARGIN, TOP_MARGIN, BOTTOM_MARGIN = 40, 8, 20
"""Space for the labels of the axes."""
BASELINE = HEIGHT - BOTTOM_MARGIN
"""Vertical position of the foot of every bar."""
BAR_GAP = 0.25
"""Share of a category's width left between its bars and the next category."""
MAX_LABELS = 6
"""Largest number of labelled categories."""


@dataclass(frozen=True)
class ChartBar:
    """A rectangle; `series` counts from 0 and selects its colour."""

    x: float
    y: float
    width: float
    height: float
    series: int
    text: str


@dataclass(frozen=True)
class Category:
    """A position on the horizontal axis: name, formatted values, and where its label is drawn (None: unlabelled)."""

    name: str
    values: tuple[str, ...]
    label_x: float | None


@dataclass(frozen=True)
class Chart:
    """Bars over categories; `top` is the formatted value of the upper grid line."""

    bars: tuple[ChartBar, ...]
    categories: tuple[Category, ...]
    top: str
    width: int = CHART_WIDTH
    height: int = HEIGHT
    left: int = LEFT_MARGIN
    ceiling: int = TOP_MARGIN
    baseline: int = BASELINE


def bar_chart(rows: Sequence[tuple[str, Sequence[float | None]]], *, shares: bool = False) -> Chart:
    """Lay out a bar chart.

    Args:
        rows: A name and one value per series for each category; None where there is no value.
        shares: True for values in 0..1 that are shown in per cent.

    >>> bar_chart([("Monday", [3]), ("Tuesday", [1])]).top
    '3'
    """
    highest = max((value for _, values in rows for value in values if value is not None), default=0)
    top = _axis_end(highest, shares=shares)
    step = (CHART_WIDTH - LEFT_MARGIN) / max(len(rows), 1)
    label_every = -(-len(rows) // MAX_LABELS)
    bars, categories = [], []
    for index, (name, values) in enumerate(rows):
        width = step * (1 - BAR_GAP) / max(len(values), 1)
        for series, value in enumerate(values):
            if value:
                height = value / top * (BASELINE - TOP_MARGIN)
                left = LEFT_MARGIN + index * step + step * BAR_GAP / 2 + series * width
                text = f"{name}: {_formatted(value, shares)}"
                bars.append(ChartBar(left, BASELINE - height, width, height, series, text))
        label_x = LEFT_MARGIN + (index + 0.5) * step if index % label_every == 0 else None
        formatted = tuple("" if value is None else _formatted(value, shares) for value in values)
        categories.append(Category(name, formatted, label_x))
    return Chart(tuple(bars), tuple(categories), _formatted(top, shares))


def _axis_end(value: float, *, shares: bool) -> float:
    """Round up to a value that reads well at the end of an axis."""
    if shares:
        return next((end for end in (0.1, 0.25, 0.5) if value <= end), 1.0)
    scale = 1
    while value > 10 * scale:
        scale *= 10
    return max(-(-value // scale) * scale, 1)


def _formatted(value: float, shares: bool) -> str:
    if not shares:
        return number(value)
    return share(value, 0 if value in (0, 1) or value >= 0.1 else 1)
