"""Faults of Cloudant: a reading is stored once in spite of them, or an error says why not."""

from __future__ import annotations

import dataclasses
import logging
import time
from collections.abc import Iterator
from contextlib import closing

import pytest

from couch_auth import KEY, PASSWORD
from couch_faulty import Faulty
from numink.errors import ReadingNotFound, StoreError, StoreFull, StoreUnavailable, TooLargeToStore
from numink.factories import open_store
from numink.store.batches import AnnouncedFile, BatchLimits, File
from numink.store.documents import Document, DocumentConflict
from numink.store.protocol import Store
from numink.timeouts import Timeouts
from store_material import a_correction, a_reading

SHORT = Timeouts(1, 1, 1)
BULK = "_bulk_docs"


@pytest.fixture
def cloudant(faulty: Faulty) -> Iterator[Store]:
    """Yield a store with its database on our own server."""
    with closing(open_store("cloudant://", SHORT)) as opened:
        opened.save(a_reading("first"))
        yield opened


@pytest.mark.parametrize("kind", ["429", "500", "503", "drop", "lost", "half", "rubbish", "202", "slow", "row", "413"])
def test_a_reading_is_stored_once_in_spite_of_passing_faults(cloudant: Store, faulty: Faulty, kind: str) -> None:
    faulty.fail(BULK, kind, kind)
    reading = a_reading()
    cloudant.save(reading)

    assert cloudant.get(reading.id) == reading
    assert [recent.id for recent in cloudant.recent("anna")] == [reading.id]
    assert cloudant.usage("anna", reading.created)[reading.created[:10]]["readings"] == 1


@pytest.mark.parametrize("kind", ["429", "500", "503", "drop", "lost", "half", "rubbish"])
def test_a_lasting_fault_is_reported_after_the_timeout(cloudant: Store, faulty: Faulty, kind: str) -> None:
    faulty.plan.rates = {kind: 1.0}
    started = time.monotonic()
    for call in (lambda: cloudant.save(a_reading()), lambda: cloudant.recent("anna")):
        with pytest.raises(StoreUnavailable, match="cannot be reached at present"):
            call()

    assert time.monotonic() - started < 6


def test_a_full_plan_is_reported_at_once(cloudant: Store, faulty: Faulty) -> None:
    faulty.fail(BULK, "402")
    with pytest.raises(StoreFull, match="no room left in the Cloudant plan"):
        cloudant.save(a_reading())


def test_a_picture_that_is_too_large_is_left_out_and_its_reading_stored(cloudant: Store, faulty: Faulty) -> None:
    faulty.databases["numink"].most_bytes = 30_000
    reading = a_reading()
    cloudant.save(reading)

    assert cloudant.get(reading.id) == dataclasses.replace(reading, previews=())
    with pytest.raises(TooLargeToStore, match="NUMINK_PREVIEW_SIDE"):
        cloudant.save(dataclasses.replace(a_reading(), thumbnail=b"x" * 40_000))


def test_retry_after_is_respected(cloudant: Store, faulty: Faulty) -> None:
    faulty.plan.retry_after = "0.6"
    faulty.fail(BULK, "429")
    started = time.monotonic()
    cloudant.save(a_reading())
    assert time.monotonic() - started >= 0.6

    faulty.plan.retry_after = "30"
    faulty.fail(BULK, "429")
    started = time.monotonic()
    with pytest.raises(StoreUnavailable):
        cloudant.save(a_reading())
    assert time.monotonic() - started < 0.5  # a pause longer than the timeout is not waited for


