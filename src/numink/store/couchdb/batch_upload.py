"""What arrives in the place of an awaited item, all or nothing: put down piece by piece, counted in by one writing."""

from __future__ import annotations

import secrets
from typing import Any

from ..batches import File, State
from .batch_items import ARRIVING, changed, item_id, new_item, settle
from .chunks import count_of, pieces
from .database import Database
from .ids import rest_of

Doc = dict[str, Any]
TOGETHER = 4_000_000
"""Bytes that are held until they are written."""


class Arrival:
    """Files for `lead`, which is awaited."""

    def __init__(self, database: Database, lead: Doc) -> None:
        self._database = database
        self._lead = lead
        self._name = secrets.token_hex(4)
        self._waiting: list[Doc] = []
        self._heavy = 0
        self._written: list[Doc] = []
        self._first: Doc | None = None
        self._ids: list[str] = []
        self.count = 0
        self.size = 0

    def take(self, file: File) -> None:
        """One more file; it is written now, or with the next ones."""
        lead = self._lead
        one = item_id(lead["batch"], lead["place"], self.count, self._name)
        doc = new_item(one, lead["batch"], (lead["place"], self.count), ARRIVING, file) | {"arrival": self._name}
        if not file.error:
            name = f"{rest_of(one)}-{self._name}"
            doc["bytes"] = [name, count_of(file.content)]
            self._waiting += pieces(lead["owner"], name, file.content)
        if self.count:
            self._waiting.append(doc)
        else:
            self._first = doc
        self._ids.append(one)
        self.count += 1
        self.size += len(file.content)
        self._heavy += len(file.content)
        if self._heavy >= TOGETHER:
            self.put_down()

    def put_down(self) -> None:
        """Writes what is held."""
        waiting, self._waiting, self._heavy = self._waiting, [], 0
        for doc, revision in zip(waiting, self._database.write(waiting), strict=True):
            if revision:
                self._written.append({"_id": doc["_id"], "_rev": revision, "_deleted": True})

    def undo(self) -> None:
        """Removes what was written."""
        self._database.write(self._written)

    def count_in(self) -> list[str]:
        """The ids of what stands at the place now; none where it was not awaited any more."""
        name, first, several = self._name, self._first, self.count > 1

        def arrived(doc: Doc) -> Doc | None:
            if doc["state"] != State.AWAITED:
                return None
            if first is None:
                return {"_id": doc["_id"], "_rev": doc["_rev"], "_deleted": True}
            values = {key: first[key] for key in ("name", "size", "said", "bytes")}
            state = State.FAILED if first["said"] else State.WAITING
            return changed(doc, **values, state=state, arrival=name, parts=self.count, unsettled=several)

        there = self._database.change(self._lead["_id"], arrived)
        if there is None or (first is not None and there.get("arrival") != name):
            self.undo()
            return []
        if several:
            settle(self._database, there)
        return self._ids
