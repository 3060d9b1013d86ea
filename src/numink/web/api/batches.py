"""The part of the HTTP API about batches: many files in one request, read in the background."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify, make_response, request, url_for
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag

from ...service.downloads import as_csv, as_json
from ...store.batches import Batch, Item, State
from ..batch_names import batch_name
from ..pages.batch_view_models import tally
from ..pages.batches import uploaded
from ..problems import RequestError
from . import batch_schemas as schemas
from .readings import PREFIX, SECURITY, WRITES, answers, part_of, problem, reading_service
from .schemas import RecentQuery

NOT_THERE = problem("There is no such batch, or it is not yours.")
blueprint = APIBlueprint(
    "batches_api",
    __name__,
    url_prefix=f"{PREFIX}/batches",
    abp_tags=[Tag(name="batches", description="Read many files in the background")],
    abp_security=SECURITY,
    abp_responses=answers(),
)


@blueprint.post(
    "",
    operation_id="createBatch",
    description="All files are kept before the answer is sent, and read after it, whatever happens to the server.",
    responses={
        202: schemas.Batch,
        **WRITES,
        400: problem("There is no file in the field `file`, or the form is cut off."),
        413: problem("Too many bytes or files."),
        415: problem("Not a multipart form."),
        429: problem("Too many readings in a short time.", retry=True),
        507: problem("The history has no room left."),
    },
)
def create(form: schemas.BatchForm) -> tuple[Response, int]:
    """Read many pictures, documents, or ZIP files of them."""
    uploads = [uploaded(file) for file in form.file]
    batch = reading_service().batches.take(batch_name([upload.name for upload in uploads]), uploads, form.options)
    response = jsonify(_batch(batch))
    response.headers["Location"] = url_for(".get", batch_id=batch.id)
    return response, 202


@blueprint.get(
    "",
    operation_id="recentBatches",
    description="Where there are more, `before` is what to ask with for the next, older part.",
    responses={200: schemas.Batches, 404: problem("`before` is no id of a batch of yours.")},
)
def recent(query: RecentQuery) -> Response:
    """List batches, newest first."""
    shown, before = part_of(reading_service().batches.recent(query.limit + 1, query.before), query.limit)
    return jsonify({"batches": [_listed(one) for one in shown], "before": before})


@blueprint.get("/<string:batch_id>", operation_id="getBatch", responses={200: schemas.Batch, 404: NOT_THERE})
def get(path: schemas.BatchPath) -> Response:
    """Show how far a batch is."""
    return jsonify(_batch(reading_service().batches.get(path.batch_id)))


@blueprint.get(
    "/<string:batch_id>/results", operation_id="getResults", responses={200: schemas.Results, 404: NOT_THERE}
)
def results(path: schemas.BatchPath) -> Response:
    """The readings of a batch, those that there are so far."""
    missing = reading_service().batches.missing(path.batch_id)
    lines = as_json(reading_service().batches.each(path.batch_id), missing)
    return Response('{"results": ' + "".join(lines) + "}", content_type="application/json")


@blueprint.get(
    "/<string:batch_id>/results.csv",
    operation_id="getResultsTable",
    responses={
        200: {"description": "A line for each number", "content": {"text/csv": {"schema": {"type": "string"}}}},
        404: NOT_THERE,
    },
)
def table(path: schemas.BatchPath) -> Response:
    """The same as a table; a file without a number has a line that says why."""
    missing = reading_service().batches.missing(path.batch_id)
    return Response("".join(as_csv(reading_service().batches.each(path.batch_id), missing)), content_type="text/csv")


@blueprint.delete("/<string:batch_id>", operation_id="deleteBatch", responses={204: None, **WRITES, 404: NOT_THERE})
def delete(path: schemas.BatchPath) -> Response:
    """Remove a batch, and what of it has not been read; its readings stay."""
    reading_service().batches.delete(path.batch_id)
    return make_response("", 204)


@blueprint.before_request
def must_be_a_form() -> None:
    """Raises for files that are sent in another way than as a form."""
    if request.method == "POST" and request.mimetype not in ("multipart/form-data", ""):
        raise RequestError("not-multipart", "send the files as multipart/form-data, each in a field 'file'")


def _batch(batch: Batch) -> dict[str, Any]:
    return {**_listed(batch), "items": [_item(one) for one in reading_service().batches.items(batch.id)]}


def _listed(batch: Batch) -> dict[str, Any]:
    return {
        "id": batch.id, "created": batch.created, "name": batch.name, "done": not batch.open, "counts": tally(batch),
    }  # fmt: skip


def _item(item: Item) -> dict[str, Any]:
    return {
        "id": item.id, "name": item.name, "state": str(item.state),
        "error": item.error if item.state is State.FAILED else None, "reading": item.reading_id, "text": item.text,
        "doubts": item.doubts,
    }  # fmt: skip
