"""Pages for people: read a picture, look at what was read, correct it, see what the model is.

Every page works without JavaScript: forms are sent, and answered with a page. Scripts do it in place.
"""

from __future__ import annotations

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from ...recognition.acceptance import PARAMETERS as ACCEPTANCE
from ...recognition.constraints import CHECKS
from ...service.batches import Upload
from ...service.options import Options
from ..auth.identity import reading_service, shared_reading_service, visitor, with_accounts
from ..batch_names import batch_name
from ..i18n import text
from ..problems import RequestError
from .correction_forms import parse_correction_form
from .model_report import ModelReport
from .view_models import view

blueprint = Blueprint("pages", __name__)
RECENT = 5
"""Batches that the first page looks at, to say which are under way."""


@blueprint.get("/")
def home() -> str:
    """Choose, drop, paste or draw; how to begin, for who is not logged in."""
    if with_accounts() and visitor() is None:
        return render_template("welcome.html")
    megabytes = shared_reading_service().settings.max_bytes // 1_000_000
    under_way = [one for one in reading_service().batches.recent(RECENT) if one.open]
    return render_template("home.html", megabytes=megabytes, checks=CHECKS, under_way=under_way)


@blueprint.post("/")
def read() -> Response:
    """Reads the picture of the form, and goes on to the reading's page; a ZIP file becomes a batch."""
    upload = request.files.get("file")
    if upload is None or not upload.filename:
        raise RequestError("no-file", "no picture was chosen: choose one, or draw, and try again")
    options = Options.from_form(request.form, request.files)
    if upload.filename.lower().endswith(".zip"):
        file = Upload.from_form(upload)
        batch = reading_service().batches.create(batch_name([file.name]), [file], options)
        return redirect(url_for("batches.show", batch_id=batch.id), 303)
    reading = reading_service().read(
        upload.stream, upload.filename, single=options.single, constraints=options.constraints()
    )
    return redirect(url_for(".reading", reading_id=reading.id), 303)


@blueprint.post("/glance")
def glance() -> Response:
    """What a drawing says so far; nothing of it is kept."""
    upload = request.files.get("file")
    if upload is None:
        raise RequestError("no-file", "there is no drawing in the field 'file'")
    page = reading_service().read_without_saving(upload.stream, single="single" in request.form)
    sure = bool(page.numbers) and all(number.accepted for number in page.numbers)
    return jsonify({"text": page.text, "sure": sure})


@blueprint.get("/readings/<reading_id>")
def reading(reading_id: str) -> str:
    """One answer: digits, confidence, the picture with boxes, the runners-up."""
    found = reading_service().get(reading_id, pictures=True)
    return render_template("reading.html", reading=view(found, reading_service().history.corrections(reading_id)))


@blueprint.post("/readings/<reading_id>/corrections")
def correct(reading_id: str) -> Response:
    """Keeps what a digit or a number should have been, what was missed, or the right order."""
    reading_service().correct(reading_id, [parse_correction_form(request.form)])
    flash(text("Thank you: your correction is kept, and helps the next model."))
    return redirect(url_for(".reading", reading_id=reading_id), 303)


@blueprint.post("/readings/<reading_id>/corrections/undo")
def take_back(reading_id: str) -> Response:
    """Takes back the correction that was made last."""
    reading_service().withdraw_correction(reading_id, request.form.get("correction", ""))
    flash(text("Your last correction is taken back."))
    return redirect(url_for(".reading", reading_id=reading_id), 303)


@blueprint.get("/model")
def model() -> str:
    """What the model is, what it gets wrong, what it was made of."""
    return render_template(
        "model.html",
        report=ModelReport.of(shared_reading_service().reader.classifier),
        doubt=ACCEPTANCE.most_not_a_digit,
    )
