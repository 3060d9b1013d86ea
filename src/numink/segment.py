"""Ink -> pieces of connected ink, and the lines that they stand on.

Knows sizes and places, not what a digit looks like: which pieces are digits, and how many, is for those who read.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

from .results import Box

Floats = NDArray[np.float32]
INKY = 0.4
"""Ink above this holds a stroke together."""
SMALLEST = 4
"""A piece lower and narrower than this, in pixels of the working picture, is a speck."""
SMALL = 0.3
"""A piece lower and narrower than this part of the usual height is a mark: dot, comma, dash or speck."""
TALL = 0.5
"""A piece at least this part of its line's height says where the line's digits begin and end."""
TOP_APART, TOP_HEIGHT = 0.25, 1.15
"""The top of a digit, broken off, is this near above the rest of it, and both together are no taller than that, in
parts of the usual height and of their line's tallest piece."""
ON_ONE_LINE = 0.35
"""Pieces that share more than this part of the lower one's height stand on one line."""
MOST_PIECES = 600
"""More pieces than this on a page is a texture: the largest are kept."""


STEEPEST = 0.35
"""A line that rises more than this, rows to a column, is not levelled."""


@dataclass(frozen=True)
class Piece:
    """Connected ink, or several pieces of it together: its box in the working picture, its own ink (h, w)."""

    box: Box
    ink: Floats

    @property
    def middle(self) -> float:
        """Its middle column."""
        return self.box.x + self.box.w / 2


@dataclass(frozen=True)
class Line:
    """Pieces from left to right, how tall its digits are, and how it rises (rows down to a column)."""

    pieces: tuple[Piece, ...]
    height: float
    slope: float

    @cached_property
    def whole(self) -> Piece:
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
    pieces = _components(ink)
    if not pieces:
        return []
    usual = _usual_height(pieces)
    pieces = [piece for piece in pieces if max(piece.box.w, piece.box.h) >= 0.12 * usual]
    lines = [_make_line(group, usual) for group in _group(pieces, usual)]
    return sorted(lines, key=lambda line: Box.around([piece.box for piece in line.pieces]).y)


def whole(ink: Floats) -> list[Piece]:
    """What may be the digit of a picture that holds exactly one: all its ink, and its largest parts one by one."""
    pieces = _components(ink)
    if not pieces:
        return []
    largest = max(max(piece.box.w, piece.box.h) for piece in pieces)
    main = [piece for piece in pieces if max(piece.box.w, piece.box.h) >= 0.15 * largest]
    by_ink = sorted(main, key=lambda piece: -float(piece.ink.sum()))[:4]
    alone = by_ink if len(main) > 1 else []
    return [together(main), *alone, *([together(by_ink[:2])] if len(by_ink) > 2 else [])]


