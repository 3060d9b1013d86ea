"""UNIPEN's letters by held-out writers, each alone on paper: how many are accepted as a number, and told right.

    python benchmarks/letters.py [--collections ../shared/data] [--limit 500] [--show 20]

First letters that do not resemble a digit, read as a page: none is a number. Then all letters, read with
`single=True` and the characters "letters": right where the answer is the letter, in either case.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from inspect import signature
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from answers import answer, valid_numbers
from drawing import Picture, draw_on_paper, held_out_writers
from numink import Constraints, Page, Reader
from numink.datasets.strokes import StrokeSet, load_strokes
from numink.datasets.unipen import without_look_alikes
from report import COLLECTIONS, machine, table

LONGEST = 1000
"""Longer side of a character in the file."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--collections", type=Path, default=COLLECTIONS)
    parser.add_argument("--limit", type=int, help="so many letters for each measure, spread evenly")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--show", type=int, default=0, help="print so many wrong answers")
    options = parser.parse_args()
    print(machine())
    characters = load_strokes(options.collections / "unipen_nondigits.npz")
    held_out = np.array(sorted(held_out_writers(characters)))
    letters = held_out[np.char.isalpha(characters.label[held_out])]
    reader = Reader()

    def failures(indices: NDArray[np.int64], is_wrong: Callable[[Picture, str], str]) -> tuple[int, list[str]]:
        if options.limit and options.limit < len(indices):
            indices = indices[np.linspace(0, len(indices) - 1, options.limit).astype(int)]
        wrong = []
        for index in indices:
            picture = draw_letter(characters, int(index), options.seed)
            if text := is_wrong(picture, str(characters.label[index])):
                wrong.append(f"{characters.label[index]} ({characters.source[index]}) {text}")
        print(*wrong[: options.show], sep="\n", end="\n" if options.show else "")
        return len(indices), wrong

    def accepted(picture: Picture, _: str) -> str:
        return " ".join(
            f"accepted as {number.text}" for number in valid_numbers(reader.read(picture)) if number.accepted
        )

    def misread(picture: Picture, letter: str) -> str:
        text = answer(_read_letter(reader, picture))
        return "" if text.casefold() == letter.casefold() else f"told as {text!r}"

    count, wrong = failures(without_look_alikes(letters, characters), accepted)
    rows = [("accepted as a number, without look-alikes", count, f"{len(wrong) / count:.2%} ({len(wrong)})")]
    if "characters" in signature(Constraints).parameters:
        count, wrong = failures(letters, misread)
        rows.append(("letter told right, case folded", count, f"{1 - len(wrong) / count:.1%}"))
    print(table(("letters", "n", "share"), rows))


def draw_letter(characters: StrokeSet, index: int, seed: int) -> Picture:
    """Draw a letter alone on paper, 44 to 60 pixels on its longer side, by any pen."""
    rng = np.random.default_rng((seed, index))
    return draw_on_paper([stroke / LONGEST for stroke in characters.strokes(index)], rng)


def _read_letter(reader: Reader, picture: Picture) -> Page:
    return reader.read(picture, single=True, constraints=Constraints(characters="letters"))


if __name__ == "__main__":
    main()
