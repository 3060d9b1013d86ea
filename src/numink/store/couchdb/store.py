"""Readings in IBM Cloudant, or any CouchDB: one document each, lists and searches by ranges and views.

`ids.py` defines the ids of documents, `documents_of_readings.py` their fields.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

from ...errors import TooLargeToStore
from ...timeouts import Timeouts
from ..correction import Correction
from ..ids import owner_of
from ..reading import Doubt, Reading, ReadingQuery, ReviewedNumber
from .answers import ResourceMissing
from .batches import CloudantBatches
from .chunks import chunk_count, chunk_docs
from .client import CouchClient
from .corrections import add_corrections, all_corrections, corrections_of, delete_correction, is_live, live_doc
from .database import DOCS_PER_REQUEST, Database
from .deletion import delete_by_id, delete_readings, delete_readings_of, set_discarded
from .documents import CloudantDocuments
from .documents_of_readings import external_of, preview_name, readings_of, to_doc
from .ids import AFTER_READINGS, partition_of, reading_doc_id, without_owner
from .new_ids import IdSource
from .search import matching_rows
from .setup import database_information, describe
from .url import parse_url
from .usage import reviewed_numbers, usage

Doc = dict[str, Any]
CHECK_TIMEOUT = 2.0
"""Seconds in which `check` wants an answer."""
log = logging.getLogger(__name__)


class CloudantStore:
    """Implementation of `Store` in a database. No request is sent before the first call.

    Args:
        url: cloudant://DATABASE?service=NAME, see `factories.open_store`.
        timeouts: Timeouts of requests.

    Raises:
        SettingsError: The URL or the variables with the credentials are wrong.
    """

    def __init__(self, url: str, timeouts: Timeouts) -> None:
        name, service = parse_url(url)
        self._database = Database(CouchClient(service, timeouts), name)
        self.documents = CloudantDocuments(self._database)
        self._ids = IdSource(self._database)
        self.batches = CloudantBatches(self._database, self._ids)

    def new_id(self, owner: str) -> str:
        """See `Store.new_id`."""
        return self._ids.new_id(owner)

    def save(self, reading: Reading) -> None:
        """See `Store.save`. Where the server refuses the previews, the reading is stored without them."""
        try:
            self._save(reading)
        except TooLargeToStore:
            if not reading.previews:
                raise
            log.warning("Cloudant does not take the pictures of %s: the reading is kept without them", reading.id)
            self._save(replace(reading, previews=()))

    def get(self, reading_id: str, *, pictures: bool = True) -> Reading:
        """See `Store.get`."""
        return readings_of(self._database, [live_doc(self._database, reading_id)], pictures=pictures)[0]

    def picture(self, reading_id: str, page: int) -> bytes:
        """See `Store.picture`."""
        name = preview_name(page)
        (external,) = external_of(self._database, [live_doc(self._database, reading_id)], [name])
        return external.get(name, b"")

    def recent(self, owner: str, before_id: str | None = None, limit: int = 50) -> list[Reading]:
        """See `Store.recent`. One request, where none of the readings was discarded."""
        partition = partition_of(owner)
        first, last = f"{partition}:", f"{partition}:{AFTER_READINGS}"
        if before_id is not None:
            last = min(last, reading_doc_id(before_id))
        docs: list[Doc] = []
        while (missing := limit - len(docs)) > 0 and first < last:
            page_size = min(missing + 1, DOCS_PER_REQUEST)
            part = self._database.docs(partition, first, last, limit=page_size, descending=True)
            docs += [doc for doc in part if doc["_id"] < last and is_live(doc)]
            if len(part) < page_size:
                break
            last = part[-1]["_id"]
        return readings_of(self._database, docs[: max(limit, 0)])

    def delete(self, reading_id: str) -> None:
        """See `Store.delete`."""
        delete_readings(self._database, [live_doc(self._database, reading_id)])

    def correct(self, reading_id: str, corrections: Sequence[Correction]) -> None:
        """See `Store.correct`."""
        add_corrections(self._database, reading_id, corrections)

    def withdraw_correction(self, reading_id: str, correction_id: str) -> None:
        """See `Store.withdraw_correction`."""
        delete_correction(self._database, reading_id, correction_id)

    def corrections(self, since_id: str = "") -> list[Correction]:
        """See `Store.corrections`."""
        return all_corrections(self._database, since_id)

    def corrections_of(self, reading_ids: Sequence[str]) -> list[Correction]:
        """See `Store.corrections_of`."""
        return corrections_of(self._database, reading_ids)

    def find(
        self, owner: str, query: ReadingQuery, limit: int = 50, offset: int = 0, *, pictures: bool = False
    ) -> list[Reading]:
        """See `Store.find`."""
        if limit <= 0:
            return []
        rows = matching_rows(self._database, owner, query, limit, max(offset, 0))
        docs = [row["doc"] for row in rows if "doc" in row] or self._database.get_many([row["id"] for row in rows])
        return readings_of(self._database, [doc for doc in docs if is_live(doc)], pictures=pictures)

    def count(self, owner: str, query: ReadingQuery) -> int:
        """See `Store.count`."""
        if query.is_unconditional:
            return self._database.reduced("live", owner)
        return len(matching_rows(self._database, owner, query))

    def doubts(self, owner: str, limit: int = 50) -> list[Doubt]:
        """See `Store.doubts`."""
        rows = self._database.owner_view("doubts", owner, reduce=False, limit=limit) if limit > 0 else []
        return [
            Doubt(f"{owner}:{local_id}", page, number, confidence)
            for confidence, local_id, page, number in (row["key"][1:] for row in rows)
        ]

    def count_doubts(self, owner: str) -> int:
        """See `Store.count_doubts`."""
        return self._database.reduced("doubts", owner)

    def discard(self, owner: str, selection: ReadingQuery | Sequence[str], moment: str) -> int:
        """See `Store.discard`."""
        if isinstance(selection, ReadingQuery):
            doc_ids = [row["id"] for row in matching_rows(self._database, owner, selection)]
        else:
            reading_ids = dict.fromkeys(selection)
            doc_ids = [reading_doc_id(reading_id) for reading_id in reading_ids if owner_of(reading_id) == owner]
        return set_discarded(self._database, doc_ids, before=None, after=moment)

    def restore(self, owner: str, moment: str) -> int:
        """See `Store.restore`."""
        bounds: dict[str, Any] = {"first": [moment], "last": [moment, {}]}
        rows = self._database.all_rows(self._database.owner_view, "discarded", owner, **bounds)
        return set_discarded(self._database, [row["id"] for row in rows], before=moment, after=None)

    def purge(self, before: str) -> int:
        """See `Store.purge`."""
        rows = self._database.all_rows(self._database.global_view, "discarded", last=[before])
        return delete_by_id(self._database, [row["id"] for row in rows if row["key"][0] < before])

    def expire(self, before: str) -> int:
        """See `Store.expire`."""
        bounds: dict[str, Any] = {"first": ["reading"], "last": ["reading", before]}
        rows = self._database.all_rows(self._database.global_view, "made", **bounds)
        return delete_by_id(self._database, [row["id"] for row in rows if row["key"][1] < before])

    def forget(self, owner: str) -> int:
        """See `Store.forget`."""
        return delete_readings_of(self._database, owner)

    def picture_bytes(self, owner: str) -> int:
        """See `Store.picture_bytes`."""
        return self._database.reduced("bytes", owner)

    def usage(self, owner: str, since: str) -> Mapping[str, Mapping[str, int]]:
        """See `Store.usage`."""
        return usage(self._database, owner, since)

    def reviewed_numbers(self, owner: str, since: str) -> list[ReviewedNumber]:
        """See `Store.reviewed_numbers`."""
        return reviewed_numbers(self._database, owner, since)

    def pending_writes(self) -> int:
        """See `Store.pending_writes`; `outbox.store.WriteBehindStore` adds a queue."""
        return 0

    def check(self) -> str:
        """See `Store.check`. A missing database is no fault: it is created when it is needed."""
        with suppress(ResourceMissing):
            database_information(self._database.client, self._database.name, CHECK_TIMEOUT)
        return ""

    def describe(self) -> Mapping[str, str]:
        """See `Store.describe`."""
        return describe(self._database.client, self._database.name)

    def close(self) -> None:
        """See `Store.close`."""
        self._database.client.close()

    def _save(self, reading: Reading) -> None:
        """Write the chunks first and the reading last, so that a stored reading is complete."""
        doc, external = to_doc(reading)
        docs: list[Doc] = []
        for name, content in external.items():
            docs += chunk_docs(reading.owner, f"{without_owner(reading.id)}.{name}", content)
            doc["apart"][name] = chunk_count(content)
        self._database.write([*docs, doc])
