"""How long a service elsewhere is waited for. Known to settings and to what asks the service; imports nothing."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Timeouts:
    """Seconds: for a connection, for an answer, and for one task with all that is tried again."""

    connect: float = 3.0
    answer: float = 10.0
    whole: float = 5.0
