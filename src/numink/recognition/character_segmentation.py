"""Pieces of a line's ink, and where its digits are said to be -> the ink of each digit.

A piece of connected ink may be one digit, a part of one, several that touch, or a mark; which, is decided for the
whole line at once by where the digits are (dynamic programming over pieces and digits). Pieces of several digits are
cut along the path with least ink. Knows places and ink, not which digit is which.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ..results import Box
from .components import INKY, Component, together

Floats = NDArray[np.float32]
MOST_TOUCHING = 8
"""Digits in one piece of connected ink at most."""
MOST_PARTS = 3
"""Pieces of ink in one digit at most, besides small marks."""
LEFT_OUT, MARK_LEFT_OUT = 2.0, 0.15
"""Cost of leaving out a piece as tall as a digit, and a mark; a digit's place wrong by half its height costs 1."""
JOINED = 0.35
"""Cost of taking two pieces for one digit."""
ASIDE, STEP_ASIDE = 0.4, 0.3
"""What a row of a cut costs as far from the middle as can be, and a step aside; a pixel of full ink costs 1."""


@dataclass(frozen=True)
class _Way:
    """How the pieces up to here were taken: its cost, and where it came from (pieces, digits before this step)."""

    cost: float
    before: tuple[int, int]
    kind: str


@dataclass(frozen=True)
class Spans:
    """`digits`: the ink of each digit; `left`: pieces that are none."""

    digits: list[Component]
    left: list[Component]


def ink_of_digits(pieces: Sequence[Component], places: Sequence[float], height: float) -> Spans:
    """One piece for each of `places` (columns of the digits' middles, from left to right), and the rest.

    `pieces` (at least one) are a line's, sorted by their middles; `height` is that of its digits. A digit for which no
    piece is left gets a slice of the line about its place.
    """
    found: list[Component | None] = [None] * len(places)
    left = set(range(len(pieces)))
    for start, stop, first, count in _best(pieces, places, height):
        taken = together(list(pieces[start:stop]))
        found[first : first + count] = _cut(taken, places[first : first + count]) if count > 1 else [taken]
        left -= set(range(start, stop))
    digits = [
        one if one is not None and one.ink.size else _slice(pieces, places, at, height) for at, one in enumerate(found)
    ]
    return Spans(digits, [pieces[at] for at in sorted(left)])


def _best(pieces: Sequence[Component], places: Sequence[float], height: float) -> list[tuple[int, int, int, int]]:
    """Runs of pieces and the digits in them: (first piece, last + 1, first digit, how many)."""
    ways: dict[tuple[int, int], _Way] = {(0, 0): _Way(0.0, (0, 0), "")}

    def offer(to: tuple[int, int], cost: float, before: tuple[int, int], kind: str) -> None:
        if to not in ways or cost < ways[to].cost:
            ways[to] = _Way(cost, before, kind)

    for done in range(len(pieces) + 1):
        for said in range(len(places) + 1):
            here = ways.get((done, said))
            if here is None:
                continue
            if said < len(places):  # a digit that no ink is left for
                offer((done, said + 1), here.cost + 3 * LEFT_OUT, (done, said), "missing")
            if done == len(pieces):
                continue
            offer((done + 1, said), here.cost + _left_out(pieces[done], height), (done, said), "out")
            for count in range(1, min(MOST_TOUCHING, len(places) - said) + 1):
                cost = _misfit(pieces[done].box, places[said : said + count], height)
                offer((done + 1, said + count), here.cost + cost, (done, said), "taken")
            for parts in range(2, min(MOST_PARTS, len(pieces) - done) + 1):
                if said == len(places):
                    break
                run = pieces[done : done + parts]
                cost = _misfit(Box.around([one.box for one in run]), places[said : said + 1], height)
                cost += JOINED * (parts - 1) + _apart(run, height)
                offer((done + parts, said + 1), here.cost + cost, (done, said), "taken")
    at, taken = (len(pieces), len(places)), []
    while at != (0, 0):
        way = ways[at]
        if way.kind == "taken":
            taken.append((way.before[0], at[0], way.before[1], at[1] - way.before[1]))
        at = way.before
    return taken[::-1]


