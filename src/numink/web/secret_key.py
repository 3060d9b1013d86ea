"""The secret that signs cookies, kept beside the history, so that open pages outlive a restart."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def kept_secret(store: str) -> str:
    """Made once, readable by its owner only; for this run where the store is no file or cannot be written."""
    if not store.startswith("sqlite:///"):
        return secrets.token_hex(32)
    path = Path(store.removeprefix("sqlite:///")).with_name("secret.key")
    fresh = secrets.token_hex(32)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return path.read_text().strip() or fresh
        with os.fdopen(handle, "w") as file:
            file.write(fresh)
    except OSError:
        return fresh
    return fresh
