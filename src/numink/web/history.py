"""Pages about earlier readings: search, review of the least sure, download, delete and undo."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from datetime import date, timedelta
from itertools import chain, islice
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, send_file, session, url_for
from werkzeug.wrappers import Response as AnyResponse

from ..store import Wanted
from .api import desk
from .desk import Fix
from .download import as_csv, as_json, as_zip
from .problems import RequestError
from .views import view

blueprint = Blueprint("history", __name__)
PART = 24
"""Readings on one page of the history."""
MOST = 10_000_000
"""Offsets and places larger than this are nobody's."""
DIGITS = re.compile(r"[0-9]{0,64}")
SHOWN = {"": "all", "doubts": "with something to look at", "corrected": "corrected"}


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
                raise RequestError("invalid", f"'{day}' is no day: write it as 2026-11-25") from None
        return search

    @property
    def wanted(self) -> Wanted:
        """For the store: the last day is included."""
        until = (date.fromisoformat(self.until) + timedelta(days=1)).isoformat() if self.until else ""
        return Wanted(
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
    part = desk().archive.part(search.wanted, PART, at)
    return render_template(
        "history.html", found=[view(*one) for one in part.readings], count=part.count, doubts=part.doubts,
        search=search, at=at, part=PART, shown=SHOWN, undo=session.get("discarded"),
    )  # fmt: skip


@blueprint.post("/history/discard")
def discard() -> AnyResponse:
    """Deletes the readings that were chosen, or all that were found."""
    search = Search.of(request.form.to_dict())
    chosen = request.form.getlist("only") or request.form.getlist("id")
    if not chosen and "all" not in request.form:
        raise RequestError("invalid", "no reading was chosen: tick some, and try again")
    moment, count = desk().archive.discard(search.wanted if "all" in request.form else chosen)
    session["discarded"] = [moment, count]
    query: dict[str, Any] = {} if "all" in request.form else search.query
    return redirect(url_for(".index", **query), 303)


@blueprint.post("/history/undo")
def undo() -> AnyResponse:
    """Brings back what this browser deleted last."""
    moment, _ = session.pop("discarded", ("", 0))
    count = desk().archive.restore(moment) if moment else 0
    flash(f"{_readings(count)} back again." if count else "There is nothing to bring back: it was too long ago.")
    return redirect(url_for(".index"), 303)


@blueprint.get("/history/download/<any(csv, json, zip):kind>")
def download(kind: str) -> Response:
    """The readings that are looked for, as a file."""
    wanted = Search.of(request.args.to_dict()).wanted
    if kind == "zip":
        file = as_zip(desk().archive.each(wanted, pictures=True))
        return send_file(file, "application/zip", as_attachment=True, download_name="numink.zip")
    lines = (as_csv if kind == "csv" else as_json)(desk().archive.each(wanted))
    first = list(islice(lines, 2))  # an error of the store is an error, not half a file
    response = Response(chain(first, lines), content_type="text/csv" if kind == "csv" else "application/json")
    response.headers["Content-Disposition"] = f"attachment; filename=numink.{kind}"
    return response


@blueprint.get("/review")
def review() -> str:
    """The least sure number that nobody has looked at."""
    skipped = count_of(request.args.get("skip", "0"))
    doubt, left = desk().archive.doubt(skipped)
    if doubt is None:
        return render_template("review.html", number=None, left=left)
    reading = desk().get(doubt.reading)
    shown = view(reading, desk().archive.fixes(doubt.reading))
    page = shown.pages[doubt.page]
    return render_template(
        "review.html", reading=shown, page=page, number=page.numbers[doubt.number], left=left,
        skipped=min(skipped, left - 1),
    )  # fmt: skip


@blueprint.post("/review")
def reviewed() -> AnyResponse:
    """Keeps what a number is, and goes on to the next."""
    text = "" if "none" in request.form else "".join(request.form.get("text", "").split())
    place = (request.form.get("page", ""), request.form.get("number", ""))
    desk().correct(request.form.get("reading", ""), [fix_of(place, text)])
    return redirect(url_for(".review", skip=count_of(request.form.get("skip", "0")) or None), 303)


def fix_of(place: tuple[str, str], text: str) -> Fix:
    """What a form says that a number should have been. Raises RequestError."""
    if not DIGITS.fullmatch(text):
        raise RequestError("invalid", "a correction has digits only, at most 64: go back, and write it so")
    if not all(re.fullmatch("[0-9]{1,6}", part) for part in place):
        raise RequestError("invalid", "the form does not say which number it corrects: load the page again")
    return Fix(int(place[0]), int(place[1]), text)


def count_of(text: str) -> int:
    """What an address counts to; 0 for what is no count."""
    return int(text) if re.fullmatch("[0-9]{1,7}", text) and int(text) < MOST else 0


def _readings(count: int) -> str:
    return "The reading is" if count == 1 else f"{count} readings are"
