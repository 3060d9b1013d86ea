"""Files of several pages, one picture a page: PDF documents and TIFF stacks; any other picture is one page.

Pages are made one after the other, as they are asked for, so that a long document takes the memory of one page. PDF
pages are drawn by PDFium as they would be printed, in a process of its own (`pdf`). Knows nothing of what is on them.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..errors import BrokenPicture, InputError, marked
from .decode import Limits, Picture, check_bytes, check_pages, file_bytes, open_frames, open_picture
from .pdf import Bounds, PdfPages


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
    pages = PdfPages(data, Bounds(limits.max_pixels, limits.max_side))
    try:
        if not pages.count:
            raise BrokenPicture("the PDF document has no page: open it in a viewer and save it again")
        many = marked("the document has {count} pages, the limit is {most}: split it, or raise NUMINK_MAX_PAGES")
        check_pages(many, pages.count, limits)
    except InputError:
        pages.close()
        raise
    return (open_picture(pixels, limits) for pixels in pages)
