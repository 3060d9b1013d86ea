"""The rule that decides whose record an id names.

An id begins with its owner (`store.ids.owner_of`). The service compares that with the owner it acts for; the owner of
an HTTP request is determined in `web.auth.identity.owner`.
"""

from __future__ import annotations

from ..store.ids import owner_of


def belongs_to(record_id: str, owner: str) -> bool:
    """Return True where the reading or batch with this id is the owner's.

    >>> belongs_to("anna:0193", "anna"), belongs_to("anna:0193", "bea")
    (True, False)
    """
    return owner_of(record_id) == owner
