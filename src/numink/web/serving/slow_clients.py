"""Time limits for clients that send slowly.

gunicorn gives a thread to a connection with its first byte and then waits for the rest without a limit, so that a few
connections that send a byte now and then occupy every thread (slow-loris attack). Here a request has some seconds to
arrive, and more for each part of it that has, as in Apache's mod_reqtimeout; a slower client is treated as one that has
hung up. A connection that sends nothing at first soon waits without a thread. And at the end of a connection gunicorn
27 waits for the client on the thread that accepts connections, two seconds each: here the request's thread does that.
"""

from __future__ import annotations

import time
from typing import Any

from gunicorn.http import RequestParser
from gunicorn.http.unreader import SocketUnreader
from gunicorn.util import close, close_graceful
from gunicorn.workers.gthread import _DEFER, ThreadWorker

MIN_BYTES_PER_SECOND = 500
"""Speed below which a request is given up once its initial time is over."""
LINGER_SECONDS = 1.0
"""Time for the client to read the response and hang up. Data that still arrives is discarded, since a reset could
overtake the response."""
FIRST_BYTE_SECONDS = 0.1
"""Time for which a thread waits for the first byte; then the connection waits without a thread."""


class TimeLimitedReader(SocketUnreader):  # type: ignore[misc]  # gunicorn has no types
    """Reads requests from a socket; each may take `timeout` seconds, and more for the bytes that have arrived."""

    def __init__(self, sock: Any, timeout: float) -> None:
        super().__init__(sock)
        self._timeout = timeout
        self.start_request()

    def start_request(self) -> None:
        """Restart the clock for the next request."""
        self._started, self._bytes_received, self.timed_out = time.monotonic(), 0, False

    def chunk(self, size_hint: int | None = None) -> bytes:
        """Return the next bytes, or none, as at the end of the stream, once the time is over."""
        deadline = self._started + self._timeout + self._bytes_received / MIN_BYTES_PER_SECOND
        seconds_left = deadline - time.monotonic()
        previous_timeout = self.sock.gettimeout()  # gunicorn sets one while it discards the rest of a request
        self.timed_out = seconds_left <= 0
        if self.timed_out:
            return b""
        self.sock.settimeout(seconds_left if previous_timeout is None else min(seconds_left, previous_timeout))
        try:
            content: bytes = super().chunk(size_hint)
        except TimeoutError:
            self.timed_out = True
            return b""
        finally:
            self.sock.settimeout(previous_timeout)
        self._bytes_received += len(content)
        return content


class TimeLimitedWorker(ThreadWorker):  # type: ignore[misc]  # gunicorn has no types
    """A gthread worker that reads requests with a TimeLimitedReader."""

    def handle(self, conn: Any) -> Any:
        """Handle one request of a connection on a thread of the pool."""
        if not conn.initialized and not conn.wait_for_data(FIRST_BYTE_SECONDS):
            return _DEFER
        if conn.parser is None:
            conn.parser = RequestParser(conn.cfg, conn.sock, conn.client)
            conn.parser.unreader = TimeLimitedReader(conn.sock, self.app.settings.patience)
        conn.parser.unreader.start_request()
        keeps_alive = super().handle(conn)
        if not keeps_alive:
            if not conn.parser.unreader.timed_out:
                close_graceful(conn.sock, LINGER_SECONDS)
            conn.close = lambda **_: close(conn.sock)  # on the thread that accepts connections, only this is left to do
        return keeps_alive
