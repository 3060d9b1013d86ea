"""Quotas of accounts, and deletion of their data, over a store without HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from numink.accounts.accounts import Accounts
from numink.accounts.people import People
from numink.accounts.quotas import Quotas
from numink.accounts.refusals import AccountNotFound, DailyQuotaExceeded, StorageQuotaExceeded
from numink.store.batches import AnnouncedFile, BatchLimits, File
from numink.store.documents import Document
from numink.store.ids import new_id
from numink.store.protocol import Store
from store_material import a_reading
from test_accounts import registered


@pytest.fixture
def accounts(store: Store) -> Accounts:
    return Accounts(store, Quotas(store, 0, 0), "signs links")


def test_concurrent_readings_do_not_exceed_the_daily_quota(store: Store) -> None:
    anna = People(store.documents).create("anna@example.org")
    quotas = Quotas(store, 5, 0)

    def take(_: int) -> bool:
        try:
            quotas.charge_reading(anna.id)
        except DailyQuotaExceeded:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(take, range(12))) == 5


def test_counts_of_earlier_days_are_deleted(store: Store) -> None:
    anna = People(store.documents).create("anna@example.org")
    store.documents.put(Document(f"usage:2026-01-01:{anna.id}", {"readings": 3}))
    Quotas(store, 5, 0).charge_reading(anna.id)

    assert len(store.documents.with_prefix("usage:")) == 1
    assert Quotas(store, 5, 0).usage(anna).readings == 1


def test_a_deleted_account_reads_no_more_and_its_unfinished_readings_are_deleted(
    store: Store, accounts: Accounts
) -> None:
    anna = registered(accounts)
    store.save(a_reading(anna.id))
    accounts.delete(anna)
    assert store.recent(anna.id) == []
    assert [document.id[:5] for document in store.documents.with_prefix("")] == ["link:"]  # for the day, see test_links
    store.save(a_reading(anna.id))  # it was in progress
    store.batches.create(new_id(anna.id), "slips", {})
    accounts.quotas.reading_saved(anna.id)

    assert store.recent(anna.id) == []
    assert store.batches.recent(anna.id, 1) == []
    with pytest.raises(AccountNotFound):
        accounts.quotas.charge_reading(anna.id)


def test_readings_from_before_accounts_stay_though_their_owner_has_no_account(store: Store) -> None:
    reading = a_reading("local")
    store.save(reading)
    with pytest.raises(AccountNotFound):
        Quotas(store, 0, 0).charge_reading("local")

    assert store.get(reading.id) == reading


def test_files_waiting_in_batches_use_storage_too(store: Store) -> None:
    anna = People(store.documents).create("anna@example.org")
    quotas = Quotas(store, 0, 100)
    batch = new_id(anna.id)
    store.batches.create(batch, "slips", {})
    first, second = store.batches.announce(batch, [AnnouncedFile("a"), AnnouncedFile("b")], BatchLimits(9, 10**9))
    store.batches.receive(batch, first, quotas.admit_files(anna.id, [File("a", b"a" * 90)]), BatchLimits(9, 10**9))
    assert (quotas.usage(anna).bytes, quotas.usage(anna).pictures) == (90, 0)
    with pytest.raises(StorageQuotaExceeded, match="wait until your batches are read"):
        store.batches.receive(batch, second, quotas.admit_files(anna.id, [File("b", b"b" * 11)]), BatchLimits(9, 10**9))
    assert store.batches.waiting_bytes(anna.id) == 90
    store.batches.receive(batch, second, quotas.admit_files(anna.id, [File("b", b"b" * 10)]), BatchLimits(9, 10**9))
    with pytest.raises(StorageQuotaExceeded):
        quotas.charge_reading(anna.id)
    quotas.charge_reading(anna.id, queued=True)  # reading a waiting file frees its storage


def test_concurrent_uploads_of_the_same_owner_count(store: Store) -> None:
    anna = People(store.documents).create("anna@example.org")
    quotas, limits = Quotas(store, 0, 30_000_000), BatchLimits(99, 10**9)
    batch = new_id(anna.id)
    store.batches.create(batch, "slips", {})
    first, second = store.batches.announce(batch, [AnnouncedFile("a.zip"), AnnouncedFile("b.zip")], limits)
    files = [File(f"{index}", b"x" * 5_000_000) for index in range(6)]

    def interleaved() -> Iterator[File]:
        """Yield the files of one ZIP file while the other one arrives."""
        yield files[0]
        store.batches.receive(batch, second, quotas.admit_files(anna.id, files[:4]), limits)
        yield from files[1:]

    with pytest.raises(StorageQuotaExceeded):
        store.batches.receive(batch, first, quotas.admit_files(anna.id, interleaved()), limits)
    assert store.batches.waiting_bytes(anna.id) == 20_000_000
