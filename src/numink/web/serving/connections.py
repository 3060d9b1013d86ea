"""Sockets with bounds for clients: how slowly they may send and read, and how many connections an address may hold.

gunicorn gives a thread to a connection and waits for its client without a limit, so that a few connections that send
a byte now and then occupy every thread (slow-loris attack). The server hands it these sockets instead of its own. A
request has some seconds to arrive, and more for each part of it that has, as in Apache's mod_reqtimeout; a client that
is slower counts as one that has hung up. An address that opens more connections than it may loses the one on which the
server has waited longest.
"""

from __future__ import annotations

import contextlib
import errno
import os
import selectors
import socket
import threading
import time
from collections import defaultdict
from ipaddress import ip_address
from typing import Any

from .accept_queue import AcceptQueue

MIN_BYTES_PER_SECOND = 500
"""Speed below which a client is given up once its initial time is over."""
LINGER_SECONDS = 1.0
"""Time for the client to read the response and hang up. Data that still arrives is discarded, since a reset could
overtake the response."""
LINGER_POLL_SECONDS = 0.1
"""Pause between two looks at the connections whose time is over."""
IPV6_PREFIX_LENGTH = 19
"""Characters of an exploded IPv6 address that name a network of 64 bits, which one client may own."""


class Linger:
    """A thread that closes connections once the client has hung up, or after some time."""

    def __init__(self) -> None:
        self._selector = selectors.DefaultSelector()
        self._lock = threading.Lock()
        self._count = 0
        threading.Thread(target=self._run, daemon=True, name="linger").start()

    def add(self, closing: socket.socket) -> None:
        """Take over a socket that is shut for writing."""
        closing.setblocking(False)
        with self._lock:
            self._count += 1
            self._selector.register(closing, selectors.EVENT_READ, time.monotonic() + LINGER_SECONDS)

    def wait(self) -> None:
        """Wait until all connections are closed."""
        deadline = time.monotonic() + LINGER_SECONDS
        while self._count and time.monotonic() < deadline:
            time.sleep(LINGER_POLL_SECONDS / 10)

    def _run(self) -> None:
        while True:
            readable = {key.fileobj for key, _ in self._selector.select(LINGER_POLL_SECONDS)}
            with self._lock:
                for key in list(self._selector.get_map().values()):
                    if time.monotonic() > key.data or (key.fileobj in readable and _has_ended(key.fileobj)):
                        self._selector.unregister(key.fileobj)
                        key.fileobj.close()  # type: ignore[union-attr]
                        self._count -= 1


def _has_ended(closing: Any) -> bool:
    try:
        return not closing.recv(65536)
    except BlockingIOError:
        return False
    except OSError:
        return True