def test_own_writes_are_visible_though_a_replica_is_behind(cloudant: Store, faulty: Faulty) -> None:
    faulty.plan.rates = {"stale": 1.0}
    reading, batch_id = a_reading(), a_reading().id
    cloudant.save(reading)
    assert cloudant.get(reading.id) == dataclasses.replace(reading, previews=cloudant.get(reading.id).previews)
    cloudant.correct(reading.id, [a_correction(reading)])
    cloudant.documents.put(Document("a", {"n": 1}))
    stored = cloudant.documents.get("a")
    assert stored
    assert cloudant.documents.put(dataclasses.replace(stored, body={"n": 2})).body == {"n": 2}
    cloudant.batches.create(batch_id, "slips", {})
    (item_id,) = cloudant.batches.announce(batch_id, [AnnouncedFile("a")], BatchLimits(9, 9))
    assert cloudant.batches.receive(batch_id, item_id, [File("a", b"a")], BatchLimits(9, 9)) == [item_id]
    assert [item.state for item in cloudant.batches.items(batch_id)] == ["waiting"]
    cloudant.delete(reading.id)
    with pytest.raises(ReadingNotFound):
        cloudant.get(reading.id)


def test_a_change_whose_answer_was_lost_counts_once(cloudant: Store, faulty: Faulty) -> None:
    first = cloudant.documents.put(Document("usage", {"n": 0}))
    faulty.fail(BULK, "lost")
    second = cloudant.documents.put(dataclasses.replace(first, body={"n": 1}))

    assert cloudant.documents.get("usage") == second
    with pytest.raises(DocumentConflict):
        cloudant.documents.put(dataclasses.replace(first, body={"n": 1}))


@pytest.mark.parametrize("auth", ["iam", "session", "basic"])
def test_each_kind_of_log_in_works_and_is_repeated_when_the_session_ends(
    faulty: Faulty, monkeypatch: pytest.MonkeyPatch, auth: str
) -> None:
    faulty.authentication.scheme = auth
    monkeypatch.delenv("CLOUDANT_AUTH_TYPE", raising=False)
    for name, value in faulty.environment().items():
        monkeypatch.setenv(name, value)
    with closing(open_store("cloudant://", SHORT)) as store:
        reading = a_reading()
        store.save(reading)
        faulty.authentication.tokens.clear()  # ends the session, revokes the token

        assert store.get(reading.id) == reading


@pytest.mark.parametrize(("auth", "variable"), [("iam", "APIKEY"), ("session", "PASSWORD"), ("basic", "PASSWORD")])
def test_wrong_credentials_are_refused_with_advice_and_never_shown(
    faulty: Faulty, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, auth: str, variable: str
) -> None:
    caplog.set_level(logging.DEBUG)
    faulty.authentication.scheme = auth
    monkeypatch.delenv("CLOUDANT_AUTH_TYPE", raising=False)
    for name, value in {**faulty.environment(), f"CLOUDANT_{variable}": "not-the-secret"}.items():
        monkeypatch.setenv(name, value)
    with closing(open_store("cloudant://", SHORT)) as store, pytest.raises(StoreError) as raised:
        store.save(a_reading())

    assert "check CLOUDANT_APIKEY (or CLOUDANT_USERNAME and CLOUDANT_PASSWORD)" in str(raised.value)
    shown = str(raised.value) + caplog.text
    assert not any(secret in shown for secret in ("not-the-secret", KEY, PASSWORD))


@pytest.mark.parametrize("kind", ["500", "429", "drop", "half", "rubbish"])
@pytest.mark.parametrize("auth", ["iam", "session"])
def test_a_log_in_that_fails_once_is_repeated(
    faulty: Faulty, monkeypatch: pytest.MonkeyPatch, auth: str, kind: str
) -> None:
    faulty.authentication.scheme = auth
    monkeypatch.delenv("CLOUDANT_AUTH_TYPE", raising=False)
    for name, value in faulty.environment().items():
        monkeypatch.setenv(name, value)
    faulty.fail("/identity/token", kind)
    faulty.fail("/_session", kind)
    with closing(open_store("cloudant://", Timeouts(1, 1, 3))) as store:
        store.save(a_reading())
        assert len(store.recent("anna")) == 1
