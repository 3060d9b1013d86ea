"""Pages to read a picture, show and correct a reading, and describe the model.

Every page works without JavaScript: forms are posted and answered with a page; scripts update the page in place.
"""

from __future__ import annotations

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from ...recognition.acceptance import PARAMETERS as ACCEPTANCE
from ...recognition.constraints import CHECKS
from ...service.batches import Upload
from ...service.options import Options
from ...service.page_pictures import PageRegion
from ..auth.identity import reading_service, settings, shared_reading_service, visitor, with_accounts
from ..batch_names import batch_name
from ..i18n import text
from ..problems import RequestError
from ..upload_limits import single_file
from .correction_forms import parse_correction_form, parse_region_form
from .model_report import ModelReport
from .view_models import reading_view

blueprint = Blueprint("pages", __name__)
RECENT_BATCHES = 5
"""Number of batches searched for those in progress, which the start page lists."""


@blueprint.get("/")
def home() -> str:
    """Show the form to choose, drop, paste or draw a picture; visitors without an account get an introduction."""
    if with_accounts() and visitor() is None:
        return render_template("welcome.html")
    megabytes = settings().max_bytes // 1_000_000
    batches = [batch for batch in reading_service().batches.recent(RECENT_BATCHES) if batch.open]
    return render_template("home.html", megabytes=megabytes, checks=CHECKS, batches_in_progress=batches)


@blueprint.post("/")
def read() -> Response:
    """Read the picture of the form and redirect to its reading; a ZIP file becomes a batch."""
    upload = single_file()
    if upload is None:
        raise RequestError("no-file", "no picture was chosen: choose one or draw, and try again")
    options, name = Options.from_form(request.form, request.files), upload.filename or ""
    if name.lower().endswith(".zip"):
        file = Upload.from_form(upload)
        batch = reading_service().batches.create(batch_name([file.name]), [file], options)
        return redirect(url_for("batches.show", batch_id=batch.id), 303)
    reading = reading_service().read(upload.stream, name, options)
    return redirect(url_for(".reading", reading_id=reading.id), 303)


@blueprint.post("/glance")
def glance() -> Response:
    """Read an unfinished drawing without storing it."""
    upload = single_file()
    if upload is None:
        raise RequestError("no-file", "the field 'file' is missing: send the drawing in it")
    page = reading_service().read_without_saving(upload.stream, Options.from_form(request.form, {}))
    accepted = bool(page.numbers) and all(number.accepted for number in page.numbers)
    return jsonify({"text": page.text, "sure": accepted})


@blueprint.get("/readings/<reading_id>")
def reading(reading_id: str) -> str:
    """Show a reading: the picture with boxes, numbers, confidences and alternatives."""
    stored = reading_service().get(reading_id, pictures=True)
    corrections = reading_service().history.corrections(reading_id)
    return render_template("reading.html", reading=reading_view(stored, corrections))


@blueprint.post("/readings/<reading_id>/regions")
def read_region(reading_id: str) -> Response:
    """Read a part of a picture that was read before, and redirect to its reading.

    The form has the page, the part in pixels of the page, options as for `read`, and where possible the file again.
    """
    upload = single_file()
    options = Options.from_form(request.form, request.files)
    region = PageRegion(reading_id, *parse_region_form(request.form))
    reading = reading_service().read_region(region, upload.stream if upload else None, options)
    return redirect(url_for(".reading", reading_id=reading.id), 303)


@blueprint.post("/readings/<reading_id>/corrections")
def correct(reading_id: str) -> Response:
    """Store a correction of a digit, a number, a missing number or the order."""
    reading_service().correct(reading_id, [parse_correction_form(request.form)])
    flash(text("Correction saved. Thank you, it helps improve the model."))
    return redirect(url_for(".reading", reading_id=reading_id), 303)


@blueprint.post("/readings/<reading_id>/corrections/undo")
def take_back(reading_id: str) -> Response:
    """Undo the last correction."""
    reading_service().withdraw_correction(reading_id, request.form.get("correction", ""))
    flash(text("Last correction undone."))
    return redirect(url_for(".reading", reading_id=reading_id), 303)


@blueprint.get("/model")
def model() -> str:
    """Describe the model: error rates, training data and limitations."""
    report = ModelReport.from_classifier(shared_reading_service().reader.classifier)
    return render_template("model.html", report=report, doubt=ACCEPTANCE.most_not_a_digit)
