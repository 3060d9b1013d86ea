"""Upload of the files of an awaited item, all or none: written in parts, and made visible by one write."""

from __future__ import annotations

import secrets
from typing import Any

from ..batches import ARRIVING, File, State
from .batch_items import changed_item, finish_arrival, item_id_at, new_item
from .chunks import chunk_count, chunk_docs
from .database import Database
from .ids import without_owner

Doc = dict[str, Any]
BUFFER_BYTES = 4_000_000
"""Bytes of files that are collected for one write."""


class BatchUpload:
    """Files that take the place of the awaited item `lead`."""

    def __init__(self, database: Database, lead: Doc) -> None:
        self._database = database
        self._lead = lead
        self._upload_id = secrets.token_hex(4)
        self._buffer: list[Doc] = []
        self._buffered_bytes = 0
        self._written: list[Doc] = []
        self._first: Doc | None = None
        self._item_ids: list[str] = []
        self.count = 0
        self.size = 0

    def add(self, file: File) -> None:
        """Add a file; it is written now, or together with following ones."""
        lead = self._lead
        item_id = item_id_at(lead["batch"], lead["place"], self.count, self._upload_id)
        doc = new_item(item_id, lead["batch"], (lead["place"], self.count), ARRIVING, file)
        doc["arrival"] = self._upload_id
        if not file.error:
            name = f"{without_owner(item_id)}-{self._upload_id}"
            doc["bytes"] = [name, chunk_count(file.content)]
            self._buffer += chunk_docs(lead["owner"], name, file.content)
        if self.count:
            self._buffer.append(doc)
        else:
            self._first = doc
        self._item_ids.append(item_id)
        self.count += 1
        self.size += len(file.content)
        self._buffered_bytes += len(file.content)
        if self._buffered_bytes >= BUFFER_BYTES:
            self.flush()

    def flush(self) -> None:
        """Write the collected files."""
        docs, self._buffer, self._buffered_bytes = self._buffer, [], 0
        for doc, revision in zip(docs, self._database.write(docs), strict=True):
            if revision:
                self._written.append({"_id": doc["_id"], "_rev": revision, "_deleted": True})

    def undo(self) -> None:
        """Delete the written files."""
        self._database.write(self._written)

    def finish(self) -> list[str]:
        """Make the files visible and return the ids of their items; none where the lead is not awaited any more."""
        upload_id, first, several = self._upload_id, self._first, self.count > 1

        def arrived(doc: Doc) -> Doc | None:
            if doc["state"] != State.AWAITED:
                return None
            if first is None:
                return {"_id": doc["_id"], "_rev": doc["_rev"], "_deleted": True}
            values = {key: first[key] for key in ("name", "size", "said", "bytes")}
            state = State.FAILED if first["said"] else State.WAITING
            values |= {"state": state, "arrival": upload_id, "parts": self.count, "unsettled": several}
            return changed_item(doc, values)

        stored = self._database.change(self._lead["_id"], arrived)
        if stored is None or (first is not None and stored.get("arrival") != upload_id):
            self.undo()
            return []
        if several:
            finish_arrival(self._database, stored)
        return self._item_ids
