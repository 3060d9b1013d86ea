"""The pages of a PDF document as arrays, drawn by a process of its own (`pdf_child`) within limits of memory and time.

A document of two kilobytes can unpack to gigabytes, or draw for days: such a process is ended, and what asked for the
pages gets an error like that of any other damaged file. Knows nothing of pictures.
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

DOTS = 200
"""Dots to an inch that pages are drawn with: a digit of 3 mm is 24 pixels tall."""
SECONDS = 10.0
"""That a page may take to be drawn."""
PER_PIXEL, BESIDE = 8, 600_000_000
"""Bytes that the process may take for each pixel of the largest page, and beside: Python, PDFium and what a page is
made of."""
CHILD = Path(__file__).with_name("pdf_renderer.py")
TOO_MUCH = marked(
    "the PDF document takes too much memory or time to draw: open it in a viewer, and save it as a picture"
)
PAGE_TOO_MUCH = marked(
    "page {page} of the PDF document takes too much memory or time to draw: "
    "open it in a viewer, and save it as a picture"
)


@dataclass(frozen=True)
class Bounds:
    """What a page may have at most, and the process that draws it: seconds a page, bytes in all."""

    pixels: int
    side: int
    seconds: float = SECONDS

    @property
    def memory(self) -> int:
        """Bytes."""
        return self.pixels * PER_PIXEL + BESIDE


class PdfPages:
    """The pages of one document: `count` of them, drawn as they are asked for, once."""

    def __init__(self, data: bytes, bounds: Bounds) -> None:
        """Raises BrokenPicture where this is no sound document."""
        self._bounds = bounds
        words = [str(value) for value in (bounds.pixels, bounds.side, DOTS, bounds.memory)]
        self._child = subprocess.Popen(  # noqa: S603 - our own program; what comes from outside is its input only
            [sys.executable, "-P", str(CHILD), *words],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            self.count = self._begun(data)
        except BaseException:
            self.close()
            raise

    def _begun(self, data: bytes) -> int:
        """Gives the document to the process; how many pages it has."""
        with self._in_time():
            assert self._child.stdin  # noqa: S101 - it was asked for
            with suppress(BrokenPipeError):  # what it says, or that it says nothing, tells more
                self._child.stdin.write(data)
                self._child.stdin.close()
            told = self._told(BrokenPicture(TOO_MUCH))
        if told.get("error") == "locked":
            raise BrokenPicture("the PDF document is locked by a password: save it without, and read that")
        if "error" in told:
            raise BrokenPicture("the PDF document is damaged: open it in a viewer and save it again")
        return int(told["pages"])

    def __iter__(self) -> Iterator[NDArray[np.uint8]]:
        """Each page uint8 (H, W) or (H, W, 3). Raises BrokenPicture."""
        try:
            for at in range(self.count):
                too_much = BrokenPicture(PAGE_TOO_MUCH, page=at + 1)
                with self._in_time():
                    told = self._told(too_much)
                    if "error" in told:
                        raise BrokenPicture(
                            "page {page} of the PDF document cannot be drawn ({why}): save it again",
                            page=at + 1,
                            why=told["error"],
                        )
                    shape = (told["height"], told["width"], told["channels"])
                    pixels = np.frombuffer(self._bytes(int(np.prod(shape)), too_much), np.uint8).reshape(shape)
                yield np.ascontiguousarray(pixels[:, :, 0] if shape[2] == 1 else pixels[:, :, :3])
        finally:
            self.close()

    def close(self) -> None:
        """Ends the process, whatever it does."""
        self._child.kill()
        self._child.wait()
        for end in (self._child.stdin, self._child.stdout):
            if end:
                with suppress(BrokenPipeError):
                    end.close()

    @contextmanager
    def _in_time(self) -> Iterator[None]:
        """Ends the process where what is asked of it takes too long; the pipe is then at its end."""
        clock = threading.Timer(self._bounds.seconds, self._child.kill)
        clock.daemon = True
        clock.start()
        try:
            yield
        finally:
            clock.cancel()

    def _told(self, too_much: BrokenPicture) -> dict[str, Any]:
        assert self._child.stdout  # noqa: S101 - it was asked for
        line = self._child.stdout.readline()
        if not line.endswith(b"\n"):
            raise too_much
        told: dict[str, Any] = json.loads(line)
        return told

    def _bytes(self, count: int, too_much: BrokenPicture) -> bytes:
        assert self._child.stdout  # noqa: S101 - it was asked for
        found = self._child.stdout.read(count)
        if len(found) < count:
            raise too_much
        return found
