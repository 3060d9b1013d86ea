"""Sign-in with Google or any other OpenID Connect provider: the code flow with PKCE, state and nonce, by Authlib.

An account is found by the provider's identifier of a person, or by an e-mail address that the provider has verified.
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
from ..redirects import local_path
from .identity import accounts, settings, start_session

log = logging.getLogger(__name__)
blueprint = Blueprint("sign_in", __name__, url_prefix="/sign-in")
PROVIDER_TIMEOUT = 10
"""Seconds that the provider may take for one response."""
PROVIDER_ERRORS = (OAuthError, JoseError, RequestException, ValueError, KeyError, TypeError, RuntimeError)
"""Exceptions caused by a provider that cannot be reached or violates the protocol."""


def init_oidc(app: Flask, settings: Settings) -> None:
    """Add sign-in with the provider of the settings to `app`."""
    logging.getLogger("authlib").setLevel(logging.WARNING)  # its debug messages contain the secrets of a sign-in
    oauth = OAuth(app)
    app.extensions["numink_provider"] = oauth.register(
        "provider",
        client_id=settings.oidc_client_id,
        client_secret=settings.oidc_client_secret,
        server_metadata_url=f"{settings.oidc_issuer.rstrip('/')}/.well-known/openid-configuration",
        client_kwargs={"scope": "openid email", "code_challenge_method": "S256", "default_timeout": PROVIDER_TIMEOUT},
    )
    app.register_blueprint(blueprint)


def provider_name(settings: Settings) -> str:
    """Return the provider's name as pages show it, empty where there is no provider."""
    return settings.oidc_name or urlsplit(settings.oidc_issuer).hostname or ""


@blueprint.get("")
def begin() -> AnyResponse:
    """Redirect to the provider."""
    for old_state in [name for name in session if name.startswith("_state_")]:
        del session[old_state]
    session["after"] = local_path(request.args.get("next", ""))
    try:
        response: AnyResponse = _provider().authorize_redirect(settings().url.rstrip("/") + url_for(".back"))
    except PROVIDER_ERRORS as error:
        raise _sign_in_failed(error) from None
    return response


@blueprint.get("/back")
def back() -> AnyResponse:
    """Log in the person that the provider identifies in exchange for the code in the request."""
    issuer = settings().oidc_issuer
    if request.args.get("error") == "access_denied":
        return redirect(url_for("entry.log_in"), 303)
    try:
        token = _provider().authorize_access_token(claims_options={"iss": {"essential": True, "values": [issuer]}})
        claims = token["userinfo"]
        subject, email, verified = str(claims["sub"]), claims.get("email"), claims.get("email_verified")
    except PROVIDER_ERRORS as error:
        raise _sign_in_failed(error) from None
    if verified not in (True, "true") or not isinstance(email, str):
        raise RequestError(
            "email-not-verified",
            "{provider} has not verified your e-mail address: verify it there, and sign in again",
            provider=provider_name(settings()),
        )
    return_path = session.get("after")
    start_session(accounts().sign_in_with_provider(issuer, subject, email_of(email)))
    return redirect(return_path or url_for("pages.home"), 303)


def _provider() -> Any:
    return current_app.extensions["numink_provider"]


def _sign_in_failed(error: Exception) -> RequestError:
    log.warning("sign-in with the provider failed: %s", type(error).__name__)
    return RequestError(
        "sign-in-failed", "signing in did not work: try again; if it keeps failing, tell the administrator"
    )
