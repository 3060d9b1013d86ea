"""Pages for registration, confirmation, log-in, log-out and resetting a password."""

from __future__ import annotations

from flask import Blueprint, current_app, flash, redirect, render_template, request, session, url_for
from flask_limiter.util import get_remote_address
from werkzeug.wrappers import Response as AnyResponse

from ...accounts.accounts import AccountMail
from ...accounts.passwords import MIN_PASSWORD_LENGTH
from ...accounts.person import email_of
from ...accounts.refusals import InvalidAccountData, WrongPassword
from ..i18n import error_text, text
from ..problems import RequestError
from ..redirects import local_path
from .identity import accounts, close_session, settings, start_session
from .mail import send_mail
from .rate_limits import AttemptLimiter

blueprint = Blueprint("entry", __name__)
LINK_ENDPOINTS = {"confirm": "entry.confirm", "reset": "entry.reset", "new_email": "account.new_email"}
"""Endpoint of the link in each kind of e-mail."""
ViewResult = str | AnyResponse | tuple[str, int]


@blueprint.route("/log-in", methods=["GET", "POST"])
def log_in() -> ViewResult:
    """Log in with e-mail address and password, then go to the page that was asked for."""
    return_path = local_path(request.values.get("next", ""))
    email = request.form.get("email", "").strip().lower()
    if request.method == "GET":
        return render_template("log_in.html", next=return_path, email="")
    attempts().count_log_in(get_remote_address(), email)
    person = accounts().log_in(email, request.form.get("password", ""))
    if person is None:
        attempts().log_in_failed(get_remote_address())
        return render_template("log_in.html", next=return_path, email=email, wrong=True), 403
    attempts().log_in_succeeded(email)
    start_session(person)
    return redirect(return_path or url_for("pages.home"), 303)


@blueprint.post("/log-out")
def log_out() -> AnyResponse:
    """Log out."""
    close_session()
    flash(text("You are logged out."))
    return redirect(url_for("pages.home"), 303)


@blueprint.route("/register", methods=["GET", "POST"])
def register() -> ViewResult:
    """Register an e-mail address; an e-mail with a link to confirm it is sent there."""
    email, password = request.form.get("email", ""), request.form.get("password", "")
    context = {"least": MIN_PASSWORD_LENGTH, "email": email, "open": accounts().open}
    if request.method == "GET":
        return render_template("register.html", **context)
    require_mail()
    try:
        attempts().count_mail(get_remote_address(), email_of(email))
        require_matching_passwords(password)
        send_account_mail(accounts().register(email, password))
    except InvalidAccountData as refused:
        return render_template("register.html", **context, problem=error_text(refused)), 422
    return _redirect_to_mail_sent("confirm")


@blueprint.route("/confirm/<token>", methods=["GET", "POST"])
def confirm(token: str) -> ViewResult:
    """Create the account once the password is entered again at the e-mail's link, and log in."""
    context = {"email": accounts().email_to_confirm(token)}
    if request.method == "GET":
        return render_template("confirm.html", **context)
    attempts().count_log_in(get_remote_address(), context["email"])
    try:
        person = accounts().confirm(token, request.form.get("password", ""))
    except (InvalidAccountData, WrongPassword) as refused:
        return render_template("confirm.html", **context, problem=error_text(refused)), 422
    attempts().log_in_succeeded(person.email)
    start_session(person)
    flash(text("Welcome: your e-mail address is confirmed, and you are logged in."))
    return redirect(url_for("pages.home"), 303)


@blueprint.route("/forgot", methods=["GET", "POST"])
def forgot() -> ViewResult:
    """Request an e-mail with a link to reset the password."""
    if request.method == "GET":
        return render_template("forgot.html")
    require_mail()
    try:
        email = email_of(request.form.get("email", ""))
    except InvalidAccountData as refused:
        return render_template("forgot.html", problem=error_text(refused)), 422
    attempts().count_mail(get_remote_address(), email)
    send_account_mail(accounts().request_password_reset(email))
    return _redirect_to_mail_sent("reset")


@blueprint.route("/reset/<token>", methods=["GET", "POST"])
def reset(token: str) -> ViewResult:
    """Set a new password at the e-mail's link."""
    context = {"email": accounts().person_to_reset(token).email, "least": MIN_PASSWORD_LENGTH}
    if request.method == "GET":
        return render_template("reset.html", **context)
    try:
        require_matching_passwords(request.form.get("password", ""))
        send_account_mail(accounts().reset(token, request.form.get("password", "")))
    except InvalidAccountData as refused:
        return render_template("reset.html", **context, problem=error_text(refused)), 422
    close_session()
    flash(text("Your password is changed: log in with the new one."))
    return redirect(url_for(".log_in"), 303)


@blueprint.get("/mail-sent")
def mail_sent() -> str:
    """Ask the visitor to check their e-mail; the page is the same whether there is an account or not."""
    return render_template("mail_sent.html", kind=session.get("mail_sent", ""))


def attempts() -> AttemptLimiter:
    """Return the application's limiter of log-in attempts and requested e-mails."""
    limiter: AttemptLimiter = current_app.extensions["numink_attempts"]
    return limiter


def require_matching_passwords(password: str) -> None:
    """Raise Refused if the repetition of the password differs."""
    if password != request.form.get("again", ""):
        raise InvalidAccountData("the two passwords are not the same: enter both again")


def require_mail() -> None:
    """Raise RequestError if this server sends no e-mails."""
    if not sends_mail():
        raise RequestError("no-mail", "this server sends no e-mails: log in with the provider on the log-in page")


def sends_mail() -> bool:
    """Return True where this server sends e-mails."""
    return "numink_mail" in current_app.extensions


def send_account_mail(to_mail: AccountMail) -> None:
    """Send an e-mail about an account, if this server sends e-mails."""
    if sends_mail():
        base = settings().url.rstrip("/")
        path = url_for(LINK_ENDPOINTS[to_mail.text], token=to_mail.token) if to_mail.token else request.script_root
        send_mail(to_mail.text, "" if to_mail.idle else to_mail.email, {"link": base + path})


def _redirect_to_mail_sent(kind: str) -> AnyResponse:
    session["mail_sent"] = kind
    return redirect(url_for("entry.mail_sent"), 303)
