"""Small protocols that a store meets: corrections, review queue, usage counts, and maintenance.

`protocol.Store` joins them with readings, documents and batches. Methods are thread-safe and may raise `StoreError` and
its subclasses.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from .correction import Correction
from .reading import Doubt, ReviewedNumber


class CorrectionStore(Protocol):
    """Corrections of readings."""

    def correct(self, reading_id: str, corrections: Sequence[Correction]) -> None:
        """Store corrections of a reading, all or none; those stored already are left out.

        Args:
            reading_id: Id of the reading.
            corrections: Corrections of this reading.

        Raises:
            NotStored: There is no such reading.
        """

    def withdraw_correction(self, reading_id: str, correction_id: str) -> None:
        """Delete one correction of a reading.

        Args:
            reading_id: Id of the reading.
            correction_id: Id of the correction.

        Raises:
            NotStored: There is no such correction of this reading.
        """

    def corrections(self, since_id: str = "") -> list[Correction]:
        """Return the corrections of all owners, oldest first.

        Args:
            since_id: Only corrections made after the one with this id.
        """

    def corrections_of(self, reading_ids: Sequence[str]) -> list[Correction]:
        """Return the corrections of some readings, oldest first.

        Args:
            reading_ids: Ids of the readings; unknown ones are ignored.
        """


class ReviewQueue(Protocol):
    """Numbers that need a review."""

    def doubts(self, owner: str, limit: int = 50) -> list[Doubt]:
        """Return the numbers of an owner that need a review, the least confident first.

        Args:
            owner: The owner.
            limit: Most numbers to return.
        """

    def count_doubts(self, owner: str) -> int:
        """Return the number of an owner's numbers that need a review."""


class UsageCounts(Protocol):
    """Counts of use, and the numbers that people corrected."""

    def usage(self, owner: str, since: str) -> Mapping[str, Mapping[str, int]]:
        """Return the counts of `usage.usage_counts`, summed over an owner's readings by day.

        Counts stay when readings are deleted.

        Args:
            owner: The owner.
            since: First day, such as 2026-11-25.

        Returns:
            Counts by name, by day in order; days without readings are missing.
        """

    def reviewed_numbers(self, owner: str, since: str) -> list[ReviewedNumber]:
        """Return the last correction of each of an owner's numbers, oldest first.

        Args:
            owner: The owner.
            since: Only corrections made at this moment or later.
        """


class Maintenance(Protocol):
    """Removal of old data, facts for quotas and administrators, and the end."""

    def purge(self, before: str) -> int:
        """Delete discarded readings of all owners for good.

        Args:
            before: Only those discarded before this moment.

        Returns:
            Number of deleted readings.
        """

    def expire(self, before: str) -> int:
        """Delete readings of all owners for good.

        Args:
            before: Only those created before this moment.

        Returns:
            Number of deleted readings.
        """

    def forget(self, owner: str) -> int:
        """Delete all readings of an owner for good, discarded ones too.

        Args:
            owner: The owner.

        Returns:
            Number of deleted readings.
        """

    def picture_bytes(self, owner: str) -> int:
        """Return the bytes of all stored pictures of an owner, those of discarded readings too.

        Args:
            owner: The owner.
        """

    def pending_writes(self) -> int:
        """Return the number of readings in the local queue of a remote store; 0 for a local one."""

    def check(self) -> str:
        """Check that the store works.

        Returns:
            Empty where all is well, else a warning about a fault in spite of which readings can be saved.

        Raises:
            StoreError: The store cannot be used.
        """

    def describe(self) -> Mapping[str, str]:
        """Return facts about the store for its administrator, by name."""

    def close(self) -> None:
        """Close files and connections."""
