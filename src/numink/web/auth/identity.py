"""The identity of the sender of a request, and the endpoints and readings that they may reach.

Without accounts, all readings belong to the owner in the settings. With accounts, a browser presents a session and a
program an API key, and every endpoint that is not in PUBLIC_ENDPOINTS needs one of them, so that a new endpoint is
closed by default.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING
from urllib.parse import quote

from flask import Flask, current_app, g, redirect, request, session, url_for
from flask_limiter.util import get_remote_address
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user
from werkzeug.wrappers import Response as AnyResponse

from ...accounts.keys import key_label, key_owner
from ...accounts.person import Person
from ...accounts.sessions import begin_session, end_session, session_owner
from ...errors import NuminkError
from ...service.owner_service import OwnerService
from ...service.reading_service import ReadingService
from ...settings import Settings
from .rate_limits import AttemptLimiter

if TYPE_CHECKING:
    from ...accounts.accounts import Accounts

log = logging.getLogger(__name__)
PUBLIC_ENDPOINTS = frozenset(
    {
        "static", "pages.home", "pages.model", "api_docs.page", "api.description", "health.alive", "health.ready",
        "health.metrics", "device.page", "device.file", "device.worker", "device.manifest",
        "entry.log_in", "entry.register", "entry.confirm", "entry.forgot", "entry.reset",
        "entry.mail_sent", "sign_in.begin", "sign_in.back", "languages.choose",
    }
)  # fmt: skip
"""Endpoints that need no log-in."""
API_KEY_PATHS = "/api/v1/"
"""Prefix of the paths that accept an API key; the account itself can only be changed with a password."""
ADMIN_BLUEPRINT = "admin"


class NotLoggedIn(NuminkError):
    """The request needs a log-in or an API key."""

    kind = "not-logged-in"


class NotAllowed(NuminkError):
    """The visitor is known but lacks the permission."""

    kind = "not-allowed"


class Visitor(UserMixin):  # type: ignore[misc]  # Flask-Login has no types
    """A person who is logged in; `token` is the secret of their session, empty for an API key."""

    def __init__(self, person: Person, token: str = "") -> None:
        self.person = person
        self.token = token

    def get_id(self) -> str:
        """Return the value to store in the cookie."""
        return f"{self.person.id} {self.token}"


def init_identity(app: Flask, settings: Settings, accounts: Accounts) -> None:
    """Make `app` identify the sender of each request."""
    manager = LoginManager(app, add_context_processor=False)
    manager.session_protection = None  # a session has a secret of its own; addresses of phones change
    app.extensions["numink_accounts"] = accounts

    @manager.user_loader  # type: ignore[untyped-decorator]
    def load_by_session(cookie_value: str) -> Visitor | None:
        person_id, _, token = cookie_value.partition(" ")
        person = session_owner(accounts.people, person_id, token, settings.session_days)
        return Visitor(person, token) if person else None

    @manager.request_loader  # type: ignore[untyped-decorator]
    def load_by_key(_: object) -> Visitor | None:
        header = request.authorization
        if not request.path.startswith(API_KEY_PATHS) or header is None or header.type != "bearer" or not header.token:
            return None
        attempts: AttemptLimiter = app.extensions["numink_attempts"]
        address, label = get_remote_address(), key_label(header.token)
        attempts.test_key(address, label)
        person = key_owner(accounts.people, header.token)
        if person is None:
            attempts.key_failed(address, label)
        return Visitor(person) if person else None

    app.before_request(require_log_in)


def with_accounts() -> bool:
    """Return True where this server has accounts."""
    return "numink_accounts" in current_app.extensions


def accounts() -> Accounts:
    """Return the accounts of a server that has them."""
    registered: Accounts = current_app.extensions["numink_accounts"]
    return registered


def visitor() -> Visitor | None:
    """Return the sender of this request, or None if they are not logged in or there are no accounts."""
    if "visitor" not in g:
        g.visitor = None  # stays so if the store fails, so that the page about that error can be shown
        if with_accounts() and isinstance(current_user, Visitor):
            g.visitor = current_user._get_current_object()
    current: Visitor | None = g.visitor
    return current


def person() -> Person:
    """Return the person who sends this request. Raises NotLoggedIn."""
    current = visitor()
    if current is None:
        raise NotLoggedIn("log in first, or send an API key as 'Authorization: Bearer KEY'")
    return current.person


def owner() -> str:
    """Return the owner of the readings that this request is about. Raises NotLoggedIn."""
    return person().id if with_accounts() else settings().owner


def settings() -> Settings:
    """Return the settings of this server."""
    current: Settings = current_app.extensions["numink_settings"]
    return current


def reading_service() -> OwnerService:
    """Return the operations of the owner of this request. Raises NotLoggedIn."""
    return shared_reading_service().for_owner(owner())


def shared_reading_service() -> ReadingService:
    """Return the application's reading service, for purposes that concern no particular owner."""
    service: ReadingService = current_app.extensions["numink"]
    return service


def rate_limit_key() -> str:
    """Return the key under which this request is counted: the person's id, else the network address."""
    current = visitor()
    return current.person.id if current else get_remote_address()


def start_session(person: Person) -> None:
    """Log a person in with a new session that replaces the browser's old one."""
    session.clear()
    login_user(Visitor(person, begin_session(accounts().people, person.id)))
    session.permanent = True
    g.visitor = None
    log.info("%s logged in from %s", person.id, get_remote_address())


def close_session() -> None:
    """Log the visitor out: the session ends in this browser, and for any copy of its cookie."""
    current = visitor()
    if current:
        end_session(accounts().people, current.person.id, current.token)
    logout_user()
    session.clear()
    g.visitor = None


def require_log_in() -> AnyResponse | None:
    """Redirect a visitor to the log-in page if the endpoint needs one. Raises NotLoggedIn or NotAllowed."""
    if request.endpoint is None or request.endpoint in PUBLIC_ENDPOINTS:
        return None
    current = visitor()
    if current is None:
        if request.path.startswith("/api/") or request.method != "GET":
            person()
        return_path = quote(request.script_root + request.full_path.rstrip("?"), safe="/")
        return redirect(f"{url_for('entry.log_in')}?next={return_path}", 303)
    if request.blueprint == ADMIN_BLUEPRINT and not current.person.admin:
        raise NotAllowed("this page is for administrators: ask an administrator of this server")
    return None
