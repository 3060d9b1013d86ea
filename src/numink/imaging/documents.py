"""Documents of several pages, one picture a page: PDF documents and TIFF stacks; any other picture is one page.

Pages are decoded lazily, so that a long document needs the memory of one page, and each by a process that can be ended
(`decoder`).
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import IO

import numpy as np
from numpy.typing import NDArray

from .decode import Picture, decoded, file_bytes, open_picture
from .decoder.page import DecodedPage
from .decoder.pool import shared_pool
from .decoder.protocol import Request
from .limits import Limits


class Pages(Iterator[Picture]):
    """Pages of a document or picture, decoded one by one."""

    def __init__(
        self, file: IO[bytes], limits: Limits | None = None, *, colour_side: int | None = None, only: int | None = None
    ) -> None:
        """Prepare to decode.

        Args:
            file: The document, which must stay open and can be searched.
            limits: Limits on pages and on each page's size; those of `Limits()` where none are given.
            colour_side: Longest side of the pictures' colours in pixels; None for full size.
            only: Position of the only page to decode, from 0; None for all.

        Raises:
            TooLarge: The file has too many bytes.
        """
        limits = limits or Limits()
        self._file = file
        size = file.seek(0, io.SEEK_END)
        limits.check_bytes(size)
        self._request = Request(size, limits, page=only or 0, colour_side=colour_side)
        self._end = self._request.page + 1
        self._is_whole = only is None
        self._next: Picture | None = None

    def __next__(self) -> Picture:
        """Return the next page. Raises InputError or DecoderBusy."""
        if not self.prepare() or self._next is None:
            raise StopIteration
        picture, self._next = self._next, None
        return picture

    def prepare(self, *, quickly: bool = False, needed: int = 0) -> bool:
        """Decode the next page, unless that was done.

        Args:
            quickly: Whether to give up a page that takes much time or memory.
            needed: Memory in bytes that an earlier attempt missed.

        Returns:
            False where there is no further page.

        Raises:
            InputError: The page cannot be decoded.
            NotQuick: It takes much, and `quickly` is set.
            DecoderBusy: It takes much, and so do too many others.
        """
        if self._next is None and self._request.page < self._end:
            pool = shared_pool()

            def decode(request: Request) -> DecodedPage:
                self._file.seek(0)
                return pool.decode_quickly(self._file, request) if quickly else pool.decode(self._file, request, needed)

            page, self._next = decoded(decode, self._request)
            self._end = page.pages if self._is_whole else self._end
            self._request = replace(self._request, page=self._request.page + 1)
        return self._next is not None


def open_pages(source: str | Path | bytes | NDArray[np.uint8], limits: Limits | None = None) -> Iterator[Picture]:
    """Decode the pages of a document or picture one by one, in order.

    Args:
        source: Path, bytes of a file, or pixels, uint8 (H, W) or (H, W, 3) in RGB, 0 is black.
        limits: Limits on pages and on each page's size; those of `Limits()` where none are given.

    Returns:
        An iterator over the pages, at least one. Each page but the first is decoded when it is asked for.

    Raises:
        NoSuchFile: There is no readable file at the path.
        TooLarge: A limit is exceeded; for too many pages before the first page is decoded.
        NotAPicture: The format is not supported.
        BrokenPicture: The data is damaged, or decoding a page takes too much time or memory.

    Example:
        >>> [page.width for page in open_pages(np.zeros((20, 30), np.uint8))]
        [30]
    """
    if isinstance(source, np.ndarray):
        return iter([open_picture(source, limits)])
    limits = limits or Limits()
    pages = Pages(io.BytesIO(source if isinstance(source, bytes) else file_bytes(Path(source), limits)), limits)
    pages.prepare()
    return pages
