"""For who watches the server: is it alive, is it ready, what has it counted."""

from __future__ import annotations

import time
from importlib.metadata import version

from flask import Blueprint, Response, g, jsonify, make_response, request

from ..service.metrics import Metrics
from .auth.identity import shared_reading_service

blueprint = Blueprint("health", __name__)
DOORS = {
    "pages": "page", "history": "page", "batches": "page", "api_docs": "page", "api": "api", "batches_api": "api",
    "health": "health", "device": "page", "use": "page", "entry": "page",
    "account": "page", "admin": "page", "sign_in": "page",
}  # fmt: skip
"""The door of each part."""


@blueprint.get("/healthz")
def alive() -> Response:
    """The process answers."""
    return _fresh(jsonify({"status": "ok"}))


@blueprint.get("/readyz")
def ready() -> Response:
    """The model is warm and the history can be read; else the problem says what is missing.

    Degraded, and ready all the same: the history is elsewhere and away, and what is read waits for it here.
    """
    wrong = shared_reading_service().check()
    state = {"status": "degraded", "detail": wrong} if wrong else {"status": "ok"}
    return _fresh(jsonify({**state, "model": shared_reading_service().reader.model}))


@blueprint.get("/metrics")
def metrics() -> Response:
    """Counts, for Prometheus."""
    service = shared_reading_service()
    response = make_response(service.metrics.text(service.reader.model, version("numink"), service.unsent()))
    response.content_type = "text/plain; version=0.0.4; charset=utf-8"
    return _fresh(response)


@blueprint.before_app_request
def look_at_the_clock() -> None:
    """When the request came."""
    g.numink_began = time.perf_counter()


@blueprint.after_app_request
def count(response: Response) -> Response:
    """Every answer, by the door it left."""
    door = DOORS.get(request.blueprint or "", "other")
    counted: Metrics = shared_reading_service().metrics
    seconds = time.perf_counter() - g.get("numink_began", time.perf_counter())
    counted.request("static" if request.endpoint == "static" else door, response.status_code, seconds)
    return response


def _fresh(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response
