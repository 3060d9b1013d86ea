"""What keeps pages and API safe: headers, cookies, forms that only our own pages can send, the rate limit.

The API takes no cookie as a proof of who asks, but a browser may be made to send requests to it from
elsewhere: a write that comes from another site is refused, one with our cookie needs the page's token too.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Flask, Response, current_app, request
from flask.sessions import SecureCookieSessionInterface
from flask_limiter import Limiter
from flask_wtf.csrf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from ..settings import Settings
from .auth.identity import who_counts
from .auth.rate_limits import limits_of
from .problems import RequestError
from .reading_endpoints import READING
from .secret_key import kept_secret

POLICY = "; ".join(
    (
        "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self'", "connect-src 'self'",
        "manifest-src 'self'", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'",
    )
)  # fmt: skip
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), geolocation=(), microphone=()",
}
WITH_ACCOUNTS = "120 per minute"
"""Readings of a person where NUMINK_RATE_LIMIT says nothing; a drawing is read with each stroke."""
SAFE = ("GET", "HEAD", "OPTIONS")
FORM_ROOM = 500_000
"""Bytes of a form beside its picture; well above the 64 KB that Werkzeug's parser takes at once."""

csrf = CSRFProtect()


class Sessions(SecureCookieSessionInterface):
    """Flask's, with the cookie marked Secure where numink is served by HTTPS."""

    def get_cookie_secure(self, app: Flask) -> bool:
        """See Flask."""
        return bool(app.config["SESSION_COOKIE_SECURE"]) or request.is_secure


def make_safe(app: Flask, settings: Settings) -> None:
    """Sets the limits, cookies and headers of `app`. Raises SettingsError for a rate limit without sense."""
    app.config.update(
        SECRET_KEY=settings.secret_key or kept_secret(settings.store),
        MAX_CONTENT_LENGTH=settings.max_bytes + FORM_ROOM,
        MAX_FORM_MEMORY_SIZE=FORM_ROOM,
        MAX_FORM_PARTS=50,
        SESSION_COOKIE_NAME="numink",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SECURE=settings.url.startswith("https:"),
        PERMANENT_SESSION_LIFETIME=settings.session_days * 86_400,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_REFRESH_EACH_REQUEST=False,  # a log-in lasts as long as its session in the store
        WTF_CSRF_TIME_LIMIT=None,  # a page may stay open for long; the token dies with the cookie
        WTF_CSRF_CHECK_DEFAULT=False,  # `refuse_foreign` does it, for the API too
    )
    app.session_interface = Sessions()
    if settings.proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, *[settings.proxies] * 3)  # type: ignore[method-assign]  # as Flask has it
    csrf.init_app(app)
    app.before_request(refuse_foreign)
    app.after_request(add_headers)


def limit_readings(app: Flask, settings: Settings) -> None:
    """Counts readings by who asks, in this process's memory. Raises SettingsError."""
    chosen = settings.rate_limit.lower()
    if chosen == "auto":
        chosen = WITH_ACCOUNTS if settings.accounts else "off"
    if chosen == "off":
        return
    limits_of("NUMINK_RATE_LIMIT", chosen)
    limiter = Limiter(who_counts, app=app, storage_uri="memory://", headers_enabled=True)
    limit = limiter.shared_limit(chosen, scope="read", methods=["POST"])
    for view in READING:
        app.view_functions[view] = limit(app.view_functions[view])  # type: ignore[assignment]  # it may be async


def refuse_foreign() -> None:
    """Raises for a write that a page of another site made the browser send."""
    if request.method in SAFE:
        return
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    if site in ("cross-site", "same-site") or (origin and not site and urlsplit(origin).netloc != request.host):
        raise RequestError("foreign-page", "this was sent by a page of another site: open numink itself, and try there")
    if not request.path.startswith("/api/") or current_app.config["SESSION_COOKIE_NAME"] in request.cookies:
        csrf.protect()


def add_headers(response: Response) -> Response:
    """On every answer."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    return response
