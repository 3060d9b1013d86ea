"""What is too large for a document, in pieces of documents of their own: a picture, the bytes of a file.

Cloudant takes no document above 1 MB. Attachments would take more, but belong to their document: each change of it
would carry them along. Knows nothing of readings.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .database import Database, beginning
from .ids import kept_as, partition_of

Doc = dict[str, Any]
PIECE = 700_000
"""Bytes of a piece; a third more as text."""
TOGETHER = 20
"""Pieces in one answer."""


def pieces(owner: str, name: str, content: bytes) -> Iterator[Doc]:
    """The documents that hold `content` as `name`."""
    for at in range(0, len(content) or 1, PIECE):
        text = base64.b64encode(content[at : at + PIECE]).decode()
        yield {"_id": _id(owner, name, at // PIECE), "kind": "part", "content": text}


def count_of(content: bytes) -> int:
    """How many pieces it has."""
    return max(-(-len(content) // PIECE), 1)


def joined(database: Database, owner: str, counts: Mapping[str, int]) -> dict[str, bytes]:
    """What lies under each name, in so many pieces; a name of which a piece is not there, or not yet, is left out."""
    ids = {name: [_id(owner, name, at) for at in range(count)] for name, count in counts.items()}
    wanted = [one for some in ids.values() for one in some]
    docs: dict[str, Doc] = {}
    for at in range(0, len(wanted), TOGETHER):
        docs |= {doc["_id"]: doc for doc in database.many(wanted[at : at + TOGETHER])}
    return {
        name: b"".join(base64.b64decode(docs[one]["content"]) for one in some)
        for name, some in ids.items()
        if all(one in docs for one in some)
    }


def without(database: Database, owner: str, names: Sequence[str]) -> list[Doc]:
    """What deletes all pieces of names, of which each may be the beginning of several."""
    stubs: list[Doc] = []
    if not names:
        return stubs
    ids = sorted(kept_as(owner, "part", name) for name in names)
    if len(ids) > 1:  # one range over all of them costs less than many
        found = database.stubs(partition_of(owner), ids[0], ids[-1] + beginning("")[1])
        wanted = tuple(f"{one}." for one in ids)
        return [one for one in found if one["_id"].startswith(wanted)]
    return database.stubs(partition_of(owner), *beginning(ids[0] + "."))


def _id(owner: str, name: str, at: int) -> str:
    return f"{kept_as(owner, 'part', name)}.{at:03}"
