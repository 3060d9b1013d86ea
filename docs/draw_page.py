"""Draw docs/page.png: a photo of a filled-in form, and the numbers that numink reads on it.

    python docs/draw_page.py

The form is that of benchmarks/form_sheet.py, and the photo is made by program. The digits are the strokes of
tests/pictures.py, each bent and slanted at random, so that no licence is needed.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from numpy.random import Generator

from numink import Reader
from numink.export.overlay import draw
from numink.imaging.decode import open_picture

FOLDER = Path(__file__).parent
sys.path += [str(FOLDER.parent / folder) for folder in ("tests", "benchmarks")]
from camera import Photo, take  # noqa: E402 - found by the path above
from drawing import Strokes, Writer  # noqa: E402
from form_sheet import fill_in_form  # noqa: E402
from pictures import SIGN_STROKES, STROKES  # noqa: E402

PHOTO = Photo(
    surface="brown", rim=(25, 60), rotation=2.0, perspective=0.015, shadow=0.3, slope=0.12, blur=0.7, noise=1.0,
    width=1000,
)  # fmt: skip
FORMS = 6
"""Forms of each character, from which the writer takes one each time."""


def main() -> None:
    """Write the picture."""
    rng = np.random.default_rng(5)
    photo = open_picture(take(fill_in_form(writer(rng), rng), PHOTO, rng).picture)
    result = Reader().read(photo)
    (FOLDER / "page.png").write_bytes(draw(photo, result))
    print(result.text)


def writer(rng: Generator) -> Writer:
    """Return a writer with several forms of each digit and sign."""
    characters = STROKES | SIGN_STROKES
    return Writer({text: [_bent(strokes, rng) for _ in range(FORMS)] for text, strokes in characters.items()}, {})


def _bent(strokes: list[list[tuple[float, float]]], rng: Generator) -> Strokes:
    """Return strokes bent and slanted at random, in thousandths of a digit's height."""
    slant, bend = rng.normal(-0.15, 0.06), rng.normal(0, 0.05, 4)
    out = Strokes()
    for points in map(np.array, strokes):
        x = points[:, 0] * 0.75 + slant * (points[:, 1] - 0.5) + bend[0] * np.sin(5 * points[:, 1] + 30 * bend[1])
        y = points[:, 1] + bend[2] * np.sin(6 * points[:, 0] + 30 * bend[3])
        out.append(np.stack([x, y], axis=1) * 1000)
    return out


if __name__ == "__main__":
    main()