def _left_out(piece: Component, height: float) -> float:
    size = max(piece.box.w, piece.box.h) / height
    return MARK_LEFT_OUT if size < 0.3 else LEFT_OUT * min(size, 1.0) ** 2


def _misfit(box: Box, places: Sequence[float], height: float) -> float:
    """How badly `places` fit a piece of ink: digits share its width about evenly."""
    each = box.w / len(places)
    middles = [box.x + each * (at + 0.5) for at in range(len(places))]
    aside = sum(
        math.pow(abs(place - middle) / (0.5 * height), 1.5) for place, middle in zip(places, middles, strict=True)
    )
    return aside + 0.6 * max(each / height - 1.5, 0) + 0.8 * max(0.18 - each / height, 0) * (len(places) > 1)


def _apart(run: Sequence[Component], height: float) -> float:
    """Cost of the gaps between the pieces of one digit."""
    gaps = [after.box.x - (before.box.x + before.box.w) for before, after in pairwise(run)]
    return sum(4 * max(gap, 0) / height for gap in gaps)


def _cut(piece: Component, places: Sequence[float]) -> list[Component]:
    """The piece cut between neighbouring places, each time along the path from top to bottom with least ink."""
    rest, parts = piece, []
    for before, after in pairwise(places):
        if not rest.ink.size:
            parts.append(rest)
            continue
        left, right = (min(max(round(place) - rest.box.x, 0), rest.box.w - 1) for place in (before, after))
        edge = _seam(rest.ink, left, right)
        columns = np.arange(rest.box.w)[None]
        parts.append(_trimmed(rest, columns < edge[:, None]))
        rest = _trimmed(rest, columns >= edge[:, None])
    return [*parts, rest]


def _seam(ink: Floats, left: int, right: int) -> NDArray[np.int64]:
    """For each row the first column that is right of the cut, all between `left` and `right`."""
    if right - left < 2:
        return np.full(len(ink), max((left + right + 1) // 2, 1))
    inside = ink[:, left : right + 1]
    width = inside.shape[1]
    aside = np.abs(np.linspace(-1, 1, width)) ** 2 * ASIDE
    cost = np.zeros((len(ink), width))
    cost[0] = inside[0] + aside
    for row in range(1, len(ink)):
        above = cost[row - 1]
        least = np.minimum(above, np.minimum(np.append(above[1:], np.inf), np.append(np.inf, above[:-1])) + STEP_ASIDE)
        cost[row] = least + inside[row] + aside
    path = np.empty(len(ink), np.int64)
    path[-1] = int(cost[-1].argmin())
    for row in range(len(ink) - 2, -1, -1):
        low, high = max(path[row + 1] - 1, 0), min(path[row + 1] + 2, width)
        path[row] = low + int(cost[row, low:high].argmin())
    return path + left


def _trimmed(piece: Component, keep: NDArray[np.bool_]) -> Component:
    ink = np.where(keep, piece.ink, 0)
    rows, columns = np.flatnonzero(ink.max(axis=1) > INKY), np.flatnonzero(ink.max(axis=0) > INKY)
    if not len(rows) or not len(columns):
        return Component(Box(piece.box.x, piece.box.y, 0, 0), np.zeros((0, 0), np.float32))
    top, left = max(int(rows[0]) - 1, 0), max(int(columns[0]) - 1, 0)
    part = ink[top : rows[-1] + 2, left : columns[-1] + 2]
    return Component(Box(piece.box.x + left, piece.box.y + top, part.shape[1], part.shape[0]), part.astype(np.float32))


def _slice(pieces: Sequence[Component], places: Sequence[float], at: int, height: float) -> Component:
    """The line's ink about a place, half-way to its neighbours: for a digit that no piece was left for."""
    whole = together(list(pieces))
    reach = 0.5 * height
    left = max(places[at] - reach, (places[at - 1] + places[at]) / 2 if at else -np.inf)
    right = min(places[at] + reach, (places[at] + places[at + 1]) / 2 if at + 1 < len(places) else np.inf)
    columns = np.arange(whole.box.w)[None] + whole.box.x
    return _trimmed(whole, np.broadcast_to((columns >= left) & (columns < right), whole.ink.shape))
