"""Rendering of PDF documents in a process of its own (`pdf_renderer`), within limits of memory and time.

A document of two kilobytes can unpack to gigabytes, or take days to render. Such a process is killed, and the caller
gets the same kind of error as for a damaged file.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import BrokenPicture, marked

PDF_DPI = 200
"""Resolution in dots per inch: a digit of 3 mm is 24 pixels tall."""
PAGE_TIMEOUT = 10.0
"""Seconds within which a page has to be rendered."""
BYTES_PER_PIXEL = 8
"""Memory of the process for each pixel of the largest page allowed, in bytes."""
BASE_MEMORY = 600_000_000
"""Memory of the process for Python, PDFium and the objects of a page, in bytes."""
RENDERER = Path(__file__).with_name("pdf_renderer.py")
DOCUMENT_TOO_COMPLEX = marked(
    "the PDF document takes too much memory or time to render: open it in a viewer and save it as a picture"
)
PAGE_TOO_COMPLEX = marked(
    "page {page} of the PDF document takes too much memory or time to render: "
    "open it in a viewer and save it as a picture"
)


@dataclass(frozen=True)
class RenderLimits:
    """Limits on a rendered page and on the process that renders it."""

    max_pixels: int
    """Pixels of a page."""
    max_side: int
    """Pixels of a page's longer side."""
    seconds: float = PAGE_TIMEOUT
    """Seconds to open the document, and to render each page."""

    @property
    def memory(self) -> int:
        """Memory of the process in bytes."""
        return self.max_pixels * BYTES_PER_PIXEL + BASE_MEMORY


class PdfPages:
    """Pages of one PDF document, rendered lazily; they can be iterated once."""

    count: int
    """Number of pages."""

    def __init__(self, data: bytes, limits: RenderLimits) -> None:
        """Start the process and open the document. Raises BrokenPicture where it is damaged or locked."""
        self._limits = limits
        arguments = [str(value) for value in (limits.max_pixels, limits.max_side, PDF_DPI, limits.memory)]
        self._process = subprocess.Popen(  # noqa: S603 - our own program; only its input comes from outside
            [sys.executable, "-P", str(RENDERER), *arguments],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            self.count = self._open(data)
        except BaseException:
            self.close()
            raise

    def _open(self, data: bytes) -> int:
        """Send the document to the process; return its number of pages."""
        with self._timeout():
            assert self._process.stdin  # noqa: S101 - it is a pipe
            with suppress(BrokenPipeError):  # the answer, or its absence, says more
                self._process.stdin.write(data)
                self._process.stdin.close()
            answer = self._message(BrokenPicture(DOCUMENT_TOO_COMPLEX))
        if answer.get("error") == "locked":
            raise BrokenPicture("the PDF document is protected by a password: save it without one")
        if "error" in answer:
            raise BrokenPicture("the PDF document is damaged: open it in a viewer and save it again")
        return int(answer["pages"])

    def __iter__(self) -> Iterator[NDArray[np.uint8]]:
        """Render each page: uint8 (H, W) or (H, W, 3). Raises BrokenPicture."""
        try:
            for page in range(1, self.count + 1):
                too_complex = BrokenPicture(PAGE_TOO_COMPLEX, page=page)
                with self._timeout():
                    header = self._message(too_complex)
                    if "error" in header:
                        raise BrokenPicture(
                            "page {page} of the PDF document cannot be rendered ({why}): save it again",
                            page=page,
                            why=header["error"],
                        )
                    shape = (header["height"], header["width"], header["channels"])
                    pixels = np.frombuffer(self._bytes(int(np.prod(shape)), too_complex), np.uint8).reshape(shape)
                yield np.ascontiguousarray(pixels[:, :, 0] if shape[2] == 1 else pixels[:, :, :3])
        finally:
            self.close()

    def close(self) -> None:
        """Kill the process and close its pipes."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe:
                with suppress(BrokenPipeError):
                    pipe.close()

    @contextmanager
    def _timeout(self) -> Iterator[None]:
        """Kill the process where the block takes too long; reading from its pipe then ends."""
        timer = threading.Timer(self._limits.seconds, self._process.kill)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def _message(self, too_complex: BrokenPicture) -> dict[str, Any]:
        assert self._process.stdout  # noqa: S101 - it is a pipe
        line = self._process.stdout.readline()
        if not line.endswith(b"\n"):
            raise too_complex
        message: dict[str, Any] = json.loads(line)
        return message

    def _bytes(self, count: int, too_complex: BrokenPicture) -> bytes:
        assert self._process.stdout  # noqa: S101 - it is a pipe
        content = self._process.stdout.read(count)
        if len(content) < count:
            raise too_complex
        return content
