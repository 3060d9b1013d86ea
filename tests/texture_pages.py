"""Pages of very many marks that are no numbers, made by program: specks, noise, salt and pepper, strokes, a weave."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from pictures import Grey

WIDTH, HEIGHT = 1600, 1200
PAPER = 245


def _paper(width: int = WIDTH, height: int = HEIGHT) -> Grey:
    return np.full((height, width), PAPER, np.uint8)


def specks(count: int = 6000, seed: int = 1) -> Grey:
    """Draw dots of 3 to 7 pixels at random, as dirt or a sprinkled ground."""
    rng, page = np.random.default_rng(seed), _paper()
    for x, y, size in zip(
        rng.integers(0, WIDTH, count), rng.integers(0, HEIGHT, count), rng.integers(2, 4, count), strict=True
    ):
        cv2.circle(page, (int(x), int(y)), int(size), 30, -1)
    return page


def noise(seed: int = 2) -> Grey:
    """Draw blurred noise: blots of all shapes."""
    raw = np.random.default_rng(seed).normal(0, 1, (HEIGHT, WIDTH)).astype(np.float32)
    blurred = cv2.GaussianBlur(raw, (0, 0), 3)
    return np.where(blurred > 1.2 * blurred.std(), 40, PAPER).astype(np.uint8)


def fine_noise(seed: int = 3) -> Grey:
    """Draw noise without any blur."""
    return np.random.default_rng(seed).integers(0, 256, (HEIGHT, WIDTH)).astype(np.uint8)


def salt_and_pepper(share: float = 0.05, seed: int = 4) -> Grey:
    """Blacken and whiten single pixels, then enlarge them, as in a bad copy."""
    rng, page = np.random.default_rng(seed), _paper(WIDTH // 2, HEIGHT // 2)
    page[rng.random(page.shape) < share] = 0
    page[rng.random(page.shape) < share] = 255
    return np.asarray(cv2.resize(page, (WIDTH, HEIGHT), interpolation=cv2.INTER_NEAREST), np.uint8)


def strokes(pitch: int = 13, length: int = 8) -> Grey:
    """Draw some 11,000 upright strokes in rows and columns: 1.4 KB as a PNG."""
    page = _paper()
    for x in range(4, WIDTH - 4, pitch):
        page[:, x : x + 3] = 30
    for y in range(0, HEIGHT, pitch):
        page[y : y + pitch - length] = PAPER
    return page


def dashes(seed: int = 5, count: int = 11_000) -> Grey:
    """Draw little strokes of all directions at random places."""
    rng, page = np.random.default_rng(seed), _paper()
    for x, y, angle in zip(
        rng.integers(0, WIDTH, count), rng.integers(0, HEIGHT, count), rng.random(count) * np.pi, strict=True
    ):
        end = (int(x + 9 * np.cos(angle)), int(y + 9 * np.sin(angle)))
        cv2.line(page, (int(x), int(y)), end, 30, 2)
    return page


def rings(pitch: int = 20) -> Grey:
    """Draw rings in rows and columns, each with a dot inside, as many zeros."""
    page = _paper()
    for y in range(pitch, HEIGHT - pitch, pitch):
        for x in range(pitch, WIDTH - pitch, pitch):
            cv2.circle(page, (x, y), 7, 30, 2)
            cv2.circle(page, (x, y), 1, 30, -1)
    return page


def grid(pitch: int = 16) -> Grey:
    """Draw a grid with a stroke in each cell."""
    page = strokes(pitch, 7)
    page[::pitch] = 30
    page[:, ::pitch] = 30
    return page


def nested_boxes(step: int = 5) -> Grey:
    """Draw boxes within boxes, to the middle of the page."""
    page = _paper()
    for inset in range(4, HEIGHT // 2 - 4, step):
        cv2.rectangle(page, (inset, inset), (WIDTH - inset, HEIGHT - inset), 30, 1)
    return page


def checks(pitch: int = 8) -> Grey:
    """Draw a chequered board, whose squares touch at their corners."""
    y, x = np.mgrid[:HEIGHT, :WIDTH] // pitch
    return np.where((x + y) % 2, 30, PAPER).astype(np.uint8)


def digits_without_end(pitch: int = 26) -> Grey:
    """Print digits over all of the page, as a book of random numbers."""
    rng, page = np.random.default_rng(6), _paper()
    for y in range(pitch, HEIGHT, pitch):
        for x in range(4, WIDTH - pitch, pitch):
            cv2.putText(page, str(rng.integers(10)), (x, y), cv2.FONT_HERSHEY_SIMPLEX, 0.6, 30, 2)
    return page


TEXTURES: dict[str, Callable[[], Grey]] = {
    "specks": specks, "noise": noise, "fine noise": fine_noise, "salt and pepper": salt_and_pepper,
    "strokes": strokes, "dashes": dashes, "rings": rings, "grid": grid, "nested boxes": nested_boxes,
    "checks": checks,
}  # fmt: skip
"""The pages that hold no number."""
