"""History pages: search, review, export, delete and undo."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from datetime import date, timedelta
from functools import partial
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response as AnyResponse

from ...store.reading import UNDO_PERIOD, ReadingQuery
from ..attachments import send_readings
from ..auth.identity import reading_service
from ..i18n import ntext, text
from ..problems import RequestError
from .correction_forms import parse_correction_form
from .view_models import reading_view

blueprint = Blueprint("history", __name__)
HISTORY_PAGE_SIZE = 24
"""Number of readings on a page of the history."""
MAX_COUNT = 10_000_000
"""Upper limit of offsets and counts in addresses."""


@dataclass(frozen=True)
class Search:
    """Fields of the search form, as they were entered."""

    text: str = ""
    since: str = ""
    until: str = ""
    show: str = ""
    sort: str = ""

    @classmethod
    def from_values(cls, values: dict[str, str]) -> Search:
        """Take the fields from a form or a query string.

        Raises:
            RequestError: A date is malformed.
        """
        names = [field.name for field in fields(cls)]
        search = cls(**{name: values.get(name, "").strip()[:200] for name in names})
        _ = search.query  # raises where a date is malformed
        return search

    @property
    def query(self) -> ReadingQuery:
        """Query for the store; it includes the last day."""
        since = parse_day(self.since).isoformat() if self.since else ""
        until = (parse_day(self.until) + timedelta(days=1)).isoformat() if self.until else ""
        return ReadingQuery(
            self.text, since, until, self.show == "doubts", self.show == "corrected", self.sort == "oldest"
        )

    @property
    def url_values(self) -> dict[str, str]:
        """Parameters of the query string."""
        return {name: value for name, value in vars(self).items() if value}


@blueprint.get("/history")
def index() -> str:
    """Show a page of the readings that match a search."""
    search, offset = Search.from_values(request.args.to_dict()), parse_count(request.args.get("at", "0"))
    page = reading_service().history.page(search.query, HISTORY_PAGE_SIZE, offset)
    return render_template(
        "history.html", readings=[reading_view(*entry) for entry in page.readings], count=page.count,
        doubts=page.doubts, search=search, offset=offset, page_size=HISTORY_PAGE_SIZE,
        discarded=session.get("discarded"),
    )  # fmt: skip


@blueprint.post("/history/discard")
def discard() -> AnyResponse:
    """Delete the selected readings, or all that match the search."""
    search = Search.from_values(request.form.to_dict())
    selected = request.form.getlist("only") or request.form.getlist("id")
    if not selected and "all" not in request.form:
        raise RequestError("invalid", "no reading was selected: select at least one and try again")
    moment, count = reading_service().history.discard(search.query if "all" in request.form else selected)
    session["discarded"] = [moment, count]
    url_values: dict[str, Any] = {} if "all" in request.form else search.url_values
    return redirect(url_for(".index", **url_values), 303)


@blueprint.post("/history/undo")
def undo() -> AnyResponse:
    """Restore the readings that this browser deleted last."""
    moment, _ = session.pop("discarded", ("", 0))
    count = reading_service().history.restore(moment) if moment else 0
    if count:
        flash(ntext("Reading restored.", "{count} readings restored.", count))
    else:
        minutes = UNDO_PERIOD // timedelta(minutes=1)
        flash(
            text("Nothing was restored. Deleted readings can be restored for {minutes} minutes only.", minutes=minutes)
        )
    return redirect(url_for(".index"), 303)


@blueprint.get("/history/download/<any(csv, json, zip):kind>")
def download(kind: str) -> Response:
    """Export the readings that match a search."""
    query = Search.from_values(request.args.to_dict()).query
    return send_readings("numink", kind, partial(reading_service().history.readings, query))


@blueprint.get("/review")
def review() -> str:
    """Show the unreviewed number with the lowest confidence."""
    skipped = parse_count(request.args.get("skip", "0"))
    doubt, left = reading_service().history.next_to_review(skipped)
    if doubt is None:
        return render_template("review.html", number=None, left=left)
    reading = reading_service().get(doubt.reading_id, pictures=True)
    shown = reading_view(reading, reading_service().history.corrections(doubt.reading_id))
    page = shown.pages[doubt.page]
    return render_template(
        "review.html", reading=shown, page=page, number=page.number(doubt.number), left=left,
        skipped=min(skipped, left - 1),
    )  # fmt: skip


@blueprint.post("/review")
def reviewed() -> AnyResponse:
    """Store the reviewed number and show the next."""
    reading_service().correct(request.form.get("reading", ""), [parse_correction_form(request.form)])
    return redirect(url_for(".review", skip=parse_count(request.form.get("skip", "0")) or None), 303)


def parse_day(text: str) -> date:
    """Parse a day that has a next one. Raises RequestError."""
    try:
        day = date.fromisoformat(text)
        _ = day + timedelta(days=1)
    except (ValueError, OverflowError):
        raise RequestError("invalid", "'{day}' is not a date: write it as 2026-11-25", day=text) from None
    return day


def parse_count(text: str) -> int:
    """Parse a count in an address; 0 for an invalid one."""
    return int(text) if re.fullmatch("[0-9]{1,7}", text) and int(text) < MAX_COUNT else 0
