"""Additions to a server with accounts: pages, e-mails, provider and attempt limits."""

from __future__ import annotations

from flask import Flask

from ...accounts.accounts import Accounts
from ...errors import SettingsError
from ...settings import Settings
from . import account, admin, routes
from .identity import init_identity
from .mail import Mailer
from .oidc import init_oidc, provider_name
from .rate_limits import AttemptLimiter


def check_settings(settings: Settings) -> None:
    """Raise SettingsError where a setting that accounts need is missing."""
    can_log_in = bool(settings.smtp_host or settings.oidc_issuer)
    requirements = (
        (settings.url, "NUMINK_URL, the public address of this server: links in e-mails begin with it"),
        (can_log_in, "NUMINK_SMTP_HOST for e-mails or NUMINK_OIDC_ISSUER to sign in with: else nobody can log in"),
        (not settings.smtp_host or settings.smtp_sender, "NUMINK_SMTP_SENDER, the sender of the e-mails"),
        (not settings.oidc_issuer or settings.oidc_client_id, "NUMINK_OIDC_CLIENT_ID, which the provider gives you"),
        (not settings.oidc_issuer or settings.oidc_client_secret, "NUMINK_OIDC_CLIENT_SECRET, also from the provider"),
    )
    for is_met, setting in requirements:
        if not is_met:
            raise SettingsError(f"NUMINK_ACCOUNTS is on: set {setting}")


def init_accounts(app: Flask, settings: Settings, accounts: Accounts) -> None:
    """Add accounts to `app`. Raises SettingsError for an invalid limit or a missing setting."""
    check_settings(settings)
    app.extensions["numink_attempts"] = AttemptLimiter(settings)
    init_identity(app, settings, accounts)
    if settings.smtp_host:
        app.extensions["numink_mail"] = Mailer(settings)
    for module in (routes, account, admin):
        app.register_blueprint(module.blueprint)
    if settings.oidc_issuer:
        init_oidc(app, settings)
    app.jinja_env.globals.update(provider=provider_name(settings), mails=bool(settings.smtp_host))
