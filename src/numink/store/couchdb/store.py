"""Readings in IBM Cloudant, or any CouchDB: one document each, lists and searches by ranges and views.

`cloudant_ids.py` says where documents lie, `cloudant_reading.py` what is in them. Knows nothing of the SDK, pictures or
HTTP.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ...errors import ReadingNotFound, TooLargeToStore
from ...timeouts import Timeouts
from ..correction import Correction
from ..ids import owner_of
from ..reading import Doubt, Reading, ReadingQuery, ReviewedNumber
from .chunks import count_of, pieces
from .client import Service
from .database import AT_ONCE, Database
from .deletion import forget, remove, remove_all, turn
from .documents import CloudantDocuments
from .documents_of_readings import (
    apart_of,
    corrected,
    known,
    pages_of,
    preview_name,
    readings_of,
    to_correction,
    to_doc,
)
from .ids import AFTER_READINGS, doc_id, partition_of, rest_of
from .retry import Missing
from .search import matching
from .setup import describe, information
from .url import named
from .usage import last_corrections, use

if TYPE_CHECKING:
    from .batches import CloudantBatches

GONE = "there is no such reading: it was deleted, or the id is wrong"
Doc = dict[str, Any]
SOON = 2.0
"""Seconds in which it is seen whether the server answers."""
log = logging.getLogger(__name__)


class CloudantStore:
    """A `Store` in a database. Nothing is asked of the server before the first call. Raises SettingsError."""

    def __init__(self, url: str, patience: Timeouts) -> None:
        """`url` as `open_store` describes it."""
        name, service = named(url)
        self._database = Database(Service(service, patience), name)
        self.documents = CloudantDocuments(self._database)

    @cached_property
    def batches(self) -> CloudantBatches:
        """See `Store.batches`."""
        from .batches import CloudantBatches  # noqa: PLC0415 - it is built upon this file

        return CloudantBatches(self._database)

    def save(self, reading: Reading) -> None:
        """See `Store.save`. Where the server does not take the large pictures, the reading is kept without them."""
        try:
            self._save(reading)
        except TooLargeToStore:
            if not reading.previews:
                raise
            log.warning("Cloudant does not take the pictures of %s: the reading is kept without them", reading.id)
            self._save(replace(reading, previews=()))

    def get(self, reading_id: str, *, pictures: bool = True) -> Reading:
        """See `Store.get`."""
        return readings_of(self._database, [self._there(reading_id)], pictures=pictures)[0]

    def picture(self, reading_id: str, page: int) -> bytes:
        """See `Store.picture`."""
        name = preview_name(page)
        return apart_of(self._database, [self._there(reading_id)], [name])[0].get(name, b"")

    def recent(self, owner: str, before: str | None = None, limit: int = 50) -> list[Reading]:
        """See `Store.recent`. One request, where none of them was put aside."""
        partition = partition_of(owner)
        first, last = f"{partition}:", f"{partition}:{AFTER_READINGS}"
        if before is not None:
            last = min(last, doc_id(before))
        docs: list[Doc] = []
        while (missing := limit - len(docs)) > 0 and first < last:
            part = self._database.range(partition, first, last, limit=min(missing + 1, AT_ONCE), descending=True)
            docs += [doc for doc in part if doc["_id"] < last and _is_live(doc)]
            if len(part) < min(missing + 1, AT_ONCE):
                break
            last = part[-1]["_id"]
        return readings_of(self._database, docs[: max(limit, 0)])

    def delete(self, reading_id: str) -> None:
        """See `Store.delete`."""
        remove(self._database, [self._there(reading_id)])

    def correct(self, reading_id: str, corrections: Sequence[Correction]) -> None:
        """See `Store.correct`."""
        doc = self._there(reading_id)
        pages = pages_of(doc, apart_of(self._database, [doc], ["pages"])[0])
        self._change(reading_id, lambda one: corrected(one, corrections, pages))

    def withdraw_correction(self, reading_id: str, correction_id: str) -> None:
        """See `Store.take_back`."""
        nothing = "there is no such correction: it was taken back before, or the id is wrong"

        def without(doc: Doc) -> Doc:
            left = [one for one in doc["corrections"] if one["id"] != correction_id]
            if len(left) == len(doc["corrections"]):
                raise ReadingNotFound(nothing)
            return known({**doc, "corrections": left})

        try:
            self._change(reading_id, without)
        except ReadingNotFound:
            raise ReadingNotFound(nothing) from None

    def corrections(self, since: str = "") -> list[Correction]:
        """See `Store.corrections`."""
        moment = since.rpartition(":")[2]
        rows = self._database.each(self._database.everybodys, "corrections", first=[moment])
        return [to_correction(row["value"]) for row in rows if row["key"][0] > moment]

    def corrections_of(self, readings: Sequence[str]) -> list[Correction]:
        """See `Store.corrections_of`. Of each owner one range, from the first to the last of the readings."""
        found: list[Correction] = []
        for owner in {owner_of(one) for one in readings}:
            rests = {rest_of(one) for one in readings if owner_of(one) == owner}
            ends: dict[str, Any] = {"first": [min(rests)], "last": [max(rests), {}]}
            rows = self._database.each(self._database.view, "said", owner, **ends)
            found += [to_correction(row["value"]["said"]) for row in rows if row["key"][1] in rests]
        return sorted(found, key=lambda one: rest_of(one.id))

    def find(
        self, owner: str, wanted: ReadingQuery, limit: int = 50, offset: int = 0, *, pictures: bool = False
    ) -> list[Reading]:
        """See `Store.find`."""
        if limit <= 0:
            return []
        rows = matching(self._database, owner, wanted, limit, max(offset, 0))
        docs = [row["doc"] for row in rows if "doc" in row] or self._database.many([row["id"] for row in rows])
        live = [doc for doc in docs if _is_live(doc)]
        return readings_of(self._database, live, pictures=pictures)

    def count(self, owner: str, wanted: ReadingQuery) -> int:
        """See `Store.count`."""
        if wanted in (ReadingQuery(), ReadingQuery(oldest_first=True)):
            return self._database.number("live", owner)
        return len(matching(self._database, owner, wanted))

    def doubts(self, owner: str, limit: int = 50) -> list[Doubt]:
        """See `Store.doubts`."""
        rows = self._database.view("doubts", owner, reduce=False, limit=limit) if limit > 0 else []
        return [
            Doubt(f"{owner}:{rest}", page, number, sure)
            for sure, rest, page, number in (row["key"][1:] for row in rows)
        ]

    def count_doubts(self, owner: str) -> int:
        """See `Store.count_doubts`."""
        return self._database.number("doubts", owner)

    def discard(self, owner: str, wanted: ReadingQuery | Sequence[str], moment: str) -> int:
        """See `Store.discard`."""
        if isinstance(wanted, ReadingQuery):
            ids = [row["id"] for row in matching(self._database, owner, wanted)]
        else:
            ids = [doc_id(one) for one in dict.fromkeys(wanted) if owner_of(one) == owner]
        return turn(self._database, ids, None, moment)

    def restore(self, owner: str, moment: str) -> int:
        """See `Store.restore`."""
        rows = self._database.each(self._database.view, "discarded", owner, first=[moment], last=[moment, {}])
        return turn(self._database, [row["id"] for row in rows], moment, None)

    def purge(self, before: str) -> int:
        """See `Store.purge`."""
        rows = self._database.each(self._database.everybodys, "discarded", last=[before])
        return remove_all(self._database, [row["id"] for row in rows if row["key"][0] < before])

    def expire(self, before: str) -> int:
        """See `Store.expire`."""
        ends: dict[str, Any] = {"first": ["reading"], "last": ["reading", before]}
        rows = self._database.each(self._database.everybodys, "made", **ends)
        return remove_all(self._database, [row["id"] for row in rows if row["key"][1] < before])

    def forget(self, owner: str) -> int:
        """See `Store.forget`."""
        return forget(self._database, owner)

    def picture_bytes(self, owner: str) -> int:
        """See `Store.picture_bytes`."""
        return self._database.number("bytes", owner)

    def usage(self, owner: str, since: str) -> Mapping[str, Mapping[str, int]]:
        """See `Store.use`."""
        return use(self._database, owner, since)

    def reviewed_numbers(self, owner: str, since: str) -> list[ReviewedNumber]:
        """See `Store.corrected`."""
        return last_corrections(self._database, owner, since)

    def unsent(self) -> int:
        """See `Store.unsent`: none ever waits."""
        return 0

    def check(self) -> str:
        """See `Store.check`. A database that is not there yet is made when it is needed."""
        with suppress(Missing):
            information(self._database.service, self._database.name, SOON)
        return ""

    def describe(self) -> Mapping[str, str]:
        """See `Store.describe`."""
        return describe(self._database.service, self._database.name)

    def close(self) -> None:
        """See `Store.close`."""
        self._database.service.close()

    def _save(self, reading: Reading) -> None:
        """The reading itself comes last, so that one that is there is whole."""
        doc, apart = to_doc(reading)
        docs: list[Doc] = []
        for name, content in apart.items():
            docs += pieces(reading.owner, f"{rest_of(reading.id)}.{name}", content)
            doc["apart"][name] = count_of(content)
        self._database.write([*docs, doc])

    def _there(self, reading_id: str) -> Doc:
        doc = self._database.get(doc_id(reading_id)) if rest_of(reading_id) else None
        if doc is None or not _is_live(doc):
            raise ReadingNotFound(GONE)
        return doc

    def _change(self, reading_id: str, how: Any) -> None:
        def live(doc: Doc) -> Any:
            if not _is_live(doc):
                raise ReadingNotFound(GONE)
            return how(doc)

        if self._database.change(doc_id(reading_id), live) is None:
            raise ReadingNotFound(GONE)


def _is_live(doc: Doc) -> bool:
    return doc.get("kind") == "reading" and not doc["discarded"]
