"""What a server with accounts has beside: its pages, mails, provider and counts of tries."""

from __future__ import annotations

from flask import Flask

from ...accounts.accounts import open_accounts
from ...errors import SettingsError
from ...service.reading_service import ReadingService
from ...settings import Settings
from ...store.protocol import Store
from . import account, admin
from . import routes as entry
from .identity import know_visitors
from .mail import Outbox
from .oidc import know_provider, provider_name
from .rate_limits import Throttle


def check_needs(settings: Settings) -> None:
    """Raises SettingsError where something that accounts need is not set."""
    ways = bool(settings.smtp_host or settings.oidc_issuer)
    missing = (
        (not settings.url, "NUMINK_URL, the address that people open: links in mails begin with it"),
        (not ways, "NUMINK_SMTP_HOST for mails, or NUMINK_OIDC_ISSUER to sign in with: else nobody can come in"),
        (settings.smtp_host and not settings.smtp_sender, "NUMINK_SMTP_SENDER, the address that mails come from"),
        (settings.oidc_issuer and not settings.oidc_client_id, "NUMINK_OIDC_CLIENT_ID, which the provider gives you"),
        (settings.oidc_issuer and not settings.oidc_client_secret, "NUMINK_OIDC_CLIENT_SECRET, from the provider too"),
    )
    for lacks, what in missing:
        if lacks:
            raise SettingsError(f"NUMINK_ACCOUNTS is on: set {what}")


def have_accounts(app: Flask, settings: Settings, store: Store) -> None:
    """Gives `app` accounts. Raises SettingsError for a limit without sense, or where something is not set."""
    check_needs(settings)
    accounts = open_accounts(store, settings.daily_readings, settings.room)
    reading_service: ReadingService = app.extensions["numink"]
    reading_service.quota = accounts.quotas
    app.extensions["numink_throttle"] = Throttle(settings)
    know_visitors(app, settings, accounts)
    if settings.smtp_host:
        app.extensions["numink_mail"] = Outbox(settings)
    for part in (entry, account, admin):
        app.register_blueprint(part.blueprint)
    if settings.oidc_issuer:
        know_provider(app, settings)
    app.jinja_env.globals.update(provider=provider_name(settings), mails=bool(settings.smtp_host))
