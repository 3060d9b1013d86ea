"""The protocol through which the service asks whether an owner may have more read or stored."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from ..store.batches import File


class Quota(Protocol):
    """Limits on the readings and the storage of each owner."""

    def charge_reading(self, owner: str, *, queued: bool = False) -> None:
        """Count one reading against the owner's quota; raise an error where it is used up.

        `queued` marks a file of a batch, whose bytes are already stored and counted.
        """

    def reading_saved(self, owner: str) -> None:
        """Note that a reading of the owner's was saved."""

    def admit_files(self, owner: str, files: Iterable[File]) -> Iterable[File]:
        """Pass on files that are to be stored until they are read; raise an error at the first without room."""


class NoQuota:
    """A `Quota` without limits, for servers without accounts."""

    def charge_reading(self, owner: str, *, queued: bool = False) -> None:
        """See `Quota.charge_reading`."""

    def reading_saved(self, owner: str) -> None:
        """See `Quota.reading_saved`."""

    def admit_files(self, _owner: str, files: Iterable[File]) -> Iterable[File]:
        """See `Quota.admit_files`."""
        return files
