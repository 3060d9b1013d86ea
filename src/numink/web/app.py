"""The application factory: settings in, a Flask application out. All parts are made here, and joined."""

from __future__ import annotations

from importlib.metadata import version

import numpy as np
from flask import Flask
from flask_openapi3.models.info import Info
from flask_openapi3.openapi import OpenAPI

from ..factories import classifier_from_settings, store_from_settings
from ..imaging.decode import encode_png
from ..reader import Reader
from ..service.metrics import Metrics
from ..service.reading_service import ReadingService
from ..settings import Settings
from ..store.protocol import Store
from . import health, problems
from .api import batches as batches_api
from .api import docs_page as api_docs
from .api import readings as api
from .api.schemas import Problem
from .auth import identity as who
from .formatting import FILTERS
from .i18n import have_languages
from .pages import batches as batch_pages
from .pages import history
from .pages import offline as device
from .pages import reading as pages
from .pages import usage as use
from .security import limit_readings, make_safe
from .static_files import serve_small, static_path
from .upload_limits import make_room


def build(
    settings: Settings,
    reader: Reader | None = None,
    store: Store | None = None,
    metrics: Metrics | None = None,
) -> Flask:
    """See `numink.web.create_app`; `metrics` is shared with other processes where there are any."""
    reader, store = (
        reader or Reader(classifier_from_settings(settings), settings.limits),
        store or store_from_settings(settings),
    )
    reading_service = ReadingService(settings, reader, store, metrics or Metrics())
    app = OpenAPI(
        "numink.web",
        info=Info(
            title="numink", version=version("numink"),
            description="Handwritten digits, read right, each with a confidence that can be trusted.",
        ),
        doc_ui=False,
        security_schemes={"key": {"type": "http", "scheme": "bearer"}},
        validation_error_model=Problem,
        validation_error_callback=problems.refuse_invalid,
        static_url_path=static_path(),
    )  # fmt: skip
    app.extensions["numink"] = reading_service
    app.extensions["numink_store"] = store
    app.json.sort_keys = False  # type: ignore[attr-defined]  # Flask's default provider has it, its base has not
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(FILTERS)
    app.jinja_env.globals.update(version=version("numink"), visitor=who.visitor, with_accounts=who.with_accounts)
    have_languages(app, settings)
    serve_small(app)
    make_safe(app, settings)
    make_room(app, settings)
    app.register_api(api.blueprint)
    app.register_api(batches_api.blueprint)
    for part in (pages, batch_pages, history, device, use, api_docs, health, problems):
        app.register_blueprint(part.blueprint)
    if settings.accounts:
        from .auth.setup import have_accounts  # noqa: PLC0415 - Authlib and what it needs take 19 MB

        have_accounts(app, settings, store)
    limit_readings(app, settings)
    reading_service.warm_up(_first_picture())
    return app


def _first_picture() -> bytes:
    """A stroke on paper, which takes the whole way through the reader."""
    paper = np.full((80, 80), 240, np.uint8)
    paper[15:65, 38:42] = 30
    return encode_png(paper)
