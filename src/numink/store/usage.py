"""Usage counts of a reading: sums that describe use without revealing the numbers that were read.

A store sums them by owner and day, and knows none of the names.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter

from ..recognition.alphabet import is_digit
from ..results import confidence_step
from .reading import Reading

TIMES = (10, 20, 50, 100, 200, 500, 1000, 2000, 5000)
"""Upper bounds in milliseconds of the steps in which reading times are counted."""


def usage_counts(reading: Reading) -> Counter[str]:
    """Return the counts of a reading by name.

    Names are `readings`, `numbers`, `numbers.accepted`, `digits`, `digits.accepted`, with signs and letters among the
    digits; `digit.7`, digits read as 7; `sure.5`, digits and signs in a step of `results.CONFIDENCE_STEPS`; `alone.5`,
    only digits that are alone on their page; `time.3`, readings in a step of `TIMES`.
    """
    counts: Counter[str] = Counter(readings=1)
    counts[f"time.{bisect_left(TIMES, sum(page.milliseconds for page in reading.pages))}"] += 1
    for page in reading.pages:
        alone = len(page.numbers) == 1 and len(page.numbers[0].digits) == 1
        for number in page.numbers:
            counts["numbers"] += 1
            counts["numbers.accepted"] += number.accepted
            for digit in number.digits:
                counts["digits"] += 1
                counts["digits.accepted"] += digit.accepted
                counts[f"sure.{confidence_step(digit.confidence)}"] += 1
                if is_digit(digit.text):
                    counts[f"digit.{digit.text}"] += 1
                    counts[f"alone.{confidence_step(digit.confidence)}"] += alone
    return +counts
