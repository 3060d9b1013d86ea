"""Contract of every store for documents: by id, a revision for each write, writes that can be repeated."""

from __future__ import annotations

import dataclasses
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from numink.store.documents import Document, DocumentConflict
from numink.store.previews import pack_previews
from numink.store.protocol import Store
from store_material import a_reading

KEYS = st.text(max_size=9).filter(lambda key: key != "__proto__")
"""Keys of objects, without the one that JavaScript, and so pouchdb-server, does not store."""
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=8,
)


def test_a_document_comes_back_with_a_revision(store: Store) -> None:
    stored = store.documents.put(Document("person:anna", {"email": "anna@example.org"}))

    assert stored.revision
    assert store.documents.get("person:anna") == stored
    assert store.documents.get("person:ann") is None


def test_an_existing_document_is_not_created_again(store: Store) -> None:
    store.documents.put(Document("email:anna@example.org", {"person": "1"}))

    with pytest.raises(DocumentConflict, match="try again"):
        store.documents.put(Document("email:anna@example.org", {"person": "2"}))
    documents_found = store.documents.get("email:anna@example.org")
    assert documents_found
    assert documents_found.body == {"person": "1"}


def test_a_write_with_an_old_revision_is_refused(store: Store) -> None:
    first = store.documents.put(Document("person:anna", {"keys": []}))
    second = store.documents.put(dataclasses.replace(first, body={"keys": ["a"]}))

    assert second.revision != first.revision
    with pytest.raises(DocumentConflict):
        store.documents.put(dataclasses.replace(first, body={"keys": ["b"]}))
    assert store.documents.get("person:anna") == second


def test_creating_the_same_document_again_succeeds(store: Store) -> None:
    created = store.documents.put(Document("person:anna", {"keys": [], "admin": False}))

    assert store.documents.put(Document("person:anna", {"admin": False, "keys": []})) == created


def test_the_revision_of_a_deleted_document_is_refused(store: Store) -> None:
    old = store.documents.put(Document("person:anna", {"n": 1}))
    store.documents.delete(old)
    store.documents.delete(old)
    with pytest.raises(DocumentConflict):
        store.documents.put(dataclasses.replace(old, body={"n": 2}))
    new = store.documents.put(Document("person:anna", {"n": 3}))

    assert new.revision != old.revision
    with pytest.raises(DocumentConflict):
        store.documents.put(dataclasses.replace(old, body={"n": 4}))


def test_ids_with_a_prefix_are_listed_in_order_and_in_parts(store: Store) -> None:
    for name in ("person:b", "person:a", "person:\U0001f600", "persona:x", "usage:a", "person:"):
        store.documents.put(Document(name, {}))
    first = store.documents.with_prefix("person:", limit=2)
    rest = store.documents.with_prefix("person:", after_id=first[-1].id)

    assert [document.id for document in [*first, *rest]] == ["person:", "person:a", "person:b", "person:\U0001f600"]
    assert store.documents.with_prefix("nobody") == []


def test_of_concurrent_writes_none_is_lost(store: Store) -> None:
    store.documents.put(Document("usage:anna", {"n": 0}))

    def add(_: int) -> None:
        while True:
            documents_found = store.documents.get("usage:anna")
            assert documents_found
            try:
                store.documents.put(dataclasses.replace(documents_found, body={"n": documents_found.body["n"] + 1}))
            except DocumentConflict:
                continue
            return

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(add, range(40)))
    documents_found = store.documents.get("usage:anna")
    assert documents_found
    assert documents_found.body == {"n": 40}


@given(body=st.dictionaries(KEYS, JSON, max_size=4))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)
def test_any_json_comes_back_as_it_was(store: Store, body: dict[str, object]) -> None:
    before = store.documents.get("any")
    stored = store.documents.put(Document("any", body, before.revision if before else ""))

    assert store.documents.get("any") == stored
    assert stored.body == body


def test_forgetting_an_owner_deletes_nothing_of_another(store: Store) -> None:
    readings = [a_reading("anna") for _ in range(3)]
    other = a_reading("anna2")
    for reading in [*readings, other]:
        store.save(reading)
    store.discard("anna", [readings[0].id], "2026-11-25T00:00:00.000+00:00")

    assert store.forget("anna") == 3
    assert store.forget("anna") == 0
    assert store.restore("anna", "2026-11-25T00:00:00.000+00:00") == 0
    assert store.picture_bytes("anna") == 0
    assert store.get(other.id) == other


def test_the_bytes_of_pictures_are_summed_for_each_owner(store: Store) -> None:
    first, second = a_reading("anna"), dataclasses.replace(a_reading("anna"), previews=())
    for reading in (first, second, a_reading("bea")):
        store.save(reading)

    pictures = sum(map(len, [*first.previews, first.thumbnail, second.thumbnail]))
    heads = len(pack_previews(first.previews)) - sum(map(len, first.previews))
    assert store.picture_bytes("anna") in (pictures, pictures + heads)  # rows, or one attachment with heads
    store.delete(first.id)
    assert store.picture_bytes("anna") == len(second.thumbnail)
    assert store.picture_bytes("nobody") == 0
