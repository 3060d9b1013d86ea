"""What people say of a reading that is not right, as a document of its own. Knows no database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

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
    reading_id: str
    created: str
    page: int
    number: int | None
    text: str
    digit: int | None = None
    box: Box | None = None
    order: tuple[int, ...] = ()
    whole: str = ""
    """With `digit`: the whole number as it then reads, so that it can be searched for."""

    def to_dict(self) -> dict[str, Any]:
        """Return the correction as JSON values, as the API and documents have it: the reading's id is `reading`."""
        return {_JSON_NAMES.get(name, name): value for name, value in asdict(self).items()}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Correction:
        """Return the correction that `to_dict` wrote; keys that are not its own are ignored."""
        box = values["box"]
        own = {name: values[_JSON_NAMES.get(name, name)] for name in cls.__dataclass_fields__}
        return cls(**{**own, "box": Box(*box) if box else None, "order": tuple(values["order"])})


_JSON_NAMES = {"reading_id": "reading"}
"""Fields whose name in JSON is another one, since version 1.0."""
