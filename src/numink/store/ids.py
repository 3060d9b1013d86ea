"""Ids that sort by time, made without asking anybody."""

from __future__ import annotations

import re
import secrets
import threading
import time
from datetime import UTC, datetime, timedelta
from uuid import UUID

OWNER = re.compile(r"[A-Za-z0-9_.@+-]{1,128}")


class _Clock:
    """Milliseconds and a counter that never go back within this process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last = (0, 0)

    def tick(self) -> tuple[int, int]:
        with self._lock:
            milliseconds = time.time_ns() // 1_000_000
            before, counter = self._last
            if milliseconds > before:
                self._last = (milliseconds, secrets.randbelow(1 << 11))
            elif counter < (1 << 12) - 1:
                self._last = (before, counter + 1)
            else:
                self._last = (before + 1, 0)
            return self._last


_clock = _Clock()


def uuid7() -> UUID:
    """A UUID of version 7 (RFC 9562): 48 bits of time, a counter of 12 bits, 62 random bits."""
    milliseconds, counter = _clock.tick()
    value = milliseconds << 80 | 0x7 << 76 | counter << 64 | 0b10 << 62 | secrets.randbits(62)
    return UUID(int=value)


def now() -> str:
    """This moment, UTC, as ISO 8601 with milliseconds."""
    return ago(timedelta())


def ago(past: timedelta) -> str:
    """The moment so long ago, likewise."""
    return (datetime.now(UTC) - past).isoformat(timespec="milliseconds")


def new_id(owner: str) -> str:
    """An id of `owner`'s that sorts after all that this process made before. Raises ValueError for a bad owner."""
    if not OWNER.fullmatch(owner):
        raise ValueError(f"'{owner}' cannot own readings: letters, digits and _ . @ + - only, at most 128")
    return f"{owner}:{uuid7()}"


def owner_of(one: str) -> str:
    """Whose it is that has this id."""
    return one.partition(":")[0]
