"""Pages of the visitor's own account: e-mail address, password, API keys and deletion."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_limiter.util import get_remote_address
from werkzeug.wrappers import Response as AnyResponse

from ...accounts.keys import make_key, revoke_key
from ...accounts.passwords import MIN_PASSWORD_LENGTH
from ...accounts.person import email_of
from ...accounts.refusals import InvalidAccountData, WrongPassword
from ..i18n import error_text, text
from .identity import accounts, close_session, person, start_session
from .routes import (
    ViewResult,
    attempts,
    require_mail,
    require_matching_passwords,
    send_account_mail,
    sends_mail,
)

blueprint = Blueprint("account", __name__, url_prefix="/account")


@blueprint.get("")
def index() -> ViewResult:
    """Show the account."""
    return _page()


@blueprint.post("/password")
def password() -> ViewResult:
    """Change the password, given the old one; all sessions end, and this browser gets a new one."""
    owner = person()
    try:
        _count_attempt(owner.email)
        require_matching_passwords(request.form.get("password", ""))
        send_account_mail(
            accounts().change_password(owner, request.form.get("old", ""), request.form.get("password", ""))
        )
    except (InvalidAccountData, WrongPassword) as refused:
        return _page(("password", error_text(refused)))
    attempts().log_in_succeeded(owner.email)
    start_session(owner)
    flash(text("Your password is changed; all other log-ins have ended."))
    return redirect(url_for(".index"), 303)


@blueprint.post("/email")
def email() -> ViewResult:
    """Send an e-mail to a new address, with a link to confirm the change."""
    owner = person()
    require_mail()
    try:
        _count_attempt(owner.email)
        address = email_of(request.form.get("email", ""))
        attempts().count_mail(get_remote_address(), address)
        send_account_mail(accounts().request_email_change(owner, address, request.form.get("old", "")))
    except (InvalidAccountData, WrongPassword) as refused:
        return _page(("email", error_text(refused)))
    attempts().log_in_succeeded(owner.email)
    flash(text("Check your e-mail at {address}: the link there changes the address.", address=address))
    return redirect(url_for(".index"), 303)


@blueprint.route("/email/<token>", methods=["GET", "POST"])
def new_email(token: str) -> ViewResult:
    """Confirm a new e-mail address at the e-mail's link."""
    address = accounts().requested_email(person(), token)
    if request.method == "GET":
        return render_template("new_email.html", email=address, before=person().email)
    send_account_mail(accounts().change_email(person(), token))
    flash(text("Your e-mail address is now {address}.", address=address))
    return redirect(url_for(".index"), 303)


@blueprint.post("/keys")
def new_key() -> ViewResult:
    """Create an API key and show it this once."""
    try:
        _, secret = make_key(accounts().people, person().id, request.form.get("name", ""))
    except InvalidAccountData as refused:
        return _page(("keys", error_text(refused)))
    return _page(secret=secret)


@blueprint.post("/keys/<key_id>/revoke")
def revoke(key_id: str) -> AnyResponse:
    """Revoke an API key."""
    revoke_key(accounts().people, person().id, key_id)
    flash(text("The key is revoked."))
    return redirect(url_for(".index"), 303)


@blueprint.post("/delete")
def delete() -> ViewResult:
    """Delete the account with all readings, pictures, corrections and keys."""
    owner = person()
    try:
        _count_attempt(owner.email)
        _require_own_address(owner.email)
        accounts().check_password(owner, request.form.get("old", ""))
    except (InvalidAccountData, WrongPassword) as refused:
        return _page(("delete", error_text(refused)))
    accounts().delete(owner)
    attempts().log_in_succeeded(owner.email)
    close_session()
    flash(text("Your account is deleted, with all of your data."))
    return redirect(url_for("pages.home"), 303)


def _count_attempt(email: str) -> None:
    """Count a password asked for here as a log-in attempt, since it can be guessed here. Raises TooManyAttempts."""
    attempts().count_log_in(get_remote_address(), email)


def _require_own_address(email: str) -> None:
    """Raise Refused unless the form repeats the address of the account."""
    if request.form.get("email", "").strip().lower() != email:
        raise InvalidAccountData("this is not the e-mail address of the account: enter it as it is shown above")


def _page(problem: tuple[str, str] | None = None, secret: str = "") -> ViewResult:
    """Render the page with a problem of one of its sections, or with an API key that was just created."""
    owner = accounts().people.by_id(person().id) or person()  # loaded anew: it may have a new key
    page = render_template(
        "account.html", person=owner, used=accounts().quotas.usage(owner), least=MIN_PASSWORD_LENGTH, problem=problem,
        key=secret, with_mail=sends_mail(),
    )  # fmt: skip
    return (page, 422) if problem else page
