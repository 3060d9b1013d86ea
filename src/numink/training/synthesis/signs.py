"""Signs drawn by program on composed lines: those that no pen data has, and rough forms of those that it has."""

from __future__ import annotations

import math
from collections.abc import Callable

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from .non_digit_glyphs import cropped

Floats = NDArray[np.float32]
Path = NDArray[np.float64]
DRAWN = ".,-=~/×°€£|:+()<>'^!"
"""Signs that `draw_sign` can draw."""
SIZES = {",": 0.28, "°": 0.3, "×": 0.5, "+": 0.55, "<": 0.7, ">": 0.7, "'": 0.3, "^": 0.4, "!": 1.0}
"""Usual sizes of signs in digit heights; the others have 1.1."""
SIDE = 96
"""Side of the square in which a sign's paths lie while they are drawn."""


def draw_sign(sign: str, pen: float, height: float, rng: Generator) -> Floats:
    """Return one of `DRAWN`, cropped: float32 (h, w) in 0..1.

    Args:
        sign: The sign.
        pen: Width of the pen in pixels.
        height: Height of a digit in pixels.
        rng: Source of the sign's form.
    """
    if sign == ".":
        return _dot(pen, rng)
    if sign == ":":
        return _colon(pen, height, rng)
    if sign in "-=~":
        return _dashes(sign, pen, height, rng)
    size = SIZES.get(sign, 1.1) * height * math.exp(rng.normal(0, 0.2))
    paths = [path * size / SIDE for path in _STROKES[sign](rng)]
    return _stroked(paths, pen)


def _bent(start: tuple[float, float], end: tuple[float, float], rng: Generator, bow: float = 0.06) -> Path:
    """Return a slightly bent line."""
    time = np.linspace(0, 1, 9)[:, None]
    points = np.array(start) * (1 - time) + np.array(end) * time
    across = np.array([end[1] - start[1], start[0] - end[0]])
    bent: Path = (
        points + across * rng.normal(0, bow) * np.sin(time * math.pi) + rng.normal(0, 0.01, points.shape)
    ) * SIDE
    return bent


def _arc(x: float, y: float, width: float, height: float, start: float, end: float, rng: Generator) -> Path:
    """Return an arc of an ellipse about (x, y) from one angle to another, y down."""
    angle = np.linspace(start, end, 25)
    tilt = rng.normal(0, 0.1)
    points = np.stack([x + width * np.cos(angle) - tilt * height * np.sin(angle), y + height * np.sin(angle)], axis=1)
    return np.asarray(points * SIDE, np.float64)


def _comma(rng: Generator) -> list[Path]:
    return [_bent((0.6, 0.0), (rng.uniform(0.1, 0.5), 1.0), rng)]


def _slash(rng: Generator) -> list[Path]:
    lean, length = rng.uniform(0.08, 0.75), rng.uniform(0.85, 1.5)  # many reach beyond the digits, some do not
    return [_bent((lean * length, 0.0), (0.0, length), rng, 0.03)]


def _upright(rng: Generator) -> list[Path]:
    return [_bent((rng.normal(0, 0.05), 0.0), (0.0, 1.0), rng, 0.03)]


def _times(rng: Generator) -> list[Path]:
    return [_bent((0, 0), (1, 1), rng), _bent((1, 0), (0, 1), rng)]


def _plus(rng: Generator) -> list[Path]:
    return [_bent((0, 0.5), (1, 0.5), rng), _bent((0.5, 0), (0.5, 1), rng)]


def _degree(rng: Generator) -> list[Path]:
    return [_arc(0.5, 0.5, 0.45, 0.45, 0, 2 * math.pi + rng.uniform(-0.3, 0.5), rng)]


def _euro(rng: Generator) -> list[Path]:
    width, gap = rng.uniform(0.3, 0.4), rng.uniform(0.06, 0.12)
    bow = _arc(0.55, 0.5, width, 0.5, -0.75 - rng.uniform(0, 0.4), -2 * math.pi + 0.75 + rng.uniform(0, 0.4), rng)
    return [bow, _bent((0.0, 0.5 - gap), (0.6, 0.5 - gap), rng), _bent((0.0, 0.5 + gap), (0.55, 0.5 + gap), rng)]


def _pound(rng: Generator) -> list[Path]:
    hook = _arc(0.55, 0.25, 0.22, 0.25, -0.2, -math.pi, rng)
    stem = _bent((0.33, 0.25), (0.3, 0.95), rng)
    return [np.concatenate([hook, stem]), _bent((0.05, 0.97), (0.85, 0.95), rng), _bent((0.1, 0.55), (0.65, 0.55), rng)]


