"""The end of the server without losing what was accepted.

The kernel accepts connections on its own, into the line of a socket that listens; when that socket is closed, all that
are still in the line are reset, with the requests that they carry. So, when told to end, the master first has the
kernel ignore whoever begins to connect, and each worker then takes the line to its last connection before it closes
the socket. What comes over kept connections is answered too, with "Connection: close"; gunicorn sees to that.
"""

from __future__ import annotations

import contextlib
import ctypes
import socket
import struct
import sys
import time

from gunicorn.arbiter import Arbiter

from .slow_clients import PatientWorker

SO_ATTACH_FILTER = 26
"""Linux's number; Python's socket has no name for it."""
NO_NEWCOMERS = (
    (0x30, 0, 0, 13),  # the byte of TCP's flags; a socket's filter sees a packet from its TCP header on
    (0x54, 0, 0, 0x12),  # of them SYN and ACK
    (0x15, 0, 1, 0x02),  # SYN alone begins a connection:
    (0x06, 0, 0, 0),  # drop it
    (0x06, 0, 0, 0xFFFFFFFF),  # take all else: the last step of a connection that has begun
)
"""A filter of the kernel (classic BPF: code, jump if true, jump if false, value)."""
HANDSHAKE = 0.1
"""Seconds for connections that had begun before the filter was set."""
PAUSE = 0.01
"""Seconds between looks at the line."""


class DrainingArbiter(Arbiter):  # type: ignore[misc]  # gunicorn has no types
    """The master: nobody new once it is told to end."""

    def stop(self, graceful: bool = True) -> None:
        """See gunicorn."""
        if graceful:
            for listener in self.LISTENERS:
                ignore_newcomers(listener.sock)
        super().stop(graceful)


class DrainingWorker(PatientWorker):
    """A worker that takes the line of waiting connections with it when it ends."""

    def set_accept_enabled(self, enabled: bool) -> None:
        """See gunicorn, which calls this with False and `alive` unset once: when the worker is told to end."""
        super().set_accept_enabled(enabled)
        if not enabled and not self.alive:
            self._take_the_line()

    def _take_the_line(self) -> None:
        end = time.monotonic() + HANDSHAKE
        while True:
            last = time.monotonic() > end  # one more look after the time is over
            for listener in self.sockets:
                self._accept_all(listener)
            if last:
                break
            time.sleep(PAUSE)
        for listener in self.sockets:
            listener.close()  # whoever comes now is refused at once, instead of waiting for nobody

    def _accept_all(self, listener: socket.socket) -> None:
        before = -1
        while before < self.nr_conns:
            before = self.nr_conns
            self.accept(listener)


def ignore_newcomers(listener: socket.socket) -> None:
    """The kernel answers nobody who begins to connect; those that have begun still end up in the line.

    Where there is no such filter (not Linux, or a sandbox without it) nothing is done: the line is taken all the same,
    and only who comes in the very moment of the closing is reset.
    """
    if sys.platform != "linux":
        return
    steps = b"".join(struct.pack("HBBI", *step) for step in NO_NEWCOMERS)
    kept = ctypes.create_string_buffer(steps, len(steps))
    program = struct.pack("HP", len(NO_NEWCOMERS), ctypes.addressof(kept))
    with contextlib.suppress(OSError):
        listener.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, program)
