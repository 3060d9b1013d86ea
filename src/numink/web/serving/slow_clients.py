"""A worker of gunicorn's that does not wait for ever on clients that send slowly.

gunicorn gives a thread to a connection with its first byte, and then waits without an end for the rest: so few
connections that send a byte now and then hold every thread (slow-loris). Here a request has some seconds to arrive,
and more for each part of it that did, as Apache's mod_reqtimeout has it; who is slower is as one who hung up. A
connection that says nothing at first waits without a thread sooner. And at the end of a connection gunicorn 27 waits
for the other side on the thread that takes new ones, two seconds each: here that is done by the thread of the request.
"""

from __future__ import annotations

import time
from typing import Any

from gunicorn.http import RequestParser
from gunicorn.http.unreader import SocketUnreader
from gunicorn.util import close, close_graceful
from gunicorn.workers.gthread import _DEFER, ThreadWorker

LEAST_SPEED = 500
"""Bytes a second."""
LINGER = 1.0
"""Seconds that the other side has to read its answer and hang up; what it still sends is thrown away, since a reset
could overtake the answer."""
FIRST_WAIT = 0.1
"""Seconds that a thread waits for the first byte, before the connection waits by itself."""


class PatientReader(SocketUnreader):  # type: ignore[misc]  # gunicorn has no types
    """Reads a request from a socket, at most as long as `patience` and what came allow."""

    def __init__(self, sock: Any, patience: float) -> None:
        super().__init__(sock)
        self._patience = patience
        self.begin()

    def begin(self) -> None:
        """The time of the next request starts."""
        self._began, self._came, self.late = time.monotonic(), 0, False

    def chunk(self, size_hint: int | None = None) -> bytes:
        """What comes next; nothing, as at the end, where that takes too long."""
        left = self._began + self._patience + self._came / LEAST_SPEED - time.monotonic()
        set_before = self.sock.gettimeout()  # by gunicorn, where it reads on only to throw away
        self.late = left <= 0
        if self.late:
            return b""
        self.sock.settimeout(left if set_before is None else min(left, set_before))
        try:
            content: bytes = super().chunk(size_hint)
        except TimeoutError:
            self.late = True
            return b""
        finally:
            self.sock.settimeout(set_before)
        self._came += len(content)
        return content


class PatientWorker(ThreadWorker):  # type: ignore[misc]  # gunicorn has no types
    """gthread with such readers."""

    def handle(self, conn: Any) -> Any:
        """One request of a connection, on a thread. See gunicorn."""
        if not conn.initialized and not conn.wait_for_data(FIRST_WAIT):
            return _DEFER
        if conn.parser is None:
            conn.parser = RequestParser(conn.cfg, conn.sock, conn.client)
            conn.parser.unreader = PatientReader(conn.sock, self.app.settings.patience)
        conn.parser.unreader.begin()
        goes_on = super().handle(conn)
        if not goes_on:
            if not conn.parser.unreader.late:
                close_graceful(conn.sock, LINGER)
            conn.close = lambda **_: close(conn.sock)  # what is left to do where new connections are taken
        return goes_on
