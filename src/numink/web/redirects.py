"""Safe redirect targets: paths of this server only."""

from __future__ import annotations

from urllib.parse import urlsplit


def local_path(text: str) -> str:
    """Return `text` if it is a path of this server, such as /history; otherwise an empty text."""
    parts = urlsplit(text)
    is_local = text.startswith("/") and not text.startswith(("//", "/\\")) and not parts.netloc and text.isprintable()
    return text if is_local else ""
