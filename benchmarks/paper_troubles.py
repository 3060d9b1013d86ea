"""Papers as users reported them unread: numbers right, accepted and wrong, empty boxes answered, for each kind.

    python benchmarks/paper_troubles.py [--collections ../shared/data] [--each 8] [--only TEXT] [--show 5]

The writers of most digits in UNIPEN's held-out sources fill in each kind; the kinds are in paper_kinds.py and
box_kinds.py. A number is right where a number with its text, blanks left out, stands at its place. Accepted and wrong:
numbers that are accepted and are not the text at their place. Answered: empty boxes with any number.
"""

from __future__ import annotations

import argparse
import zlib
from collections import Counter
from pathlib import Path

import numpy as np
from PIL import Image

from drawing import Handwriting
from field_grades import FieldTally, PaperGrade, grade
from numink import Reader
from paper_kinds import paper_kinds
from report import COLLECTIONS, machine

WRITERS = 8


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--collections", type=Path, default=COLLECTIONS)
    parser.add_argument("--each", type=int, default=WRITERS, help="papers of each kind, by eight writers in turn")
    parser.add_argument("--only", default="", help="only the kinds with this in their name or part")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--show", type=int, default=0, help="print so many wrong answers of each kind")
    parser.add_argument("--pictures", type=Path, help="leave the first picture of each kind in this folder")
    options = parser.parse_args()
    print(machine())
    kinds = [kind for kind in paper_kinds() if options.only in f"{kind.part}: {kind.name}"]
    writers, reader, tally = Handwriting(options.collections).most_digits(WRITERS), Reader(), FieldTally()
    for kind in kinds:
        wrong: list[str] = []
        for index in range(options.each):
            rng = np.random.default_rng((options.seed, zlib.crc32(kind.name.encode()), index))
            paper = kind.draw(writers[index % len(writers)], rng, index)
            graded = grade(reader.read(paper.picture), paper)
            tally.add(graded, kind.name)
            wrong += failures(graded)
            if options.pictures and not index:
                options.pictures.mkdir(parents=True, exist_ok=True)
                Image.fromarray(paper.picture).save(options.pictures / f"{kind.name}.png")
        for line in wrong[: options.show]:
            print(f"  {kind.name}: {line}")
    for part, count in Counter(kind.part for kind in kinds).items():
        if count > 1:
            tally.add_total(f"total: {part}", [kind.name for kind in kinds if kind.part == part])
    tally.add_total("total: all", [kind.name for kind in kinds])
    print(tally.table("kind"))


def failures(graded: PaperGrade) -> list[str]:
    """Return a line for each field that is not right."""
    return [
        f"{field.field.text or 'empty'!r} read {' '.join(number.text for number in field.numbers)!r}"
        f"{' ACCEPTED' if field.wrong else ''}"
        for field in graded.fields
        if not field.right
    ]


if __name__ == "__main__":
    main()
