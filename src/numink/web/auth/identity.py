"""Who asks, and what he may reach: the one home of the answer to "whose readings are these?".

Without accounts everything is the owner's of the settings. With them a browser shows a session and a program an API
key, and whatever is not in OPEN needs one of the two: a route that is new is closed until somebody opens it.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING
from urllib.parse import quote

from flask import Flask, Response, current_app, g, redirect, request, session, url_for
from flask_limiter.util import get_remote_address
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user
from werkzeug.wrappers import Response as AnyResponse

from ...accounts.keys import key_owner
from ...accounts.person import Person
from ...accounts.sessions import begin_session, end_session, session_owner
from ...errors import NuminkError
from ...service.reading_service import ReadingService
from ...settings import Settings

if TYPE_CHECKING:
    from ...accounts.accounts import Accounts

log = logging.getLogger(__name__)
OPEN = frozenset(
    {
        "static", "pages.home", "pages.model", "api_docs.page", "api.description", "health.alive", "health.ready",
        "health.metrics", "device.page", "device.file", "device.worker", "device.manifest",
        "entry.log_in", "entry.register", "entry.confirm", "entry.forgot", "entry.reset",
        "entry.mail_sent", "sign_in.begin", "sign_in.back", "languages.choose",
    }
)  # fmt: skip
"""Endpoints for everybody."""
BY_KEY = "/api/v1/"
"""Where an API key opens; an account itself is changed with a password only."""
FOR_ADMINISTRATORS = "admin"
"""The blueprint for them."""


class NotLoggedIn(NuminkError):
    """Nobody knows who asks."""

    kind = "not-logged-in"


class NotAllowed(NuminkError):
    """It is known who asks, and he may not."""

    kind = "not-allowed"


class Visitor(UserMixin):  # type: ignore[misc]  # Flask-Login has no types
    """Somebody with an account; `token` is the secret of his session, empty for an API key."""

    def __init__(self, person: Person, token: str = "") -> None:
        self.person = person
        self.token = token

    def get_id(self) -> str:
        """What the cookie holds."""
        return f"{self.person.id} {self.token}"


def know_visitors(app: Flask, settings: Settings, accounts: Accounts) -> None:
    """Has each request of `app` asked who sends it."""
    manager = LoginManager(app, add_context_processor=False)
    manager.session_protection = None  # a session has a secret of its own; addresses of phones change
    app.extensions["numink_accounts"] = accounts

    @manager.user_loader  # type: ignore[untyped-decorator]
    def by_session(kept: str) -> Visitor | None:
        person_id, _, token = kept.partition(" ")
        person = session_owner(accounts.people, person_id, token, settings.session_days)
        return Visitor(person, token) if person else None

    @manager.request_loader  # type: ignore[untyped-decorator]
    def by_key(_: object) -> Visitor | None:
        shown = request.authorization
        if not request.path.startswith(BY_KEY) or shown is None or shown.type != "bearer" or not shown.token:
            return None
        person = key_owner(accounts.people, shown.token)
        return Visitor(person) if person else None

    app.before_request(guard)
    app.after_request(keep_private)


def with_accounts() -> bool:
    """Whether this server has accounts."""
    return "numink_accounts" in current_app.extensions


def accounts() -> Accounts:
    """The accounts of a server that has them."""
    found: Accounts = current_app.extensions["numink_accounts"]
    return found


def visitor() -> Visitor | None:
    """Who sends this request; None for nobody known, and where there are no accounts."""
    if "visitor" not in g:
        g.visitor = None  # where the store fails it stays so, so that the page about that can be shown
        if with_accounts() and isinstance(current_user, Visitor):
            g.visitor = current_user._get_current_object()
    found: Visitor | None = g.visitor
    return found


def person() -> Person:
    """Who sends this request. Raises NotLoggedIn."""
    known = visitor()
    if known is None:
        raise NotLoggedIn("log in first, or send an API key as 'Authorization: Bearer KEY'")
    return known.person


def owner() -> str:
    """Whose readings this request is about. Raises NotLoggedIn."""
    return person().id if with_accounts() else shared_reading_service().owner


def shared_reading_service() -> ReadingService:
    """The application's desk, for what is nobody's own."""
    found: ReadingService = current_app.extensions["numink"]
    return found


def who_counts() -> str:
    """For whom requests are counted: the person, else the address."""
    known = visitor()
    return known.person.id if known else get_remote_address()


def enter(somebody: Person) -> None:
    """Logs somebody in: the browser gets a new session, whatever it had before."""
    session.clear()
    login_user(Visitor(somebody, begin_session(accounts().people, somebody.id)))
    session.permanent = True
    g.visitor = None
    log.info("%s logged in from %s", somebody.id, get_remote_address())


def go() -> None:
    """Logs out who asks: his session ends, in this browser and in any copy of its cookie."""
    known = visitor()
    if known:
        end_session(accounts().people, known.person.id, known.token)
    logout_user()
    session.clear()
    g.visitor = None


def guard() -> AnyResponse | None:
    """Before each request: sends who is not known to the log-in. Raises NotLoggedIn or NotAllowed."""
    if request.endpoint is None or request.endpoint in OPEN:
        return None
    known = visitor()
    if known is None:
        if request.path.startswith("/api/") or request.method != "GET":
            person()
        there = quote(request.full_path.rstrip("?"), safe="/")
        return redirect(f"{url_for('entry.log_in')}?next={there}", 303)
    if request.blueprint == FOR_ADMINISTRATORS and not known.person.admin:
        raise NotAllowed("this page is for administrators: ask who runs this server")
    return None


def keep_private(response: Response) -> Response:
    """What was shown to somebody is not kept by the browser for the next who sits there."""
    if g.get("visitor") or (request.endpoint or "").startswith(("entry.", "sign_in.")):
        response.headers.setdefault("Cache-Control", "no-store")
    return response
