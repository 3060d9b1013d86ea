"""Pages about batches: many files sent together, read in the background.

Without JavaScript a form takes them, and the page that shows how far they are loads itself again. Scripts announce the
files first, send each by itself, and ask for the rows that have changed.
"""

from __future__ import annotations

import json
from functools import partial
from typing import Any

from flask import Blueprint, Response, flash, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from ...errors import ReadingNotFound
from ...recognition.constraints import CHECKS
from ...service.batches import Offer, Upload, count_by_state
from ...service.options import Options
from ...store.batches import Item
from ..attachments import send_readings
from ..auth.identity import reading_service
from ..batch_names import batch_name
from ..i18n import text
from ..problems import RequestError
from .batch_view_models import DOUBTS, Row, ordered, row
from .history import count_of
from .view_models import view

blueprint = Blueprint("batches", __name__, url_prefix="/batches")
SHOWN = 50
"""Batches on their page."""


@blueprint.get("")
def index() -> str:
    """The owner's batches, and a form for another."""
    settings = reading_service().settings
    return render_template(
        "batches.html", batches=reading_service().batches.recent(SHOWN), checks=CHECKS,
        files_limit=settings.batch_files, megabytes=settings.max_bytes // 1_000_000,
    )  # fmt: skip


@blueprint.post("")
def create() -> AnyResponse:
    """A batch of the files of the form; or of those that a script announces, each with its bytes, and sends after."""
    options = Options.from_form(request.form, request.files)
    if "offers" in request.form:
        offers = _offers(request.form["offers"])
        batch = reading_service().batches.open(batch_name([offer.name for offer in offers]), offers, options)
        items = [item.id for item in reading_service().batches.items(batch.id)]
        return jsonify({"address": url_for(".show", batch_id=batch.id), "items": items})
    uploads = _uploads()
    batch = reading_service().batches.create(batch_name([upload.name for upload in uploads]), uploads, options)
    return redirect(url_for(".show", batch_id=batch.id), 303)


@blueprint.get("/<batch_id>")
def show(batch_id: str) -> str:
    """How far a batch is, and what was read; with `since`, only what has changed since a revision."""
    batches = reading_service().batches
    since = count_of(request.args.get("since", "0"))
    batch = batches.get(batch_id)
    rows = ordered((_row(item) for item in batches.items(batch_id, since)), request.args.get("order", ""))
    return render_template(
        "batch_part.html" if "since" in request.args else "batch.html", batch=batch, tally=count_by_state(batch),
        rows=rows, order=request.args.get("order", ""), doubts_first=DOUBTS,
    )  # fmt: skip


@blueprint.post("/<batch_id>/files")
def receive(batch_id: str) -> AnyResponse:
    """A file of the batch, from a script; or those of a form that had been announced and have not arrived."""
    uploads = _uploads()
    if "item" in request.form:
        reading_service().batches.receive(batch_id, request.form["item"], uploads[0])
        return Response(status=204)
    reading_service().batches.add(batch_id, uploads)
    return redirect(url_for(".show", batch_id=batch_id), 303)


@blueprint.post("/<batch_id>/<any(cancel, retry):what>")
def change(batch_id: str, what: str) -> AnyResponse:
    """Ends what has not been begun, or tries again what failed."""
    (reading_service().batches.cancel if what == "cancel" else reading_service().batches.retry)(batch_id)
    return redirect(url_for(".show", batch_id=batch_id), 303)


@blueprint.post("/<batch_id>/remove")
def remove(batch_id: str) -> AnyResponse:
    """Removes the batch; its readings stay in the history."""
    reading_service().batches.delete(batch_id)
    flash(text("The batch is removed; what was read stays in the history."))
    return redirect(url_for(".index"), 303)


@blueprint.get("/<batch_id>/download/<any(csv, json, zip):kind>")
def download(batch_id: str, kind: str) -> Response:
    """All of the batch, as a file."""
    batches = reading_service().batches
    return send_readings("numink-batch", kind, partial(batches.readings, batch_id), batches.unread_files(batch_id))


def _row(item: Item) -> Row:
    """With what counts where people have corrected it."""
    if not (item.corrected and item.reading_id):
        return row(item)
    try:
        return row(
            item,
            view(reading_service().get(item.reading_id), reading_service().history.corrections(item.reading_id)).final,
        )
    except ReadingNotFound:  # deleted a moment ago
        return row(item)


def _uploads() -> list[Upload]:
    """The files of the form. Raises RequestError where there is none."""
    given = [one for one in request.files.getlist("file") if one.filename]
    if not given:
        raise RequestError("no-file", "no file was chosen: choose some, or a ZIP file, and try again")
    return [Upload.from_form(one) for one in given]


def _offers(text: str) -> list[Offer]:
    """What a script says that it will send: a list of names with bytes. Raises RequestError."""
    try:
        given: Any = json.loads(text)
        offers = [Offer(str(name), int(size)) for name, size in given]
    except (ValueError, TypeError, OverflowError, RecursionError):
        offers = []
    if not offers:
        raise RequestError("invalid", "the files cannot be made out: load the page again, and choose them anew")
    return offers
