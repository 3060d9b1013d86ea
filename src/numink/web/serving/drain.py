"""Graceful shutdown: a worker accepts every connection that the kernel has, before it stops.

On SIGTERM a worker ends the accept queues of its sockets (module `accept_queue`), goes on until they are drained, and
closes the sockets. Only then it lets gunicorn stop, which finishes the requests under way and those on connections kept
alive, with "Connection: close".
"""

from __future__ import annotations

import signal
from collections.abc import Sequence
from types import FrameType

from .connections import Listener

POLL_SECONDS = 0.005
"""Pause between two looks at the accept queues."""


def drain_on_sigterm(listeners: Sequence[Listener]) -> None:
    """Make SIGTERM drain the accept queues, and then do what it did before."""
    stop = signal.getsignal(signal.SIGTERM)

    def drain(_number: int, frame: FrameType | None) -> None:
        """Look at the queues on the thread that accepts, again and again by a timer."""
        signal.signal(signal.SIGTERM, signal.SIG_IGN)  # a second one changes nothing
        for listener in listeners:
            listener.queue.end()
        if not all(listener.queue.is_drained() for listener in listeners):
            signal.setitimer(signal.ITIMER_REAL, POLL_SECONDS)
            return
        signal.signal(signal.SIGALRM, signal.SIG_IGN)
        for listener in listeners:
            listener.close()
        if callable(stop):
            stop(signal.SIGTERM, frame)

    signal.signal(signal.SIGALRM, drain)
    signal.signal(signal.SIGTERM, drain)
