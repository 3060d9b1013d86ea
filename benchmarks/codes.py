"""Codes of eight letters and digits by held-out writers, read with their pattern, and with two check digits.

    python benchmarks/codes.py [--collections ../shared/data] [--each 24] [--show 5]

The writers of most capital letters and digits in UNIPEN's held-out sources write each kind of code. The check digits
are those of ISO 7064 mod 97,10, which count letters too.
"""

from __future__ import annotations

import argparse
import string
from pathlib import Path

import numpy as np
from numpy.random import Generator
from stdnum.iso7064 import mod_97_10

from answers import Tally, answer, is_accepted, is_right
from drawing import CODE_CHARACTERS, Handwriting, draw_on_paper
from numink import Constraints, Reader
from report import COLLECTIONS, machine

WRITERS = 8
CHECK, CHECK_DIGITS = "mod97-10", 2
SETS = {"A": string.ascii_uppercase, "9": string.digits, "X": CODE_CHARACTERS}
"""Characters that a letter of a template stands for."""
PATTERNS = {"AA999999": r"[A-Z]{2}\d{6}", "XXXXXXXX": r"[A-Z0-9]{8}"}
CHECKED_PATTERNS = {"AA9999": r"[A-Z]{2}\d{6}", "XXXXXX": r"[A-Z0-9]{6}\d{2}"}
"""Patterns of whole codes by the template of the code, or of its part before the check digits."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--collections", type=Path, default=COLLECTIONS)
    parser.add_argument("--each", type=int, default=24, help="codes of each kind by each of the eight writers")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--show", type=int, default=0, help="print so many wrong answers of each kind")
    options = parser.parse_args()
    print(machine())
    writers, reader, tally = Handwriting(options.collections).most_code_characters(WRITERS), Reader(), Tally()
    kinds = [(template, pattern, False) for template, pattern in PATTERNS.items()]
    kinds += [(template, pattern, True) for template, pattern in CHECKED_PATTERNS.items()]
    for number, (template, pattern, is_checked) in enumerate(kinds):
        name = pattern + (f", {CHECK}" if is_checked else "")
        constraints = Constraints(pattern, CHECK if is_checked else None)
        wrong = []
        for index in range(options.each * len(writers)):
            rng = np.random.default_rng((options.seed, number, index))
            code = random_code(template, rng, is_checked=is_checked)
            picture = draw_on_paper(writers[index % len(writers)].write(code, rng), rng)
            page = reader.read(picture, constraints=constraints)
            tally.add(page, code, name)
            if not is_right(page, code):
                wrong.append(f"{code} read {answer(page)!r}{' ACCEPTED' if is_accepted(page) else ''}")
        print(*wrong[: options.show], sep="\n", end="\n" if options.show else "")
    print(tally.table("code"))


def random_code(template: str, rng: Generator, *, is_checked: bool) -> str:
    """Return a random code after the template, followed by its check digits where it is to have them."""
    code = "".join(SETS[kind][int(rng.integers(len(SETS[kind])))] for kind in template)
    return code + mod_97_10.calc_check_digits(code) if is_checked else code


if __name__ == "__main__":
    main()
