"""Stored copies of pages, which serve to explain a digit or to read a part of a page by itself.

A copy may be smaller than the page that was read; a part is read from the file where it is sent again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO

from ..errors import InvalidRegion, ReadingNotFound, marked
from ..export.overlay import draw_explanation
from ..imaging.decode import Picture, open_picture
from ..imaging.documents import Pages
from ..imaging.limits import Limits
from ..reader import Reader
from ..recognition.alphabet import is_digit
from ..results import Box, Page
from ..store.protocol import ReadingStore
from .corrections import NoSuchNumber

OTHER_PICTURE = marked("this is not the picture of the reading: send the same file again, or none")
THUMBNAIL_SIDE = 240
"""Longer side of a thumbnail in pixels: twice the size at which pages show it, for high-resolution screens."""


@dataclass(frozen=True)
class PageRegion:
    """A part of a page of a stored reading."""

    reading_id: str
    page: int
    """Position of the page in the reading, from 0."""
    box: Box
    """The part, in pixels of the page."""

    def open(
        self, store: ReadingStore, file: IO[bytes] | None, limits: Limits, colour_side: int
    ) -> tuple[Iterator[Picture], str, Callable[[Picture], tuple[Picture, Box]]]:
        """Return the page, the name of its file, and a function that fits the page and the part to each other.

        Args:
            store: The store of the reading.
            file: The file that was read, or None for the stored copy of the page.
            limits: Limits on the file's size.
            colour_side: Longest side of the page's colours in pixels.

        Raises:
            ReadingNotFound: There is no such reading, or no copy of the page was stored.
            InputError: The file cannot be read; from the function, its subclass InvalidRegion for another picture.
        """
        reading = store.get(self.reading_id, pictures=False)
        if self.page >= len(reading.pages):
            raise ReadingNotFound("the reading has no such page: pages count from 0")
        page = reading.pages[self.page]
        if file is None or not file.read(1):
            stored = _stored_picture(store, self.reading_id, self.page)
            return iter([stored]), reading.name, lambda picture: (picture, _in_picture(self.box, page, picture))

        def fit(picture: Picture) -> tuple[Picture, Box]:
            picture = picture.turned(page.turned)  # as it was when it was read
            if (picture.width, picture.height) != (page.width, page.height):
                raise InvalidRegion(OTHER_PICTURE)
            return picture, self.box

        return Pages(file, limits, colour_side=colour_side, only=self.page), reading.name, fit


def stored_copies(picture: Picture, side: int, *, with_thumbnail: bool) -> list[bytes]:
    """Return a copy of a page with its longer side at most `side` pixels, and a thumbnail, as JPEG files."""
    return picture.previews(side, *((THUMBNAIL_SIDE,) if with_thumbnail else ()))


def explain_digit(store: ReadingStore, reader: Reader, reading_id: str, *, page: int, number: int, digit: int) -> bytes:
    """Return a PNG of the strokes that decided a digit; all count from 0. Raises ReadingNotFound or NoSuchNumber."""
    reading = store.get(reading_id, pictures=False)
    picture = _stored_picture(store, reading_id, page)
    try:
        explained = reading.pages[page].numbers[number].digits[digit]
    except IndexError:
        raise NoSuchNumber("the reading has no such digit: page, number and digit count from 0") from None
    if not is_digit(explained.text):
        raise NoSuchNumber("only digits can be explained, not '{character}'", character=explained.text)
    box = _in_picture(explained.box, reading.pages[page], picture)
    return draw_explanation(reader.explain(picture, box, explained.text))


def _stored_picture(store: ReadingStore, reading_id: str, page: int) -> Picture:
    if not (preview := store.picture(reading_id, page)):
        raise ReadingNotFound("no copy of this picture was kept")
    return open_picture(preview)


def _in_picture(box: Box, page: Page, picture: Picture) -> Box:
    """Return a box of a page in pixels of a picture of it."""
    x, y, width, height = (round(value * picture.width / page.width) for value in box)
    return Box(x, y, max(width, 1), max(height, 1))
