"""Ids of documents in the database: a partition for each owner, and in it a range of ids for each kind.

    anna:01ab...                  a reading: `_id` is the reading's own id
    anna:item:BATCH.PLACE.PART    a file of a batch; BATCH and all that follow are version 7 UUIDs
    anna:lot:BATCH                a batch
    anna:part:READING.00          chunks of large content: a reading's picture, a file's bytes
    anna:use:READING              usage counts of a deleted reading
    ~documents:person:...         documents stored beside readings

UUIDs begin with a digit or a letter up to f, so that no other kind sorts among readings. The primary index sorts by
bytes; ids are limited to characters whose order is the same on all servers.
"""

from __future__ import annotations

DOCUMENTS_PARTITION = "~documents"
"""Partition of documents stored beside readings; no owner has this name."""
AFTER_READINGS = "g"
"""Text that sorts after the UUIDs of all readings, and before all other kinds."""
AFTER_PREFIX = "\x7f"
"""Character that sorts after all characters of an id."""
NEXT_ID_SUFFIX = "\x01"
"""Suffix that makes an id the first one after it."""


def escaped(text: str) -> str:
    """Return a text in printable ASCII that sorts alike: other characters, and `~`, become `~` and six hex digits."""
    return "".join(character if " " <= character < "~" else f"~{ord(character):06x}" for character in text)


def partition_of(owner: str) -> str:
    """Return the partition of an owner's documents.

    A leading underscore is reserved by the server, and a leading dot would be lost in a URL: both are escaped.
    """
    partition = escaped(owner)
    return f"~{ord(partition[0]):06x}{partition[1:]}" if partition.startswith(("_", ".")) else partition


def reading_doc_id(reading_id: str) -> str:
    """Return the id of the document of a reading."""
    owner, _, rest = reading_id.partition(":")
    return f"{partition_of(owner)}:{escaped(rest)}"


def without_owner(owned_id: str) -> str:
    """Return the part of an id that follows the owner."""
    return owned_id.partition(":")[2]


def typed_doc_id(owner: str, kind: str, rest: str) -> str:
    """Return the id of a document of another kind: item, lot, part or use."""
    return f"{partition_of(owner)}:{kind}:{escaped(rest)}"


def prefix_bounds(prefix: str) -> tuple[str, str]:
    """Return the bounds of all ids that begin with a prefix."""
    return prefix, prefix + AFTER_PREFIX
