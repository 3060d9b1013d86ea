"""Draw docs/failures.png for the model card: drawings made by this script that numink misreads.

python docs/draw_failures.py
"""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from numink import Reader
from numink.imaging.decode import encode_png

LETTERS = "OlSZBqgb"
DIGITS = {
    "2, looped": [[(30, 40), (50, 22), (72, 34), (66, 62), (36, 106), (24, 100), (38, 92), (82, 110)]],
    "4, open": [[(28, 24), (24, 72), (82, 70)], [(76, 20), (70, 116)]],
    "1, long hook": [[(22, 66), (66, 20), (60, 116)]],
    "0, slashed": [[(50, 20), (24, 50), (28, 100), (56, 116), (80, 80), (74, 34), (50, 20)], [(84, 16), (20, 120)]],
}
SIDE, PEN_WIDTH = 136, 8


def main() -> None:
    """Write the picture: above each drawing its name, and the text that numink reads."""
    reader, cells = Reader(), []
    drawings = {f"letter {letter}": _letter(letter) for letter in LETTERS} | {
        name: _strokes(strokes) for name, strokes in DIGITS.items()
    }
    for name, drawing in drawings.items():
        (number,) = reader.read(drawing, single=True).numbers
        cell = np.full((SIDE + 56, SIDE + 40), 255, np.uint8)
        cell[52 : 52 + SIDE, 20 : 20 + drawing.shape[1]] = drawing
        answer = f"{number.text} ({number.confidence:.0%})" + ("" if number.accepted else " ?")
        for row, text in enumerate((name, f"read: {answer}")):
            cv2.putText(cell, text, (6, 18 + 22 * row), cv2.FONT_HERSHEY_SIMPLEX, 0.5, 60, 1, cv2.LINE_AA)
        cells.append(cell)
    rows = [np.hstack(cells[first : first + 6]) for first in range(0, len(cells), 6)]
    (Path(__file__).parent / "failures.png").write_bytes(encode_png(np.vstack(rows)))


def _letter(letter: str) -> NDArray[np.uint8]:
    page = np.full((SIDE, SIDE), 255, np.uint8)
    cv2.putText(page, letter, (34, 100), cv2.FONT_HERSHEY_SIMPLEX, 3.2, 20, PEN_WIDTH, cv2.LINE_AA)
    return page


def _strokes(strokes: list[list[tuple[int, int]]]) -> NDArray[np.uint8]:
    page = np.full((SIDE, SIDE), 255, np.uint8)
    for stroke in strokes:
        cv2.polylines(page, [np.array(stroke, np.int32).reshape(-1, 1, 2)], False, 20, PEN_WIDTH, cv2.LINE_AA)
    return page


if __name__ == "__main__":
    main()
