"""The web application: HTML pages, the HTTP API, and the server that runs both."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from ..reader import Reader
    from ..settings import Settings
    from ..store.protocol import Store


def create_app(settings: Settings, reader: Reader | None = None, store: Store | None = None) -> Flask:
    """Create the Flask application; `reader` and `store` are created from the settings unless given.

    Raises ModelError, StoreError or SettingsError.
    """
    from .app import build  # noqa: PLC0415 - gunicorn's master imports this package and must stay small

    return build(settings, reader, store)
