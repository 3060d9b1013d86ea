"""What people say of a reading that is not right, as a document of its own. Knows no database."""

from __future__ import annotations

from dataclasses import dataclass

from ..results import Box


@dataclass(frozen=True)
class Correction:
    """What a reading should have said at a place. `page`, `number` and `digit` count from 0.

    With `box`, something that was missed stands there, and `text` is what; with `order`, the numbers of the page come
    in this order. Else `text` is what stands at a digit, empty where that is none; without `digit`, at the whole
    number; without `number`, on the whole page. Numbers that were missed count on after those that were read, in the
    order in which they were said.
    """

    id: str
    reading: str
    created: str
    page: int
    number: int | None
    text: str
    digit: int | None = None
    box: Box | None = None
    order: tuple[int, ...] = ()
    whole: str = ""
    """With `digit`: the whole number as it then reads, so that it can be searched for."""
