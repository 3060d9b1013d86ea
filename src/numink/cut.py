"""A piece of connected ink, and the places where it may be cut because two digits meet there.

Knows the shape of ink only: which cuts are right, the classifier and the lattice decide.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from .results import Box

Floats = NDArray[np.float32]
INKY = 0.4
"""Ink above this holds a stroke together."""
WIDE = 0.85
"""Connected ink wider than this part of its line's height may be more than one digit."""
LOW = 0.4
"""Connected ink lower than this part of its line's height is not cut."""
APART = 0.16
"""Cuts are this far apart at least, in parts of the line's height."""


@dataclass(frozen=True)
class Piece:
    """Connected ink, or a part of it where it was `cut`: its box in the working picture, its own ink (h, w)."""

    box: Box
    ink: Floats
    cut: bool = False

    @property
    def middle(self) -> float:
        return self.box.x + self.box.w / 2


def cut(piece: Piece, height: float) -> list[Piece]:
    """A piece taken apart where it is wide enough for two digits, at every place where two may meet."""
    if piece.box.w < WIDE * min(height, piece.box.h * 1.3) or piece.box.h < LOW * height:
        return [piece]
    edges = [0, *_places_to_cut(piece.ink, max(APART * height, 3.0)), piece.box.w]
    parts = []
    for left, right in pairwise(edges):
        rows = np.flatnonzero(piece.ink[:, left:right].max(axis=1) > INKY)
        if len(rows):
            top, bottom = int(rows[0]), int(rows[-1]) + 1
            box = Box(piece.box.x + left, piece.box.y + top, right - left, bottom - top)
            parts.append(Piece(box, piece.ink[top:bottom, left:right], True))
    return parts


def _places_to_cut(ink: Floats, apart: float) -> list[int]:
    """Columns where two digits may meet, at least `apart` from one another and from the ends.

    Round digits that touch meet where the ink reaches least far up and down; others where there is least ink. Both
    are tried: columns are taken from the lowest of either on, as long as they are low places of their neighbourhood.
    """
    inked = ink > INKY
    height, width = ink.shape
    top = np.where(inked.any(axis=0), inked.argmax(axis=0), height)
    bottom = np.where(inked.any(axis=0), height - inked[::-1].argmax(axis=0), 0)
    reach = cv2.GaussianBlur(np.maximum(bottom - top, 0).astype(np.float32)[None], (5, 1), 0)[0]
    amount = cv2.GaussianBlur(ink.sum(axis=0, keepdims=True), (5, 1), 0)[0]
    places: list[int] = []
    for profile, most in ((reach, 0.85 * height), (amount, 0.5 * height)):
        near = max(round(apart), 2)
        for column in np.argsort(profile, kind="stable"):
            if profile[column] > most:
                break
            around = profile[max(column - near, 0) : column + near + 1]
            if profile[column] > around.min() or not apart <= column <= width - apart:
                continue
            if all(abs(column - other) >= apart for other in places):
                places.append(int(column))
    return sorted(places)
