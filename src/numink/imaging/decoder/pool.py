"""The decoder processes of this process: a few for what is decoded quickly, one for large pictures, one at a time.

A file is first decoded within narrow limits of time and memory. One that needs more waits for the process for large
pictures, so that no file, whatever it is, holds up ordinary ones. A file that exceeds the limits there ends the
process, nothing else.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import IO

from ...errors import BrokenPicture
from ..limits import TOO_COMPLEX
from .bounded import decode_bounded
from .page import DecodedPage, NotQuick, read_page
from .protocol import Reply, Request
from .semaphore import RankedSemaphore

PROGRAM = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]); from numink.imaging.decoder.worker import main; main()"
)
ROOT = str(Path(__file__).parents[3])
"""Folder that holds numink."""
WAIT_SECONDS, WAIT_FACTOR = 10, 10
"""Seconds of wall time after which a process is killed, and more for each second of processor time that it may take; a
machine may be busy."""
PIPE_BYTES = 1 << 20
"""Size of a pipe: pixels pass it in fewer turns."""
BLOCK_BYTES = 1 << 18
"""Bytes of a file that are read at once."""


@dataclass(frozen=True)
class PoolParameters:
    """Sizes of the pool, and limits of a first attempt."""

    quick_processes: int = 2
    """Processes for first attempts. Decoding takes a third of the time of reading, so two never hold up a server."""
    quick_seconds: float = 0.2
    """Processor time of a first attempt: a photo of 12 megapixels takes about as long."""
    quick_memory: int = 64_000_000
    """Bytes of memory of a first attempt."""


class DecoderPool:
    """Decoder processes, started when they are needed; thread-safe."""

    def __init__(self, parameters: PoolParameters | None = None) -> None:
        self.parameters = parameters or PoolParameters()
        self._first_attempts = _Lane(self.parameters.quick_processes)
        self._large = _Lane(1)

    def decode_quickly(self, file: IO[bytes], request: Request) -> DecodedPage:
        """Decode a page within the limits of a first attempt, or here where its head bounds the work.

        Raises NotQuick, InputError or DecoderBusy.
        """
        first, limits = self.parameters, request.limits
        memory, seconds = min(first.quick_memory, limits.max_memory), min(first.quick_seconds, limits.max_seconds)
        request = replace(request, memory=memory, seconds=seconds)
        if page := decode_bounded(file.read(), request):
            return page
        file.seek(0)
        return self._decode(self._first_attempts, file, request)

    def decode(self, file: IO[bytes], request: Request, needed: int = 0) -> DecodedPage:
        """Decode a page within all limits.

        Args:
            file: The file, at its start.
            request: The page; `memory` and `seconds` are set here.
            needed: Memory that the page needs, as a first attempt found; 0 begins with a first attempt.

        Returns:
            The page.

        Raises:
            InputError: The page cannot be decoded; its subclass BrokenPicture where it exceeds the limits.
            DecoderBusy: Other large pictures are decoded for longer than this one may wait.
        """
        limits = request.limits
        try:
            if not needed:
                return self.decode_quickly(file, request)
        except NotQuick as reason:
            needed = reason.needed
            file.seek(0)
        largest = replace(request, memory=limits.max_memory, seconds=limits.max_seconds)
        try:
            return self._decode(self._large, file, largest, needed)
        except NotQuick:
            raise BrokenPicture(TOO_COMPLEX, page=request.page + 1) from None

    def close(self) -> None:
        """End all processes."""
        self._first_attempts.close()
        self._large.close()

    def forget(self) -> None:
        """Let go of the processes in a fork, where they belong to the process that was forked."""
        self._first_attempts.forget()
        self._large.forget()

    def _decode(self, lane: _Lane, file: IO[bytes], request: Request, rank: int = 0) -> DecodedPage:
        with lane.process(request.limits.max_wait, rank) as process:
            return process.decode(file, request)


class _Lane:
    """Processes of one kind, which are lent one by one."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._idle: list[_Process] = []
        self._turns = RankedSemaphore(size)

    @contextlib.contextmanager
    def process(self, seconds: float, rank: int) -> Iterator[_Process]:
        """Lend a process. Raises DecoderBusy where none is free within some seconds."""
        with self._turns.borrowed(1, seconds=seconds, rank=rank):
            process = self._idle.pop() if self._idle else _Process()
            try:
                if not process.is_usable:
                    process.close()
                    process = _Process()
                yield process
            finally:
                if not process.is_usable:  # the next picture need not wait for the start of a new one
                    process.close()
                    process = _Process()
                self._idle.append(process)

    def close(self) -> None:
        """End the idle processes."""
        while self._idle:
            self._idle.pop().close()

    def forget(self) -> None:
        """Close the pipes to the idle processes, which belong to the process that was forked."""
        for process in self._idle:
            process.forget()
        self._idle, self._turns = [], RankedSemaphore(self._size)


class _Process:
    """A decoder process and the pipes to it."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(  # noqa: S603 - our own program; only its input comes from outside
            [sys.executable, "-I", "-S", "-c", PROGRAM, json.dumps([ROOT, *sys.path])],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd="/",
            pipesize=PIPE_BYTES,
        )  # fmt: skip
        assert self._process.stdin  # noqa: S101 - they are pipes
        assert self._process.stdout  # noqa: S101
        self._requests, self._replies = self._process.stdin, self._process.stdout
        self._is_spent = False

    @property
    def is_usable(self) -> bool:
        """Whether it can decode another page."""
        return not self._is_spent and self._process.poll() is None

    def decode(self, file: IO[bytes], request: Request) -> DecodedPage:
        """Decode a page. Raises InputError, or NotQuick where it exceeds the limits of the request."""
        timer = threading.Timer(WAIT_SECONDS + request.seconds * WAIT_FACTOR, self._process.kill)
        timer.daemon = True
        timer.start()
        self._is_spent = True  # until its reply was read to the end
        try:
            with contextlib.suppress(BrokenPipeError):  # the reply, or its absence, says more
                self._requests.write(request.to_line())
                for block in iter(lambda: file.read(BLOCK_BYTES), b""):
                    self._requests.write(block)
                self._requests.flush()
            reply = Reply.from_stream(self._replies)
            if reply is None:
                raise NotQuick(request.limits.max_memory)
            if reply.error or reply.needed:
                self._is_spent = False
                raise reply.to_error() if reply.error else NotQuick(reply.needed)
            page = read_page(reply, self._replies, request)
            self._is_spent = reply.is_last
            return page
        finally:
            timer.cancel()

    def close(self) -> None:
        """Kill the process and close its pipes."""
        self._process.kill()
        self._process.wait()
        self._close_pipes()

    def forget(self) -> None:
        """Close the pipes in a fork."""
        self._process.returncode = 0  # it is no child of the fork, which must not wait for it
        self._close_pipes()

    def _close_pipes(self) -> None:
        self._replies.close()
        with contextlib.suppress(BrokenPipeError):
            self._requests.close()


@cache
def shared_pool() -> DecoderPool:
    """Return the pool of this process, which is made when it is first asked for."""
    pool = DecoderPool()
    atexit.register(pool.close)
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=pool.forget)
    return pool
