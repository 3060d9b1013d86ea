"""Ids for new readings and batches, which sort after the owner's earlier ones even if the clock went back."""

from __future__ import annotations

from ..ids import new_id
from .database import Database
from .ids import AFTER_READINGS, partition_of, prefix_bounds


class IdSource:
    """Source of ids. An owner's earlier ids are looked up once: each request costs, and ids of a process only grow."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._visited_owners = set[str]()

    def new_id(self, owner: str) -> str:
        """See `Store.new_id`."""
        last_id = ""
        if owner not in self._visited_owners:
            partition = partition_of(owner)
            for first, last in ((f"{partition}:", f"{partition}:{AFTER_READINGS}"), prefix_bounds(f"{partition}:lot:")):
                for doc in self._database.docs(partition, first, last, limit=1, descending=True):
                    last_id = max(last_id, doc["_id"].rpartition(":")[2])
            self._visited_owners.add(owner)
        return new_id(owner, last_id)
