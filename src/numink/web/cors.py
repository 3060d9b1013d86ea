"""Use of the API by pages of other sites, with an API key and never with a cookie (CORS, the Fetch standard).

Browsers let a page read an answer only if that answer names the page's origin. Access-Control-Allow-Credentials is
never sent, so that an answer to a request with our cookie cannot be read.
"""

from __future__ import annotations

from flask import Flask, Response, make_response, request

from ..errors import SettingsError
from ..settings import Settings

API_PATHS = "/api/v1/"
PREFLIGHT_HEADERS = {
    "Access-Control-Allow-Methods": "GET, POST, DELETE",
    "Access-Control-Allow-Headers": "Authorization, Content-Type",
    "Access-Control-Max-Age": "600",
}
EXPOSED_HEADERS = "Location, Retry-After"


def init_cors(app: Flask, settings: Settings) -> None:
    """Let pages of the origins in the settings use the API. Raises SettingsError without accounts."""
    origins = frozenset(origin.strip().lower() for origin in settings.origins.split(",") if origin.strip())
    app.extensions["numink_origins"] = origins
    if not origins:
        return
    if not settings.accounts:
        raise SettingsError("NUMINK_ORIGINS needs NUMINK_ACCOUNTS: pages of other sites use the API with an API key")

    @app.before_request
    def answer_preflight() -> Response | None:
        if request.method != "OPTIONS" or "Access-Control-Request-Method" not in request.headers:
            return None
        if not from_allowed_origin(app):
            return None
        response = make_response("", 204)
        response.headers.update(PREFLIGHT_HEADERS)
        return response

    @app.after_request
    def allow_origin(response: Response) -> Response:
        if request.path.startswith(API_PATHS):
            response.vary.add("Origin")
            if from_allowed_origin(app):
                response.headers["Access-Control-Allow-Origin"] = request.headers["Origin"]
                response.headers["Access-Control-Expose-Headers"] = EXPOSED_HEADERS
        return response


def from_allowed_origin(app: Flask) -> bool:
    """Return True for a request to the API by a page whose origin the settings name."""
    origin = request.headers.get("Origin", "").lower()
    return origin in app.extensions["numink_origins"] and request.path.startswith(API_PATHS)
