"""Sign in with Google or any other OpenID Connect provider: the code flow with PKCE, state and nonce, by Authlib.

An account is found by the provider's name for somebody, or by an e-mail address that the provider has verified.
"""

from __future__ import annotations

import logging
from typing import Any
from urllib.parse import urlsplit

from authlib.integrations.base_client import OAuthError
from authlib.integrations.flask_client import OAuth
from flask import Blueprint, Flask, current_app, redirect, request, session, url_for
from joserfc.errors import JoseError
from requests import RequestException
from werkzeug.wrappers import Response as AnyResponse

from ...accounts.person import email_of
from ...settings import Settings
from ..problems import RequestError
from ..redirects import path_here
from .identity import accounts, enter, shared_reading_service

log = logging.getLogger(__name__)
blueprint = Blueprint("sign_in", __name__, url_prefix="/sign-in")
PATIENCE = 10
"""Seconds that the provider may take for one answer."""
WRONG = (OAuthError, JoseError, RequestException, ValueError, KeyError, TypeError, RuntimeError)
"""What a provider that is away, or does not keep to the protocol, leads to."""


def know_provider(app: Flask, settings: Settings) -> None:
    """Has people of `app` sign in with the provider of the settings."""
    logging.getLogger("authlib").setLevel(logging.WARNING)  # its debug lines have the secrets of a sign-in in them
    oauth = OAuth(app)
    app.extensions["numink_provider"] = oauth.register(
        "provider",
        client_id=settings.oidc_client_id,
        client_secret=settings.oidc_client_secret,
        server_metadata_url=f"{settings.oidc_issuer.rstrip('/')}/.well-known/openid-configuration",
        client_kwargs={"scope": "openid email", "code_challenge_method": "S256", "default_timeout": PATIENCE},
    )
    app.register_blueprint(blueprint)


def provider_name(settings: Settings) -> str:
    """As the pages say it; empty where there is none."""
    return settings.oidc_name or urlsplit(settings.oidc_issuer).hostname or ""


@blueprint.get("")
def begin() -> AnyResponse:
    """Off to the provider."""
    for old in [name for name in session if name.startswith("_state_")]:
        del session[old]
    session["after"] = path_here(request.args.get("next", ""))
    try:
        answer: AnyResponse = _provider().authorize_redirect(_settings().url.rstrip("/") + url_for(".back"))
    except WRONG as error:
        raise _failed(error) from None
    return answer


@blueprint.get("/back")
def back() -> AnyResponse:
    """Back from there, with a code that the provider exchanges for who it is."""
    issuer = _settings().oidc_issuer
    if request.args.get("error") == "access_denied":
        return redirect(url_for("entry.log_in"), 303)
    try:
        token = _provider().authorize_access_token(claims_options={"iss": {"essential": True, "values": [issuer]}})
        said = token["userinfo"]
        subject, email, verified = str(said["sub"]), said.get("email"), said.get("email_verified")
    except WRONG as error:
        raise _failed(error) from None
    if verified not in (True, "true") or not isinstance(email, str):
        raise RequestError(
            "email-not-verified",
            "{provider} has not verified your e-mail address: verify it there, and sign in again",
            provider=provider_name(_settings()),
        )
    there = session.get("after")
    enter(accounts().sign_in_with_provider(issuer, subject, email_of(email)))
    return redirect(there or url_for("pages.home"), 303)


def _provider() -> Any:
    return current_app.extensions["numink_provider"]


def _settings() -> Settings:
    return shared_reading_service().settings


def _failed(error: Exception) -> RequestError:
    log.warning("signing in with the provider failed: %s", type(error).__name__)
    return RequestError("sign-in-failed", "signing in did not work: try again; if it stays, tell who runs this server")
