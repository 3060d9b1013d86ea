"""Degradation of composed lines: slant and distortion of the paper, and what binarization leaves of the strokes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from .writers import DIGIT_HEIGHT

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class DegradationParameters:
    """Tuned shares of degradation; experiments are in docs/log.md."""

    coarse: float = 0.08
    coarse_rows: tuple[int, int] = (10, 24)
    """Share of lines from small pictures, and the least and greatest height of their digits in pixels (E167)."""


DEGRADATION = DegradationParameters()


def warp(canvas: Floats, slant: float, rng: Generator) -> tuple[Floats, float]:
    """Return `canvas` slanted, tilted and elastically distorted, and the tilt in rows per column."""
    slope = rng.normal(0, 0.04)
    height, width = canvas.shape
    coarse = rng.normal(0, 1.0, (2, 4, max(width // 20, 3))).astype(np.float32)
    strength = rng.uniform(0, 1.6)
    dx, dy = (cv2.resize(field, (width, height), interpolation=cv2.INTER_CUBIC) * strength for field in coarse)
    columns, rows = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    x = columns + dx + slant * (rows - height / 2)
    y = rows + dy - slope * (columns - width / 2)
    warped: Floats = cv2.remap(canvas, x.astype(np.float32), y.astype(np.float32), cv2.INTER_LINEAR).astype(np.float32)
    return warped, slope


def degrade(strokes: Floats, rng: Generator) -> Floats:
    """Return `strokes` as binarization leaves them: soft or hard, broken where the pen was faint, grainy."""
    canvas: NDArray[Any] = _reduce_resolution(strokes, rng) if rng.random() < DEGRADATION.coarse else strokes
    kind = rng.random()
    if kind < 0.35:
        canvas = cv2.GaussianBlur(canvas, (0, 0), rng.uniform(0.5, 1.8)) * rng.uniform(1.0, 1.5)
    elif kind < 0.5:
        gaps = cv2.resize(
            rng.random((6, max(canvas.shape[1] // 8, 2))), canvas.shape[::-1], interpolation=cv2.INTER_CUBIC
        )
        canvas = canvas * np.clip((gaps - rng.uniform(0, 0.25)) * 4, 0, 1)
    elif kind < 0.65:
        canvas = cv2.erode(canvas, np.ones((2, 2))) if rng.random() < 0.3 else cv2.dilate(canvas, np.ones((2, 2)))
    if rng.random() < 0.3:
        canvas = canvas + rng.normal(0, rng.uniform(0.02, 0.12), canvas.shape) * (rng.random(canvas.shape) < 0.5)
    degraded: Floats = np.clip(canvas * rng.uniform(0.75, 1.15), 0, 1).astype(np.float32)
    return degraded


def _reduce_resolution(strokes: Floats, rng: Generator) -> Floats:
    """Return `strokes` as from a small picture, enlarged again: grey or black and white, with steps or smooth."""
    scale = rng.uniform(*DEGRADATION.coarse_rows) / DIGIT_HEIGHT
    small = cv2.resize(strokes, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    if rng.random() < 0.5:
        small = (small > rng.uniform(0.2, 0.5)).astype(np.float32)
    interpolation = (cv2.INTER_NEAREST, cv2.INTER_LINEAR, cv2.INTER_CUBIC)[int(rng.integers(3))]
    large: Floats = np.clip(cv2.resize(small, strokes.shape[::-1], interpolation=interpolation), 0, 1).astype(
        np.float32
    )
    return large
