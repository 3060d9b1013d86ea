"""Files of batches as documents: where they lie, which are to be seen, and what changes with them.

An item's id says which batch it is of and where it stands, so that a batch is one range. What was in a ZIP file counts
once the item in whose place it stands, its lead, says so: that is one writing. Changes are marked with the clock, since
nothing in the database counts them.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Sequence
from typing import Any

from ..batches import File, State
from ..ids import owner_of
from .database import Database, beginning
from .ids import doc_id, kept_as, partition_of, rest_of

Doc = dict[str, Any]
ARRIVING = "arriving"
"""The state of what was in a ZIP file, until its lead counts it in."""
LATE = 3_000_000
"""Microseconds that a change may take until everybody sees it."""


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


def item_id(batch_id: str, place: int, part: int = 0, arrival: str = "") -> str:
    """Of what stands at a place; of a ZIP file all but the first come with their arrival, so that a second differs."""
    return f"{batch_id}.{place:06}.{part:06}{f'-{arrival}' if part else ''}"


def item_doc_id(one: str) -> str:
    """The document of an item."""
    return kept_as(owner_of(one), "item", rest_of(one))


def new_item(one: str, batch_id: str, place: tuple[int, int], state: str, file: File) -> Doc:
    """The document of an item that has not been begun."""
    return {
        "_id": item_doc_id(one), "kind": "item", "owner": owner_of(batch_id), "item": one, "batch": batch_id,
        "place": place[0], "part": place[1], "name": file.name, "size": len(file.content), "state": state,
        "said": file.error, "reading": None, "tries": 0, "holder": None, "held_until": 0, "bytes": None, "arrival": "",
        "parts": 1, "unsettled": False, "changed": _clock.tick(),
    }  # fmt: skip


def changed(doc: Doc, **values: Any) -> Doc:
    """With other values, and the mark of a change."""
    return {**doc, **values, "changed": _clock.tick()}


def settled(doc: Doc) -> str:
    """The state that an item has once it has arrived."""
    return str(doc["state"]) if doc["state"] != ARRIVING else State.FAILED if doc["said"] else State.WAITING


def items_of(database: Database, first: str, last: str = "") -> list[Doc]:
    """All items that are to be seen of a batch, or of one batch to another, in order."""
    ends = kept_as(owner_of(first), "item", rest_of(first)), kept_as(owner_of(first), "item", rest_of(last or first))
    docs = database.all_in(partition_of(owner_of(first)), beginning(f"{ends[0]}.")[0], beginning(f"{ends[1]}.")[1])
    leads = {(doc["batch"], doc["place"]): doc for doc in docs if not doc["part"]}
    return [doc for doc in docs if _is_seen(doc, leads.get((doc["batch"], doc["place"])))]


def seen_since(docs: Iterable[Doc], since: int) -> list[Doc]:
    """Those that have changed after a mark, and those that may have become visible late since it was taken."""
    if time.time_ns() // 1000 - since > LATE // 3:
        since -= LATE
    return [doc for doc in docs if doc["changed"] > since]


def settle(database: Database, lead: Doc) -> None:
    """Tells all that was in a ZIP file that it has arrived. May be done again where somebody broke off."""
    first = item_doc_id(f"{lead['batch']}.{lead['place']:06}.")
    docs = database.all_in(partition_of(lead["owner"]), *beginning(first))
    mine = [doc for doc in docs if doc["arrival"] == lead["arrival"] and doc["state"] == ARRIVING]
    database.write([changed(doc, state=settled(doc)) for doc in mine])
    database.change(lead["_id"], lambda doc: {**doc, "unsettled": False} if doc["unsettled"] else None)


def facts_of(database: Database, docs: Sequence[Doc]) -> dict[str, tuple[str, int, bool]]:
    """Of the readings of items that are read and still there: text, open doubts, whether somebody corrected it."""
    ids = {doc["reading"] for doc in docs if doc["state"] == State.READ and doc["reading"]}
    if not ids:
        return {}
    owner, rests = owner_of(next(iter(ids))), sorted(rest_of(one) for one in ids)
    rows = database.each(database.view, "live", owner, first=[rests[0]], last=[rests[-1], {}])
    found = {f"{owner}:{row['key'][1]}": row["value"] for row in rows}
    facts = {one: (str(found[one][2]), int(found[one][4]), found[one][5] > 0) for one in ids & set(found)}
    for doc in database.many([doc_id(one) for one in sorted(ids - set(found))]):  # the index may not know them yet
        if not doc["discarded"]:
            facts[f"{owner}:{doc['_id'].partition(':')[2]}"] = (doc["text"], len(doc["open"]), bool(doc["corrections"]))
    return facts


def _is_seen(doc: Doc, lead: Doc | None) -> bool:
    return doc is lead or (lead is not None and lead["parts"] > 1 and doc["arrival"] == lead["arrival"])
