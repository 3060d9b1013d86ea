"""Batch pages: many files uploaded together and read in the background.

Without JavaScript, a form uploads the files and the page of the batch reloads itself. Scripts announce the files
first, upload them one by one, and fetch the rows that have changed.
"""

from __future__ import annotations

import json
from functools import partial
from typing import Any

from flask import Blueprint, Response, flash, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from ...errors import ReadingNotFound, marked
from ...recognition.constraints import CHECKS
from ...service.batches import Offer, Upload, count_by_state
from ...service.options import Options
from ...store.batches import Item
from ..attachments import send_readings
from ..auth.identity import reading_service, settings
from ..batch_names import batch_name
from ..i18n import text
from ..problems import RequestError
from ..upload_limits import single_file
from .batch_view_models import DOUBTS, Row, ordered, row
from .history import parse_count
from .view_models import reading_view

blueprint = Blueprint("batches", __name__, url_prefix="/batches")
NO_FILES = marked("no file was chosen: choose files or a ZIP file and try again")
BATCHES_SHOWN = 50
"""Number of batches in the list."""


@blueprint.get("")
def index() -> str:
    """List the batches, with a form for a new one."""
    limits = settings()
    return render_template(
        "batches.html", batches=reading_service().batches.recent(BATCHES_SHOWN), checks=CHECKS,
        files_limit=limits.batch_files, megabytes=limits.max_bytes // 1_000_000,
    )  # fmt: skip


@blueprint.post("")
def create() -> AnyResponse:
    """Create a batch from the files of a form, or from the names and sizes that a script announces."""
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
    """Show the progress and results of a batch; with `since`, only the changes since that revision."""
    batches = reading_service().batches
    since = parse_count(request.args.get("since", "0"))
    batch = batches.get(batch_id)
    rows = ordered((_row(item) for item in batches.items(batch_id, since)), request.args.get("order", ""))
    return render_template(
        "batch_part.html" if "since" in request.args else "batch.html", batch=batch, tally=count_by_state(batch),
        rows=rows, order=request.args.get("order", ""), doubts_first=DOUBTS,
    )  # fmt: skip


@blueprint.post("/<batch_id>/files")
def receive(batch_id: str) -> AnyResponse:
    """Receive a file from a script, or announced files that did not arrive from a form."""
    if "item" in request.form:
        upload = single_file()
        if upload is None:
            raise RequestError("no-file", NO_FILES)
        reading_service().batches.receive(batch_id, request.form["item"], Upload.from_form(upload))
        return Response(status=204)
    reading_service().batches.add(batch_id, _uploads())
    return redirect(url_for(".show", batch_id=batch_id), 303)


@blueprint.post("/<batch_id>/<any(cancel, retry):action>")
def change(batch_id: str, action: str) -> AnyResponse:
    """Cancel the files that have not been read, or retry those that failed."""
    (reading_service().batches.cancel if action == "cancel" else reading_service().batches.retry)(batch_id)
    return redirect(url_for(".show", batch_id=batch_id), 303)


@blueprint.post("/<batch_id>/remove")
def remove(batch_id: str) -> AnyResponse:
    """Remove the batch; its readings stay in the history."""
    reading_service().batches.delete(batch_id)
    flash(text("Batch removed. Its readings stay in the history."))
    return redirect(url_for(".index"), 303)


@blueprint.get("/<batch_id>/download/<any(csv, json, zip):kind>")
def download(batch_id: str, kind: str) -> Response:
    """Export the readings of the batch."""
    batches = reading_service().batches
    return send_readings("numink-batch", kind, partial(batches.readings, batch_id), batches.unread_files(batch_id))


def _row(item: Item) -> Row:
    """Row of a file, with its corrected text where it was corrected."""
    if not (item.corrected and item.reading_id):
        return row(item)
    try:
        reading = reading_service().get(item.reading_id)
        return row(item, reading_view(reading, reading_service().history.corrections(item.reading_id)).current_text)
    except ReadingNotFound:  # deleted a moment ago
        return row(item)


def _uploads() -> list[Upload]:
    """Files of the form; a RequestError where there are none."""
    files = [file for file in request.files.getlist("file") if file.filename]
    if not files:
        raise RequestError("no-file", NO_FILES)
    return [Upload.from_form(file) for file in files]


def _offers(text: str) -> list[Offer]:
    """Announced files, from a JSON list of names and sizes in bytes; a RequestError where it is invalid."""
    try:
        announced: Any = json.loads(text)
        offers = [Offer(str(name), int(size)) for name, size in announced]
    except (ValueError, TypeError, OverflowError, RecursionError):
        offers = []
    if not offers:
        raise RequestError("invalid", "the list of files is invalid: reload the page and choose the files again")
    return offers