def _bracket(rng: Generator) -> Path:
    """An opening round bracket; a flat bow is told from a 1 only by the bracket that closes it."""
    time, bow, lean = np.linspace(0, 1, 13), rng.uniform(0.06, 0.4), rng.normal(0.05, 0.08)
    return np.stack([lean * (1 - time) - bow * np.sin(time * math.pi), time], axis=1) * SIDE


def _angle(rng: Generator) -> Path:
    """An opening angle bracket, or, turned, a caret."""
    width, tip = rng.uniform(0.4, 1.0), rng.uniform(0.35, 0.65)
    return np.array([(width, rng.normal(0, 0.05)), (0.0, tip), (width * rng.uniform(0.8, 1.2), 1.0)]) * SIDE


def _exclamation(rng: Generator) -> list[Path]:
    lean, end = rng.normal(0.05, 0.1), rng.uniform(0.55, 0.75)
    return [_bent((lean, 0), (0, end), rng, 0.03), _bent((0.0, 0.95), (rng.normal(0, 0.03), 1.0), rng)]


_MIRROR, _UPRIGHT = np.array([-1.0, 1.0]), np.array([[0.0, 1.0], [1.0, 0.0]])
_STROKES: dict[str, Callable[[Generator], list[Path]]] = {
    ",": _comma, "/": _slash, "|": _upright, "×": _times, "+": _plus, "°": _degree, "€": _euro, "£": _pound,
    "(": lambda rng: [_bracket(rng)], ")": lambda rng: [_bracket(rng) * _MIRROR], "!": _exclamation,
    "<": lambda rng: [_angle(rng)], ">": lambda rng: [_angle(rng) * _MIRROR], "^": lambda rng: [_angle(rng) @ _UPRIGHT],
    "'": lambda rng: [_bent((rng.uniform(-0.3, 0.5), 0.0), (0.0, 1.0), rng)],
}  # fmt: skip
"""Strokes of each sign that is made of lines and arcs, in a square of SIDE."""


def _stroked(paths: list[Path], pen: float) -> Floats:
    """Return `paths` drawn with a round pen, cropped."""
    points = np.concatenate(paths)
    low, margin = points.min(axis=0), math.ceil(pen) + 2
    width, height = np.ceil(points.max(axis=0) - low).astype(int) + 2 * margin
    canvas = np.zeros((height, width), np.uint8)
    for path in paths:
        line = np.round((path - low + margin) * 8).astype(np.int32).reshape(-1, 1, 2)
        cv2.polylines(canvas, [line], False, 255, max(round(pen), 1), cv2.LINE_AA, shift=3)
    return (cropped(canvas) / 255).astype(np.float32)


def _dot(pen: float, rng: Generator) -> Floats:
    radius = max(pen * rng.uniform(0.5, 1.1), 1.3)  # less is no more than a pixel of a line image
    side = math.ceil(2 * radius) + 2
    canvas = np.zeros((side, side), np.uint8)
    cv2.circle(canvas, (round(side * 4), round(side * 4)), round(radius * 8), 255, -1, cv2.LINE_AA, shift=3)
    return (canvas / 255).astype(np.float32)


def _colon(pen: float, height: float, rng: Generator) -> Floats:
    """Two dots, or two short strokes of a pen that does not stop for them."""
    if rng.random() < 0.25:
        length = rng.uniform(0.06, 0.18) * height
        dots = [_stroked([_bent((0, 0), (1, rng.normal(0, 0.5)), rng) * length / SIDE], pen) for _ in range(2)]
    else:
        dots = [_dot(pen, rng), _dot(pen, rng)]
    width, gap = max(dot.shape[1] for dot in dots), round(height * rng.uniform(0.2, 0.55))
    canvas = np.zeros((dots[0].shape[0] + gap + dots[1].shape[0], width + 2), np.float32)
    for dot, top in zip(dots, (0, dots[0].shape[0] + gap), strict=True):
        left = int(rng.integers(0, canvas.shape[1] - dot.shape[1] + 1))
        canvas[top : top + dot.shape[0], left : left + dot.shape[1]] = dot
    return canvas


def _dashes(sign: str, pen: float, height: float, rng: Generator) -> Floats:
    length = rng.uniform(0.2, 1.1) * height
    if sign == "~":
        time = np.linspace(0, 1, 17)
        wave = np.stack([time * length, np.sin(time * 2 * math.pi) * rng.uniform(-0.15, -0.06) * height], axis=1)
        return _stroked([wave], pen)
    tilt = rng.normal(0, 0.08)
    first = _bent((0, 0), (1, tilt), rng, 0.04) / SIDE * length
    if sign == "-":
        return _stroked([first], pen)
    offset = np.array([rng.normal(0, 0.05) * length, rng.uniform(0.15, 0.32) * height])
    return _stroked([first, first + offset], pen)
