"""The key that signs cookies, stored beside the history, so that open pages still work after a restart."""

from __future__ import annotations

import os
import secrets

from ..factories import history_file


def load_or_create_secret(store: str) -> str:
    """Return the stored key, or create one that only this user can read.

    The key holds for this run only if the store is not a file or its folder is not writable.
    """
    history = history_file(store)
    if history is None:
        return secrets.token_hex(32)
    path = history.with_name("secret.key")
    new_secret = secrets.token_hex(32)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return path.read_text().strip() or new_secret
        with os.fdopen(descriptor, "w") as file:
            file.write(new_secret)
    except OSError:
        return new_secret
    return new_secret
