"""Accuracy on synthetic pages of numbers by held-out writers: upright, rotated, and with constraints.

python benchmarks/composed_pages.py --collections FOLDER [--pages 60] [--seed 1000]

Three kinds of paper, half of the pages in shadow, numbers of 3 to 12 digits (training/synthesis/pages.py). Then the
same pages rotated by quarter turns, and pages of 6-digit codes with a Luhn check digit, with and without constraints.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from numpy.random import Generator
from stdnum import luhn

from numink import Constraints, Page, Reader
from numink.datasets.strokes import load_strokes
from numink.datasets.unipen import HELD_OUT
from numink.training.synthesis.pages import ComposedPage, compose_random_page
from numink.training.train_lines import random_number
from report import machine, table


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--collections", type=Path, required=True)
    parser.add_argument("--pages", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1000)
    options = parser.parse_args()
    print(machine())
    strokes = load_strokes(options.collections / "unipen_digits.npz")
    held_out = np.flatnonzero(np.isin(strokes.source, HELD_OUT))
    reader = Reader()

    def pages(number: Callable[[Generator], str]) -> Iterator[ComposedPage]:
        for index in range(options.pages):
            rng = np.random.default_rng((options.seed, index))
            yield compose_random_page(strokes, held_out, lambda rng=rng: number(rng), rng)  # type: ignore[misc]

    counts: dict[str, list[int]] = {}

    def score(name: str, page: ComposedPage, read: Page) -> None:
        labels, lines = [line[0] for line in page.lines], read.text.split("\n")
        right = sum(map(str.__eq__, labels, lines)) if len(labels) == len(lines) else 0
        accepted = [number for number in read.numbers if number.accepted]
        wrong = sum(number.text not in labels for number in accepted)
        for key in (name, name.split(":", maxsplit=1)[0] + ": all"):
            for column, value in enumerate((right, len(labels), len(accepted), wrong)):
                counts.setdefault(key, [0, 0, 0, 0])[column] += value

    for page in pages(random_number):
        paper = page.style.paper + (", shadow" if page.style.shadow else "")
        score(f"upright: {paper}", page, reader.read(page.picture))
        for quarters in (1, 2, 3):
            rotated = np.ascontiguousarray(np.rot90(page.picture, quarters))
            score(f"rotated: by {90 * quarters}", page, reader.read(rotated))
    for page in pages(_luhn_code):
        score("codes: without constraints", page, reader.read(page.picture))
        score(
            "codes with constraints: six digits, Luhn",
            page,
            reader.read(page.picture, constraints=Constraints(r"\d{6}", "luhn")),
        )
    rows = [
        (name, str(total), f"{right / total:.1%}", f"{accepted / total:.1%}", f"{wrong / max(accepted, 1):.2%}")
        for name, (right, total, accepted, wrong) in counts.items()
    ]
    print(table(("pages", "numbers", "exactly right", "accepted", "error among accepted"), rows))


def _luhn_code(rng: Generator) -> str:
    start = "".join(map(str, rng.integers(0, 10, 5)))
    return start + luhn.calc_check_digit(start)


if __name__ == "__main__":
    main()
