"""Cache-Control of every response, by one rule that overwrites what views and Flask have set.

Only files whose addresses contain a digest of their content are for shared caches. All else is an answer to one person.
"""

from __future__ import annotations

from flask import Flask, Response, request

from ..settings import Settings

VERSIONED_ENDPOINTS = frozenset({"static", "device.file"})
"""Endpoints of files whose addresses contain a digest, and which therefore never change."""
PICTURE_ENDPOINTS = frozenset({"api.picture", "api.thumbnail", "api.explanation"})
"""Endpoints of pictures; they never change either, but may be deleted."""
PUBLIC, PRIVATE_PICTURE = "public, max-age=31536000, immutable", "private, max-age=3600"
PRIVATE, NO_STORE = "private, no-cache", "no-store"


def init_caching(app: Flask, settings: Settings) -> None:
    """Make `app` set Cache-Control; called before all other set-up, since Flask runs the first such function last."""

    @app.after_request
    def set_cache_control(response: Response) -> Response:
        if response.status_code >= 300 and response.status_code != 304:
            rule = NO_STORE
        elif request.endpoint in VERSIONED_ENDPOINTS:
            rule = PUBLIC
        elif settings.accounts:  # for the next person at the same device
            rule = NO_STORE
        else:
            rule = PRIVATE_PICTURE if request.endpoint in PICTURE_ENDPOINTS else PRIVATE
        response.headers["Cache-Control"] = rule
        response.headers.pop("Expires", None)
        return response
