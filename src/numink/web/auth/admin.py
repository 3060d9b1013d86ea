"""The administrators' page: accounts, their quotas, and registration. It never shows anybody's readings."""

from __future__ import annotations

import re
from dataclasses import replace

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from ...accounts.person import Person
from ...accounts.refusals import AccountNotFound, InvalidAccountData
from ..i18n import text
from .identity import accounts, person

blueprint = Blueprint("admin", __name__, url_prefix="/admin")
PEOPLE_PER_PAGE = 50
MEGABYTE = 1_000_000


@blueprint.get("")
def index() -> str:
    """List the accounts that match a search, by e-mail address, one page at a time."""
    starts, after = (request.args.get(name, "").strip().lower()[:254] for name in ("starts", "after"))
    people = list(accounts().people.by_email_prefix(starts, after, PEOPLE_PER_PAGE + 1))
    quotas = accounts().quotas
    return render_template(
        "admin.html", found=[(account, quotas.usage(account)) for account in people[:PEOPLE_PER_PAGE]],
        more=len(people) > PEOPLE_PER_PAGE, starts=starts, quotas=quotas, open=accounts().open, me=person(),
        megabyte=MEGABYTE,
    )  # fmt: skip


@blueprint.post("/registration")
def registration() -> AnyResponse:
    """Open or close registration."""
    accounts().set_open("open" in request.form)
    flash(text("Registration is open now.") if "open" in request.form else text("Registration is closed now."))
    return redirect(url_for(".index"), 303)


@blueprint.post("/people/<person_id>")
def change(person_id: str) -> AnyResponse:
    """Change the quotas of an account, block or unblock it, or delete it."""
    account = accounts().people.by_id(person_id)
    if account is None:
        raise AccountNotFound("this account does not exist any more: reload the page")
    if account.id == person().id and "quotas" not in request.form:
        raise InvalidAccountData("this is your own account: another administrator can block or delete it")
    if "delete" in request.form:
        accounts().delete(account)
        flash(text("{email} is deleted, with all of its data.", email=account.email))
    elif "block" in request.form or "unblock" in request.form:
        _set_blocked(account, blocked="block" in request.form)
    else:
        daily, storage = (_parse_quota(request.form.get(name, "")) for name in ("daily", "room"))
        storage = None if storage is None else storage * MEGABYTE
        accounts().people.change(account.id, lambda stored: replace(stored, daily=daily, room=storage))
        flash(text("The quotas of {email} are changed.", email=account.email))
    return redirect(url_for(".index", starts=request.form.get("starts") or None), 303)


def _set_blocked(account: Person, *, blocked: bool) -> None:
    accounts().people.change(account.id, lambda stored: replace(stored, blocked=blocked))
    if blocked:
        flash(text("{email} is blocked: no log-in and no API key works.", email=account.email))
    else:
        flash(text("{email} can log in again.", email=account.email))


def _parse_quota(quota: str) -> int | None:
    """Parse a quota from the form; None stands for the general one. Raises InvalidAccountData."""
    if not quota.strip():
        return None
    if not re.fullmatch("[0-9]{1,9}", quota.strip()):
        raise InvalidAccountData("a quota is a whole number, 0 for no limit, or empty for the general quota")
    return int(quota)
