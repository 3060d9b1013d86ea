"""The page for administrators: who is here, what each may use, whether others may come. Never anybody's readings."""

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
PART = 50
"""Persons on one page."""
MEGABYTE = 1_000_000


@blueprint.get("")
def index() -> str:
    """Persons by e-mail address, those that are looked for, in parts."""
    starts, after = (request.args.get(name, "").strip().lower()[:254] for name in ("starts", "after"))
    found = list(accounts().people.by_email_prefix(starts, after, PART + 1))
    quotas = accounts().quotas
    return render_template(
        "admin.html", found=[(one, quotas.usage(one)) for one in found[:PART]], more=len(found) > PART, starts=starts,
        quotas=quotas, open=accounts().open, me=person(), megabyte=MEGABYTE,
    )  # fmt: skip


@blueprint.post("/registration")
def registration() -> AnyResponse:
    """Opens or closes it."""
    accounts().set_open("open" in request.form)
    flash(text("People may register now.") if "open" in request.form else text("Nobody can register any more."))
    return redirect(url_for(".index"), 303)


@blueprint.post("/people/<person_id>")
def change(person_id: str) -> AnyResponse:
    """Quotas, blocked or not, and the end, of one person."""
    one = accounts().people.by_id(person_id)
    if one is None:
        raise AccountNotFound("there is no such account any more: load the page again")
    if one.id == person().id and "quotas" not in request.form:
        raise InvalidAccountData("this is your own account: another administrator can block or delete it")
    if "delete" in request.form:
        accounts().delete(one)
        flash(text("{email} is deleted, with everything that was kept.", email=one.email))
    elif "block" in request.form or "unblock" in request.form:
        _change(one, blocked="block" in request.form)
    else:
        daily, room = (_quota(request.form.get(name, "")) for name in ("daily", "room"))
        room = None if room is None else room * MEGABYTE
        accounts().people.change(one.id, lambda there: replace(there, daily=daily, room=room))
        flash(text("The quotas of {email} are changed.", email=one.email))
    return redirect(url_for(".index", starts=request.form.get("starts") or None), 303)


def _change(one: Person, *, blocked: bool) -> None:
    accounts().people.change(one.id, lambda there: replace(there, blocked=blocked))
    if blocked:
        flash(text("{email} is blocked: no log-in and no key works.", email=one.email))
    else:
        flash(text("{email} may come in again.", email=one.email))


def _quota(text: str) -> int | None:
    """None for what holds for all. Raises InvalidAccountData."""
    if not text.strip():
        return None
    if not re.fullmatch("[0-9]{1,9}", text.strip()):
        raise InvalidAccountData("a quota is a whole number, 0 for no limit, or empty for what holds for all")
    return int(text)
