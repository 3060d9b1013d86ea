"""Conversion between readings, with their corrections, and documents, and the fields that the indexes need.

A reading is never changed: only the corrections in its document and the moment of its discarding are. Corrections are
in the reading's own document because a document is the unit that such a database writes as a whole. Large pictures, and
pages with thousands of digits, are external content in chunks (`chunks.py`), counted in the field `apart`.
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Mapping, Sequence
from typing import Any

from ...results import Page
from ..correction import Correction, Review
from ..ids import day_of
from ..previews import pack_previews
from ..reading import Reading
from ..usage import usage_counts
from .chunks import read_chunks
from .database import Database
from .ids import reading_doc_id, without_owner

Doc = dict[str, Any]
INLINE_BYTES = 200_000
"""Most bytes of pages, and most of a thumbnail, inside the document itself."""
PREVIEW = "preview"
"""Beginning of the names of previews among external content."""


def preview_name(page: int) -> str:
    """Return the name of a page's preview; that of the first page is older than those of the others."""
    return f"{PREVIEW}-{page + 1}" if page else PREVIEW


def to_doc(reading: Reading) -> tuple[Doc, Mapping[str, bytes]]:
    """Return the document of a reading, and its external content by name."""
    pages = [page.to_dict() for page in reading.pages]
    external = {preview_name(page): preview for page, preview in enumerate(reading.previews) if preview}
    compact = json.dumps(pages, separators=(",", ":")).encode()
    if len(compact) > INLINE_BYTES:
        external["pages"], pages = zlib.compress(compact), []
    if len(reading.thumbnail) > INLINE_BYTES:
        external["thumbnail"] = reading.thumbnail
    doc = {
        "_id": reading_doc_id(reading.id), "kind": "reading", "owner": reading.owner, "created": reading.created,
        "day": day_of(reading.created), "name": reading.name, "pages": pages, "text": reading.text,
        "thumbnail": "" if "thumbnail" in external else base64.b64encode(reading.thumbnail).decode(),
        "bytes": len(reading.thumbnail) + len(pack_previews(reading.previews)), "apart": dict.fromkeys(external, 0),
        "counts": dict(usage_counts(reading)), "corrections": [], "discarded": None,
    }  # fmt: skip
    doc["unsure"] = [
        [
            number.confidence, page_index, number_index,
            [index for index, digit in enumerate(number.digits) if not digit.accepted],
        ]
        for page_index, page in enumerate(reading.pages)
        for number_index, number in enumerate(page.numbers)
        if not number.accepted
    ]  # fmt: skip
    return with_index_fields(doc), external


def to_reading(doc: Doc, external: Mapping[str, bytes]) -> Reading:
    """Return the reading of a document with that part of its external content that was fetched."""
    pages = tuple(Page.from_dict(page) for page in pages_of(doc, external))
    with_preview = [page for page in range(len(pages)) if preview_name(page) in external]
    preview_count = with_preview[-1] + 1 if with_preview else 0
    return Reading(
        id=f"{doc['owner']}:{without_owner(doc['_id'])}", created=doc["created"], name=doc["name"],
        pages=pages,
        thumbnail=external.get("thumbnail") or base64.b64decode(doc["thumbnail"]),
        previews=tuple(external.get(preview_name(page), b"") for page in range(preview_count)),
    )  # fmt: skip


def with_index_fields(doc: Doc) -> Doc:
    """Return the document with the fields that follow from its corrections: `open` doubts and corrected texts."""
    corrections = [Correction.from_dict(values) for values in doc["corrections"]]
    review = Review(corrections)
    return {
        **doc,
        "open": [
            [confidence, page, number]
            for confidence, page, number, doubtful_digits in doc["unsure"]
            if not review.resolves_doubt(page, number, doubtful_digits)
        ],
        "said": [correction.corrected_text for correction in corrections],
    }


def pages_of(doc: Doc, external: Mapping[str, bytes]) -> list[Any]:
    """Return the pages of a document as JSON values."""
    pages: list[Any] = json.loads(zlib.decompress(external["pages"])) if "pages" in external else doc["pages"]
    return pages


def with_corrections(doc: Doc, corrections: Sequence[Correction], pages: Sequence[Any]) -> Doc:
    """Return the document with corrections added that it does not have yet; `pages` are those of `pages_of`."""
    stored_ids = {values["id"] for values in doc["corrections"]}
    added = [_correction_values(correction, pages) for correction in corrections if correction.id not in stored_ids]
    return with_index_fields({**doc, "corrections": [*doc["corrections"], *added]})


def without_correction(doc: Doc, correction_id: str) -> Doc:
    """Return the document without a correction."""
    remaining = [values for values in doc["corrections"] if values["id"] != correction_id]
    return with_index_fields({**doc, "corrections": remaining})


def _correction_values(correction: Correction, pages: Sequence[Any]) -> Doc:
    """Return a correction as JSON values, with the number as it was read (`read`) and as it is right (`right`)."""
    numbers = pages[correction.page]["numbers"] if correction.page < len(pages) else []
    read_as = None
    if correction.number is not None and correction.number < len(numbers):
        read_as = numbers[correction.number]["text"]
    return {
        **correction.to_dict(),
        "order": list(correction.order),
        "box": correction.box and list(correction.box),
        "read": read_as,
        "right": correction.corrected_text,
    }


def readings_of(database: Database, docs: Sequence[Doc], *, pictures: bool = False) -> list[Reading]:
    """Return the readings of documents of one owner; only previews, and very large pages, need another request."""
    previews = {name for doc in docs for name in doc["apart"] if name.startswith(PREVIEW)} if pictures else set()
    names = ["pages", "thumbnail", *sorted(previews)]
    return [to_reading(doc, content) for doc, content in zip(docs, external_of(database, docs, names), strict=True)]


def external_of(database: Database, docs: Sequence[Doc], names: Sequence[str]) -> list[dict[str, bytes]]:
    """Return the external content of each document with the given names; names that are missing are left out."""
    counts = {
        _chunk_name(doc, name): doc["apart"][name] for doc in docs for name in names if name in doc["apart"]
    }  # fmt: skip
    contents = read_chunks(database, docs[0]["owner"], counts) if counts else {}
    return [
        {name: contents[chunk_name] for name in names if (chunk_name := _chunk_name(doc, name)) in contents}
        for doc in docs
    ]


def _chunk_name(doc: Doc, name: str) -> str:
    return f"{without_owner(doc['_id'])}.{name}"
