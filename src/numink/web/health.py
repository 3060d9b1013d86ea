"""Endpoints for monitoring (liveness, readiness, metrics), and the counting of requests."""

from __future__ import annotations

import time
from importlib.metadata import version

from flask import Blueprint, Response, g, jsonify, make_response, request

from .auth.identity import shared_reading_service

blueprint = Blueprint("health", __name__)
DOOR_OF_BLUEPRINT = {
    "pages": "page", "history": "page", "batches": "page", "api_docs": "page", "api": "api", "batches_api": "api",
    "health": "health", "device": "page", "use": "page", "entry": "page",
    "account": "page", "admin": "page", "sign_in": "page",
}  # fmt: skip
"""Value of the metrics' label `door` for the requests of each blueprint."""


@blueprint.get("/healthz")
def alive() -> Response:
    """Answer that the process is running."""
    return jsonify({"status": "ok"})


@blueprint.get("/readyz")
def ready() -> Response:
    """Answer that the model is loaded and the store can be read, or with a problem that says what is missing.

    The status is "degraded", and the server ready all the same, while a remote store cannot be reached and readings
    wait in the write queue.
    """
    warning = shared_reading_service().check()
    state = {"status": "degraded", "detail": warning} if warning else {"status": "ok"}
    return jsonify({**state, "model": shared_reading_service().reader.model})


@blueprint.get("/metrics")
def metrics() -> Response:
    """Return the metrics for Prometheus."""
    service = shared_reading_service()
    response = make_response(service.metrics.render(service.reader.model, version("numink"), service.unsent()))
    response.content_type = "text/plain; version=0.0.4; charset=utf-8"
    return response


@blueprint.before_app_request
def start_timer() -> None:
    """Note the start of the request."""
    g.numink_began = time.perf_counter()


@blueprint.after_app_request
def count_request(response: Response) -> Response:
    """Count the response with its status and duration."""
    door = "static" if request.endpoint == "static" else DOOR_OF_BLUEPRINT.get(request.blueprint or "", "other")
    seconds = time.perf_counter() - g.get("numink_began", time.perf_counter())
    shared_reading_service().metrics.count_request(door, response.status_code, seconds)
    return response
