"""Who reads what of the batches in a database: items are claimed for a while, and done with. See `batch.Work`.

Of two that claim the same item, the server takes one writing. The batch that this process served longest ago comes
first, so that a few files do not wait behind a thousand of somebody else's.
"""

from __future__ import annotations

import threading
import time
from typing import Any

from ..batches import State, Task
from ..ids import new_id, owner_of
from .batch_items import changed, item_doc_id, settle
from .chunks import joined, without
from .database import Database
from .ids import kept_as, rest_of

Doc = dict[str, Any]
TIRED = "numink ended {} times while this was read: read it by itself, to see why"
IDLE = 4.0
"""Seconds until is asked again where nothing waited, unless something comes here: each question costs."""
FEW = 20
"""Items that are looked at together."""
FOREVER = 2**53


class CloudantBatchQueue:
    """A `BatchQueue` in a database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._served: dict[str, int] = {}
        self._held: dict[str, str] = {}
        self._lots: dict[str, Doc] = {}
        self._lock = threading.Lock()
        self._quiet = (0.0, 0)

    def claim(self, holder: str, now: int, until: int, most_tries: int) -> Task | None:
        """See `BatchQueue.claim`."""
        quiet, held = self._quiet
        if time.monotonic() < quiet and now <= held:
            return None
        self._quiet = (time.monotonic() + IDLE, FOREVER)  # before it is asked: what comes meanwhile wakes
        next_held = FOREVER
        groups = self._database.everybodys("work", reduce=True, group_level=1)
        for batch in sorted(
            (row["key"][0] for row in groups), key=lambda one: (self._served.get(one, 0), rest_of(one))
        ):
            ends: dict[str, Any] = {"first": [batch], "last": [batch, {}]}
            for row in self._database.each(self._database.everybodys, "work", page=FEW, **ends):
                if row["value"] >= now:
                    next_held = min(next_held, row["value"])
                    continue
                task = self._taken(row["id"], holder, (now, until), most_tries)
                if task:
                    self._served[batch] = now
                    self.wake()
                    return task
        with self._lock:
            self._quiet = (self._quiet[0], min(self._quiet[1], next_held))
        return None

    def wake(self) -> None:
        """There may be work: the next claim asks."""
        with self._lock:
            self._quiet = (0.0, 0)

    def renew(self, holder: str, until: int) -> None:
        """See `BatchQueue.renew`."""
        for one in [item for item, whose in list(self._held.items()) if whose == holder]:
            self._database.change(
                item_doc_id(one),
                lambda doc: (
                    {**doc, "held_until": until} if (doc["state"], doc["holder"]) == ("reading", holder) else None
                ),
            )
        self.wake()

    def finish(self, item_id: str) -> None:
        """See `BatchQueue.finish`."""
        self._end(item_id, keep=False, state=State.READ, said="")

    def fail(self, item_id: str, said: str, *, keep: bool) -> None:
        """See `BatchQueue.fail`."""
        self._end(item_id, keep=keep, state=State.FAILED, said=said)

    def release(self, item_id: str) -> None:
        """See `BatchQueue.release`."""
        self._end(item_id, keep=True, state=State.WAITING, said="", fewer=1)

    def _end(self, item_id: str, *, keep: bool, fewer: int = 0, **values: Any) -> None:
        """Bytes go first: what is broken off then is done again by who takes the item over, and leaves none behind."""
        self._held.pop(item_id, None)
        doc = None if keep else self._database.get(item_doc_id(item_id))
        if doc is not None:
            self.forget_bytes([doc])

        def ended(doc: Doc) -> Doc:
            kept = doc["bytes"] if keep else None
            return changed(doc, **values, tries=doc["tries"] - fewer, holder=None, held_until=0, bytes=kept)

        self._database.change(item_doc_id(item_id), ended)  # somebody may have removed the batch meanwhile
        self.wake()

    def forget_bytes(self, docs: list[Doc]) -> None:
        """Removes the bytes of items, as they were before they said that they have none."""
        for doc in docs:
            if doc["bytes"]:
                self._database.write(without(self._database, doc["owner"], [doc["bytes"][0]]))

    def lot(self, batch_id: str) -> Doc | None:
        """The document of a batch, which never changes."""
        if batch_id not in self._lots:
            doc = self._database.get(kept_as(owner_of(batch_id), "lot", rest_of(batch_id)))
            if doc is None:
                return None
            self._lots[batch_id] = doc
            while len(self._lots) > 100:
                del self._lots[next(iter(self._lots))]
        return self._lots[batch_id]

    def _taken(self, found: str, holder: str, span: tuple[int, int], most_tries: int) -> Task | None:
        """The item, where it is ours now. `span`: from now until when."""
        doc = self._database.get(found)
        if doc is None or doc["kind"] != "item":
            return None
        if doc["unsettled"]:
            settle(self._database, doc)
            doc = self._database.get(found) or doc
        if not (doc["state"] == State.WAITING or (doc["state"] == State.READING and doc["held_until"] < span[0])):
            return None
        if doc["tries"] >= most_tries:
            self._end(doc["item"], keep=True, state=State.FAILED, said=TIRED.format(doc["tries"]))
            return None
        lot = self.lot(doc["batch"])
        taken = changed(
            doc, state=State.READING, reading=doc["reading"] or new_id(doc["owner"]), tries=doc["tries"] + 1,
            holder=holder, held_until=span[1],
        )  # fmt: skip
        if lot is None or self._database.write([taken])[0] is None:
            self._database.written.forget(found)
            return None
        self._held[doc["item"]] = holder
        name, count = doc["bytes"] or ("", 0)
        content = joined(self._database, doc["owner"], {name: count}).get(name, b"")
        return Task(doc["item"], doc["name"], doc["batch"], taken["reading"], lot["options"], content)
