"""Encoding of the previews of a reading's pages as one byte string.

A single preview is stored as it is, as it was before documents had one of each page. Several follow a header that no
picture begins with, each after its length.
"""

from __future__ import annotations

from collections.abc import Sequence

PREVIEWS_HEADER = b"numink pages\n"
LENGTH_BYTES = 4
"""Bytes of a length, big-endian."""


def pack_previews(previews: Sequence[bytes]) -> bytes:
    """Return previews as one byte string; empty for none.

    >>> pack_previews([b"one"]), len(pack_previews([b"one", b""]))
    (b'one', 24)
    """
    if len(previews) < 2:
        return b"".join(previews)
    return PREVIEWS_HEADER + b"".join(len(preview).to_bytes(LENGTH_BYTES, "big") + preview for preview in previews)


def unpack_previews(packed: bytes) -> tuple[bytes, ...]:
    """Return the previews that `pack_previews` encoded; none for a single empty one.

    >>> unpack_previews(pack_previews([b"one", b"", b"two"]))
    (b'one', b'', b'two')
    """
    if not packed.startswith(PREVIEWS_HEADER):
        return (packed,) if packed else ()
    previews = []
    start = len(PREVIEWS_HEADER)
    while start < len(packed):
        content = start + LENGTH_BYTES
        end = content + int.from_bytes(packed[start:content], "big")
        previews.append(packed[content:end])
        start = end
    return tuple(previews)
