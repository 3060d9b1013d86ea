"""Web security: headers, cookies, protection against cross-site requests, and the rate limit of readings.

The API does not authenticate by cookie, but another site can make a browser send requests to it. So a write from
another site is refused, and a write with our cookie needs the page's CSRF token too.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Flask, Response, current_app, request
from flask.sessions import SecureCookieSessionInterface
from flask_limiter import Limiter
from flask_wtf.csrf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from ..settings import Settings
from .auth.identity import rate_limit_key
from .auth.rate_limits import parse_limits
from .cors import from_allowed_origin
from .problems import RequestError
from .reading_endpoints import READING_ENDPOINTS
from .wsgi_guard import WsgiGuard

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self'", "connect-src 'self'",
        "manifest-src 'self'", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'",
    )
)  # fmt: skip
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), geolocation=(), microphone=()",
}
DEFAULT_LIMIT_WITH_ACCOUNTS = "120 per minute"
"""Readings of one person unless NUMINK_RATE_LIMIT is set; a drawing is read after every stroke."""
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
MAX_FORM_BYTES = 500_000
"""Size of a form without its picture; well above the 64 KB that Werkzeug's parser reads at a time."""

csrf = CSRFProtect()


class SessionInterface(SecureCookieSessionInterface):
    """Flask's session cookie, marked Secure where numink is served over HTTPS."""

    def get_cookie_secure(self, app: Flask) -> bool:
        """Return True where the public address or this request uses HTTPS."""
        return bool(app.config["SESSION_COOKIE_SECURE"]) or request.is_secure

    def get_cookie_path(self, _app: Flask) -> str:
        """Return the path under which a proxy serves numink, so that its neighbours do not get the cookie."""
        return request.script_root or "/"


def init_security(app: Flask, settings: Settings) -> None:
    """Set the limits, cookies and headers of `app`."""
    app.config.update(
        SECRET_KEY=settings.secret_key,
        MAX_CONTENT_LENGTH=settings.max_bytes + MAX_FORM_BYTES,
        MAX_FORM_MEMORY_SIZE=MAX_FORM_BYTES,
        MAX_FORM_PARTS=50,
        SESSION_COOKIE_NAME="numink",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SECURE=settings.url.startswith("https:"),
        PERMANENT_SESSION_LIFETIME=settings.session_days * 86_400,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_REFRESH_EACH_REQUEST=False,  # a log-in lasts as long as its session in the store
        WTF_CSRF_TIME_LIMIT=None,  # a page may stay open for long; the token expires with the cookie
        WTF_CSRF_CHECK_DEFAULT=False,  # `refuse_cross_site` checks, for the API too
    )
    app.session_interface = SessionInterface()
    wsgi_app = WsgiGuard(app.wsgi_app)
    app.wsgi_app = wsgi_app  # type: ignore[method-assign]  # as Flask has it
    if count := settings.proxies:  # one of the proxies removes the prefix, whichever it is
        app.wsgi_app = ProxyFix(wsgi_app, count, count, count, x_prefix=1)  # type: ignore[method-assign]
    csrf.init_app(app)
    app.before_request(refuse_cross_site)
    app.after_request(add_headers)


def limit_readings(app: Flask, settings: Settings) -> None:
    """Limit the rate of readings by person or address, counted in this process. Raises SettingsError."""
    rate = settings.rate_limit.lower()
    if rate == "auto":
        rate = DEFAULT_LIMIT_WITH_ACCOUNTS if settings.accounts else "off"
    if rate == "off":
        return
    parse_limits("NUMINK_RATE_LIMIT", rate)
    limiter = Limiter(rate_limit_key, app=app, storage_uri="memory://", headers_enabled=True)
    limit = limiter.shared_limit(rate, scope="read", methods=["POST"])
    for endpoint in READING_ENDPOINTS:
        app.view_functions[endpoint] = limit(  # type: ignore[assignment]  # it may be async
            app.view_functions[endpoint]
        )


def refuse_cross_site() -> None:
    """Raise an error for a write that a page of another site made the browser send."""
    if request.method in SAFE_METHODS:
        return
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    has_cookie = current_app.config["SESSION_COOKIE_NAME"] in request.cookies
    if not has_cookie and request.authorization and from_allowed_origin(current_app):
        return
    if site in ("cross-site", "same-site") or (origin and not site and urlsplit(origin).netloc != request.host):
        raise RequestError("foreign-page", "this was sent by a page of another site: open numink itself, and try again")
    if not request.path.startswith("/api/") or has_cookie:
        csrf.protect()


def add_headers(response: Response) -> Response:
    """Add the security headers to a response."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    return response
