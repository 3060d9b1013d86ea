"""Files of several pages, one picture a page: PDF documents and TIFF stacks; any other picture is one page.

Pages are made one after the other, as they are asked for, so that a long document takes the memory of one page. PDF
pages are drawn by PDFium as they would be printed. Knows nothing of what is on them.
"""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pypdfium2
from numpy.typing import NDArray

from .errors import BrokenPicture
from .image import Limits, Picture, check_bytes, check_pages, file_bytes, open_frames, open_picture

POINT = 72
"""Points to an inch."""
DOTS = 200
"""Dots to an inch that pages are drawn with: a digit of 3 mm is 24 pixels tall."""
_pdfium = threading.Lock()
"""PDFium may be used by one thread at a time."""


def open_pages(source: str | Path | bytes | NDArray[np.uint8], limits: Limits | None = None) -> Iterator[Picture]:
    """The pages of a document or picture, in order: at least one.

    Raises what `open_picture` raises, and TooLarge where there are more pages than `limits` allow, before the first.
    """
    limits = limits or Limits()
    if isinstance(source, np.ndarray):
        return iter([open_picture(source, limits)])
    data = source if isinstance(source, bytes) else file_bytes(Path(source), limits)
    if data[:1024].lstrip().startswith(b"%PDF"):
        return _pdf_pages(data, limits)
    return open_frames(data, limits)


def _pdf_pages(data: bytes, limits: Limits) -> Iterator[Picture]:
    check_bytes(len(data), limits)
    with _pdfium:
        document = _opened(data)
        count = len(document)
    if not count:
        raise BrokenPicture("the PDF document has no page: open it in a viewer and save it again")
    check_pages("document", count, limits)
    return (_drawn(document, at, limits) for at in range(count))


def _opened(data: bytes) -> pypdfium2.PdfDocument:
    try:
        return pypdfium2.PdfDocument(io.BytesIO(data))
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise BrokenPicture("the PDF document is locked by a password: save it without, and read that") from None
        raise BrokenPicture("the PDF document is damaged: open it in a viewer and save it again") from None


def _drawn(document: pypdfium2.PdfDocument, at: int, limits: Limits) -> Picture:
    """Page `at`, from 0, with DOTS to an inch or as many as the limits allow."""
    with _pdfium:
        try:
            page = document[at]
            width, height = page.get_size()
            inches = max(width * height, 1) / POINT**2
            dots = min(
                DOTS, (0.98 * limits.max_pixels / inches) ** 0.5, 0.98 * limits.max_side * POINT / max(width, height, 1)
            )
            pixels = np.array(page.render(scale=dots / POINT, rev_byteorder=True).to_numpy())
        except pypdfium2.PdfiumError as error:
            raise BrokenPicture(f"page {at + 1} of the PDF document cannot be drawn ({error}): save it again") from None
    grey_or_colour = pixels[:, :, 0] if pixels.ndim == 3 and pixels.shape[2] == 1 else pixels[:, :, :3]
    return open_picture(np.ascontiguousarray(grey_or_colour), limits)
