"""Graceful shutdown: a worker accepts every connection that the kernel has, before it stops.

The kernel completes connections on its own and puts them into the listening socket's accept queue; when that socket is
closed, all connections still in the queue are reset, with the requests that they carry. So a worker goes on until the
queue is empty, closes the socket at that very moment, and only then lets gunicorn stop, which finishes the requests
under way and those on connections kept alive, with "Connection: close".
"""

from __future__ import annotations

import select
import signal
from collections.abc import Sequence
from types import FrameType

from .connections import Listener

POLL_SECONDS = 0.005
"""Pause between two looks at the accept queue."""


def drain_on_sigterm(listeners: Sequence[Listener]) -> None:
    """Make SIGTERM empty the accept queues, and then do what it did before."""
    stop = signal.getsignal(signal.SIGTERM)

    def close_when_empty(_number: int, frame: FrameType | None) -> None:
        """Look at the queues on the thread that accepts, again and again by a timer."""
        if select.select(listeners, [], [], 0)[0]:
            signal.setitimer(signal.ITIMER_REAL, POLL_SECONDS)
            return
        for listener in listeners:
            listener.close()
        signal.signal(signal.SIGALRM, signal.SIG_IGN)
        if callable(stop):
            stop(signal.SIGTERM, frame)

    def begin(number: int, frame: FrameType | None) -> None:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)  # a second one changes nothing
        signal.signal(signal.SIGALRM, close_when_empty)
        close_when_empty(number, frame)

    signal.signal(signal.SIGTERM, begin)
