"""What owners may have read and kept, as the desk and batches ask for it. Knows no accounts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from ..store.batches import File


class Quota(Protocol):
    """What owners may have read and kept."""

    def take(self, owner: str, *, waited: bool = False) -> None:
        """Before a reading; `waited`: of a file that is kept already. Raises where the owner may not have it."""

    def settle(self, owner: str) -> None:
        """After it was kept."""

    def within(self, owner: str, files: Iterable[File]) -> Iterable[File]:
        """The same files, which are to be kept until they are read. Raises where there is no room for one."""


class NoQuota:
    """Everybody may have everything: the `Quota` where there are no accounts."""

    def take(self, owner: str, *, waited: bool = False) -> None:
        """See `Quota.take`."""

    def settle(self, owner: str) -> None:
        """See `Quota.settle`."""

    def within(self, _owner: str, files: Iterable[File]) -> Iterable[File]:
        """See `Quota.within`."""
        return files
