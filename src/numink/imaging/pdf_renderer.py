"""Program that renders the pages of a PDF document; `pdf` runs it, so that a malicious document harms only it.

    python pdf_renderer.py MAX_PIXELS MAX_SIDE DPI MAX_BYTES < document > pages

The output is a line {"pages": N}, then for each page a line {"width", "height", "channels"} and its bytes row by row.
A line {"error": ...} ends it. The program imports nothing of numink, so that it starts quickly, and limits its own
memory to MAX_BYTES.
"""

from __future__ import annotations

import contextlib
import io
import json
import sys
from typing import IO, Any

import pypdfium2

POINTS_PER_INCH = 72
SAFETY = 0.98
"""Share of the pixels allowed that is used: PDFium rounds a page's size up."""


def main(max_pixels: int, max_side: int, dpi: int, max_bytes: int) -> None:
    """Render the document on standard input, which is read to its end first."""
    _limit_memory(max_bytes)
    out = sys.stdout.buffer
    try:
        document = pypdfium2.PdfDocument(io.BytesIO(sys.stdin.buffer.read()))
        document.init_forms()  # else filled form fields are not drawn
    except pypdfium2.PdfiumError as error:
        _send(out, error="locked" if "password" in str(error).lower() else "damaged")
        return
    _send(out, pages=len(document))
    for index in range(len(document)):
        try:
            page = document[index]
            width, height = page.get_size()
            square_inches = max(width * height, 1) / POINTS_PER_INCH**2
            by_pixels = (SAFETY * max_pixels / square_inches) ** 0.5
            by_side = SAFETY * max_side * POINTS_PER_INCH / max(width, height, 1)
            bitmap = page.render(scale=min(dpi, by_pixels, by_side) / POINTS_PER_INCH, rev_byteorder=True)
        except pypdfium2.PdfiumError as error:
            _send(out, error=str(error))
            return
        _send(out, width=bitmap.width, height=bitmap.height, channels=bitmap.n_channels)
        rows, row_bytes = memoryview(bitmap.buffer).cast("B"), bitmap.width * bitmap.n_channels
        for row in range(bitmap.height):
            out.write(rows[row * bitmap.stride : row * bitmap.stride + row_bytes])
        bitmap.close()
        page.close()


def _limit_memory(max_bytes: int) -> None:
    with contextlib.suppress(ImportError):  # not on Windows, where `pdf` still kills a slow process
        import resource  # noqa: PLC0415

        resource.setrlimit(resource.RLIMIT_AS, (max_bytes, max_bytes))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _send(out: IO[bytes], **values: Any) -> None:
    out.write(json.dumps(values).encode() + b"\n")
    out.flush()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
