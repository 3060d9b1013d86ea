"""A decoder process: it answers one request after the other until its input ends.

The kernel ends it where a request takes more processor time than it may, and refuses it memory. It imports little, so
that it starts quickly and is small.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from ...errors import BrokenPicture, InputError
from .bands import PlainImage
from .documents import is_pdf, rendered
from .pictures import NeedsMemory, opened
from .protocol import Reply, Request

MOST_RESIDENT = 150_000_000
"""Resident memory above which the process is replaced after a page, so that all of it is given back."""
WEBP_WITHOUT_MEMORY = "could not create decoder object"
"""Pillow's error for a WebP whose pixels do not fit into memory, or that is damaged."""
STATM = Path("/proc/self/statm")
RESIDENT, DATA = 1, 5
"""Positions in STATM: resident pages, pages of data."""


def main() -> None:
    """Answer the requests on standard input."""
    for name in (
        "SIGINT",
        "SIGTERM",
        "SIGHUP",
    ):  # a server that stops finishes its requests first, then closes the input
        with contextlib.suppress(AttributeError):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    os.putenv("OPENBLAS_NUM_THREADS", "1")  # the stacks of NumPy's threads would count as memory
    requests, replies = sys.stdin.buffer, sys.stdout.buffer
    while line := requests.readline():
        request = Request.from_line(line)
        with _limited(request):
            answer(requests.read(request.size), request, replies)


def answer(data: bytes, request: Request, replies: IO[bytes]) -> None:
    """Decode a page and write it, or write the reason why there is none."""
    started = False
    reply: Reply | None = None
    try:
        with (rendered if request.documents and is_pdf(data) else opened)(data, request) as (image, pages):
            for block in _blocks(image, pages, request):
                started = True
                replies.write(block)
    except InputError as error:
        reply = Reply.of_error(error)
    except NeedsMemory as error:
        reply = Reply(needed=error.needed)
    except Exception as error:  # decoders raise nearly anything on damaged files
        if started:
            raise
        why = (str(error) or type(error).__name__).splitlines()[0][:120]
        if isinstance(error, MemoryError) or "memory" in why.lower() or why == WEBP_WITHOUT_MEMORY:
            reply = Reply(needed=request.limits.max_memory)
        else:
            message = "the picture is damaged or cut off ({why}): open it in a viewer and save it again"
            reply = Reply.of_error(BrokenPicture(message, why=why))
    replies.write(reply.to_line() if reply else b"")
    replies.flush()


def _blocks(image: PlainImage, pages: int, request: Request) -> Iterator[bytes]:
    """Return the reply for a page in blocks: its head, its grey values, its colours, the sample."""
    colour, rows = image.colour_rows(request.colour_side) or (None, ())
    sample = image.sample() if request.weights is None else None
    is_last = _memory(RESIDENT) > MOST_RESIDENT
    yield Reply(
        pages, image.width, image.height, colour, sample.size if sample else None, image.form_fields, is_last=is_last,
    ).to_line()  # fmt: skip
    yield from image.grey_rows(request.weights)
    yield from rows
    if sample:
        yield sample.tobytes()


@contextlib.contextmanager
def _limited(request: Request) -> Iterator[None]:
    """Limit memory and processor time, where the system can (not on Windows)."""
    with contextlib.suppress(ImportError):
        import resource  # noqa: PLC0415 - not on Windows

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_DATA, (_memory(DATA) + request.memory, resource.RLIM_INFINITY))
    if not hasattr(signal, "setitimer"):
        yield
        return
    signal.setitimer(signal.ITIMER_PROF, request.seconds)  # SIGPROF ends the process, whatever library is at work
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def _memory(kind: int) -> int:
    """Return the bytes of a kind of this process's memory; 0 where the system does not say."""
    try:
        return int(STATM.read_text().split()[kind]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0
