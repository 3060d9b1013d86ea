"""Downloads of a history, over a store that counts its calls."""

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


class CountingStore:
    """A store that counts the calls of each method."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.calls: Counter[str] = Counter()

    def __getattr__(self, name: str) -> Any:
        self.calls[name] += 1
        return getattr(self._store, name)


@pytest.mark.parametrize("pictures", [True, False])
def test_each_reading_is_fetched_once_with_or_without_pictures(store: Store, pictures: bool) -> None:
    saved = [a_reading("anna", str(index)) for index in range(FETCH_SIZE + 5)]
    for reading in saved:
        store.save(reading)
    counting_store = CountingStore(store)

    def run(task: Callable[[], Any]) -> Any:
        return task()

    downloaded = list(History("anna", counting_store, run).readings(ReadingQuery(oldest_first=True), pictures=pictures))  # type: ignore[arg-type]  # it forwards every method

    assert [(reading.id, reading.previews) for reading, _ in downloaded] == [
        (reading.id, reading.previews if pictures else ()) for reading in saved
    ]
    calls = math.ceil(len(saved) / (FETCH_SIZE_WITH_PICTURES if pictures else FETCH_SIZE))
    assert counting_store.calls == {"find": calls + 1, "corrections_of": calls + 1}  # the last call returns none
