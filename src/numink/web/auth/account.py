"""The pages of one's own account: e-mail address, password, API keys, and the end of it."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_limiter.util import get_remote_address
from werkzeug.wrappers import Response as AnyResponse

from ...accounts.keys import make_key, revoke_key
from ...accounts.passwords import MIN_PASSWORD_LENGTH
from ...accounts.person import email_of
from ...accounts.refusals import InvalidAccountData, WrongPassword
from ..i18n import spoken, text
from .identity import accounts, enter, go, person
from .routes import must_have_mail, must_match, post, throttle, with_mail

blueprint = Blueprint("account", __name__, url_prefix="/account")
Answer = str | AnyResponse | tuple[str, int]


@blueprint.get("")
def index() -> Answer:
    """All about it on one page."""
    return _page()


@blueprint.post("/password")
def password() -> Answer:
    """A new password, for who knows the old one; all log-ins end but this one, which begins anew."""
    somebody = person()
    try:
        _prove_often(somebody.email)
        must_match(request.form.get("password", ""))
        post(accounts().change_password(somebody, request.form.get("old", ""), request.form.get("password", "")))
    except (InvalidAccountData, WrongPassword) as refused:
        return _page(("password", spoken(refused)))
    throttle().succeeded(somebody.email)
    enter(somebody)
    flash(text("Your password is changed; all other log-ins have ended."))
    return redirect(url_for(".index"), 303)


@blueprint.post("/email")
def email() -> Answer:
    """Asks for another e-mail address, which a mail to it confirms."""
    somebody = person()
    must_have_mail()
    try:
        _prove_often(somebody.email)
        address = email_of(request.form.get("email", ""))
        throttle().mail(get_remote_address(), address)
        post(accounts().request_email_change(somebody, address, request.form.get("old", "")))
    except (InvalidAccountData, WrongPassword) as refused:
        return _page(("email", spoken(refused)))
    throttle().succeeded(somebody.email)
    flash(text("Look into the mail of {address}: the link there changes the address.", address=address))
    return redirect(url_for(".index"), 303)


@blueprint.route("/email/<token>", methods=["GET", "POST"])
def new_email(token: str) -> Answer:
    """The link of that mail."""
    address = accounts().requested_email(person(), token)
    if request.method == "GET":
        return render_template("new_email.html", email=address, before=person().email)
    post(accounts().change_email(person(), token))
    flash(text("Your e-mail address is {address} now.", address=address))
    return redirect(url_for(".index"), 303)


@blueprint.post("/keys")
def new_key() -> Answer:
    """Makes an API key, and shows it this once."""
    try:
        _, text = make_key(accounts().people, person().id, request.form.get("name", ""))
    except InvalidAccountData as refused:
        return _page(("keys", spoken(refused)))
    return _page(key=text)


@blueprint.post("/keys/<key_id>/revoke")
def revoke(key_id: str) -> AnyResponse:
    """The key opens nothing any more."""
    revoke_key(accounts().people, person().id, key_id)
    flash(text("The key is revoked."))
    return redirect(url_for(".index"), 303)


@blueprint.post("/delete")
def delete() -> Answer:
    """The account goes, with all readings, pictures, corrections and keys."""
    somebody = person()
    try:
        _prove_often(somebody.email)
        _must_name(somebody.email)
        accounts().check_password(somebody, request.form.get("old", ""))
    except (InvalidAccountData, WrongPassword) as refused:
        return _page(("delete", spoken(refused)))
    accounts().delete(somebody)
    throttle().succeeded(somebody.email)
    go()
    flash(text("Your account is deleted, with everything that was yours."))
    return redirect(url_for("pages.home"), 303)


def _prove_often(email: str) -> None:
    """A password that is asked for here can be guessed here: it counts as a log-in. Raises TooManyTries."""
    throttle().log_in(get_remote_address(), email)


def _must_name(email: str) -> None:
    """Raises InvalidAccountData where the form does not say the address of the account that is to go."""
    if request.form.get("email", "").strip().lower() != email:
        raise InvalidAccountData("this is not the e-mail address of the account: write it as it stands above")


def _page(problem: tuple[str, str] | None = None, key: str = "") -> Answer:
    """With what is wrong in one of its parts, or a key that was just made."""
    somebody = accounts().people.by_id(person().id) or person()  # with the key that was just made
    shown = render_template(
        "account.html", person=somebody, used=accounts().quotas.usage(somebody), least=MIN_PASSWORD_LENGTH,
        problem=problem, key=key, with_mail=with_mail(),
    )  # fmt: skip
    return (shown, 422) if problem else shown
