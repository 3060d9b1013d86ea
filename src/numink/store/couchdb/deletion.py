"""Readings put aside, brought back, and removed for good with their pictures; what was counted of them stays.

All of it may be broken off and done again.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .chunks import without
from .database import AT_ONCE, Database
from .ids import AFTER_READINGS, kept_as, partition_of

Doc = dict[str, Any]


def remove(database: Database, docs: Sequence[Doc]) -> None:
    """Removes readings, the documents themselves last, so that one that is broken off half-way is found again."""
    for owner in {doc["owner"] for doc in docs}:
        own = [doc for doc in docs if doc["owner"] == owner]
        rests = [doc["_id"].partition(":")[2] for doc in own]
        counts = [
            {
                "_id": kept_as(owner, "use", rest),
                **{name: doc[name] for name in ("owner", "day", "counts")},
                "kind": "use",
            }
            for rest, doc in zip(rests, own, strict=True)
        ]
        database.write(counts)
        database.write(without(database, owner, rests))
        gone = [{"_id": doc["_id"], "_rev": doc["_rev"], "_deleted": True} for doc in own]
        for doc, revision in zip(gone, database.write(gone), strict=True):
            if revision is None:  # somebody changed it meanwhile
                database.change(doc["_id"], lambda one: {"_id": one["_id"], "_rev": one["_rev"], "_deleted": True})


def forget(database: Database, owner: str) -> int:
    """Removes all of an owner's readings; how many."""
    partition, count = partition_of(owner), 0
    while docs := database.range(partition, f"{partition}:", f"{partition}:{AFTER_READINGS}", limit=AT_ONCE):
        remove(database, docs)
        count += len(docs)
    return count


def remove_all(database: Database, ids: Sequence[str]) -> int:
    """Removes readings by the ids of their documents; how many."""
    for at in range(0, len(ids), AT_ONCE):
        remove(database, database.many(ids[at : at + AT_ONCE]))
    return len(ids)


def turn(database: Database, ids: Sequence[str], of: str | None, to: str | None) -> int:
    """Puts aside at the moment `to`, or brings back, those readings that are as `of` says; how many."""
    count = 0
    for at in range(0, len(ids), AT_ONCE):
        docs = [doc for doc in database.many(ids[at : at + AT_ONCE]) if doc.get("kind") == "reading"]
        docs = [{**doc, "discarded": to} for doc in docs if doc["discarded"] == of]
        for doc, revision in zip(docs, database.write(docs), strict=True):
            if revision is None:  # somebody corrected it meanwhile
                database.change(doc["_id"], lambda one: {**one, "discarded": to})
            count += 1
    return count
