"""What an account may use, and what goes with it, over a store without HTTP."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from numink.accounts.accounts import Accounts
from numink.accounts.people import People
from numink.accounts.quotas import Quotas
from numink.accounts.refusals import NobodyThere, ReadingsSpent
from numink.store import Store, new_id
from numink.store.documents import Document
from store_material import a_reading
from test_accounts import joined


@pytest.fixture
def accounts(store: Store) -> Accounts:
    return Accounts(store, Quotas(store, 0, 0))


def test_of_many_that_read_at_once_no_more_than_the_quota_may(store: Store) -> None:
    anna = People(store.documents).create("anna@example.org")
    quotas = Quotas(store, 5, 0)

    def take(_: int) -> bool:
        try:
            quotas.take(anna.id)
        except ReadingsSpent:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(take, range(12))) == 5


def test_counts_of_other_days_are_forgotten(store: Store) -> None:
    anna = People(store.documents).create("anna@example.org")
    store.documents.put(Document(f"usage:2026-01-01:{anna.id}", {"readings": 3}))
    Quotas(store, 5, 0).take(anna.id)

    assert len(store.documents.starting("usage:")) == 1
    assert Quotas(store, 5, 0).used(anna).readings == 1


def test_who_has_gone_reads_nothing_more_and_what_was_under_way_goes_too(store: Store, accounts: Accounts) -> None:
    anna = joined(accounts)
    store.save(a_reading(anna.id))
    accounts.leave(anna)
    assert store.recent(anna.id) == []
    assert list(store.documents.starting("")) == []
    store.save(a_reading(anna.id))  # it had begun before
    store.batches.open(new_id(anna.id), "slips", {})
    accounts.quotas.settle(anna.id)

    assert store.recent(anna.id) == []
    assert store.batches.recent(anna.id, 1) == []
    with pytest.raises(NobodyThere):
        accounts.quotas.take(anna.id)


def test_what_was_read_before_there_were_accounts_stays_though_nobody_has_that_name(store: Store) -> None:
    reading = a_reading("local")
    store.save(reading)
    with pytest.raises(NobodyThere):
        Quotas(store, 0, 0).take("local")

    assert store.get(reading.id) == reading
