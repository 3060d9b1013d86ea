"""A history and a database that numink 1.0.0 wrote: every reading, correction, document and file of a batch is there.

The files in `written_by_1_0_0` were made by its store in SQLite (dumped as SQL) and in Cloudant (on pouchdb-server).
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import requests

from couch_servers import Couch
from numink.factories import open_store
from numink.store.protocol import Store
from numink.store.reading import ReadingQuery
from numink.store.sqlite.backup import restore_backup

WRITTEN = Path(__file__).parent / "written_by_1_0_0"
SINGLE, THREE, BARE, DISCARDED = (f"{owner}:0199f9a5-5e2c-7cc1-8a3e-{number:012}" for number, owner in (
    (1, "local"), (2, "local"), (3, "anna"), (4, "local"),
))  # fmt: skip
MOMENT_OF_DISCARDING = "2026-11-25T11:00:00.000+00:00"


def a_history(path: Path) -> Path:
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript((WRITTEN / "history.sql").read_text())
    return path


@pytest.fixture(params=["sqlite", "pouchdb"])
def old_store(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    if request.param == "sqlite":
        with closing(open_store(f"sqlite:///{a_history(tmp_path / 'numink.db')}")) as opened:
            yield opened
        return
    couch: Couch = request.getfixturevalue("pouch")
    for name, value in couch.environment.items():
        monkeypatch.setenv(name, value)
    with couch.database() as name:
        requests.put(f"{couch.url}/{name}", timeout=30)
        docs = json.loads((WRITTEN / "database.json").read_text())
        answer = requests.post(f"{couch.url}/{name}/_bulk_docs", json={"docs": docs}, timeout=30)
        assert all(row.get("ok") for row in answer.json()), answer.text
        with closing(open_store(f"cloudant://{name}")) as opened:
            yield opened


def test_every_reading_is_there_with_its_pictures(old_store: Store) -> None:
    assert [reading.id for reading in old_store.recent("local")] == [THREE, SINGLE]
    single, three, bare = (old_store.get(reading_id) for reading_id in (SINGLE, THREE, BARE))
    assert [page.text for page in three.pages] == ["12", "34", "56"]
    assert (single.thumbnail, single.previews) == (b"thumbnail 1", (b"preview 1",))
    assert (three.thumbnail, three.previews) == (b"thumbnail 2", (b"preview 2.1", b"", b"preview 2.3"))
    assert (bare.thumbnail, bare.previews) == (b"", ())
    assert [old_store.picture(THREE, page) for page in range(4)] == [b"preview 2.1", b"", b"preview 2.3", b""]
    stored = old_store.find("local", ReadingQuery(oldest_first=True), pictures=True)
    assert [reading.previews for reading in stored] == [single.previews, three.previews]


def test_corrections_doubts_and_discarded_readings_are_there(old_store: Store) -> None:
    assert [correction.text for correction in old_store.corrections_of([SINGLE, THREE])] == ["43", "8", "5"]
    assert [(doubt.reading_id, doubt.page) for doubt in old_store.doubts("local")] == [(THREE, 2)]
    assert [reading.id for reading in old_store.find("local", ReadingQuery(text="35"))] == [THREE]
    assert old_store.restore("local", MOMENT_OF_DISCARDING) == 1
    assert old_store.picture(DISCARDED, 0) == b"p"


def test_counts_documents_and_bytes_are_there(old_store: Store) -> None:
    counts = old_store.usage("local", "2026-11-25")["2026-11-25"]
    assert (counts["readings"], counts["numbers"]) == (3, 5)
    person = old_store.documents.get("person:1")
    assert person
    assert person.body == {"name": "Anna"}
    pictures = (b"thumbnail 1", b"preview 1", b"thumbnail 2", b"preview 2.1", b"preview 2.3", b"t", b"p")
    assert old_store.picture_bytes("local") >= sum(map(len, pictures))


def test_files_of_a_batch_that_wait_are_read(old_store: Store) -> None:
    (batch,) = old_store.batches.recent("local", 5)
    tasks = [old_store.batches.claim("me", 10**13, 10**13 + 5000, 3) for _ in range(3)]
    assert [(task.name, task.content) for task in tasks if task] == [("a.png", b"a.png"), ("b.png", b"b.png")]
    assert all(task.batch_id == batch.id and task.reading_id > batch.id for task in tasks if task)


def test_a_copy_of_such_a_history_can_be_restored(tmp_path: Path) -> None:
    assert restore_backup(a_history(tmp_path / "old.db"), tmp_path / "numink.db", replace=False) == 4
    with closing(open_store(f"sqlite:///{tmp_path}/numink.db")) as store:
        assert store.picture(THREE, 2) == b"preview 2.3"


def test_one_pages_picture_costs_the_bytes_of_one_page(tmp_path: Path) -> None:
    path = a_history(tmp_path / "numink.db")
    with closing(open_store(f"sqlite:///{path}")), closing(sqlite3.connect(path)) as connection:
        rows = connection.execute("SELECT page, picture FROM page_preview WHERE reading = ?", (THREE,)).fetchall()
        query = "EXPLAIN QUERY PLAN SELECT picture FROM page_preview WHERE reading = 'x' AND page = 2"
        steps = [step for *_, step in connection.execute(query)]

    assert rows == [(0, b"preview 2.1"), (2, b"preview 2.3")]
    searches = [step for step in steps if step.startswith(("SEARCH", "SCAN")) and not step.endswith("page_preview")]
    assert [step.split()[0] for step in searches] == ["SEARCH", "SEARCH"]
    assert "(reading=? AND page=?)" in searches[1]
