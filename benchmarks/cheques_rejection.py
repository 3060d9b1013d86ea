"""Amounts on cheques: exactly right, the share that can be read at a given error, and the error among the accepted.

    python benchmarks/cheques_rejection.py [--cheques ../shared/data/cheques-dev] [--limit 200]

The folder has a table `labels.tsv` with the columns file and label. Amounts are ordered by confidence, the product of
their numbers' confidences; the share read at 1 % error is the largest part from the top that has at most that error.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Sequence
from pathlib import Path

from answers import is_accepted
from numink import Reader
from numink.evaluation.binomial import clopper_pearson
from numink.evaluation.pictures import is_right, read_table
from report import COLLECTIONS, machine, table

ERRORS = (0.01, 0.02)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cheques", type=Path, default=COLLECTIONS / "cheques-dev")
    parser.add_argument("--limit", type=int, help="so many cheques, spread evenly")
    options = parser.parse_args()
    print(machine())
    pictures, reader = read_table(options.cheques), Reader()
    if options.limit:
        pictures = pictures[:: max(len(pictures) // options.limit, 1)][: options.limit]
    answers, right_count, accepted_right = [], 0, []
    for picture in pictures:
        page = reader.read(picture.path)
        right = is_right(picture, page)
        right_count += right
        if page.numbers:
            answers.append((math.prod(number.confidence for number in page.numbers), right))
        if is_accepted(page):
            accepted_right.append(right)
    n, accepted, wrong = len(pictures), len(accepted_right), accepted_right.count(False)
    rows = [("exactly right", n, *_share(right_count, n))]
    rows += [(f"read at {error:.0%} error", n, *_share(read_at_error(answers, error), n)) for error in ERRORS]
    rows += [("accepted", n, *_share(accepted, n)), ("wrong among the accepted", accepted, *_share(wrong, accepted))]
    print(table(("cheques", "n", "count", "share", "interval, 95 %"), rows))


def read_at_error(answers: Sequence[tuple[float, bool]], error: float) -> int:
    """Return how many answers (confidence, right), the most confident first, have at most the given error together.

    Answers of the same confidence are taken together.
    """
    ordered = sorted(answers, key=lambda item: -item[0])
    wrong = most = 0
    for count, (confidence, right) in enumerate(ordered, 1):
        wrong += not right
        is_last_of_ties = count == len(ordered) or ordered[count][0] < confidence
        if is_last_of_ties and wrong <= error * count:
            most = count
    return most


def _share(count: int, n: int) -> tuple[int, str, str]:
    low, high = clopper_pearson(count, n) if n else (0.0, 1.0)
    return count, f"{count / max(n, 1):.2%}", f"{low:.2%} to {high:.2%}"


if __name__ == "__main__":
    main()
