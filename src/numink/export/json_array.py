"""JSON arrays of many objects, one a line, written as the objects come."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any


def json_array(objects: Iterable[Any]) -> Iterator[str]:
    """Yield the parts of a JSON array.

    >>> "".join(json_array([{"age": 42}, {"age": 7}]))
    '[\\n{"age": 42},\\n{"age": 7}\\n]\\n'
    """
    yield "["
    for index, value in enumerate(objects):
        yield (",\n" if index else "\n") + json.dumps(value, ensure_ascii=False)
    yield "\n]\n"
