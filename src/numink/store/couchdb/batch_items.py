"""Items of batches as documents: their ids and fields, which of them are visible, and the counter of changes.

The id of an item names its batch and its position, so that a batch is one range. The items of a ZIP archive are visible
once the lead, the item in whose place they stand, is marked as arrived: that is one write. Changes are numbered by the
clock, since the database does not count them.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from ..batches import ARRIVING, File, State
from ..ids import owner_of
from .database import Database
from .ids import partition_of, prefix_bounds, reading_doc_id, typed_doc_id, without_owner

Doc = dict[str, Any]
VISIBILITY_DELAY = 3_000_000
"""Most microseconds from a change to its visibility on all replicas."""


class _Clock:
    """Microseconds that never repeat within this process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last = 0

    def tick(self) -> int:
        with self._lock:
            self._last = max(self._last + 1, time.time_ns() // 1000)
            return self._last


_clock = _Clock()


class ReadingFacts(NamedTuple):
    """Facts about the reading of an item: its text, its open doubts, whether it has a correction."""

    text: str = ""
    doubts: int = 0
    corrected: bool = False


def item_id_at(batch_id: str, place: int, part: int = 0, upload_id: str = "") -> str:
    """Return the id of the item at a position; after the first part it has the upload, so that a second one differs."""
    return f"{batch_id}.{place:06}.{part:06}{f'-{upload_id}' if part else ''}"


def item_doc_id(item_id: str) -> str:
    """Return the id of the document of an item."""
    return typed_doc_id(owner_of(item_id), "item", without_owner(item_id))


def batch_doc_id(batch_id: str) -> str:
    """Return the id of the document of a batch."""
    return typed_doc_id(owner_of(batch_id), "lot", without_owner(batch_id))


def new_item(item_id: str, batch_id: str, position: tuple[int, int], state: str, file: File) -> Doc:
    """Return the document of an item that has not been claimed."""
    return {
        "_id": item_doc_id(item_id), "kind": "item", "owner": owner_of(batch_id), "item": item_id, "batch": batch_id,
        "place": position[0], "part": position[1], "name": file.name, "size": len(file.content), "state": state,
        "said": file.error, "reading": None, "tries": 0, "holder": None, "held_until": 0, "bytes": None, "arrival": "",
        "parts": 1, "unsettled": False, "changed": _clock.tick(),
    }  # fmt: skip


def changed_item(doc: Doc, values: Doc) -> Doc:
    """Return the document with other values and a new number of the change."""
    return {**doc, **values, "changed": _clock.tick()}


def state_of(doc: Doc) -> State:
    """Return the state of a visible item; one that is still marked as arriving has arrived with its lead."""
    if doc["state"] != ARRIVING:
        return State(doc["state"])
    return State.FAILED if doc["said"] else State.WAITING


def items_of(database: Database, first_batch_id: str, last_batch_id: str = "") -> list[Doc]:
    """Return the visible items of a batch, or of all batches of an owner from one to another, in order."""
    owner = owner_of(first_batch_id)
    first, last = (
        typed_doc_id(owner, "item", without_owner(batch_id))
        for batch_id in (first_batch_id, last_batch_id or first_batch_id)
    )
    docs = database.all_docs(partition_of(owner), prefix_bounds(f"{first}.")[0], prefix_bounds(f"{last}.")[1])
    leads = {(doc["batch"], doc["place"]): doc for doc in docs if not doc["part"]}
    return [doc for doc in docs if _is_visible(doc, leads.get((doc["batch"], doc["place"])))]


def changed_since(docs: Iterable[Doc], revision: int) -> list[Doc]:
    """Return the items that changed after a revision, or that may have become visible late since then."""
    age = time.time_ns() // 1000 - revision
    if age < 0:  # the clock went back: no revision tells old changes from new ones
        return list(docs)
    if age > VISIBILITY_DELAY // 3:
        revision -= VISIBILITY_DELAY
    return [doc for doc in docs if doc["changed"] > revision]


def finish_arrival(database: Database, lead: Doc) -> None:
    """Set the final states of the items of a ZIP archive whose lead has arrived; may be interrupted and repeated."""
    prefix = item_doc_id(f"{lead['batch']}.{lead['place']:06}.")
    docs = database.all_docs(partition_of(lead["owner"]), *prefix_bounds(prefix))
    arriving = [doc for doc in docs if doc["arrival"] == lead["arrival"] and doc["state"] == ARRIVING]
    database.write([changed_item(doc, {"state": state_of(doc)}) for doc in arriving])
    database.change(lead["_id"], lambda doc: {**doc, "unsettled": False} if doc["unsettled"] else None)


def reading_facts(database: Database, docs: Sequence[Doc]) -> dict[str, ReadingFacts]:
    """Return facts about the stored readings of items, by the id of the reading."""
    ids = {doc["reading"] for doc in docs if doc["state"] == State.READ and doc["reading"]}
    if not ids:
        return {}
    owner, local_ids = owner_of(next(iter(ids))), sorted(without_owner(reading_id) for reading_id in ids)
    rows = database.all_rows(database.owner_view, "live", owner, first=[local_ids[0]], last=[local_ids[-1], {}])
    values = {f"{owner}:{row['key'][1]}": row["value"] for row in rows}
    facts = {}
    for reading_id in ids & set(values):
        _, _, text, _, doubts, corrections = values[reading_id]
        facts[reading_id] = ReadingFacts(str(text), int(doubts), corrections > 0)
    missing = sorted(ids - set(values))
    for doc in database.get_many([reading_doc_id(reading_id) for reading_id in missing]):  # the index may be behind
        if not doc["discarded"]:
            reading_id = f"{owner}:{without_owner(doc['_id'])}"
            facts[reading_id] = ReadingFacts(doc["text"], len(doc["open"]), bool(doc["corrections"]))
    return facts


def _is_visible(doc: Doc, lead: Doc | None) -> bool:
    return doc is lead or (lead is not None and lead["parts"] > 1 and doc["arrival"] == lead["arrival"])
