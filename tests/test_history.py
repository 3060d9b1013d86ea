"""An owner's readings taken along, over a store that counts what it is asked."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from numink.service.history import FETCH_SIZE, FETCH_SIZE_WITH_PICTURES, History
from numink.store.protocol import Store
from numink.store.reading import ReadingQuery
from store_material import a_reading


class Counted:
    """A store, and how often each of its methods was called."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.calls: Counter[str] = Counter()

    def __getattr__(self, name: str) -> Any:
        self.calls[name] += 1
        return getattr(self._store, name)


@pytest.mark.parametrize("pictures", [True, False])
def test_each_reading_is_fetched_once_also_with_its_picture(store: Store, pictures: bool) -> None:
    saved = [a_reading("anna", str(at)) for at in range(FETCH_SIZE + 5)]
    for reading in saved:
        store.save(reading)
    counted = Counted(store)

    def run(task: Callable[[], Any]) -> Any:
        return task()

    found = list(History("anna", counted, run).readings(ReadingQuery(oldest_first=True), pictures=pictures))  # type: ignore[arg-type]  # it is one

    assert [(one.id, one.previews) for one, _ in found] == [(one.id, one.previews if pictures else ()) for one in saved]
    parts = math.ceil(len(saved) / (FETCH_SIZE_WITH_PICTURES if pictures else FETCH_SIZE))
    assert counted.calls == {"find": parts + 1, "corrections_of": parts + 1}  # none after them
