"""Queue of the items of batches in a database. See `batch_protocol.BatchQueue`.

Of two workers that claim the same item, the server accepts one write. The batch that this process served longest ago
comes first, so that a few files do not wait behind a thousand of somebody else's.
"""

from __future__ import annotations

import threading
import time
from typing import Any

from ..batches import TOO_MANY_ATTEMPTS, State, Task, lease_is_over
from .batch_items import batch_doc_id, changed_item, finish_arrival, item_doc_id
from .chunks import chunk_deletions, read_chunks
from .database import Database
from .ids import without_owner
from .new_ids import IdSource

Doc = dict[str, Any]
IDLE_SECONDS = 4.0
"""Seconds without requests after one that found nothing to do, unless work arrives here: each request costs."""
ITEMS_PER_REQUEST = 20
CACHED_BATCHES = 100
NO_LEASE_ENDS = 2**53
"""Moment after all leases."""


class CloudantBatchQueue:
    """Implementation of `BatchQueue` in a database."""

    def __init__(self, database: Database, ids: IdSource) -> None:
        self._database = database
        self._ids = ids
        self._served: dict[str, int] = {}
        self._claimed: dict[str, str] = {}
        self._batch_docs: dict[str, Doc] = {}
        self._lock = threading.Lock()
        self._idle_until = (0.0, 0)
        """Moment of `time.monotonic`, and the end of the first lease, until which no claim needs a request."""

    def claim(self, worker_id: str, now: int, lease_ends: int, max_attempts: int) -> Task | None:
        """See `BatchQueue.claim`."""
        idle_until, first_lease_ends = self._idle_until
        if time.monotonic() < idle_until and now <= first_lease_ends:
            return None
        # set before the request, so that work that arrives meanwhile resets it
        self._idle_until = (time.monotonic() + IDLE_SECONDS, NO_LEASE_ENDS)
        first_lease_ends = NO_LEASE_ENDS
        groups = self._database.global_view("work", reduce=True, group_level=1)
        batch_ids = [row["key"][0] for row in groups]
        for batch_id in sorted(
            batch_ids, key=lambda batch_id: (self._served.get(batch_id, 0), without_owner(batch_id))
        ):
            bounds: dict[str, Any] = {"first": [batch_id], "last": [batch_id, {}]}
            rows = self._database.all_rows(self._database.global_view, "work", page=ITEMS_PER_REQUEST, **bounds)
            for row in rows:
                if row["value"] and not lease_is_over(row["value"], now):
                    first_lease_ends = min(first_lease_ends, row["value"])
                    continue
                task = self._claim_item(row["id"], worker_id, (now, lease_ends), max_attempts)
                if task:
                    self._served[batch_id] = now
                    self.wake()
                    return task
        with self._lock:
            self._idle_until = (self._idle_until[0], min(self._idle_until[1], first_lease_ends))
        return None

    def wake(self) -> None:
        """Make the next claim send a request, since work may have arrived."""
        with self._lock:
            self._idle_until = (0.0, 0)

    def renew(self, worker_id: str, lease_ends: int) -> None:
        """See `BatchQueue.renew`."""

        def renewed(doc: Doc) -> Doc | None:
            claimed = (doc["state"], doc["holder"]) == (State.READING, worker_id)
            return {**doc, "held_until": lease_ends} if claimed else None

        for item_id in [item_id for item_id, claimed_by in list(self._claimed.items()) if claimed_by == worker_id]:
            self._database.change(item_doc_id(item_id), renewed)
        self.wake()

    def finish(self, item_id: str) -> None:
        """See `BatchQueue.finish`."""
        self._end_claim(item_id, State.READ, "", keep_bytes=False)

    def fail(self, item_id: str, error: str, *, keep_bytes: bool) -> None:
        """See `BatchQueue.fail`."""
        self._end_claim(item_id, State.FAILED, error, keep_bytes=keep_bytes)

    def release(self, item_id: str) -> None:
        """See `BatchQueue.release`."""
        self._end_claim(item_id, State.WAITING, "", keep_bytes=True, uncounted_attempts=1)

    def _end_claim(
        self, item_id: str, state: State, error: str, *, keep_bytes: bool, uncounted_attempts: int = 0
    ) -> None:
        """Change a claimed item. Bytes are deleted first: after an interruption another worker repeats both."""
        self._claimed.pop(item_id, None)
        doc = None if keep_bytes else self._database.get(item_doc_id(item_id))
        if doc is not None:
            self.delete_bytes([doc])

        def ended(doc: Doc) -> Doc:
            values = {"state": state, "said": error, "tries": doc["tries"] - uncounted_attempts}
            values |= {"holder": None, "held_until": 0, "bytes": doc["bytes"] if keep_bytes else None}
            return changed_item(doc, values)

        self._database.change(item_doc_id(item_id), ended)  # does nothing where the batch was deleted meanwhile
        self.wake()

    def delete_bytes(self, docs: list[Doc]) -> None:
        """Delete the bytes of items; `docs` are the items as they were before their bytes were unset."""
        for doc in docs:
            if doc["bytes"]:
                self._database.write(chunk_deletions(self._database, doc["owner"], [doc["bytes"][0]]))

    def batch_doc(self, batch_id: str) -> Doc | None:
        """Return the document of a batch, which never changes and so is cached; None where there is none."""
        if batch_id not in self._batch_docs:
            doc = self._database.get(batch_doc_id(batch_id))
            if doc is None:
                return None
            self._batch_docs[batch_id] = doc
            while len(self._batch_docs) > CACHED_BATCHES:
                del self._batch_docs[next(iter(self._batch_docs))]
        return self._batch_docs[batch_id]

    def _claim_item(self, doc_id: str, worker_id: str, lease: tuple[int, int], max_attempts: int) -> Task | None:
        """Claim an item for a lease from one moment to another; None where it cannot be claimed."""
        doc = self._database.get(doc_id)
        if doc is None or doc["kind"] != "item":
            return None
        if doc["unsettled"]:
            finish_arrival(self._database, doc)
            doc = self._database.get(doc_id) or doc
        now, lease_ends = lease
        if not (
            doc["state"] == State.WAITING or (doc["state"] == State.READING and lease_is_over(doc["held_until"], now))
        ):
            return None
        if doc["tries"] >= max_attempts:
            error = TOO_MANY_ATTEMPTS.format(doc["tries"])
            self._end_claim(doc["item"], State.FAILED, error, keep_bytes=True)
            return None
        batch = self.batch_doc(doc["batch"])
        reading_id, attempts = doc["reading"] or self._ids.new_id(doc["owner"]), doc["tries"] + 1
        values = {"state": State.READING, "reading": reading_id, "tries": attempts}
        claimed = changed_item(doc, values | {"holder": worker_id, "held_until": lease_ends})
        if batch is None or self._database.write([claimed])[0] is None:
            self._database.recent_writes.forget(doc_id)
            return None
        self._claimed[doc["item"]] = worker_id
        name, count = doc["bytes"] or ("", 0)
        content = read_chunks(self._database, doc["owner"], {name: count}).get(name, b"")
        return Task(doc["item"], doc["name"], doc["batch"], reading_id, batch["options"], content)
