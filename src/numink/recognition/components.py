"""Ink -> pieces of connected ink. Knows sizes, neither lines nor digits."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ..results import Box

Floats = NDArray[np.float32]
INKY = 0.4
"""Ink above this holds a stroke together."""
SMALLEST = 4
"""A piece lower and narrower than this, in pixels of the working picture, is a speck."""
MOST_PIECES = 600
"""More pieces than this on a page is a texture: the largest are kept."""


@dataclass(frozen=True)
class Component:
    """Connected ink, or several pieces of it together: its box in the working picture, its own ink (h, w)."""

    box: Box
    ink: Floats

    @property
    def middle(self) -> float:
        """Its middle column."""
        return self.box.x + self.box.w / 2


def components(ink: Floats) -> list[Component]:
    """Every piece but specks and frames, the largest first."""
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


def _piece(ink: Floats, labels: NDArray[np.int32], index: int, box: Box) -> Component:
    """The component with the soft edge around it."""
    height, width = ink.shape
    left, top = max(box.x - 1, 0), max(box.y - 1, 0)
    right, bottom = min(box.x + box.w + 1, width), min(box.y + box.h + 1, height)
    own = labels[top:bottom, left:right]
    near = cv2.dilate((own == index).astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    patch = np.where(near & ((own == index) | (own == 0)), ink[top:bottom, left:right], 0)
    return Component(Box(left, top, right - left, bottom - top), patch.astype(np.float32))


def whole(ink: Floats) -> list[Component]:
    """What may be the digit of a picture that holds exactly one: all its ink, and its largest parts one by one."""
    pieces = components(ink)
    if not pieces:
        return []
    largest = max(max(piece.box.w, piece.box.h) for piece in pieces)
    main = [piece for piece in pieces if max(piece.box.w, piece.box.h) >= 0.15 * largest]
    by_ink = sorted(main, key=lambda piece: -float(piece.ink.sum()))[:4]
    alone = by_ink if len(main) > 1 else []
    return [together(main), *alone, *([together(by_ink[:2])] if len(by_ink) > 2 else [])]


def together(pieces: list[Component]) -> Component:
    """Pieces as one."""
    if len(pieces) == 1:
        return pieces[0]
    box = Box.around([piece.box for piece in pieces])
    ink = np.zeros((box.h, box.w), np.float32)
    for piece in pieces:
        top, left = piece.box.y - box.y, piece.box.x - box.x
        area = ink[top : top + piece.box.h, left : left + piece.box.w]
        np.maximum(area, piece.ink, out=area)
    return Component(box, ink)
