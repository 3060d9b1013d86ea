"""Pages for who is not logged in: register, confirm, log in, reset a password; and the way out."""

from __future__ import annotations

from flask import Blueprint, current_app, flash, redirect, render_template, request, session, url_for
from flask_limiter.util import get_remote_address
from werkzeug.wrappers import Response as AnyResponse

from ...accounts.accounts import AccountMail
from ...accounts.passwords import MIN_PASSWORD_LENGTH
from ...accounts.person import email_of
from ...accounts.refusals import InvalidAccountData, WrongPassword
from ..i18n import spoken, text
from ..problems import RequestError
from ..redirects import path_here
from .identity import accounts, enter, go, shared_reading_service
from .mail import mail
from .rate_limits import Throttle

blueprint = Blueprint("entry", __name__)
PAGES = {"confirm": "entry.confirm", "reset": "entry.reset", "new_email": "account.new_email"}
"""Where the links of mails lead."""
Answer = str | AnyResponse | tuple[str, int]


@blueprint.route("/log-in", methods=["GET", "POST"])
def log_in() -> Answer:
    """With e-mail address and password; leads on to where somebody wanted to go."""
    there = path_here(request.values.get("next", ""))
    email = request.form.get("email", "").strip().lower()
    if request.method == "GET":
        return render_template("log_in.html", next=there, email="")
    throttle().log_in(get_remote_address(), email)
    person = accounts().log_in(email, request.form.get("password", ""))
    if person is None:
        throttle().failed(get_remote_address())
        return render_template("log_in.html", next=there, email=email, wrong=True), 403
    throttle().succeeded(email)
    enter(person)
    return redirect(there or url_for("pages.home"), 303)


@blueprint.post("/log-out")
def log_out() -> AnyResponse:
    """Ends the session."""
    go()
    flash(text("You are logged out."))
    return redirect(url_for("pages.home"), 303)


@blueprint.route("/register", methods=["GET", "POST"])
def register() -> Answer:
    """Asks for an account; the mail tells how to go on."""
    email, password = request.form.get("email", ""), request.form.get("password", "")
    shown = {"least": MIN_PASSWORD_LENGTH, "email": email, "open": accounts().open}
    if request.method == "GET":
        return render_template("register.html", **shown)
    must_have_mail()
    try:
        throttle().mail(get_remote_address(), email_of(email))
        must_match(password)
        post(accounts().register(email, password))
    except InvalidAccountData as refused:
        return render_template("register.html", **shown, problem=spoken(refused)), 422
    return _sent("confirm")


@blueprint.route("/confirm/<token>", methods=["GET", "POST"])
def confirm(token: str) -> Answer:
    """The link of the mail, and the password once more: then the account is made, and one is logged in."""
    shown = {"email": accounts().email_to_confirm(token)}
    if request.method == "GET":
        return render_template("confirm.html", **shown)
    throttle().log_in(get_remote_address(), shown["email"])
    try:
        person = accounts().confirm(token, request.form.get("password", ""))
    except (InvalidAccountData, WrongPassword) as refused:
        return render_template("confirm.html", **shown, problem=spoken(refused)), 422
    throttle().succeeded(person.email)
    enter(person)
    flash(text("Welcome: your e-mail address is confirmed, and you are logged in."))
    return redirect(url_for("pages.home"), 303)


@blueprint.route("/forgot", methods=["GET", "POST"])
def forgot() -> Answer:
    """Asks for a mail that resets the password."""
    if request.method == "GET":
        return render_template("forgot.html")
    must_have_mail()
    try:
        email = email_of(request.form.get("email", ""))
    except InvalidAccountData as refused:
        return render_template("forgot.html", problem=spoken(refused)), 422
    throttle().mail(get_remote_address(), email)
    post(accounts().request_password_reset(email))
    return _sent("reset")


@blueprint.route("/reset/<token>", methods=["GET", "POST"])
def reset(token: str) -> Answer:
    """The link of the mail: a new password."""
    shown = {"email": accounts().person_to_reset(token).email, "least": MIN_PASSWORD_LENGTH}
    if request.method == "GET":
        return render_template("reset.html", **shown)
    try:
        must_match(request.form.get("password", ""))
        post(accounts().reset(token, request.form.get("password", "")))
    except InvalidAccountData as refused:
        return render_template("reset.html", **shown, problem=spoken(refused)), 422
    go()
    flash(text("Your password is changed: log in with the new one."))
    return redirect(url_for(".log_in"), 303)


@blueprint.get("/mail-sent")
def mail_sent() -> str:
    """Look into your mail; the same whether there is an account or not."""
    return render_template("mail_sent.html", kind=session.get("mail_sent", ""))


def throttle() -> Throttle:
    """What counts who tries too often."""
    found: Throttle = current_app.extensions["numink_throttle"]
    return found


def must_match(password: str) -> None:
    """Raises InvalidAccountData where the password was not written twice alike."""
    if password != request.form.get("again", ""):
        raise InvalidAccountData("the two passwords are not the same: write both again")


def must_have_mail() -> None:
    """Raises RequestError where this server sends no mails."""
    if not with_mail():
        raise RequestError("no-mail", "this server sends no mails: log in with the provider that it names")


def with_mail() -> bool:
    """Whether this server sends mails."""
    return "numink_mail" in current_app.extensions


def post(to_mail: AccountMail) -> None:
    """Sends a mail of an account's, where this server sends mails."""
    if with_mail():
        base = shared_reading_service().settings.url.rstrip("/")
        link = base + url_for(PAGES[to_mail.text], token=to_mail.token) if to_mail.token else base
        mail(to_mail.text, "" if to_mail.idle else to_mail.email, {"link": link})


def _sent(kind: str) -> AnyResponse:
    session["mail_sent"] = kind
    return redirect(url_for("entry.mail_sent"), 303)