class Connection(socket.socket):
    """A client's connection with time limits; `timeout` seconds for a request, and for each part of a response."""

    def __init__(self, listener: Listener, accepted: socket.socket, address: str) -> None:
        super().__init__(fileno=accepted.detach())
        self.address = address
        self.since = time.monotonic()
        """When the request began, or the wait for the next one."""
        self.waits = True
        """Whether the server waits for the client, not the client for the server."""
        self._listener = listener
        self._received = 0
        self._is_new_request = True
        self._is_ending = False

    def recv(self, size: int, flags: int = 0, /) -> bytes:
        """Receive bytes; none, as at the end of the stream, once the time is over."""
        if self._is_ending:  # gunicorn would wait on the thread that accepts connections: `close` sees to the rest
            return b""
        if self._is_new_request:
            self.since, self._received, self._is_new_request = time.monotonic(), 0, False
        seconds = self.since + self._listener.request_timeout + self._received / MIN_BYTES_PER_SECOND - time.monotonic()
        if seconds <= 0:
            return b""
        timeout = self.gettimeout()  # gunicorn sets one while it discards the rest of a request
        self.settimeout(seconds if timeout is None else min(seconds, timeout))
        self.waits = True
        try:
            content = super().recv(size, flags)
        except TimeoutError:
            return b""
        finally:
            self.waits = False
            self.settimeout(timeout)
        self._received += len(content)
        return content

    def sendall(self, data: Any, flags: int = 0, /) -> None:
        """Send a part of a response. Raises TimeoutError where the client does not read it."""
        timeout = self.gettimeout()
        self.settimeout(self._listener.request_timeout + memoryview(data).nbytes / MIN_BYTES_PER_SECOND)
        try:
            super().sendall(data, flags)
        finally:
            self.settimeout(timeout)
        self._wait_for_next_request()

    def sendfile(self, file: Any, offset: int = 0, count: int | None = None) -> int:
        """Send a file. Raises TimeoutError where the client does not read it."""
        timeout = self.gettimeout()
        self.settimeout(self._listener.request_timeout)
        try:
            return super().sendfile(file, offset, count)
        finally:
            self.settimeout(timeout)
            self._wait_for_next_request()

    def shutdown(self, how: int, /) -> None:
        """Shut down one half of the connection or both."""
        super().shutdown(how)
        self._is_ending = how == socket.SHUT_WR

    def give_up(self) -> None:
        """End the wait for the client, on any thread."""
        with contextlib.suppress(OSError):  # the client has gone
            super().shutdown(socket.SHUT_RD)

    def close(self) -> None:
        """Close the connection; a client that may still be sending gets some time to read the response."""
        self._listener.forget(self)
        if self._is_ending and self.fileno() >= 0:
            self._listener.linger.add(socket.socket(fileno=self.detach()))
        super().close()

    def _wait_for_next_request(self) -> None:
        self.since, self.waits, self._is_new_request = time.monotonic(), True, True


class Listener(socket.socket):
    """A listening socket that accepts Connections.

    Args:
        listening: Socket to take over.
        request_timeout: Seconds in which a request has to arrive, besides those for its bytes.
        per_address: Connections of one network address; 0 for no limit.
    """

    def __init__(self, listening: Any, request_timeout: float, per_address: int) -> None:
        super().__init__(fileno=os.dup(listening.fileno()))
        listening.close()
        self.request_timeout = request_timeout
        self.linger = Linger()
        self.queue = AcceptQueue(self)
        self._address = super().getsockname()
        self._per_address = per_address
        self._open: dict[str, set[Connection]] = defaultdict(set)
        self._lock = threading.Lock()

    def getsockname(self) -> Any:
        """Return the address; once closed, too: `drain` may close the socket while gunicorn accepts a connection."""
        return self._address

    def accept(self) -> tuple[Connection, Any]:
        """Accept a connection, at the expense of another one where its address has too many."""
        try:
            self.queue.mark_end()
            if self.queue.is_drained():
                raise BlockingIOError(errno.EAGAIN, "no client is left in the queue")
            accepted, address = super().accept()
        except OSError:
            if self.fileno() < 0:  # closed by `drain`, a signal's handler, in the middle of this
                raise BlockingIOError(errno.EAGAIN, "the listening socket is closed") from None
            raise
        connection = Connection(self, accepted, _network_of(address[0]))
        with self._lock:
            siblings = self._open[connection.address]
            if self._per_address and len(siblings) >= self._per_address:
                waiting = [sibling for sibling in siblings if sibling.waits]
                if waiting:
                    longest = min(waiting, key=lambda sibling: sibling.since)
                    siblings.discard(longest)
                    longest.give_up()
            siblings.add(connection)
        return connection, address

    def forget(self, connection: Connection) -> None:
        """Take a closed connection off the list of its address."""
        with self._lock:
            siblings = self._open[connection.address]
            siblings.discard(connection)
            if not siblings:
                del self._open[connection.address]


def _network_of(address: str) -> str:
    """Return the address, or the network of an IPv6 address."""
    parsed = ip_address(address.partition("%")[0])
    mapped = getattr(parsed, "ipv4_mapped", None)
    return str(mapped or parsed) if mapped or parsed.version == 4 else parsed.exploded[:IPV6_PREFIX_LENGTH]
