"""The application factory: creates all parts of the Flask application from the settings and connects them."""

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING

import numpy as np
from flask import Flask
from flask_openapi3.models.info import Info
from flask_openapi3.openapi import OpenAPI

from ..factories import classifier_from_settings, store_from_settings
from ..imaging.decode import encode_png
from ..reader import Reader
from ..service.corrections import CORRECTION_PATTERN
from ..service.metrics import Metrics
from ..service.quota import NoQuota
from ..service.reading_service import ReadingService
from ..settings import Settings
from ..store.protocol import Store
from . import health, problems
from .api import batches as batches_api
from .api import docs_page
from .api import readings as readings_api
from .api.schemas import Problem
from .auth import identity
from .caching import init_caching
from .cors import init_cors
from .formatting import FILTERS
from .hosts import init_hosts
from .i18n import init_i18n
from .json_provider import JSONProvider
from .pages import batches as batch_pages
from .pages import history as history_pages
from .pages import offline as offline_pages
from .pages import reading as reading_pages
from .pages import usage as usage_pages
from .secret_key import with_secret_key
from .security import init_security, limit_readings
from .service_parameters import service_parameters
from .static_files import init_static_files, static_path
from .upload_limits import init_upload_limits

if TYPE_CHECKING:
    from ..accounts.accounts import Accounts


def build(
    settings: Settings,
    reader: Reader | None = None,
    store: Store | None = None,
    metrics: Metrics | None = None,
) -> Flask:
    """Create the application as `numink.web.create_app` does; pass `metrics` to share counters with other processes."""
    reader, store = (
        reader or Reader(classifier_from_settings(settings), settings.limits),
        store or store_from_settings(settings),
    )
    settings = with_secret_key(settings)
    accounts = _open_accounts(settings, store)
    quota = accounts.quotas if accounts else NoQuota()
    reading_service = ReadingService(reader, store, metrics or Metrics(), service_parameters(settings), quota)
    app = OpenAPI(
        "numink.web",
        info=Info(
            title="numink", version=version("numink"),
            description="Read handwritten numbers, each with a calibrated confidence.",
        ),
        doc_ui=False,
        security_schemes={"key": {"type": "http", "scheme": "bearer"}},
        validation_error_model=Problem,
        validation_error_callback=problems.refuse_invalid,
        static_url_path=static_path(),
    )  # fmt: skip
    app.extensions["numink"] = reading_service
    app.extensions["numink_settings"] = settings
    app.json = JSONProvider(app)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(FILTERS)
    app.jinja_env.globals.update(
        version=version("numink"), visitor=identity.visitor, with_accounts=identity.with_accounts,
        correction_pattern=f" *{CORRECTION_PATTERN} *",
    )  # fmt: skip
    init_caching(app, settings)
    init_hosts(app, settings)
    init_i18n(app, settings)
    init_static_files(app)
    init_cors(app, settings)
    init_security(app, settings)
    init_upload_limits(app, settings)
    app.register_api(readings_api.blueprint)
    app.register_api(batches_api.blueprint)
    for module in (
        reading_pages, batch_pages, history_pages, offline_pages, usage_pages, docs_page, health, problems,
    ):  # fmt: skip
        app.register_blueprint(module.blueprint)
    if accounts:
        from .auth.setup import init_accounts  # noqa: PLC0415 - Authlib and its dependencies take 19 MB

        init_accounts(app, settings, accounts)
    limit_readings(app, settings)
    reading_service.warm_up(_warm_up_picture())
    return app


def _open_accounts(settings: Settings, store: Store) -> Accounts | None:
    if not settings.accounts:
        return None
    from ..accounts.accounts import open_accounts  # noqa: PLC0415 - its libraries are only needed with accounts

    return open_accounts(store, settings.secret_key, settings.daily_readings, settings.room)


def _warm_up_picture() -> bytes:
    """A stroke on paper, which passes through every stage of the reader."""
    paper = np.full((80, 80), 240, np.uint8)
    paper[15:65, 38:42] = 30
    return encode_png(paper)
