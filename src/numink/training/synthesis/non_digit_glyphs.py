"""Glyphs that are not one digit, for training: results of wrong segmentation, print, marks, noise and blank paper."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from ...datasets.strokes import CANVAS
from ...recognition.glyph import GLYPH_SIDE, normalise

Glyphs = NDArray[np.uint8]
LEAST_ASPECT_RATIO = 0.42
"""Ratio of width to height below which a fragment of a digit resembles a 1 and is left out."""
MOST_FOREGROUND = 0.52
"""Share of a digit's foreground above which a fragment may still be read as that digit."""
DIGIT_LIKE_HALVES = frozenset({(8, False), (3, False), (7, False), (9, False), (6, True), (4, False)})
"""Halves of digits that resemble a digit, as (digit, is left half): the right half of an 8 is a 3."""


def draw_fragments(digits: Glyphs, labels: NDArray[np.uint8], count: int, rng: Generator) -> Glyphs:
    """Return one side of digits cut by a steep line, without fragments that resemble a digit: uint8 (count, 28, 28)."""
    glyphs: list[NDArray[np.uint8]] = []
    while len(glyphs) < count:
        index = int(rng.integers(len(digits)))
        large = cv2.resize(digits[index], (84, 84), interpolation=cv2.INTER_CUBIC)
        columns = np.flatnonzero(large.max(axis=0) > 60)
        if len(columns) < 2 or labels[index] == 1:
            continue
        cut = columns[0] + (columns[-1] - columns[0]) * rng.uniform(0.3, 0.7)
        edge = cut + (np.arange(84) - 42) * rng.normal(0, 0.15)
        is_left = bool(rng.random() < 0.5)
        side = (np.arange(84)[None] < edge[:, None]) == is_left
        fragment = np.where(side, large, 0).astype(np.uint8)
        foreground = fragment.sum() / large.sum()
        if not 0.15 < foreground < MOST_FOREGROUND or _resembles_digit(fragment, int(labels[index]), is_left):
            continue
        glyphs.append(_to_uint8(normalise(fragment)))
    return np.stack(glyphs)


def _resembles_digit(fragment: NDArray[np.uint8], label: int, is_left: bool) -> bool:
    rows, columns = np.flatnonzero(fragment.max(axis=1) > 60), np.flatnonzero(fragment.max(axis=0) > 60)
    if not len(rows) or len(columns) / len(rows) < LEAST_ASPECT_RATIO:
        return True
    return (label, is_left) in DIGIT_LIKE_HALVES


