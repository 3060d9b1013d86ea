"""What is counted of a reading when it is kept: sums that tell of use without telling what was read.

One name for each count; a store adds them up by owner and day, and knows none of the names.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter

from ..results import confidence_step
from .reading import Reading

TIMES = (10, 20, 50, 100, 200, 500, 1000, 2000, 5000)
"""Upper ends in milliseconds, between which the time of a reading is counted."""


def counted(reading: Reading) -> Counter[str]:
    """By name: readings, numbers and digits, those accepted; `digit.7`, how often a 7 was read; `sure.5`, how many
    digits are in that step of `results.SURENESS`; `alone.5`, likewise of those that are all that is on their page;
    `time.3`, readings that took so long by TIMES."""
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
                counts[f"digit.{digit.text}"] += 1
                counts[f"sure.{confidence_step(digit.confidence)}"] += 1
                counts[f"alone.{confidence_step(digit.confidence)}"] += alone
    return +counts
