"""Pieces of ink -> the lines that they stand on.

Knows sizes and places, not what a digit looks like: which pieces are digits, and how many, is for those who read.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ..results import Box
from .components import Component, components, together

Floats = NDArray[np.float32]
SMALL = 0.3
"""A piece lower and narrower than this part of the usual height is a mark: dot, comma, dash or speck."""
TALL = 0.5
"""A piece at least this part of its line's height says where the line's digits begin and end."""
TOP_APART, TOP_HEIGHT = 0.25, 1.15
"""The top of a digit, broken off, is this near above the rest of it, and both together are no taller than that, in
parts of the usual height and of their line's tallest piece."""
HANGING, BESIDE = 0.6, 0.4
"""A piece lower than the first part of the usual height that hangs from a line, within its width or the second part of
that height beside it, is a mark of that line: the comma after an amount that rises."""
ON_ONE_LINE = 0.35
"""Pieces that share more than this part of the lower one's height stand on one line."""


STEEPEST = 0.35
"""A line that rises more than this, rows to a column, is not levelled."""


@dataclass(frozen=True)
class Line:
    """Pieces from left to right, how tall its digits are, and how it rises (rows down to a column)."""

    pieces: tuple[Component, ...]
    height: float
    slope: float

    @cached_property
    def whole(self) -> Component:
        """All its ink."""
        return together(list(self.pieces))

    @cached_property
    def box(self) -> Box:
        """As wide as all its ink, and as tall as its tall pieces are once the line is level."""
        around = Box.around([piece.box for piece in self.pieces])
        middle = around.x + around.w / 2
        tall = [piece for piece in self.pieces if piece.box.h >= TALL * self.height] or list(self.pieces)
        level = [piece.box.y - self.slope * (piece.middle - middle) for piece in tall]
        top = min(level)
        bottom = max(y + piece.box.h for y, piece in zip(level, tall, strict=True))
        return Box(around.x, round(top), around.w, max(round(bottom - top), 1))


def find_lines(ink: Floats) -> list[Line]:
    """The lines of a page, top to bottom; empty where there is no ink."""
    pieces = components(ink)
    if not pieces:
        return []
    usual = _usual_height(pieces)
    pieces = [piece for piece in pieces if max(piece.box.w, piece.box.h) >= 0.12 * usual]
    lines = [_make_line(group, usual) for group in _group(pieces, usual)]
    return sorted(lines, key=lambda line: Box.around([piece.box for piece in line.pieces]).y)


def _usual_height(pieces: list[Component]) -> float:
    """How tall digits are on this page: the median height, each counted by itself, so that specks weigh little."""
    heights = np.sort([max(piece.box.h, 0.5 * piece.box.w) for piece in pieces])
    return float(heights[np.searchsorted(np.cumsum(heights), heights.sum() / 2)])


def _group(pieces: list[Component], usual: float) -> list[list[Component]]:
    """Pieces that stand on one line: each joins the line whose nearest piece on its left overlaps it most in height."""
    tall = [piece for piece in pieces if piece.box.h >= SMALL * usual]
    small = [piece for piece in pieces if piece.box.h < SMALL * usual]
    groups: list[list[Component]] = []
    for piece in sorted(tall, key=lambda piece: piece.box.x):
        best, most = None, 0
        for group in groups:
            # In rows rather than in parts of the lower piece: all of a top that broke off overlaps what stands beside.
            overlap = max(_overlap(piece, other, usual) for other in group[-2:])
            if overlap > most:
                best, most = group, overlap
        if best is None:
            groups.append([piece])
        else:
            best.append(piece)
    # The flag of a 5 or the bow of a 3 that broke off; then commas.
    groups = _rejoined(groups, lambda group, line: all(_is_top(piece, line, usual) for piece in group))
    groups = _rejoined(groups, lambda group, line: len(group) == 1 and _hangs(group[0], line, usual))
    for piece in small:
        _join_mark(piece, groups, usual)
    return groups


