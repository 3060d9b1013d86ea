"""Pages about earlier readings: search, review of the least sure, download, delete and undo."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from datetime import date, timedelta
from functools import partial
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response as AnyResponse

from ...store.reading import ReadingQuery
from ..attachments import send_readings
from ..auth.identity import reading_service
from ..i18n import ntext, text
from ..problems import RequestError
from .correction_forms import parse_correction_form
from .view_models import view

blueprint = Blueprint("history", __name__)
PART = 24
"""Readings on one page of the history."""
MOST = 10_000_000
"""Offsets and places larger than this are nobody's."""


@dataclass(frozen=True)
class Search:
    """What the form of the history asks for, as it was written."""

    text: str = ""
    since: str = ""
    until: str = ""
    show: str = ""
    sort: str = ""

    @classmethod
    def of(cls, values: dict[str, str]) -> Search:
        """From a form or an address. Raises RequestError for a day that is none."""
        names = [field.name for field in fields(cls)]
        search = cls(**{name: values.get(name, "").strip()[:200] for name in names})
        for day in (search.since, search.until):
            try:
                _ = day and date.fromisoformat(day)
            except ValueError:
                raise RequestError("invalid", "'{day}' is no day: write it as 2026-11-25", day=day) from None
        return search

    @property
    def wanted(self) -> ReadingQuery:
        """For the store: the last day is included."""
        until = (date.fromisoformat(self.until) + timedelta(days=1)).isoformat() if self.until else ""
        return ReadingQuery(
            self.text, self.since, until, self.show == "doubts", self.show == "corrected", self.sort == "oldest"
        )

    @property
    def query(self) -> dict[str, str]:
        """For addresses."""
        return {name: value for name, value in vars(self).items() if value}


@blueprint.get("/history")
def index() -> str:
    """Earlier readings that are looked for, in parts."""
    search, at = Search.of(request.args.to_dict()), count_of(request.args.get("at", "0"))
    part = reading_service().history.page(search.wanted, PART, at)
    return render_template(
        "history.html", found=[view(*one) for one in part.readings], count=part.count, doubts=part.doubts,
        search=search, at=at, part=PART, undo=session.get("discarded"),
    )  # fmt: skip


@blueprint.post("/history/discard")
def discard() -> AnyResponse:
    """Deletes the readings that were chosen, or all that were found."""
    search = Search.of(request.form.to_dict())
    chosen = request.form.getlist("only") or request.form.getlist("id")
    if not chosen and "all" not in request.form:
        raise RequestError("invalid", "no reading was chosen: tick some, and try again")
    moment, count = reading_service().history.discard(search.wanted if "all" in request.form else chosen)
    session["discarded"] = [moment, count]
    query: dict[str, Any] = {} if "all" in request.form else search.query
    return redirect(url_for(".index", **query), 303)


@blueprint.post("/history/undo")
def undo() -> AnyResponse:
    """Brings back what this browser deleted last."""
    moment, _ = session.pop("discarded", ("", 0))
    count = reading_service().history.restore(moment) if moment else 0
    if count:
        flash(ntext("The reading is back again.", "{count} readings are back again.", count))
    else:
        flash(text("There is nothing to bring back: it was too long ago."))
    return redirect(url_for(".index"), 303)


@blueprint.get("/history/download/<any(csv, json, zip):kind>")
def download(kind: str) -> Response:
    """The readings that are looked for, as a file."""
    wanted = Search.of(request.args.to_dict()).wanted
    return send_readings("numink", kind, partial(reading_service().history.readings, wanted))


@blueprint.get("/review")
def review() -> str:
    """The least sure number that nobody has looked at."""
    skipped = count_of(request.args.get("skip", "0"))
    doubt, left = reading_service().history.next_to_review(skipped)
    if doubt is None:
        return render_template("review.html", number=None, left=left)
    reading = reading_service().get(doubt.reading_id, pictures=True)
    shown = view(reading, reading_service().history.corrections(doubt.reading_id))
    page = shown.pages[doubt.page]
    return render_template(
        "review.html", reading=shown, page=page, number=page.number(doubt.number), left=left,
        skipped=min(skipped, left - 1),
    )  # fmt: skip


@blueprint.post("/review")
def reviewed() -> AnyResponse:
    """Keeps what a number is, and goes on to the next."""
    reading_service().correct(request.form.get("reading", ""), [parse_correction_form(request.form)])
    return redirect(url_for(".review", skip=count_of(request.form.get("skip", "0")) or None), 303)


def count_of(text: str) -> int:
    """What an address counts to; 0 for what is no count."""
    return int(text) if re.fullmatch("[0-9]{1,7}", text) and int(text) < MOST else 0
