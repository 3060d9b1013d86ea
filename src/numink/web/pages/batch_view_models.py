"""View models of a batch: its files as rows of a table, and their order."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ...service.batches import reason_without_number
from ...store.batches import Item, State

DOUBTS = "doubts"
"""Value of `order` that puts the files to review first."""


@dataclass(frozen=True)
class Row:
    """A file with its text, corrected where it was, or the reason why it has none."""

    id: str
    order: str
    """Sort key for the order of the files in the batch."""
    name: str
    state: str
    """A value of State, or 'deleted' or 'empty' for a file that was read and has no text."""
    text: str
    reason: str
    reading_id: str | None
    doubts: int
    corrected: bool

    @property
    def urgency(self) -> int:
        """Rank in the order of review; 0 comes first."""
        if self.state == State.FAILED:
            return 0
        return 1 if self.doubts or self.state == "empty" else 2


def row(item: Item, corrected_text: str | None = None) -> Row:
    """Make the row of a file; `corrected_text` replaces the text that was read."""
    state = str(item.state)
    if item.state is State.READ and not item.text:
        state = "deleted" if item.reading_id is None else "empty"
    text = item.text.replace("\n", " · ") if corrected_text is None else corrected_text
    index, part = item.position
    return Row(
        item.id, f"{index:07}-{part:07}", item.name, state, text, reason_without_number(item), item.reading_id,
        item.doubts, item.corrected,
    )  # fmt: skip


def ordered(rows: Iterable[Row], order: str) -> list[Row]:
    """Sort rows: those to review first for DOUBTS, else as they are."""
    return sorted(rows, key=lambda row: row.urgency) if order == DOUBTS else list(rows)
