"""Timeouts for calls of a remote service, shared by the settings and the stores."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Timeouts:
    """Timeouts in seconds.

    Example:
        >>> Timeouts(connect=1.0).total
        5.0
    """

    connect: float = 3.0
    """Seconds to connect."""
    answer: float = 10.0
    """Seconds for one answer."""
    total: float = 5.0
    """Seconds within which a failed call is retried."""
