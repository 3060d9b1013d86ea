"""Corrections in the documents of readings."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ...errors import ReadingNotFound
from ..correction import CORRECTION_MISSING, Correction
from ..ids import owner_of
from ..reading import READING_MISSING
from .database import Database
from .documents_of_readings import external_of, pages_of, with_corrections, without_correction
from .ids import reading_doc_id, without_owner

Doc = dict[str, Any]


def is_live(doc: Doc) -> bool:
    """Return whether a document is a reading that was not discarded."""
    return doc.get("kind") == "reading" and not doc["discarded"]


def live_doc(database: Database, reading_id: str) -> Doc:
    """Return the document of a reading. Raises ReadingNotFound where there is none, or it was discarded."""
    doc = database.get(reading_doc_id(reading_id)) if without_owner(reading_id) else None
    if doc is None or not is_live(doc):
        raise ReadingNotFound(READING_MISSING)
    return doc


def add_corrections(database: Database, reading_id: str, corrections: Sequence[Correction]) -> None:
    """Store corrections of a reading. See `Store.correct`."""
    doc = live_doc(database, reading_id)
    pages = pages_of(doc, external_of(database, [doc], ["pages"])[0])
    _change_live(database, reading_id, lambda doc: with_corrections(doc, corrections, pages))


def delete_correction(database: Database, reading_id: str, correction_id: str) -> None:
    """Delete a correction of a reading. See `Store.withdraw_correction`."""

    def changed(doc: Doc) -> Doc:
        if all(values["id"] != correction_id for values in doc["corrections"]):
            raise ReadingNotFound(CORRECTION_MISSING)
        return without_correction(doc, correction_id)

    try:
        _change_live(database, reading_id, changed)
    except ReadingNotFound:
        raise ReadingNotFound(CORRECTION_MISSING) from None


def all_corrections(database: Database, since_id: str) -> list[Correction]:
    """Return the corrections of all owners. See `Store.corrections`."""
    moment = without_owner(since_id)
    rows = database.all_rows(database.global_view, "corrections", first=[moment])
    return [Correction.from_dict(row["value"]) for row in rows if row["key"][0] > moment]


def corrections_of(database: Database, reading_ids: Sequence[str]) -> list[Correction]:
    """Return the corrections of some readings, oldest first. See `Store.corrections_of`."""
    corrections: list[Correction] = []
    for owner in {owner_of(reading_id) for reading_id in reading_ids}:
        local_ids = {without_owner(reading_id) for reading_id in reading_ids if owner_of(reading_id) == owner}
        bounds: dict[str, Any] = {"first": [min(local_ids)], "last": [max(local_ids), {}]}
        rows = database.all_rows(database.owner_view, "said", owner, **bounds)
        corrections += [Correction.from_dict(row["value"]["said"]) for row in rows if row["key"][1] in local_ids]
    return sorted(corrections, key=lambda correction: without_owner(correction.id))


def _change_live(database: Database, reading_id: str, changed_doc: Callable[[Doc], Doc]) -> None:
    def change(doc: Doc) -> Doc:
        if not is_live(doc):
            raise ReadingNotFound(READING_MISSING)
        return changed_doc(doc)

    if database.change(reading_doc_id(reading_id), change) is None:
        raise ReadingNotFound(READING_MISSING)
