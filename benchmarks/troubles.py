"""Numbers as users reported them misread: right, accepted, accepted and wrong for each kind of picture.

    python benchmarks/troubles.py [--collections ../shared/data] [--each 24] [--only TEXT] [--show 5]

The writers of most digits in UNIPEN's held-out sources write each kind; the kinds are in trouble_kinds.py. A text
counts as right where the page's text is exactly it; blanks and the form of a dash do not count, unless there are two
numbers. Accepted: there is a number, and every number of the page is accepted.
"""

from __future__ import annotations

import argparse
import zlib
from pathlib import Path

import numpy as np
from PIL import Image

from answers import Tally, answer, is_accepted, is_right
from drawing import Handwriting
from numink import Reader
from report import COLLECTIONS, machine
from trouble_kinds import kinds

WRITERS = 8


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--collections", type=Path, default=COLLECTIONS)
    parser.add_argument("--each", type=int, default=24, help="pictures of each kind by each of the eight writers")
    parser.add_argument("--only", default="", help="only the kinds with this in their name")
    parser.add_argument(
        "--font",
        default="DejaVuSans-ExtraLight.ttf",
        help="font with Greek letters, such as the file of npm's @fontsource/zen-kurenaido",
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--show", type=int, default=0, help="print so many wrong answers of each kind")
    parser.add_argument("--pictures", type=Path, help="leave the first picture of each kind in this folder")
    options = parser.parse_args()
    print(machine())
    writers, reader, tally = Handwriting(options.collections).most_digits(WRITERS), Reader(), Tally()
    for kind in kinds(options.font):
        if options.only not in kind.name:
            continue
        wrong = []
        for index in range(options.each * len(writers)):
            rng = np.random.default_rng((options.seed, zlib.crc32(kind.name.encode()), index))
            picture, expected = kind.draw(writers[index % len(writers)], rng, index // len(writers))
            page = reader.read(picture)
            tally.add(page, expected, kind.name)
            if not is_right(page, expected):
                wrong.append(f"{expected!r} read {answer(page)!r}{' ACCEPTED' if is_accepted(page) else ''}")
            if options.pictures and not index:
                options.pictures.mkdir(parents=True, exist_ok=True)
                Image.fromarray(picture).save(options.pictures / f"{kind.name.replace('/', '_')}.png")
        for line in wrong[: options.show]:
            print(f"  {kind.name}: {line}")
    every = list(tally.counts)
    parts = {part: [kind.name for kind in kinds(options.font) if kind.part == part] for part in ("signs", "slashes")}
    for part, names in parts.items():
        tally.add_total(f"total: {part}", names)
    tally.add_total("total: signs and slashes", [name for names in parts.values() for name in names])
    tally.add_total("total: all", every)
    print(tally.table("kind"))


if __name__ == "__main__":
    main()