def join_digits(digits: Glyphs, count: int, rng: Generator) -> Glyphs:
    """Return glyphs of two or three digits that are close, touching or overlapping: uint8 (count, 28, 28)."""
    glyphs = []
    for _ in range(count):
        canvas = np.zeros((40, 130), np.uint8)
        right = 4
        for index in rng.integers(len(digits), size=2 if rng.random() < 0.8 else 3):
            scale = float(np.exp(rng.normal(0, 0.12)))
            whole = cropped(digits[index])
            digit = cv2.resize(whole, None, fx=scale, fy=scale, interpolation=cv2.INTER_LINEAR)[:34].astype(np.uint8)
            height, width = digit.shape
            left = max(right + round(rng.normal(0, 2.5)), 0)
            if left + width > 130:
                break
            top = int(np.clip(20 - height // 2 + rng.normal(0, 2), 0, 40 - height))
            area = canvas[top : top + height, left : left + width]
            np.maximum(area, digit, out=area)
            right = left + width
        glyphs.append(_to_uint8(normalise(canvas)))
    return np.stack(glyphs)


def cropped(digit: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return a glyph without its empty margin."""
    rows, columns = np.flatnonzero(digit.max(axis=1) > 40), np.flatnonzero(digit.max(axis=0) > 40)
    if not len(rows) or not len(columns):
        return digit
    return digit[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def draw_marks(count: int, rng: Generator) -> Glyphs:
    """Return dots, dashes, ruled lines, scribbles, blots, outlines, noise and blanks: uint8 (count, 28, 28)."""
    kinds: tuple[Callable[[Generator], NDArray[np.uint8]], ...] = (
        _dot, _dash, _corner, _scribble, _scribble, _blot, _shape, _noise, _blank,
    )  # fmt: skip
    return np.stack([kinds[index](rng) for index in rng.integers(len(kinds), size=count)])


FONTS = (
    cv2.FONT_HERSHEY_SIMPLEX, cv2.FONT_HERSHEY_DUPLEX, cv2.FONT_HERSHEY_COMPLEX, cv2.FONT_HERSHEY_TRIPLEX,
    cv2.FONT_HERSHEY_SCRIPT_SIMPLEX, cv2.FONT_HERSHEY_SCRIPT_COMPLEX, cv2.FONT_HERSHEY_PLAIN,
)  # fmt: skip
PRINTED_SIGNS = "ACEFHJKLMNPRTUVWXYadefhjkmnprtuvwxy#$%&*+=?@"
"""Signs that resemble no digit in print."""


def print_signs(count: int, rng: Generator) -> Glyphs:
    """Return one to four signs printed in OpenCV's stroke fonts as one glyph: uint8 (count, 28, 28)."""
    glyphs = []
    for _ in range(count):
        text = "".join(rng.choice(list(PRINTED_SIGNS), 1 if rng.random() < 0.6 else int(rng.integers(2, 5))))
        canvas = np.zeros((96, 100 * len(text)), np.uint8)
        font, pen = FONTS[int(rng.integers(len(FONTS)))], int(rng.integers(1, 9))
        size = 4.5 if font == cv2.FONT_HERSHEY_PLAIN else 2.2
        cv2.putText(canvas, text, (8, 70), font, size, 255, pen, cv2.LINE_AA)
        glyphs.append(_to_uint8(normalise(canvas)))
    return np.stack(glyphs)


def _canvas() -> NDArray[np.uint8]:
    return np.zeros((CANVAS, CANVAS), np.uint8)


def _to_uint8(glyph: NDArray[np.float32]) -> NDArray[np.uint8]:
    return np.round(glyph * 255).astype(np.uint8)


def _dot(rng: Generator) -> NDArray[np.uint8]:
    canvas = _canvas()
    axes = (int(rng.integers(6, 30)), int(rng.integers(6, 30)))
    cv2.ellipse(canvas, (64, 64), axes, float(rng.uniform(0, 180)), 0, 360, 255, -1, cv2.LINE_AA)
    return _to_uint8(normalise(canvas))


def _dash(rng: Generator) -> NDArray[np.uint8]:
    """A slightly bent line closer to horizontal than to vertical: a vertical one may be a 1."""
    canvas = _canvas()
    slope = np.tan(np.radians(rng.uniform(-35, 35)))
    x = np.linspace(10, 118, 9)
    y = 64 + (x - 64) * slope + rng.normal(0, 4) * np.sin(x / 118 * np.pi)
    line = np.stack([x, y], 1).round().astype(np.int32).reshape(-1, 1, 2)
    cv2.polylines(canvas, [line], False, 255, int(rng.integers(3, 24)), cv2.LINE_AA)
    return _to_uint8(normalise(canvas))


def _corner(rng: Generator) -> NDArray[np.uint8]:
    """Parts of ruled lines and tables: crosses, corners, T-junctions, parallel lines."""
    canvas = _canvas()
    pen = int(rng.integers(2, 10))
    for _ in range(int(rng.integers(1, 3))):
        y = int(rng.integers(10, 118))
        cv2.line(canvas, (int(rng.integers(0, 50)), y), (int(rng.integers(78, 128)), y), 255, pen, cv2.LINE_AA)
    for _ in range(int(rng.integers(1, 3))):
        x = int(rng.integers(10, 118))
        cv2.line(canvas, (x, int(rng.integers(0, 50))), (x, int(rng.integers(78, 128))), 255, pen, cv2.LINE_AA)
    return _to_uint8(normalise(canvas))


def _scribble(rng: Generator) -> NDArray[np.uint8]:
    """A smooth line through more random points than a digit has."""
    canvas = _canvas()
    knots = rng.uniform(8, 120, (int(rng.integers(6, 14)), 2))
    time, fine = np.arange(len(knots)), np.linspace(0, len(knots) - 1, 20 * len(knots))
    path = np.stack([np.interp(fine, time, knots[:, axis]) for axis in (0, 1)], 1)
    smooth = cv2.GaussianBlur(path, (1, 15), 0)
    line = np.round(smooth * 8).astype(np.int32).reshape(-1, 1, 2)
    cv2.polylines(canvas, [line], False, 255, int(rng.integers(2, 12)), cv2.LINE_AA, shift=3)
    return _to_uint8(normalise(canvas))


def _blot(rng: Generator) -> NDArray[np.uint8]:
    """Smooth noise above a threshold: stains, shadows, grain."""
    fine = int(rng.integers(3, 12))
    field = cv2.resize(rng.normal(0, 1, (fine, fine)), (CANVAS, CANVAS), interpolation=cv2.INTER_CUBIC)
    return _to_uint8(normalise(((field > rng.uniform(-0.3, 1.2)) * 255).astype(np.uint8)))


def _shape(rng: Generator) -> NDArray[np.uint8]:
    """Outlined or filled boxes and polygons: checkboxes, logos, arrows."""
    canvas = _canvas()
    corners = rng.integers(8, 120, (int(rng.integers(3, 7)), 1, 2)).astype(np.int32)
    if rng.random() < 0.4:
        w, h = rng.integers(30, 56, 2)
        corners = np.array([[64 - w, 64 - h], [64 + w, 64 - h], [64 + w, 64 + h], [64 - w, 64 + h]], np.int32)[:, None]
    if rng.random() < 0.4:
        cv2.fillPoly(canvas, [corners], 255, cv2.LINE_AA)
    else:
        cv2.polylines(canvas, [corners], True, 255, int(rng.integers(2, 12)), cv2.LINE_AA)
    return _to_uint8(normalise(canvas))


def _noise(rng: Generator) -> NDArray[np.uint8]:
    glyph = rng.random((GLYPH_SIDE, GLYPH_SIDE)) < rng.uniform(0.02, 0.6)
    return np.asarray(glyph * rng.integers(80, 256, (GLYPH_SIDE, GLYPH_SIDE)), np.uint8)


def _blank(rng: Generator) -> NDArray[np.uint8]:
    level = 0 if rng.random() < 0.6 else int(rng.integers(0, 256))
    return np.full((GLYPH_SIDE, GLYPH_SIDE), level, np.uint8)
