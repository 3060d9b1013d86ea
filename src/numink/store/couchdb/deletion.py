"""Discarding, restoring and deleting readings, with their pictures; usage counts stay.

Each function may be interrupted and repeated.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .chunks import chunk_deletions
from .database import DOCS_PER_REQUEST, Database
from .ids import AFTER_READINGS, partition_of, typed_doc_id, without_owner

Doc = dict[str, Any]


def delete_readings(database: Database, docs: Sequence[Doc]) -> None:
    """Delete readings. Their documents come last, so that an interrupted deletion is found again."""
    for owner in {doc["owner"] for doc in docs}:
        owned = [doc for doc in docs if doc["owner"] == owner]
        local_ids = [without_owner(doc["_id"]) for doc in owned]
        usage = [
            {
                "_id": typed_doc_id(owner, "use", local_id),
                **{name: doc[name] for name in ("owner", "day", "counts")},
                "kind": "use",
            }
            for local_id, doc in zip(local_ids, owned, strict=True)
        ]
        database.write(usage)
        database.write(chunk_deletions(database, owner, local_ids))
        deletions = [{"_id": doc["_id"], "_rev": doc["_rev"], "_deleted": True} for doc in owned]
        for doc, revision in zip(deletions, database.write(deletions), strict=True):
            if revision is None:  # somebody changed it meanwhile
                database.change(doc["_id"], lambda doc: {"_id": doc["_id"], "_rev": doc["_rev"], "_deleted": True})


def delete_readings_of(database: Database, owner: str) -> int:
    """Delete all readings of an owner and return their number."""
    partition, count = partition_of(owner), 0
    while docs := database.docs(partition, f"{partition}:", f"{partition}:{AFTER_READINGS}", limit=DOCS_PER_REQUEST):
        delete_readings(database, docs)
        count += len(docs)
    return count


def delete_by_id(database: Database, doc_ids: Sequence[str]) -> int:
    """Delete readings by the ids of their documents and return their number."""
    for start in range(0, len(doc_ids), DOCS_PER_REQUEST):
        delete_readings(database, database.get_many(doc_ids[start : start + DOCS_PER_REQUEST]))
    return len(doc_ids)


def set_discarded(database: Database, doc_ids: Sequence[str], before: str | None, after: str | None) -> int:
    """Change the moment of discarding of those readings whose present one is `before`; None: not discarded.

    Returns:
        Number of changed readings.
    """
    count = 0
    for start in range(0, len(doc_ids), DOCS_PER_REQUEST):
        docs = database.get_many(doc_ids[start : start + DOCS_PER_REQUEST])
        changed = [
            {**doc, "discarded": after}
            for doc in docs
            if doc.get("kind") == "reading" and doc["discarded"] == before
        ]  # fmt: skip
        for doc, revision in zip(changed, database.write(changed), strict=True):
            if revision is None:  # somebody corrected it meanwhile
                database.change(doc["_id"], lambda doc: {**doc, "discarded": after})
            count += 1
    return count
