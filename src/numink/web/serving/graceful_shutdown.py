"""Graceful shutdown: the server ends without losing a request that was accepted.

The kernel completes connections on its own and puts them into the listening socket's accept queue; when that socket is
closed, all connections still in the queue are reset, with the requests that they carry. So on shutdown the master first
makes the kernel ignore new connection attempts, and each worker accepts every connection in the queue before it closes
the socket. Requests on connections kept alive are answered too, with "Connection: close"; gunicorn sees to that.
"""

from __future__ import annotations

import contextlib
import ctypes
import socket
import struct
import sys
import time

from gunicorn.arbiter import Arbiter

from .slow_clients import TimeLimitedWorker

SO_ATTACH_FILTER = 26
"""Number of this socket option on Linux; Python's socket module has no name for it."""
DROP_SYN_FILTER = (
    (0x30, 0, 0, 13),  # load the byte with the TCP flags; the filter sees a packet from its TCP header on
    (0x54, 0, 0, 0x12),  # keep SYN and ACK
    (0x15, 0, 1, 0x02),  # is it SYN alone, which opens a connection?
    (0x06, 0, 0, 0),  # then drop the packet
    (0x06, 0, 0, 0xFFFFFFFF),  # else accept it: it may complete a handshake that has begun
)
"""Kernel filter that drops connection attempts (classic BPF: code, jump if true, jump if false, value)."""
HANDSHAKE_SECONDS = 0.1
"""Time for handshakes that had begun before the filter was set."""
SHUTDOWN_POLL_SECONDS = 0.01
"""Pause between two looks at the accept queue."""


class DrainingArbiter(Arbiter):  # type: ignore[misc]  # gunicorn has no types
    """A gunicorn master that lets no new connections in during shutdown."""

    def stop(self, graceful: bool = True) -> None:
        """Stop the workers, after shutting out new connections if the stop is graceful."""
        if graceful:
            for listener in self.LISTENERS:
                drop_new_connections(listener.sock)
        super().stop(graceful)


class DrainingWorker(TimeLimitedWorker):
    """A worker that serves all connections in the accept queue before it ends."""

    def set_accept_enabled(self, enabled: bool) -> None:
        """Drain the accept queue on shutdown: gunicorn then calls this with False once, after unsetting `alive`."""
        super().set_accept_enabled(enabled)
        if not enabled and not self.alive:
            self._drain_accept_queue()

    def _drain_accept_queue(self) -> None:
        deadline = time.monotonic() + HANDSHAKE_SECONDS
        while True:
            is_last = time.monotonic() > deadline  # one more look after the deadline
            for listener in self.sockets:
                self._accept_all(listener)
            if is_last:
                break
            time.sleep(SHUTDOWN_POLL_SECONDS)
        for listener in self.sockets:
            listener.close()  # from now on connections are refused at once, instead of waiting in vain

    def _accept_all(self, listener: socket.socket) -> None:
        previous = -1
        while previous < self.nr_conns:
            previous = self.nr_conns
            self.accept(listener)


def drop_new_connections(listener: socket.socket) -> None:
    """Make the kernel ignore new connection attempts, while handshakes that have begun are completed.

    Without such a filter (not on Linux, or in a sandbox) this does nothing: the accept queue is drained all the same,
    and only a connection made at the very moment of closing is reset.
    """
    if sys.platform != "linux":
        return
    instructions = b"".join(struct.pack("HBBI", *instruction) for instruction in DROP_SYN_FILTER)
    buffer = ctypes.create_string_buffer(instructions, len(instructions))
    program = struct.pack("HP", len(DROP_SYN_FILTER), ctypes.addressof(buffer))
    with contextlib.suppress(OSError):
        listener.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, program)
