"""Chunks: content too large for one document, such as pictures and files, split among documents of its own.

Cloudant takes no document above 1 MB. Attachments may be larger, but belong to their document, so that each change of
it would carry them along.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .database import Database
from .ids import AFTER_PREFIX, partition_of, prefix_bounds, typed_doc_id

Doc = dict[str, Any]
CHUNK_BYTES = 700_000
"""Bytes of content in a chunk; a third more as Base64."""
CHUNKS_PER_REQUEST = 20


def chunk_docs(owner: str, name: str, content: bytes) -> Iterator[Doc]:
    """Yield the documents that hold `content` under `name`; one for empty content."""
    for start in range(0, len(content) or 1, CHUNK_BYTES):
        text = base64.b64encode(content[start : start + CHUNK_BYTES]).decode()
        yield {"_id": _chunk_id(owner, name, start // CHUNK_BYTES), "kind": "part", "content": text}


def chunk_count(content: bytes) -> int:
    """Return the number of chunks that `chunk_docs` makes."""
    return max(-(-len(content) // CHUNK_BYTES), 1)


def read_chunks(database: Database, owner: str, counts: Mapping[str, int]) -> dict[str, bytes]:
    """Return the content under each name.

    Args:
        database: The database.
        owner: Owner of the content.
        counts: Number of chunks by name.

    Returns:
        Content by name; a name is left out where one of its chunks is missing, or not visible yet.
    """
    ids = {name: [_chunk_id(owner, name, index) for index in range(count)] for name, count in counts.items()}
    all_ids = [chunk_id for chunk_ids in ids.values() for chunk_id in chunk_ids]
    docs: dict[str, Doc] = {}
    for start in range(0, len(all_ids), CHUNKS_PER_REQUEST):
        docs |= {doc["_id"]: doc for doc in database.get_many(all_ids[start : start + CHUNKS_PER_REQUEST])}
    return {
        name: b"".join(base64.b64decode(docs[chunk_id]["content"]) for chunk_id in chunk_ids)
        for name, chunk_ids in ids.items()
        if all(chunk_id in docs for chunk_id in chunk_ids)
    }


def chunk_deletions(database: Database, owner: str, names: Sequence[str]) -> list[Doc]:
    """Return the documents that delete all chunks whose names are one of `names` or begin with one and a dot."""
    if not names:
        return []
    ids = sorted(typed_doc_id(owner, "part", name) for name in names)
    if len(ids) > 1:  # one range over all of them costs less than many
        deletions = database.deletions(partition_of(owner), ids[0], ids[-1] + AFTER_PREFIX)
        prefixes = tuple(f"{doc_id}." for doc_id in ids)
        return [deletion for deletion in deletions if deletion["_id"].startswith(prefixes)]
    return database.deletions(partition_of(owner), *prefix_bounds(ids[0] + "."))


def _chunk_id(owner: str, name: str, index: int) -> str:
    return f"{typed_doc_id(owner, 'part', name)}.{index:03}"
