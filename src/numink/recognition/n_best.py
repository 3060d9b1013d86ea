"""N-best search: the likeliest readings of a row of digits, one after the other."""

from __future__ import annotations

import heapq
from collections.abc import Iterator

import numpy as np

from ..results import DIGIT_COUNT
from .types import Probabilities


def likeliest_readings(probabilities: Probabilities, most: int) -> Iterator[tuple[str, float]]:
    """Yield the likeliest `most` readings of K digits with their probabilities, the likeliest first.

    `probabilities` (K, 10) are those of 0..9 for each digit; each row sums to 1.

    >>> rows = np.full((2, 10), 0.0)
    >>> rows[0, [1, 7]] = rows[1, [4, 9]] = 0.6, 0.4
    >>> [text for text, _ in likeliest_readings(rows, 3)]
    ['14', '19', '74']
    """
    # Each reading is followed by those with one digit replaced by its next likely one, at the position that was
    # replaced last or after it, so that none comes twice.
    order = np.argsort(-probabilities, axis=1)
    logs = np.log(np.maximum(np.take_along_axis(probabilities, order, axis=1), 1e-12))
    queue = [(-float(logs[:, 0].sum()), (0,) * len(probabilities), 0)]
    for _ in range(most):
        if not queue:
            return
        cost, ranks, last = heapq.heappop(queue)
        yield "".join(str(order[index, rank]) for index, rank in enumerate(ranks)), float(np.exp(-cost))
        for index in range(last, len(ranks)):
            if ranks[index] < DIGIT_COUNT - 1:
                worse = cost + float(logs[index, ranks[index]] - logs[index, ranks[index] + 1])
                heapq.heappush(queue, (worse, (*ranks[:index], ranks[index] + 1, *ranks[index + 1 :]), index))
