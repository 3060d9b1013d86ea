"""Documents of several pages, one picture a page: PDF documents and TIFF stacks; any other picture is one page.

Pages are rendered lazily, so that a long document needs the memory of one page. PDFium renders those of a PDF
document as they would be printed, in a process of its own (`pdf`).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..errors import BrokenPicture, InputError, marked
from .decode import Limits, Picture, check_bytes, check_pages, file_bytes, open_frames, open_picture
from .pdf import PdfPages, RenderLimits

TOO_MANY_PAGES = marked("the document has {count} pages, the limit is {most}: split it, or raise NUMINK_MAX_PAGES")


def open_pages(source: str | Path | bytes | NDArray[np.uint8], limits: Limits | None = None) -> Iterator[Picture]:
    """Decode the pages of a document or picture one by one, in order.

    Args:
        source: Path, bytes of a file, or pixels, uint8 (H, W) or (H, W, 3) in RGB, 0 is black.
        limits: Limits on pages and on each page's size; those of `Limits()` where none are given.

    Returns:
        An iterator over the pages, at least one. Each page is decoded when it is asked for.

    Raises:
        NoSuchFile: There is no readable file at the path.
        TooLarge: A limit is exceeded; for too many pages before the first page is decoded.
        NotAPicture: The format is not supported.
        BrokenPicture: The data is damaged, or a PDF document takes too much time or memory.

    Example:
        >>> [page.width for page in open_pages(np.zeros((20, 30), np.uint8))]
        [30]
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
    pages = PdfPages(data, RenderLimits(limits.max_pixels, limits.max_side))
    try:
        if not pages.count:
            raise BrokenPicture("the PDF document has no pages: open it in a viewer and save it again")
        check_pages(TOO_MANY_PAGES, pages.count, limits)
    except InputError:
        pages.close()
        raise
    return (open_picture(pixels, limits) for pixels in pages)
