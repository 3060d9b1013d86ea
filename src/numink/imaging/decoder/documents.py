"""Rendering of the pages of PDF documents, as they would be printed."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager

from ...errors import BrokenPicture, marked
from .bands import PlainImage
from .pictures import BAND_BYTES, PLAIN_BYTES_PER_PIXEL, NeedsMemory, check_page
from .protocol import Request

DPI = 200
"""Resolution in dots per inch: a digit of 3 mm is 24 pixels tall."""
POINTS_PER_INCH = 72
MOST_PIXELS = 16_000_000
"""Pixels of a rendered page at most: A2 at the full resolution. Larger sheets are rendered at a lower one, since the
reader reads at most 1,600 pixels a side anyway."""
SAFETY = 0.98
"""Share of the pixels allowed that is used: PDFium rounds a page's size up."""
BYTES_PER_PIXEL = 2 * PLAIN_BYTES_PER_PIXEL
"""Memory for each pixel of a page: PDFium's, and Pillow's copy."""
TOO_MANY_PAGES = marked("the document has {count} pages, the limit is {most}: split it, or raise NUMINK_MAX_PAGES")


def is_pdf(data: bytes) -> bool:
    """Return whether a file is a PDF document."""
    return data[:1024].lstrip().startswith(b"%PDF")


@contextmanager
def rendered(data: bytes, request: Request) -> Iterator[tuple[PlainImage, int]]:
    """Render a page of a PDF document.

    Yields:
        The page, and the number of pages.

    Raises:
        InputError: It is damaged, locked or empty, has too many pages, or the page cannot be rendered.
        NeedsMemory: The page exceeds the memory of this attempt.
    """
    import pypdfium2  # noqa: PLC0415 - most files are pictures

    from .form_fields import find_form_fields  # noqa: PLC0415 - the same

    try:
        document = pypdfium2.PdfDocument(io.BytesIO(data))
        document.init_forms()  # else filled form fields are not drawn
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise BrokenPicture("the PDF document is protected by a password: save it without one") from None
        raise BrokenPicture("the PDF document is damaged: open it in a viewer and save it again") from None
    try:
        if not (pages := len(document)):
            raise BrokenPicture("the PDF document has no pages: open it in a viewer and save it again")
        request.limits.check_pages(TOO_MANY_PAGES, pages)
        check_page(request, pages)
        page = document[request.page]
        width, height = page.get_size()
        scale, pixels = _scale(width, height, request)
        if (needed := pixels * BYTES_PER_PIXEL + len(data) + BAND_BYTES) > request.memory:
            request.limits.check_memory(needed)
            raise NeedsMemory(needed)
        bitmap = page.render(scale=scale, rev_byteorder=True)
        yield PlainImage(bitmap.to_pil(), find_form_fields(page, bitmap.width, bitmap.height)), pages
        bitmap.close()
    except pypdfium2.PdfiumError as error:
        raise BrokenPicture(
            "page {page} of the PDF document cannot be rendered ({why}): save it again",
            page=request.page + 1, why=error,
        ) from None  # fmt: skip
    finally:
        document.close()


def _scale(width: float, height: float, request: Request) -> tuple[float, int]:
    """Return the scale of a page of a size in points, and the pixels that it then has."""
    square_inches = max(width * height, 1) / POINTS_PER_INCH**2
    by_pixels = (SAFETY * min(request.limits.max_pixels, MOST_PIXELS) / square_inches) ** 0.5
    by_side = SAFETY * request.limits.max_side * POINTS_PER_INCH / max(width, height, 1)
    dpi = min(DPI, by_pixels, by_side)
    return dpi / POINTS_PER_INCH, round(square_inches * dpi**2)
