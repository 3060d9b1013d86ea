"""Pictures drawn after public reports: whether each is read right, not accepted, or accepted and wrong.

    python benchmarks/cases.py [--cases ../shared/data/cases-dev]

The folder has a table `cases.tsv` with the columns file, options, expected and kind. Of the options only --single
matters here. A case is not accepted where one of its numbers is not, or where it has none.
"""

from __future__ import annotations

import argparse
import csv
import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

from answers import answer, is_accepted, is_right
from numink import NuminkError, Page, Reader
from numink.imaging.documents import open_pages
from report import COLLECTIONS, machine, table

REMARK = re.compile(r"\s*(\(.*\)|kept in .*)")
"""Words after the expected numbers."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=Path, default=COLLECTIONS / "cases-dev")
    options = parser.parse_args()
    print(machine())
    with (options.cases / "cases.tsv").open(encoding="utf-8", newline="") as file:
        cases = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    reader, rows, verdicts = Reader(), [], Counter[str]()
    for case in cases:
        expected = REMARK.sub("", case["expected"]).replace(", ", " ")
        try:
            page = _read(reader, options.cases / case["file"], single="--single" in case["options"])
        except NuminkError as error:
            text, accepted, left_over, verdict = str(error)[:40], False, 0, "not accepted"
        else:
            text, accepted, left_over = answer(page), is_accepted(page), len(getattr(page, "left_over", ()))
            verdict = "right" if is_right(page, expected) else "ACCEPTED AND WRONG" if accepted else "not accepted"
        verdicts[verdict] += 1
        name = f"{case['file']} {case['options']}"
        rows.append((name, expected, text, "yes" if accepted else "no", left_over, verdict))
    print(table(("case", "expected", "read", "accepted", "left over", "verdict"), rows))
    print(f"n = {len(cases)}: " + ", ".join(f"{count} {verdict}" for verdict, count in verdicts.most_common()))


def _read(reader: Reader, path: Path, *, single: bool) -> Page:
    """Return the numbers of all pages of a file as those of its first page."""
    pages = [reader.read(picture, single=single) for picture in open_pages(path)]
    return replace(pages[0], numbers=tuple(number for page in pages for number in page.numbers))


if __name__ == "__main__":
    main()
