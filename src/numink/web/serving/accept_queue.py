"""The accept queue: connections that the kernel has completed and the server has not accepted yet.

When a listening socket is closed, the kernel resets all connections in its queue, with the requests that they carry,
and there is no call that stops it from completing more. But it ignores clients while the queue is full. So the queue is
cut to the length that it has, with a connection of the server's own, the marker, as the last in it. Once the marker is
alone, no client is left and none can come; those that the kernel ignored are refused when the socket is closed.
"""

from __future__ import annotations

import select
import socket
import struct
import sys

BACKLOG = 2048
"""Connections that the kernel completes before the server accepts them."""
CONNECT_SECONDS = 0.05
"""Time in which a connection to this machine is made, unless the queue is full."""
TCP_INFO = struct.Struct("8B5I")
"""Linux's `struct tcp_info` up to `tcpi_unacked`: for a listening socket the length of its queue, for a connection the
segments that are not acknowledged."""
IS_LINUX = sys.platform == "linux"


class AcceptQueue:
    """The accept queue of a listening socket, and its end."""

    def __init__(self, listening: socket.socket) -> None:
        self._listening = listening
        self._is_ending = False
        self._is_marked = False

    def end(self) -> None:
        """Let the kernel complete no more connections than the queue has; to be called again until it is drained."""
        if not self._is_ending:
            self._is_ending = True
            self._listening.listen(0)  # with a client in the queue it is full; else the first to come takes its place
        self.mark_end()

    def mark_end(self) -> None:
        """Put the marker behind the last client of a queue that ends, before that client is accepted.

        While the queue was full, clients fell silent for a second, so that hardly one is on its way in this moment.
        """
        if not (IS_LINUX and self._is_ending):  # before it asks the kernel: this is called for every connection
            return
        length = self._length()
        if length == 0 or (length == 1 and not self._is_marked):
            self._listening.listen(length)
            is_connected = self._connect_marker()
            self._listening.listen(0)
            self._is_marked = is_connected and self._length() == length + 1

    def is_drained(self) -> bool:
        """Return whether the queue has an end and no client is left in it."""
        if not IS_LINUX:
            return self._is_ending and self._length() == 0
        return self._is_marked and self._length() == 1

    def _length(self) -> int:
        """Return the number of connections in the queue; where only Linux tells it, 1 for any."""
        if IS_LINUX:
            return _unacknowledged(self._listening)
        return len(select.select([self._listening], [], [], 0)[0])

    def _connect_marker(self) -> bool:
        """Connect to the socket; return whether the connection is in the queue.

        The kernel may drop the last segment of a handshake where another client was faster, which this end does not
        notice. It acknowledges data only for a connection in the queue. A connection that is closed again stays there.
        """
        with socket.socket(self._listening.family) as marker:
            marker.settimeout(CONNECT_SECONDS)
            if marker.connect_ex(self._listening.getsockname()):
                return False
            marker.send(b"G")  # the server would log anything that begins no request
            return _unacknowledged(marker) == 0


def _unacknowledged(connection: socket.socket) -> int:
    return int(TCP_INFO.unpack(connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, TCP_INFO.size))[-1])
