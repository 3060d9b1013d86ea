"""Paths of this server that somebody may be sent on to. Knows nothing of who asks."""

from __future__ import annotations

from urllib.parse import urlsplit


def path_here(text: str) -> str:
    """A path of this server's, such as /history; empty for what leads elsewhere."""
    parts = urlsplit(text)
    here = text.startswith("/") and not text.startswith(("//", "/\\")) and not parts.netloc and text.isprintable()
    return text if here else ""
