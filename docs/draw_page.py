"""Draw docs/page.png: a synthetic page, and the numbers that numink reads on it.

    python docs/draw_page.py

The digits are the strokes of tests/pictures.py, each bent and slanted at random; paper, ruled lines and shadow are
synthetic too, so that no licence is needed.
"""

from __future__ import annotations

import sys
from pathlib import Path

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from numink import Reader
from numink.export.overlay import draw
from numink.imaging.decode import open_picture

FOLDER = Path(__file__).parent
sys.path.insert(0, str(FOLDER.parent / "tests"))
from pictures import STROKES  # noqa: E402 - found by the path above

SIZE = (1000, 560)
LINES = (("4071", "228", "96"), ("3550", "1007", "8"), ("62", "419", "7385"))


def main() -> None:
    """Write the picture."""
    rng = np.random.default_rng(14)
    page = paper(rng)
    for row, numbers in enumerate(LINES):
        x = 70.0
        for number in numbers:
            for digit in number:
                write(page, digit, (x, 62 + row * 168 + rng.normal(0, 4)), rng)
                x += 62 + rng.normal(0, 3)
            x += 115
    noise = rng.normal(0, 3, page.shape)
    photo = open_picture(np.clip(page + noise, 0, 255).astype(np.uint8))
    result = Reader().read(photo)
    (FOLDER / "page.png").write_bytes(draw(photo, result))
    print(result.text)


def paper(rng: Generator) -> NDArray[np.float32]:
    """Return ruled paper lit from one side, with the shadow of a hand."""
    width, height = SIZE
    page = np.full((height, width), 232, np.float32)
    page[48::42] -= 26
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float32)
    page *= 1 - 0.22 * columns / width
    edge = (columns - 0.62 * width) * 0.9 + (rows - 0.5 * height) * 0.5
    shadow: NDArray[np.float32] = page * (1 - 0.38 / (1 + np.exp(-edge / 9)))
    return shadow + rng.normal(0, 1, page.shape).astype(np.float32)


def write(page: NDArray[np.float32], digit: str, corner: tuple[float, float], rng: Generator) -> None:
    """Draw one digit on `page` with its top left corner at `corner`, in pixels."""
    slant, size = rng.normal(-0.12, 0.06), rng.normal(96, 5)
    bend = rng.normal(0, 0.05, 4)
    pen = int(rng.integers(5, 8))
    foreground = np.zeros(page.shape, np.uint8)
    for stroke in STROKES[digit]:
        points = np.array(stroke)
        x = points[:, 0] * 0.62 + slant * (points[:, 1] - 0.5) + bend[0] * np.sin(5 * points[:, 1] + 30 * bend[1])
        y = points[:, 1] + bend[2] * np.sin(6 * points[:, 0] + 30 * bend[3])
        line = np.round((np.stack([x, y], 1) * size + corner) * 16).astype(np.int32).reshape(-1, 1, 2)
        cv2.polylines(foreground, [line], False, 255, pen, cv2.LINE_AA, shift=4)
    page *= 1 - 0.72 * cv2.GaussianBlur(foreground, (3, 3), 0.8).astype(np.float32) / 255


if __name__ == "__main__":
    main()
