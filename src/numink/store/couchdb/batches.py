"""Batches in a database: what waits, who reads it, what became of it. See `batch.BatchStore`, and `cloudant_items.py`.

Room is looked at before anything is written: of two that fill a batch at once, both may just fit.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ...errors import StoreBusy
from ..batches import Announced, Batch, BatchLimits, File, Item, State
from ..ids import now, owner_of
from ..reading import Reading
from .batch_items import changed as marked
from .batch_items import facts_of, item_doc_id, item_id, items_of, new_item, seen_since, settled
from .batch_queue import CloudantBatchQueue
from .batch_upload import Arrival
from .database import beginning
from .documents_of_readings import readings_of
from .ids import doc_id, kept_as, partition_of, rest_of

Doc = dict[str, Any]
TRIES = 20


class CloudantBatches(CloudantBatchQueue):
    """A `BatchStore` in a database."""

    def open(self, batch_id: str, name: str, options: Mapping[str, Any]) -> None:
        """See `BatchStore.open`."""
        lot = {
            "_id": _lot(batch_id), "kind": "lot", "owner": owner_of(batch_id), "batch": batch_id, "created": now(),
            "name": name, "options": dict(options),
        }  # fmt: skip
        self._database.write([lot])

    def announce(self, batch_id: str, files: Sequence[Announced], room: BatchLimits) -> list[str]:
        """See `BatchStore.announce`."""
        for _ in range(TRIES):
            there = items_of(self._database, batch_id)
            room.check(len(there) + len(files), sum(doc["size"] for doc in there))
            first = max((doc["place"] + 1 for doc in there), default=0)
            ids = [item_id(batch_id, first + at) for at in range(len(files))]
            docs = [
                new_item(one, batch_id, (first + at, 0), State.FAILED if file.error else State.AWAITED,
                         File(file.name, error=file.error))
                for at, (one, file) in enumerate(zip(ids, files, strict=True))
            ]  # fmt: skip
            if not docs or self._database.write(docs[:1])[0]:  # whose the first place is, his are those that follow
                self._database.write(docs[1:])
                return ids
        raise StoreBusy("others announced files for the same batch again and again: try again in a moment")

    def receive(self, batch_id: str, item_id: str, files: Iterable[File], room: BatchLimits) -> list[str]:
        """See `BatchStore.receive`."""
        lead = self._database.get(item_doc_id(item_id))
        if lead is None or lead.get("batch") != batch_id or lead["state"] != State.AWAITED:
            return []
        others = [doc for doc in items_of(self._database, batch_id) if doc["_id"] != lead["_id"]]
        filled = (len(others), sum(doc["size"] for doc in others))
        arrival = Arrival(self._database, lead)
        try:
            for file in files:
                arrival.take(file)
                room.check(filled[0] + arrival.count, filled[1] + arrival.size)
            arrival.put_down()
        except BaseException:
            arrival.undo()
            raise
        ids = arrival.count_in()
        self.wake()
        return ids

    def get(self, batch_id: str) -> Batch | None:
        """See `BatchStore.get`."""
        lot = self.lot(batch_id)
        return _batch(lot, docs := items_of(self._database, batch_id), facts_of(self._database, docs)) if lot else None

    def recent(self, owner: str, limit: int, before: str | None = None) -> list[Batch]:
        """See `BatchStore.recent`."""
        partition = partition_of(owner)
        first, last = beginning(f"{partition}:lot:")
        last = min(last, _lot(before)) if before else last
        found = self._database.range(partition, first, last, descending=True, limit=limit + 1) if limit > 0 else []
        lots = [lot for lot in found if lot["_id"] < last][:limit]
        if not lots:
            return []
        docs = items_of(self._database, lots[-1]["batch"], lots[0]["batch"])
        facts = facts_of(self._database, docs)
        return [_batch(lot, [doc for doc in docs if doc["batch"] == lot["batch"]], facts) for lot in lots]

    def items(self, batch_id: str, since: int = 0) -> list[Item]:
        """See `BatchStore.items`."""
        docs = seen_since(items_of(self._database, batch_id), since)
        facts = facts_of(self._database, docs)
        return [_item(doc, facts) for doc in docs]

    def readings(self, batch_id: str, after: int, limit: int, *, pictures: bool) -> list[Reading]:
        """See `BatchStore.readings`."""
        items = items_of(self._database, batch_id)
        facts = facts_of(self._database, items)
        wanted = [doc["reading"] for doc in items if doc["state"] == State.READ and doc["reading"] in facts]
        docs = self._database.many([doc_id(one) for one in wanted[after : after + limit]])
        found = readings_of(self._database, docs, pictures=pictures)
        return [replace(one, thumbnail=b"") for one in found]

    def cancel(self, batch_id: str) -> int:
        """See `BatchStore.cancel`."""
        done = 0
        for doc in items_of(self._database, batch_id):
            if settled(doc) in (State.AWAITED, State.WAITING):
                done += self._turned(doc, (State.AWAITED, State.WAITING), state=State.CANCELLED, bytes=None)
            elif doc["state"] == State.FAILED and doc["bytes"]:
                self._turned(doc, (State.FAILED,), bytes=None)
        return done

    def retry(self, batch_id: str) -> int:
        """See `BatchStore.retry`."""
        again = [doc for doc in items_of(self._database, batch_id) if doc["state"] == State.FAILED and doc["bytes"]]
        done = sum(self._turned(doc, (State.FAILED,), state=State.WAITING, said="", tries=0) for doc in again)
        self.wake()
        return done

    def delete(self, batch_id: str) -> None:
        """See `BatchStore.delete`."""
        owner, rest = owner_of(batch_id), rest_of(batch_id)
        partition = partition_of(owner)
        self._lots.pop(batch_id, None)
        for ends in (_lot(batch_id), kept_as(owner, "item", f"{rest}."), kept_as(owner, "part", f"{rest}.")):
            self._database.write(self._database.stubs(partition, *beginning(ends)))

    def forget(self, owner: str) -> None:
        """See `BatchStore.forget`."""
        partition = partition_of(owner)
        for lot in self._database.all_in(partition, *beginning(f"{partition}:lot:")):
            self.delete(lot["batch"])

    def waiting_bytes(self, owner: str) -> int:
        """See `BatchStore.waiting_bytes`."""
        return self._database.number("waiting", owner)

    def expire(self, failed_before: str, made_before: str) -> None:
        """See `BatchStore.expire`."""
        for row in list(self._database.each(self._database.everybodys, "kept")):
            batch, _ = row["key"]
            lot, doc = self.lot(batch), self._database.get(row["id"])
            if doc and (lot is None or lot["created"] < failed_before):
                self._turned(doc, (State.FAILED,), bytes=None)
        ends: dict[str, Any] = {"first": ["lot"], "last": ["lot", made_before]}
        for row in list(self._database.each(self._database.everybodys, "made", **ends)):
            if row["key"][1] < made_before:
                self.delete(row["value"])

    def _turned(self, doc: Doc, of: Sequence[str], **values: Any) -> int:
        """Changes an item that is in one of the states `of`; 1, or 0 where it is not any more."""
        before: list[Doc] = []

        def turn(one: Doc) -> Doc | None:
            before[:] = [one] if settled(one) in of else []
            return marked(one, **values) if before else None

        self._database.change(doc["_id"], turn)
        if "bytes" in values:
            self.forget_bytes(before)
        return len(before)


def _lot(batch_id: str) -> str:
    return kept_as(owner_of(batch_id), "lot", rest_of(batch_id))


def _batch(lot: Doc, docs: Sequence[Doc], facts: Mapping[str, tuple[str, int, bool]]) -> Batch:
    states = [State(settled(doc)) for doc in docs]
    doubts = sum(1 for doc in docs if doc["reading"] in facts and facts[doc["reading"]][1])
    again = sum(1 for doc in docs if doc["state"] == State.FAILED and doc["bytes"])
    counts = {state: states.count(state) for state in State if state in states}
    revision = max((doc["changed"] for doc in docs), default=0)
    return Batch(lot["batch"], lot["created"], lot["name"], counts, doubts, again, revision)


def _item(doc: Doc, facts: Mapping[str, tuple[str, int, bool]]) -> Item:
    reading = doc["reading"] if doc["reading"] in facts else None
    text, doubts, corrected = facts.get(doc["reading"], ("", 0, False))
    state = State(settled(doc))
    place = (doc["place"], doc["part"])
    return Item(
        doc["item"], place, doc["name"], state, doc["said"], reading, text, doubts, corrected, bool(doc["bytes"])
    )
