"""What templates show of a batch: its files as rows, what counts of each, and the order to look at them in.

Plain values; knows no routes and no HTML.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ...service.batches import reason_without_number
from ...store.batches import Item, State

DOUBTS = "doubts"
"""The order that brings first what a person should look at."""


@dataclass(frozen=True)
class Row:
    """A file. `text` is what counts, the correction where there is one; `said` why there is none."""

    id: str
    order: str
    """Sorts as the files stand in the batch."""
    name: str
    state: str
    """A word of State, or 'deleted' or 'empty' for what was read and has no text."""
    text: str
    said: str
    reading: str | None
    doubts: int
    corrected: bool

    @property
    def concern(self) -> int:
        """How much a person should look at it; 0 the most."""
        if self.state == State.FAILED:
            return 0
        return 1 if self.doubts or self.state == "empty" else 2


def row(item: Item, final: str | None = None) -> Row:
    """`final`: what counts where it was corrected."""
    state = str(item.state)
    if item.state is State.READ and not item.text:
        state = "deleted" if item.reading_id is None else "empty"
    text = item.text.replace("\n", " · ") if final is None else final
    place, part = item.position
    return Row(
        item.id, f"{place:07}-{part:07}", item.name, state, text, reason_without_number(item), item.reading_id,
        item.doubts, item.corrected,
    )  # fmt: skip


def ordered(rows: Iterable[Row], order: str) -> list[Row]:
    """As they stand, or what is to be looked at first."""
    return sorted(rows, key=lambda one: one.concern) if order == DOUBTS else list(rows)
