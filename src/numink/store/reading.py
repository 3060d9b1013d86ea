"""Readings as a store keeps them, and the query by which they are searched."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from ..errors import marked
from ..results import Page
from .ids import owner_of

READING_MISSING = marked("there is no such reading: it was deleted, or the id is wrong")
"""Message of `ReadingNotFound` for a reading."""
UNDO_PERIOD = timedelta(minutes=10)
"""Time for which a discarded reading can be restored, and still counts as storage in use."""


@dataclass(frozen=True)
class Reading:
    """Result of reading one picture or document, with reduced copies of its pages as JPEG.

    Attributes:
        id: `owner:uuid7`, from `ids.new_id`.
        created: Moment of the reading, from `ids.now`.
        pages: The pages in order.
        name: File name of the picture or document.
        thumbnail: Small copy of the first page; empty where none is stored.
        previews: Large copy of each page; a page without one has an empty one, or the tuple ends before it.
    """

    id: str
    created: str
    pages: tuple[Page, ...]
    name: str = ""
    thumbnail: bytes = field(default=b"", repr=False)
    previews: tuple[bytes, ...] = field(default=(), repr=False)

    @property
    def owner(self) -> str:
        """Owner of the reading, with which its id begins."""
        return owner_of(self.id)

    def preview(self, page: int) -> bytes:
        """Return the large copy of a page, counted from 0; empty where none is stored."""
        return self.previews[page] if 0 <= page < len(self.previews) else b""

    @property
    def text(self) -> str:
        """Text of all pages, separated by newlines."""
        return "\n".join(page.text for page in self.pages if page.text)


@dataclass(frozen=True)
class Doubt:
    """A number that was not accepted and still needs a review; `page` and `number` count from 0.

    `correction.Review` says when corrections have reviewed it.
    """

    reading_id: str
    page: int
    number: int
    confidence: float


@dataclass(frozen=True)
class ReviewedNumber:
    """A number as it was read and as a person corrected or confirmed it.

    Attributes:
        created: Moment of the last correction.
        read_as: The number as it was read.
        corrected_to: The right number; empty where there is no number at all.
    """

    created: str
    read_as: str
    corrected_to: str


@dataclass(frozen=True)
class ReadingQuery:
    """Conditions on readings, all of which must hold; an empty one is ignored.

    Attributes:
        text: Part of the text, of a correction or of the file name, in any case.
        since: First moment, in the format of `ids.now` or a beginning of it.
        until: Moment after the last one.
        doubtful: Only readings with a number that needs a review.
        corrected: Only readings with a correction.
        oldest_first: Order of the results; newest first otherwise.
    """

    text: str = ""
    since: str = ""
    until: str = ""
    doubtful: bool = False
    corrected: bool = False
    oldest_first: bool = False

    @property
    def is_unconditional(self) -> bool:
        """True where every reading matches."""
        return not (self.text or self.since or self.until or self.doubtful or self.corrected)
