"""Corrections of a reading, stored beside it: the reading itself is never changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from ..errors import marked
from ..results import Box

CORRECTION_MISSING = marked("there is no such correction: it was taken back before, or the id is wrong")
"""Message of `ReadingNotFound` for a correction."""


@dataclass(frozen=True)
class Correction:
    """Right text at one position of a reading. `page`, `number` and `digit` count from 0.

    The position is a digit; without `digit` a whole number; without `number` a whole page. With `box` a number was
    missed at that place, and `text` is the number; with `order` the numbers of the page come in this order. Numbers
    that were missed are counted after those that were read, in the order in which they were added.

    Attributes:
        id: `owner:uuid7`, so that corrections sort by time.
        reading_id: Id of the corrected reading.
        created: Moment of the correction, from `ids.now`.
        page: Page of the reading.
        number: Number on the page; None for the whole page.
        text: The right text; empty where there is no number or digit.
        digit: Digit of the number; None for the whole number.
        box: Place of a number that was missed.
        order: Indices of the numbers of the page in the right order.
        whole: With `digit`, the whole number after the correction, so that it can be searched.
    """

    id: str
    reading_id: str
    created: str
    page: int
    number: int | None
    text: str
    digit: int | None = None
    box: Box | None = None
    order: tuple[int, ...] = ()
    whole: str = ""

    @property
    def corrected_text(self) -> str:
        """Text of the number, or of the page, after the correction."""
        return self.text if self.digit is None else self.whole

    def to_dict(self) -> dict[str, Any]:
        """Return the correction as JSON values, as the API and documents have it: the reading's id is `reading`."""
        return {_JSON_NAMES.get(name, name): value for name, value in asdict(self).items()}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Correction:
        """Return the correction that `to_dict` wrote; other keys are ignored."""
        box = values["box"]
        own = {name: values[_JSON_NAMES.get(name, name)] for name in cls.__dataclass_fields__}
        return cls(**{**own, "box": Box(*box) if box else None, "order": tuple(values["order"])})


_JSON_NAMES = {"reading_id": "reading"}
"""Fields whose name in JSON is another one, since version 1.0."""


class Review:
    """What corrections of a reading have reviewed.

    `sqlite.review_queue.DOUBT_IS_OPEN` is the same rule in SQL.
    """

    def __init__(self, corrections: Iterable[Correction]) -> None:
        """Look at the corrections of a reading once."""
        self._wholes: set[tuple[int, int | None]] = set()
        self._digits: dict[tuple[int, int | None], set[int]] = defaultdict(set)
        for correction in corrections:
            place = (correction.page, correction.number)
            if correction.digit is not None:
                self._digits[place].add(correction.digit)
            elif not correction.box and not correction.order:
                self._wholes.add(place)

    def resolves_doubt(self, page: int, number: int, doubtful_digits: Sequence[int]) -> bool:
        """Return whether a doubtful number was reviewed: it whole, or its page, or each of its doubtful digits.

        Args:
            page: Page of the number.
            number: Index of the number on its page.
            doubtful_digits: Indices of the digits of the number that were not accepted.
        """
        if not self._wholes.isdisjoint({(page, None), (page, number)}):
            return True
        return bool(doubtful_digits) and self._digits.get((page, number), set()).issuperset(doubtful_digits)
