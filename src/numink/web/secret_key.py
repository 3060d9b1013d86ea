"""The key that signs cookies and links in e-mails, stored beside the history, so that both outlive a restart."""

from __future__ import annotations

import os
import secrets
from dataclasses import replace

from ..factories import history_file
from ..settings import Settings


def with_secret_key(settings: Settings) -> Settings:
    """Return settings with a key: the one they have, else the stored one, else a new one that only this user can read.

    A new key holds for this run only if the store is not a file or its folder is not writable.
    """
    return settings if settings.secret_key else replace(settings, secret_key=_load_or_create(settings.store))


def _load_or_create(store: str) -> str:
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