def _components(ink: Floats) -> list[Piece]:
    mask = (ink > INKY).astype(np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    largest_first = np.argsort(-stats[1:count, cv2.CC_STAT_AREA])[:MOST_PIECES] + 1
    pieces = []
    for index in largest_first:
        x, y, w, h, area = (int(value) for value in stats[index])
        if max(w, h) < SMALLEST or area < 8 or _is_frame(Box(x, y, w, h), ink.shape):
            continue
        pieces.append(_piece(ink, labels.astype(np.int32, copy=False), int(index), Box(x, y, w, h)))
    return pieces


def _is_frame(box: Box, shape: tuple[int, ...]) -> bool:
    """Whether it is a thin line in a corner of the picture, along its edge: a margin line or the sheet's end."""
    beside = box.x <= 1 or box.x + box.w >= shape[1] - 1
    above = box.y <= 1 or box.y + box.h >= shape[0] - 1
    return beside and above and min(box.w, box.h) < 0.2 * max(box.w, box.h)


def _piece(ink: Floats, labels: NDArray[np.int32], index: int, box: Box) -> Piece:
    """The component with the soft edge around it."""
    height, width = ink.shape
    left, top = max(box.x - 1, 0), max(box.y - 1, 0)
    right, bottom = min(box.x + box.w + 1, width), min(box.y + box.h + 1, height)
    own = labels[top:bottom, left:right]
    near = cv2.dilate((own == index).astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    patch = np.where(near & ((own == index) | (own == 0)), ink[top:bottom, left:right], 0)
    return Piece(Box(left, top, right - left, bottom - top), patch.astype(np.float32))


def _usual_height(pieces: list[Piece]) -> float:
    """How tall digits are on this page: the median height, each counted by itself, so that specks weigh little."""
    heights = np.sort([max(piece.box.h, 0.5 * piece.box.w) for piece in pieces])
    return float(heights[np.searchsorted(np.cumsum(heights), heights.sum() / 2)])


def _group(pieces: list[Piece], usual: float) -> list[list[Piece]]:
    """Pieces that stand on one line: each joins the line whose nearest piece on its left overlaps it most in height."""
    tall = [piece for piece in pieces if piece.box.h >= SMALL * usual]
    small = [piece for piece in pieces if piece.box.h < SMALL * usual]
    groups: list[list[Piece]] = []
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
    groups = _with_tops(groups, usual)
    for piece in small:
        _join_mark(piece, groups, usual)
    return groups


def _with_tops(groups: list[list[Piece]], usual: float) -> list[list[Piece]]:
    """Groups of nothing but tops that broke off from the digits of another join that: the flag of a 5, a 3's bow."""
    kept: list[list[Piece]] = []
    for group in groups:
        under = [line for line in groups if line is not group and len(line) > len(group)]
        home = next((line for line in under if all(_is_top(piece, line, usual) for piece in group)), None)
        if home is None:
            kept.append(group)
        else:
            home.extend(group)
    return kept


def _is_top(piece: Piece, line: list[Piece], usual: float) -> bool:
    """Whether `piece` lies close above a digit of `line` that is no taller than the others with it."""
    height = max(other.box.h for other in line)
    for other in line:
        shared = min(piece.box.x + piece.box.w, other.box.x + other.box.w) - max(piece.box.x, other.box.x)
        apart = other.box.y - (piece.box.y + piece.box.h)
        if shared > 0.5 * min(piece.box.w, other.box.w) and -0.3 * usual < apart < TOP_APART * usual:
            return other.box.y + other.box.h - piece.box.y <= TOP_HEIGHT * height
    return False


def _overlap(piece: Piece, last: Piece, usual: float) -> int:
    """How many rows two pieces share; 0 where they are too far apart, or share little of the lower one."""
    if piece.box.x - (last.box.x + last.box.w) > 6 * usual:
        return 0
    shared = min(piece.box.y + piece.box.h, last.box.y + last.box.h) - max(piece.box.y, last.box.y)
    return shared if shared > ON_ONE_LINE * min(piece.box.h, last.box.h) else 0


def _join_mark(mark: Piece, groups: list[list[Piece]], usual: float) -> None:
    """A small piece joins the line it lies in; marks between lines are nobody's."""
    for group in groups:
        around = Box.around([piece.box for piece in group])
        inside = around.y - 0.1 * usual <= mark.box.y + mark.box.h / 2 <= around.y + around.h + 0.1 * usual
        near = around.x - usual <= mark.middle <= around.x + around.w + usual
        if inside and near:
            group.append(mark)
            return


def _make_line(group: list[Piece], usual: float) -> Line:
    heights = [float(piece.box.h) for piece in group if piece.box.h >= SMALL * usual]
    height = float(np.median(heights or [usual]))
    pieces = _stacked(sorted(group, key=lambda piece: piece.middle))
    return Line(tuple(pieces), height, _slope(pieces, height))


def _slope(pieces: list[Piece], height: float) -> float:
    """How the line rises, by the middles of its tall pieces; 0 where there are too few to say."""
    tall = [piece for piece in pieces if piece.box.h >= TALL * height]
    x = np.array([piece.middle for piece in tall])
    if len(tall) < 3 or np.ptp(x) < 3 * height:
        return 0.0
    slope = float(np.polyfit(x, [piece.box.y + piece.box.h / 2 for piece in tall], 1)[0])
    return slope if abs(slope) <= STEEPEST else 0.0


def _stacked(pieces: list[Piece]) -> list[Piece]:
    """Pieces of which one lies above, below or within the other become one: the flying top of a 5, a broken 8."""
    out: list[Piece] = []
    for piece in pieces:
        if out:
            last = out[-1].box
            shared = min(last.x + last.w, piece.box.x + piece.box.w) - max(last.x, piece.box.x)
            if shared > 0.7 * min(last.w, piece.box.w):
                out[-1] = together([out[-1], piece])
                continue
        out.append(piece)
    return out


def together(pieces: list[Piece]) -> Piece:
    """Pieces as one."""
    if len(pieces) == 1:
        return pieces[0]
    box = Box.around([piece.box for piece in pieces])
    ink = np.zeros((box.h, box.w), np.float32)
    for piece in pieces:
        top, left = piece.box.y - box.y, piece.box.x - box.x
        area = ink[top : top + piece.box.h, left : left + piece.box.w]
        np.maximum(area, piece.ink, out=area)
    return Piece(box, ink)
