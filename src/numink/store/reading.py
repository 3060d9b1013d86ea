"""Values that a store keeps of what was read, and the conditions by which readings are found."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..results import Page
from .ids import owner_of


@dataclass(frozen=True)
class Reading:
    """One answer: its pages, a small copy of the first one's picture (JPEG), and a large one of each; empty where none
    is kept."""

    id: str
    created: str
    pages: tuple[Page, ...]
    name: str = ""
    thumbnail: bytes = field(default=b"", repr=False)
    previews: tuple[bytes, ...] = field(default=(), repr=False)

    @property
    def owner(self) -> str:
        """Whose it is."""
        return owner_of(self.id)

    def preview(self, page: int) -> bytes:
        """The large copy of a page's picture, from 0; empty where none is kept."""
        return self.previews[page] if 0 <= page < len(self.previews) else b""

    @property
    def text(self) -> str:
        """All that was read, pages apart by a newline."""
        return "\n".join(page.text for page in self.pages if page.text)


@dataclass(frozen=True)
class Doubt:
    """A number that is not sure and that nobody has corrected or confirmed; `page` and `number` count from 0.

    Done with when somebody said what the number or its page is, or what each of its digits is that is not accepted.
    """

    reading_id: str
    page: int
    number: int
    confidence: float


@dataclass(frozen=True)
class ReviewedNumber:
    """A number that a person looked at: when, what had been read, and what is right (empty: no number at all)."""

    created: str
    read_as: str
    corrected_to: str


@dataclass(frozen=True)
class ReadingQuery:
    """Which readings are looked for; all conditions hold, and one that is empty is none.

    `text` is part of what was read, of a correction, or of the file's name, in any case; `since` and `until` are
    moments as `now` gives them, the first included and the last not.
    """

    text: str = ""
    since: str = ""
    until: str = ""
    doubtful: bool = False
    corrected: bool = False
    oldest_first: bool = False
