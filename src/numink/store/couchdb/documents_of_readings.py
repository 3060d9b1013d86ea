"""A reading as a document, and back; corrections in it; and what is worth knowing of both, for the indexes.

What was read is never changed: of a document only the corrections beside it, and whether it was put aside, do. They lie
in the reading's own document, since a document is all that such a database writes as a whole or not at all. Large
pictures, and pages of thousands of digits, are apart (`cloudant_parts.py`). Knows no database.
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Mapping, Sequence
from typing import Any

from ...results import Page
from ..correction import Correction
from ..previews import packed
from ..reading import Reading
from ..usage import counted
from .chunks import joined
from .database import Database
from .ids import doc_id, rest_of

Doc = dict[str, Any]
DAY = 10
"""Signs of a moment that are its day."""
LARGE = 200_000
"""Bytes of pages that lie in the document itself; of a thumbnail likewise."""
PREVIEW = "preview"
"""Begins the names of large pictures that are apart."""


def preview_name(page: int) -> str:
    """Under which name a page's large picture is apart; the first one's as it was when there were no others."""
    return f"{PREVIEW}-{page + 1}" if page else PREVIEW


def to_doc(reading: Reading) -> tuple[Doc, Mapping[str, bytes]]:
    """The document, and what is apart, by name."""
    pages = [page.to_dict() for page in reading.pages]
    apart = {preview_name(page): copy for page, copy in enumerate(reading.previews) if copy}
    compact = json.dumps(pages, separators=(",", ":")).encode()
    if len(compact) > LARGE:
        apart["pages"], pages = zlib.compress(compact), []
    if len(reading.thumbnail) > LARGE:
        apart["thumbnail"] = reading.thumbnail
    doc = {
        "_id": doc_id(reading.id), "kind": "reading", "owner": reading.owner, "created": reading.created,
        "day": reading.created[:DAY], "name": reading.name, "pages": pages, "text": reading.text,
        "thumbnail": "" if "thumbnail" in apart else base64.b64encode(reading.thumbnail).decode(),
        "bytes": len(reading.thumbnail) + len(packed(reading.previews)), "apart": dict.fromkeys(apart, 0),
        "counts": dict(counted(reading)), "corrections": [], "discarded": None,
    }  # fmt: skip
    doc["unsure"] = [
        [number.confidence, at, place, [index for index, digit in enumerate(number.digits) if not digit.accepted]]
        for at, page in enumerate(reading.pages)
        for place, number in enumerate(page.numbers)
        if not number.accepted
    ]
    return known(doc), apart


def to_reading(doc: Doc, apart: Mapping[str, bytes]) -> Reading:
    """The reading of a document with what is apart of it, as far as that is there."""
    pages = tuple(Page.from_dict(page) for page in pages_of(doc, apart))
    kept = [page for page in range(len(pages)) if preview_name(page) in apart]
    return Reading(
        id=f"{doc['owner']}:{doc['_id'].partition(':')[2]}", created=doc["created"], name=doc["name"],
        pages=pages,
        thumbnail=apart.get("thumbnail") or base64.b64decode(doc["thumbnail"]),
        previews=tuple(apart.get(preview_name(page), b"") for page in range(kept[-1] + 1)) if kept else (),
    )  # fmt: skip


def known(doc: Doc) -> Doc:
    """With what follows from its corrections: the doubts that are left open, and what was said."""
    said = [to_correction(one) for one in doc["corrections"]]
    return {
        **doc,
        "open": [[sure, page, number] for sure, page, number, digits in doc["unsure"]
                 if _is_open(page, number, digits, said)],
        "said": [_right(one) for one in said],
    }  # fmt: skip


def pages_of(doc: Doc, apart: Mapping[str, bytes]) -> list[Any]:
    """The pages as JSON has them; `apart` is what is apart of the document."""
    pages: list[Any] = json.loads(zlib.decompress(apart["pages"])) if "pages" in apart else doc["pages"]
    return pages


def corrected(doc: Doc, corrections: Sequence[Correction], pages: Sequence[Any]) -> Doc:
    """With corrections, each once; `pages` as `pages_of` gives them."""
    there = {one["id"] for one in doc["corrections"]}
    fresh = [_of_correction(one, pages) for one in corrections if one.id not in there]
    return known({**doc, "corrections": [*doc["corrections"], *fresh]})


def to_correction(one: Mapping[str, Any]) -> Correction:
    """As it was said."""
    return Correction.from_dict(one)


def _of_correction(one: Correction, pages: Sequence[Any]) -> Doc:
    """With what had been read at the place, and what is right."""
    numbers = pages[one.page]["numbers"] if one.page < len(pages) else []
    read = numbers[one.number]["text"] if one.number is not None and one.number < len(numbers) else None
    return {
        **one.to_dict(),
        "order": list(one.order),
        "box": one.box and list(one.box),
        "read": read,
        "right": _right(one),
    }


def _right(one: Correction) -> str:
    """What it says that a number, or all of a page, is."""
    return one.text if one.digit is None else one.whole


def _is_open(page: int, number: int, digits: Sequence[int], said: Sequence[Correction]) -> bool:
    """Whether nobody has said what a doubtful number is, nor what each of its doubtful digits is."""
    here = [one for one in said if one.page == page]
    if any(one.digit is None and not one.box and not one.order and one.number in (None, number) for one in here):
        return False
    looked_at = {one.digit for one in here if one.number == number}
    return not digits or not looked_at.issuperset(digits)


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
