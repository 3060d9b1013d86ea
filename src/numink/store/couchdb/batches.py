"""Batches in a database. See `batch_protocol.BatchStore`; `batch_items.py` describes the documents of items.

Limits are checked before anything is written: of two uploads that fill a batch at once, both may just fit.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ...errors import StoreBusy
from ..batches import AnnouncedFile, Batch, BatchLimits, File, Item, State
from ..ids import now, owner_of
from ..reading import Reading
from .batch_items import (
    ReadingFacts,
    batch_doc_id,
    changed_item,
    changed_since,
    item_doc_id,
    item_id_at,
    items_of,
    new_item,
    reading_facts,
    state_of,
)
from .batch_queue import CloudantBatchQueue
from .batch_upload import BatchUpload
from .documents_of_readings import readings_of
from .ids import partition_of, prefix_bounds, reading_doc_id, typed_doc_id, without_owner

Doc = dict[str, Any]
ANNOUNCE_ATTEMPTS = 20
"""Attempts to add items where others add items to the same batch."""


class CloudantBatches(CloudantBatchQueue):
    """Implementation of `BatchStore` in a database."""

    def create(self, batch_id: str, name: str, options: Mapping[str, Any]) -> None:
        """See `BatchStore.create`."""
        batch = {
            "_id": batch_doc_id(batch_id), "kind": "lot", "owner": owner_of(batch_id), "batch": batch_id,
            "created": now(), "name": name, "options": dict(options),
        }  # fmt: skip
        self._database.write([batch])

    def announce(self, batch_id: str, files: Sequence[AnnouncedFile], limits: BatchLimits) -> list[str]:
        """See `BatchStore.announce`."""
        for _ in range(ANNOUNCE_ATTEMPTS):
            stored = items_of(self._database, batch_id)
            limits.check(len(stored) + len(files), sum(doc["size"] for doc in stored))
            first_place = max((doc["place"] + 1 for doc in stored), default=0)
            item_ids = [item_id_at(batch_id, first_place + index) for index in range(len(files))]
            docs = [
                new_item(item_id, batch_id, (place, 0), State.FAILED if file.error else State.AWAITED,
                         File(file.name, error=file.error))
                for place, (item_id, file) in enumerate(zip(item_ids, files, strict=True), first_place)
            ]  # fmt: skip
            if not docs or self._database.write(docs[:1])[0]:  # the first place reserves those that follow
                self._database.write(docs[1:])
                return item_ids
        raise StoreBusy("others announced files for the same batch again and again: try again in a moment")

    def receive(self, batch_id: str, item_id: str, files: Iterable[File], limits: BatchLimits) -> list[str]:
        """See `BatchStore.receive`."""
        lead = self._database.get(item_doc_id(item_id))
        if lead is None or lead.get("batch") != batch_id or lead["state"] != State.AWAITED:
            return []
        other_items = [doc for doc in items_of(self._database, batch_id) if doc["_id"] != lead["_id"]]
        other_size = sum(doc["size"] for doc in other_items)
        upload = BatchUpload(self._database, lead)
        try:
            for file in files:
                upload.add(file)
                limits.check(len(other_items) + upload.count, other_size + upload.size)
            upload.flush()
        except BaseException:
            upload.undo()
            raise
        item_ids = upload.finish()
        self.wake()
        return item_ids

    def get(self, batch_id: str) -> Batch | None:
        """See `BatchStore.get`."""
        batch = self.batch_doc(batch_id)
        if batch is None:
            return None
        items = items_of(self._database, batch_id)
        return _batch(batch, items, reading_facts(self._database, items))

    def recent(self, owner: str, limit: int, before_id: str | None = None) -> list[Batch]:
        """See `BatchStore.recent`."""
        if limit <= 0:
            return []
        partition = partition_of(owner)
        first, last = prefix_bounds(f"{partition}:lot:")
        last = min(last, batch_doc_id(before_id)) if before_id else last
        docs = self._database.docs(partition, first, last, descending=True, limit=limit + 1)
        batches = [doc for doc in docs if doc["_id"] < last][:limit]
        if not batches:
            return []
        items = items_of(self._database, batches[-1]["batch"], batches[0]["batch"])
        facts = reading_facts(self._database, items)
        return [_batch(doc, [item for item in items if item["batch"] == doc["batch"]], facts) for doc in batches]

    def items(self, batch_id: str, since_revision: int = 0) -> list[Item]:
        """See `BatchStore.items`."""
        docs = changed_since(items_of(self._database, batch_id), since_revision)
        facts = reading_facts(self._database, docs)
        return [_item(doc, facts) for doc in docs]

    def readings(self, batch_id: str, offset: int, limit: int, *, pictures: bool) -> list[Reading]:
        """See `BatchStore.readings`."""
        items = items_of(self._database, batch_id)
        facts = reading_facts(self._database, items)
        reading_ids = [doc["reading"] for doc in items if doc["state"] == State.READ and doc["reading"] in facts]
        page = reading_ids[offset : offset + limit]
        docs = self._database.get_many([reading_doc_id(reading_id) for reading_id in page])
        readings = readings_of(self._database, docs, pictures=pictures)
        return [replace(reading, thumbnail=b"") for reading in readings]

    def cancel(self, batch_id: str) -> int:
        """See `BatchStore.cancel`."""
        cancelled = 0
        for doc in items_of(self._database, batch_id):
            if state_of(doc) in (State.AWAITED, State.WAITING):
                values = {"state": State.CANCELLED, "bytes": None}
                cancelled += self._change_item(doc, (State.AWAITED, State.WAITING), values)
            elif doc["state"] == State.FAILED and doc["bytes"]:
                self._change_item(doc, (State.FAILED,), {"bytes": None})
        return cancelled

    def retry(self, batch_id: str) -> int:
        """See `BatchStore.retry`."""
        failed = [doc for doc in items_of(self._database, batch_id) if doc["state"] == State.FAILED and doc["bytes"]]
        values = {"state": State.WAITING, "said": "", "tries": 0}
        waiting = sum(self._change_item(doc, (State.FAILED,), values) for doc in failed)
        self.wake()
        return waiting

    def delete(self, batch_id: str) -> None:
        """See `BatchStore.delete`."""
        owner, rest = owner_of(batch_id), without_owner(batch_id)
        self._batch_docs.pop(batch_id, None)
        item_prefix, chunk_prefix = (typed_doc_id(owner, kind, f"{rest}.") for kind in ("item", "part"))
        for prefix in (batch_doc_id(batch_id), item_prefix, chunk_prefix):
            self._database.write(self._database.deletions(partition_of(owner), *prefix_bounds(prefix)))

    def forget(self, owner: str) -> None:
        """See `BatchStore.forget`."""
        partition = partition_of(owner)
        for batch in self._database.all_docs(partition, *prefix_bounds(f"{partition}:lot:")):
            self.delete(batch["batch"])

    def waiting_bytes(self, owner: str) -> int:
        """See `BatchStore.waiting_bytes`."""
        return self._database.reduced("waiting", owner)

    def expire(self, failed_before: str, created_before: str) -> None:
        """See `BatchStore.expire`."""
        for row in list(self._database.all_rows(self._database.global_view, "kept")):
            batch_id, _ = row["key"]
            batch, item = self.batch_doc(batch_id), self._database.get(row["id"])
            if item and (batch is None or batch["created"] < failed_before):
                self._change_item(item, (State.FAILED,), {"bytes": None})
        bounds: dict[str, Any] = {"first": ["lot"], "last": ["lot", created_before]}
        for row in list(self._database.all_rows(self._database.global_view, "made", **bounds)):
            if row["key"][1] < created_before:
                self.delete(row["value"])

    def _change_item(self, doc: Doc, states: Sequence[State], values: Doc) -> int:
        """Change an item that is in one of `states`; return 1, or 0 where it is in none any more."""
        before: list[Doc] = []

        def changed(doc: Doc) -> Doc | None:
            before[:] = [doc] if state_of(doc) in states else []
            return changed_item(doc, values) if before else None

        self._database.change(doc["_id"], changed)
        if "bytes" in values:
            self.delete_bytes(before)
        return len(before)


def _batch(batch: Doc, items: Sequence[Doc], facts: Mapping[str, ReadingFacts]) -> Batch:
    states = [state_of(doc) for doc in items]
    doubts = sum(1 for doc in items if doc["reading"] in facts and facts[doc["reading"]].doubts)
    retryable = sum(1 for doc in items if doc["state"] == State.FAILED and doc["bytes"])
    counts = {state: states.count(state) for state in State if state in states}
    revision = max((doc["changed"] for doc in items), default=0)
    return Batch(batch["batch"], batch["created"], batch["name"], counts, doubts, retryable, revision)


def _item(doc: Doc, facts: Mapping[str, ReadingFacts]) -> Item:
    reading_id = doc["reading"] if doc["reading"] in facts else None
    text, doubts, corrected = facts.get(doc["reading"], ReadingFacts())
    return Item(
        doc["item"], (doc["place"], doc["part"]), doc["name"], state_of(doc), doc["said"], reading_id, text, doubts,
        corrected, bool(doc["bytes"]),
    )  # fmt: skip
