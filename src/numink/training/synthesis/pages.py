"""Composed pages of handwritten numbers with known texts: UNIPEN's strokes on synthetic paper.

One writer a line; plain, ruled or squared paper; shadow and noise as of a phone camera.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from ...datasets.strokes import CANVAS, StrokeSet, draw

Grey = NDArray[np.uint8]
Floats = NDArray[np.float32]
PAPERS = ("plain", "ruled", "squared")


@dataclass(frozen=True)
class ComposedPage:
    """`picture` uint8 (H, W), 0 black; `lines`: the numbers of each line, left to right; its `style`."""

    picture: Grey
    lines: tuple[tuple[str, ...], ...]
    style: PageStyle


@dataclass(frozen=True)
class PageStyle:
    """Look of a page: size and digit height in pixels, kind of paper, depth of the shadow in 0..1."""

    width: int = 1000
    height: int = 700
    digit: int = 64
    paper: str = "ruled"
    shadow: float = 0.4


def compose(
    digits: StrokeSet, chosen: NDArray[np.int64], numbers: list[list[str]], style: PageStyle, rng: Generator
) -> ComposedPage:
    """Return a page with `numbers` line by line, each line written by one collection of UNIPEN's.

    `chosen` are the indices of `digits` that may be used.
    """
    foreground = np.zeros((style.height, style.width), np.float32)
    step = style.height / (len(numbers) + 0.5)
    for index, line in enumerate(numbers):
        source = rng.choice(np.unique(digits.source[chosen]))
        writer = _Writer(digits, chosen, chosen[digits.source[chosen] == source], style, rng)
        writer.write(foreground, line, (index + 0.8) * step)
    picture = on_paper(foreground, style, round(step), rng)
    return ComposedPage(picture, tuple(tuple(line) for line in numbers), style)


def on_paper(foreground: Floats, style: PageStyle, step: int, rng: Generator) -> Grey:
    """Return the strokes `foreground`, float32 (H, W) in 0..1, on paper whose printed lines are `step` pixels apart."""
    paper = _paper(style, step, rng)
    strength = rng.uniform(0.65, 0.85)
    picture = paper * (1 - strength * cv2.GaussianBlur(foreground, (3, 3), 0.6))
    picture = cv2.GaussianBlur(picture, (3, 3), 0.5) + rng.normal(0, 0.012, foreground.shape)
    return np.clip(picture * 255, 0, 255).astype(np.uint8)


def compose_random_page(
    digits: StrokeSet, chosen: NDArray[np.int64], number: Callable[[], str], rng: Generator
) -> ComposedPage:
    """Return a page of three to six lines with a `number` each, on random paper, evenly lit or half in shadow."""
    shadow = float(rng.choice([0.0, 0.5]))
    style = PageStyle(1400, 900, int(rng.integers(44, 72)), str(rng.choice(PAPERS)), shadow)
    return compose(digits, chosen, [[number()] for _ in range(int(rng.integers(3, 7)))], style, rng)


@dataclass(frozen=True)
class _Writer:
    """A writer with the digits `own` of one collection, and any of `chosen` where that has none."""

    digits: StrokeSet
    chosen: NDArray[np.int64]
    own: NDArray[np.int64]
    style: PageStyle
    rng: Generator

    def write(self, foreground: Floats, line: list[str], baseline: float) -> None:
        """Draw the numbers of a line one after another, standing on row `baseline`."""
        x = self.style.width * 0.06
        pen, slant = self.rng.uniform(5, 10), self.rng.normal(0, 0.1)
        for number in line:
            for text in number:
                canvas = draw(self.digits.strokes(self._pick(text)), pen, np.array([[1.0, -slant], [0.0, 1.0]]))
                height = self.style.digit * self.rng.uniform(0.9, 1.1)
                scale = height / 100
                patch = cv2.resize(canvas, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
                top = baseline - height * (CANVAS / 200 + 0.5)
                x += _stamp(foreground, (patch / 255).astype(np.float32), x, top) + self.style.digit * 0.16
            x += self.style.digit * 1.3

    def _pick(self, text: str) -> int:
        for indices in (self.own, self.chosen):
            if len(same := indices[self.digits.label[indices] == text]):
                return int(self.rng.choice(same))
        raise ValueError(f"there is no stroke digit {text}")


def _stamp(foreground: Floats, patch: Floats, x: float, y: float) -> float:
    """Draw a digit onto the page with its left edge at `x`, and return its width."""
    columns = np.flatnonzero(patch.max(axis=0) > 0.1)
    patch = patch[:, columns[0] : columns[-1] + 1]
    left, top = round(x), max(round(y), 0)
    area = foreground[top : top + patch.shape[0], left : left + patch.shape[1]]
    np.maximum(area, patch[: area.shape[0], : area.shape[1]], out=area)
    return float(patch.shape[1])


def _paper(style: PageStyle, step: int, rng: Generator) -> Floats:
    """Return paper in 0..1: printed lines, light from one side, the soft edge of a shadow."""
    paper = np.full((style.height, style.width), rng.uniform(0.86, 0.95), np.float32)
    if style.paper in ("ruled", "squared"):
        gap = step if style.paper == "ruled" else max(step // 3, 12)
        faint = rng.uniform(0.1, 0.25)
        paper[round(step * 0.86) :: gap] -= faint
        if style.paper == "squared":
            paper[:, gap // 2 :: gap] -= faint
    rows, columns = np.mgrid[0 : style.height, 0 : style.width].astype(np.float32)
    angle = rng.uniform(0, 2 * np.pi)
    across = (columns / style.width - 0.5) * np.cos(angle) + (rows / style.height - 0.5) * np.sin(angle)
    edge = 1 / (1 + np.exp(-(across - rng.uniform(-0.2, 0.2)) * 60))
    light = 1 - 0.25 * (across + 0.5) * style.shadow - style.shadow * 0.8 * edge
    shaded: Floats = (paper * light).astype(np.float32)
    return shaded
