"""Bar charts as plain shapes for a template to draw: rectangles in a small coordinate system. Knows no HTML."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..formatting import number, share

WIDTH, HEIGHT = 360, 150
"""Of the whole drawing; it is shown as wide as there is room."""
LEFT, TOP, BOTTOM = 40, 8, 20
"""Room for what stands beside the axis, above the highest bar and below the bars."""
FLOOR = HEIGHT - BOTTOM
"""Where bars stand."""
GAP = 0.25
"""Of a place, what is left between its bars and the next."""
MARKS = 6
"""Places that are named below the axis, at most."""


@dataclass(frozen=True)
class Bar:
    """One rectangle; `series` counts from 0, for its colour."""

    x: float
    y: float
    width: float
    height: float
    series: int
    text: str


@dataclass(frozen=True)
class Place:
    """What stands at one place of the axis: its name, the values there as texts, and where its name is drawn, if it
    is."""

    name: str
    values: tuple[str, ...]
    mark: float | None


@dataclass(frozen=True)
class Chart:
    """Bars over places. `top` is what the highest line means."""

    bars: tuple[Bar, ...]
    places: tuple[Place, ...]
    top: str
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    ceiling: int = TOP
    floor: int = FLOOR


def bar_chart(rows: Sequence[tuple[str, Sequence[float | None]]], *, shares: bool = False) -> Chart:
    """A chart of rows (name, a value for each series; None for none there is); `shares` are 0..1, shown in per cent.

    >>> bar_chart([("Monday", [3]), ("Tuesday", [1])]).top
    '3'
    """
    highest = max((value for _, values in rows for value in values if value is not None), default=0)
    top = _round_up(highest, shares=shares)
    step = (WIDTH - LEFT) / max(len(rows), 1)
    every = -(-len(rows) // MARKS)
    bars, places = [], []
    for at, (name, values) in enumerate(rows):
        thick = step * (1 - GAP) / max(len(values), 1)
        for series, value in enumerate(values):
            if value:
                high = value / top * (FLOOR - TOP)
                left = LEFT + at * step + step * GAP / 2 + series * thick
                bars.append(Bar(left, FLOOR - high, thick, high, series, f"{name}: {_shown(value, shares)}"))
        mark = LEFT + (at + 0.5) * step if at % every == 0 else None
        places.append(Place(name, tuple("" if value is None else _shown(value, shares) for value in values), mark))
    return Chart(tuple(bars), tuple(places), _shown(top, shares))


def _round_up(value: float, *, shares: bool) -> float:
    """To what reads well at the top of an axis."""
    if shares:
        return next((top for top in (0.1, 0.25, 0.5) if value <= top), 1.0)
    scale = 1
    while value > 10 * scale:
        scale *= 10
    return max(-(-value // scale) * scale, 1)


def _shown(value: float, shares: bool) -> str:
    if not shares:
        return number(value)
    return share(value, 0 if value in (0, 1) or value >= 0.1 else 1)
