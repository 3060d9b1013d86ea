"""Ids that sort by time and need no central counter, and the moments that a store writes down."""

from __future__ import annotations

import re
import secrets
import threading
import time
from datetime import UTC, datetime, timedelta
from uuid import UUID

OWNER = re.compile(r"[A-Za-z0-9_.@+-]{1,128}")
"""Pattern of a valid owner."""
DAY_LENGTH = len("2026-11-25")


class _Clock:
    """Pairs of milliseconds and a counter that never decrease within this process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last = (0, 0)

    def tick(self, after: tuple[int, int]) -> tuple[int, int]:
        """Return a pair that is greater than all before and than `after`, as the system's clock may have gone back."""
        with self._lock:
            milliseconds = time.time_ns() // 1_000_000
            before, counter = max(self._last, after)
            if milliseconds > before:
                self._last = (milliseconds, secrets.randbelow(1 << 11))
            elif counter < (1 << 12) - 1:
                self._last = (before, counter + 1)
            else:
                self._last = (before + 1, 0)
            return self._last


_clock = _Clock()


def uuid7(after: tuple[int, int] = (0, 0)) -> UUID:
    """Return a UUID of version 7 (RFC 9562): 48 bits of time, a 12-bit counter, 62 random bits.

    Args:
        after: Time and counter that those of the UUID must exceed.
    """
    milliseconds, counter = _clock.tick(after)
    value = milliseconds << 80 | 0x7 << 76 | counter << 64 | 0b10 << 62 | secrets.randbits(62)
    return UUID(int=value)


def now() -> str:
    """Return the present moment in UTC, in ISO 8601 with milliseconds."""
    return ago(timedelta())


def ago(past: timedelta) -> str:
    """Return the moment that lies `past` before the present one, in the format of `now`."""
    return (datetime.now(UTC) - past).isoformat(timespec="milliseconds")


def day_of(moment: str) -> str:
    """Return the day of a moment.

    >>> day_of("2026-11-25T10:00:00.000+00:00")
    '2026-11-25'
    """
    return moment[:DAY_LENGTH]


def new_id(owner: str, after: str = "") -> str:
    """Return an id of `owner` that sorts after all ids made before in this process.

    Args:
        owner: 1 to 128 characters: letters, digits and `_ . @ + -`.
        after: Another id that it sorts after, whatever the clock says; `Store.new_id` gives the owner's last one.

    Returns:
        `owner:uuid7`.

    Raises:
        ValueError: `owner` has other characters, or too many.
    """
    if not OWNER.fullmatch(owner):
        raise ValueError(f"'{owner}' cannot own readings: letters, digits and _ . @ + - only, at most 128")
    return f"{owner}:{uuid7(_ticks_of(after))}"


def _ticks_of(owned_id: str) -> tuple[int, int]:
    """Return time and counter of an id; zeros for one that has none."""
    try:
        value = UUID(owned_id.rpartition(":")[2]).int
    except ValueError:
        return 0, 0
    return value >> 80, value >> 64 & 0xFFF


def owner_of(owned_id: str) -> str:
    """Return the owner that an id begins with.

    >>> owner_of("anna:0199f9a5-5e2c-7cc1-8a3e-111111111111")
    'anna'
    """
    return owned_id.partition(":")[0]
