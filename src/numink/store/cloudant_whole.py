"""Readings of documents, with what is apart of them: fetched together for all of a list."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .cloudant_database import Database
from .cloudant_ids import rest_of
from .cloudant_parts import joined
from .cloudant_reading import PREVIEW, to_reading
from .reading import Reading

Doc = dict[str, Any]


def readings_of(database: Database, docs: Sequence[Doc], *, pictures: bool = False) -> list[Reading]:
    """An owner's readings; without their large pictures all is in the documents, but for very large ones."""
    large = {name for doc in docs for name in doc["apart"] if name.startswith(PREVIEW)} if pictures else set()
    names = ["pages", "thumbnail", *sorted(large)]
    return [to_reading(doc, apart) for doc, apart in zip(docs, apart_of(database, docs, names), strict=True)]


def apart_of(database: Database, docs: Sequence[Doc], names: Sequence[str]) -> list[dict[str, bytes]]:
    """What is apart of each document under these names, by name; what is not there, or not yet, is left out."""
    counts = {
        f"{rest_of(doc['_id'])}.{name}": doc["apart"][name] for doc in docs for name in names if name in doc["apart"]
    }
    found = joined(database, docs[0]["owner"], counts) if counts else {}
    return [
        {name: found[whole] for name in names if (whole := f"{rest_of(doc['_id'])}.{name}") in found} for doc in docs
    ]
