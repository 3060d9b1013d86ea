"""Copies of a reading's pages as the one run of bytes that stores keep, and back.

One copy is its own bytes, as stores had them before documents had one of each page. Several come after a mark that no
picture begins with, each after its length. Knows no pictures and no stores.
"""

from __future__ import annotations

from collections.abc import Sequence

MARK = b"numink pages\n"
LENGTH = 4
"""Bytes of a length, the highest first."""


def packed(copies: Sequence[bytes]) -> bytes:
    """Empty for none.

    >>> packed([b"one"]), len(packed([b"one", b""]))
    (b'one', 24)
    """
    if len(copies) < 2:
        return b"".join(copies)
    return MARK + b"".join(len(one).to_bytes(LENGTH, "big") + one for one in copies)


def unpacked(kept: bytes) -> tuple[bytes, ...]:
    """What was `packed`; a single copy that is empty is none.

    >>> unpacked(packed([b"one", b"", b"two"]))
    (b'one', b'', b'two')
    """
    if not kept.startswith(MARK):
        return (kept,) if kept else ()
    copies = []
    at = len(MARK)
    while at < len(kept):
        end = at + LENGTH + int.from_bytes(kept[at : at + LENGTH], "big")
        copies.append(kept[at + LENGTH : end])
        at = end
    return tuple(copies)
