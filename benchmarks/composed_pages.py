"""Pages of numbers by hands that no training saw: how many are read exactly right, turned, and with what is known.

python benchmarks/composed_pages.py --collections FOLDER [--pages 60] [--seed 1000]

Three papers, half of the pages in shadow, numbers of 3 to 12 digits (compose.py). Then the same pages turned by
quarters, and pages of 6-digit codes with a Luhn digit, read with and without being told so.
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
    given = parser.parse_args()
    print(machine())
    strokes = load_strokes(given.collections / "unipen_digits.npz")
    held = np.flatnonzero(np.isin(strokes.source, HELD_OUT))
    reader = Reader()

    def pages(number: Callable[[Generator], str]) -> Iterator[ComposedPage]:
        for at in range(given.pages):
            rng = np.random.default_rng((given.seed, at))
            yield compose_random_page(strokes, held, lambda rng=rng: number(rng), rng)  # type: ignore[misc]

    counts: dict[str, list[int]] = {}

    def score(name: str, page: ComposedPage, read: Page) -> None:
        want, said = [line[0] for line in page.lines], read.text.split("\n")
        right = sum(one == other for one, other in zip(want, said, strict=False)) if len(want) == len(said) else 0
        taken = [number for number in read.numbers if number.accepted]
        wrong = sum(number.text not in want for number in taken)
        for key in (name, name.split(":", maxsplit=1)[0] + ": all"):
            for place, value in enumerate((right, len(want), len(taken), wrong)):
                counts.setdefault(key, [0, 0, 0, 0])[place] += value

    for page in pages(random_number):
        paper = page.style.paper + (", shadow" if page.style.shadow else "")
        score(f"upright: {paper}", page, reader.read(page.picture))
        for quarters in (1, 2, 3):
            turned = np.ascontiguousarray(np.rot90(page.picture, quarters))
            score(f"turned: by {90 * quarters}", page, reader.read(turned))
    for page in pages(_luhn_code):
        score("codes: as they are", page, reader.read(page.picture))
        score(
            "codes known: six digits, Luhn", page, reader.read(page.picture, constraints=Constraints(r"\d{6}", "luhn"))
        )
    rows = [
        (name, str(total), f"{right / total:.1%}", f"{taken / total:.1%}", f"{wrong / max(taken, 1):.2%}")
        for name, (right, total, taken, wrong) in counts.items()
    ]
    print(table(("pages", "numbers", "exactly right", "accepted", "wrong among them"), rows))


def _luhn_code(rng: Generator) -> str:
    start = "".join(map(str, rng.integers(0, 10, 5)))
    return start + luhn.calc_check_digit(start)


if __name__ == "__main__":
    main()