def _rejoined(
    groups: list[list[Component]], belongs: Callable[[list[Component], list[Component]], bool]
) -> list[list[Component]]:
    """Groups that belong to another one of more pieces join that: the first of which `belongs` says so."""
    kept: list[list[Component]] = []
    for group in groups:
        larger = (line for line in groups if line is not group and len(line) > len(group))
        home = next((line for line in larger if belongs(group, line)), None)
        if home is None:
            kept.append(group)
        else:
            home.extend(group)
    return kept


def _is_top(piece: Component, line: list[Component], usual: float) -> bool:
    """Whether `piece` lies close above a digit of `line` that is no taller than the others with it."""
    height = max(other.box.h for other in line)
    for other in line:
        shared = min(piece.box.x + piece.box.w, other.box.x + other.box.w) - max(piece.box.x, other.box.x)
        apart = other.box.y - (piece.box.y + piece.box.h)
        if shared > 0.5 * min(piece.box.w, other.box.w) and -0.3 * usual < apart < TOP_APART * usual:
            return other.box.y + other.box.h - piece.box.y <= TOP_HEIGHT * height
    return False


def _hangs(piece: Component, line: list[Component], usual: float) -> bool:
    """Whether `piece` is low, begins above the foot of `line`, and ends below its middle."""
    around = Box.around([other.box for other in line])
    beside = max(around.x - piece.middle, piece.middle - around.x - around.w)
    foot = piece.box.y + piece.box.h
    return (
        piece.box.h < HANGING * usual
        and beside < BESIDE * usual
        and piece.box.y < around.y + around.h
        and foot > around.y + around.h / 2
    )


def _overlap(piece: Component, last: Component, usual: float) -> int:
    """How many rows two pieces share; 0 where they are too far apart, or share little of the lower one."""
    if piece.box.x - (last.box.x + last.box.w) > 6 * usual:
        return 0
    shared = min(piece.box.y + piece.box.h, last.box.y + last.box.h) - max(piece.box.y, last.box.y)
    return shared if shared > ON_ONE_LINE * min(piece.box.h, last.box.h) else 0


def _join_mark(mark: Component, groups: list[list[Component]], usual: float) -> None:
    """A small piece joins the line it lies in; marks between lines are nobody's."""
    for group in groups:
        around = Box.around([piece.box for piece in group])
        inside = around.y - 0.1 * usual <= mark.box.y + mark.box.h / 2 <= around.y + around.h + 0.1 * usual
        near = around.x - usual <= mark.middle <= around.x + around.w + usual
        if inside and near:
            group.append(mark)
            return


def _make_line(group: list[Component], usual: float) -> Line:
    heights = [float(piece.box.h) for piece in group if piece.box.h >= SMALL * usual]
    height = float(np.median(heights or [usual]))
    pieces = _stacked(sorted(group, key=lambda piece: piece.middle))
    return Line(tuple(pieces), height, _slope(pieces, height))


def _slope(pieces: list[Component], height: float) -> float:
    """How the line rises, by the middles of its tall pieces; 0 where there are too few to say."""
    tall = [piece for piece in pieces if piece.box.h >= TALL * height]
    x = np.array([piece.middle for piece in tall])
    if len(tall) < 3 or np.ptp(x) < 3 * height:
        return 0.0
    slope = float(np.polyfit(x, [piece.box.y + piece.box.h / 2 for piece in tall], 1)[0])
    return slope if abs(slope) <= STEEPEST else 0.0


def _stacked(pieces: list[Component]) -> list[Component]:
    """Pieces of which one lies above, below or within the other become one: the flying top of a 5, a broken 8."""
    out: list[Component] = []
    for piece in pieces:
        if out:
            last = out[-1].box
            shared = min(last.x + last.w, piece.box.x + piece.box.w) - max(last.x, piece.box.x)
            if shared > 0.7 * min(last.w, piece.box.w):
                out[-1] = together([out[-1], piece])
                continue
        out.append(piece)
    return out
