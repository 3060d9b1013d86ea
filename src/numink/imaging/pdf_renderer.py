"""Draws the pages of a PDF document in a process of its own, so that a document that is made to harm harms only that.

python pdf_child.py MOST_PIXELS LONGEST_SIDE DOTS MOST_BYTES < document > pages

First comes a line {"pages": N}; then for each page a line {"width", "height", "channels"} and its bytes, row after row.
A line {"error": ...} is the last. Started by `pdf`, which knows how to read that. Imports nothing of numink, so that
it starts in a moment; takes no more memory than MOST_BYTES.
"""

from __future__ import annotations

import contextlib
import io
import json
import sys
from typing import IO, Any

import pypdfium2

POINT = 72
"""Points to an inch."""
ROOM = 0.98
"""Of what is allowed: a page's size is rounded up."""


def main(most_pixels: int, longest_side: int, dots: int, most_bytes: int) -> None:
    """Reads the document from standard input, all of it, before anything is drawn."""
    _hold(most_bytes)
    out = sys.stdout.buffer
    try:
        document = pypdfium2.PdfDocument(io.BytesIO(sys.stdin.buffer.read()))
    except pypdfium2.PdfiumError as error:
        _say(out, error="locked" if "password" in str(error).lower() else "damaged")
        return
    _say(out, pages=len(document))
    for at in range(len(document)):
        try:
            page = document[at]
            width, height = page.get_size()
            inches = max(width * height, 1) / POINT**2
            fine = min(
                dots, (ROOM * most_pixels / inches) ** 0.5, ROOM * longest_side * POINT / max(width, height, 1)
            )  # fmt: skip
            drawn = page.render(scale=fine / POINT, rev_byteorder=True)
        except pypdfium2.PdfiumError as error:
            _say(out, error=str(error))
            return
        _say(out, width=drawn.width, height=drawn.height, channels=drawn.n_channels)
        rows, used = memoryview(drawn.buffer).cast("B"), drawn.width * drawn.n_channels
        for row in range(drawn.height):
            out.write(rows[row * drawn.stride : row * drawn.stride + used])
        drawn.close()
        page.close()


def _hold(most_bytes: int) -> None:
    with contextlib.suppress(ImportError):  # where there are no such limits, `pdf` still ends what takes too long
        import resource  # noqa: PLC0415

        resource.setrlimit(resource.RLIMIT_AS, (most_bytes, most_bytes))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _say(out: IO[bytes], **what: Any) -> None:
    out.write(json.dumps(what).encode() + b"\n")
    out.flush()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
