"""Where documents lie in the database: a partition for each owner, in it a range of ids for each kind.

    anna:01ab...                  a reading: `_id` is the reading's own id
    anna:item:BATCH.PLACE.PART    a file of a batch; BATCH and all that follow are version 7 UUIDs
    anna:lot:BATCH                a batch
    anna:part:READING.00          pieces of what is large: a reading's picture, a file's bytes
    anna:use:READING              what was counted of a reading that is gone
    ~documents:person:...         what is kept beside readings

UUIDs begin with a digit or a letter up to f, so that no other kind lies among readings. The primary index sorts by
bytes; ids are kept to signs for which all servers agree what that means. Knows no database.
"""

from __future__ import annotations

DOCUMENTS = "~documents"
"""Partition of what is kept beside readings; no owner is called so."""
AFTER_READINGS = "g"
LAST = "\x7f"
"""Sorts after all signs of an id."""


def escaped(text: str) -> str:
    """In printable ASCII and in the same order: other signs, and `~` itself, as `~` and six hexadecimal digits."""
    return "".join(sign if " " <= sign < "~" else f"~{ord(sign):06x}" for sign in text)


def partition_of(owner: str) -> str:
    """Of all that is an owner's. An underscore at the beginning is the server's own, a dot is lost in an address."""
    made = escaped(owner)
    return f"~{ord(made[0]):06x}{made[1:]}" if made.startswith(("_", ".")) else made


def doc_id(one: str) -> str:
    """The document of a reading."""
    owner, _, rest = one.partition(":")
    return f"{partition_of(owner)}:{escaped(rest)}"


def rest_of(one: str) -> str:
    """What follows the owner in an id."""
    return one.partition(":")[2]


def kept_as(owner: str, kind: str, rest: str) -> str:
    """The document of another kind."""
    return f"{partition_of(owner)}:{kind}:{escaped(rest)}"
