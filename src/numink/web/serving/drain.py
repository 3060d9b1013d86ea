"""Graceful shutdown: a worker accepts every connection that the kernel has, before it stops.

The kernel completes connections on its own and puts them into the listening socket's accept queue; when that socket is
closed, all connections still in the queue are reset, with the requests that they carry. So a worker shortens the queue
to one place, goes on until it is empty, takes that place with a connection of its own, so that the kernel completes no
other, and closes the socket. Only then it lets gunicorn stop, which finishes the requests under way and those on
connections kept alive, with "Connection: close".
"""

from __future__ import annotations

import select
import signal
import socket
from collections.abc import Sequence
from types import FrameType

from .connections import Listener

POLL_SECONDS = 0.005
"""Pause between two looks at the accept queue."""
CONNECT_SECONDS = 0.05
"""Time in which a connection to this machine is made, unless the queue is full."""


def drain_on_sigterm(listeners: Sequence[Listener]) -> None:
    """Make SIGTERM empty the accept queues, and then do what it did before."""
    stop = signal.getsignal(signal.SIGTERM)

    def close_when_empty(_number: int, frame: FrameType | None) -> None:
        """Look at the queues on the thread that accepts, again and again by a timer."""
        is_empty = not select.select(listeners, [], [], 0)[0]
        own = [_connect(listener) for listener in listeners] if is_empty else []
        if is_empty and all(own):
            for listener in listeners:
                listener.close()
        for connection in filter(None, own):
            connection.close()
        if not (is_empty and all(own)):
            signal.setitimer(signal.ITIMER_REAL, POLL_SECONDS)
            return
        signal.signal(signal.SIGALRM, signal.SIG_IGN)
        if callable(stop):
            stop(signal.SIGTERM, frame)

    def begin(number: int, frame: FrameType | None) -> None:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)  # a second one changes nothing
        signal.signal(signal.SIGALRM, close_when_empty)
        for listener in listeners:
            listener.listen(0)
        close_when_empty(number, frame)

    signal.signal(signal.SIGTERM, begin)


def _connect(listener: Listener) -> socket.socket | None:
    """Take the only place in the accept queue of a listener; return None where it was taken."""
    connection = socket.socket(listener.family)
    connection.setblocking(False)
    connection.connect_ex(listener.getsockname())
    is_done = bool(select.select([], [connection], [], CONNECT_SECONDS)[1])
    if is_done and not connection.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
        return connection
    connection.close()
    return None
