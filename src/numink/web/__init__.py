"""The web door: pages for people, an HTTP API for programs, and the server that runs both.

Knows readings and settings; knows nothing of ink or networks beyond `Reader`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from ..reader import Reader
    from ..settings import Settings
    from ..store.protocol import Store


def create_app(settings: Settings, reader: Reader | None = None, store: Store | None = None) -> Flask:
    """The application; `reader` and `store` are made from the settings where none is given.

    Raises ModelError, StoreError or SettingsError where that fails.
    """
    from .app import build  # noqa: PLC0415 - gunicorn's master imports this package and must stay small

    return build(settings, reader, store)
