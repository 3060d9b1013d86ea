"""API operations on batches: send many files in one request, which are read in the background."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify, make_response, url_for
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag

from ...service.batches import Upload, count_by_state
from ...service.downloads import as_csv, as_json
from ...store.batches import Batch, Item, State
from ..auth.identity import reading_service
from ..batch_names import batch_name
from . import batch_schemas as schemas
from .common import PREFIX, SECURITY, WRITE_ERRORS, common_errors, problem, take_page
from .read_request import BATCH_DESCRIPTION, parse_batch_request
from .schemas import RecentQuery

NOT_FOUND = problem("There is no such batch, or it is not yours.")
blueprint = APIBlueprint(
    "batches_api",
    __name__,
    url_prefix=f"{PREFIX}/batches",
    abp_tags=[Tag(name="batches", description="Read many files in the background")],
    abp_security=SECURITY,
    abp_responses=common_errors(),
)


@blueprint.post(
    "",
    operation_id="createBatch",
    description="All files are stored before the response is sent, and will be read even if the server restarts.",
    responses={
        202: schemas.Batch,
        **WRITE_ERRORS,
        400: problem("The field `file` has no file, or the form is incomplete."),
        413: problem("Too many bytes or files."),
        415: problem("Not a multipart form."),
        429: problem("Too many readings in a short time.", retry=True),
        507: problem("The history is full."),
    },
    openapi_extensions=BATCH_DESCRIPTION,
)
def create() -> tuple[Response, int]:
    """Read many pictures, documents, or ZIP files of them."""
    form = parse_batch_request()
    uploads = [Upload.from_form(file) for file in form.file]
    batch = reading_service().batches.create(batch_name([upload.name for upload in uploads]), uploads, form.options)
    response = jsonify(_batch(batch))
    response.headers["Location"] = url_for(".get", batch_id=batch.id)
    return response, 202


@blueprint.get(
    "",
    operation_id="recentBatches",
    description="If there are more, pass the `before` of the response to get the next, older ones.",
    responses={200: schemas.Batches, 404: problem("`before` is not the id of a batch of yours.")},
)
def recent(query: RecentQuery) -> Response:
    """List batches, newest first."""
    batches, before = take_page(reading_service().batches.recent(query.limit + 1, query.before), query.limit)
    return jsonify({"batches": [_listed(batch) for batch in batches], "before": before})


@blueprint.get("/<string:batch_id>", operation_id="getBatch", responses={200: schemas.Batch, 404: NOT_FOUND})
def get(path: schemas.BatchPath) -> Response:
    """Get a batch with its progress."""
    return jsonify(_batch(reading_service().batches.get(path.batch_id)))


@blueprint.get(
    "/<string:batch_id>/results", operation_id="getResults", responses={200: schemas.Results, 404: NOT_FOUND}
)
def results(path: schemas.BatchPath) -> Response:
    """Get the readings of a batch that are finished so far."""
    unread = reading_service().batches.unread_files(path.batch_id)
    lines = as_json(reading_service().batches.readings(path.batch_id), unread)
    return Response('{"results": ' + "".join(lines) + "}", content_type="application/json")


@blueprint.get(
    "/<string:batch_id>/results.csv",
    operation_id="getResultsTable",
    responses={
        200: {"description": "A line for each number", "content": {"text/csv": {"schema": {"type": "string"}}}},
        404: NOT_FOUND,
    },
)
def table(path: schemas.BatchPath) -> Response:
    """Get the results as a table; a file without a number has a line with the reason."""
    unread = reading_service().batches.unread_files(path.batch_id)
    lines = as_csv(reading_service().batches.readings(path.batch_id), unread)
    return Response("".join(lines), content_type="text/csv")


@blueprint.delete(
    "/<string:batch_id>", operation_id="deleteBatch", responses={204: None, **WRITE_ERRORS, 404: NOT_FOUND}
)
def delete(path: schemas.BatchPath) -> Response:
    """Delete a batch and its unread files; its readings stay in the history."""
    reading_service().batches.delete(path.batch_id)
    return make_response("", 204)


def _batch(batch: Batch) -> dict[str, Any]:
    return {**_listed(batch), "items": [_item(item) for item in reading_service().batches.items(batch.id)]}


def _listed(batch: Batch) -> dict[str, Any]:
    return {
        "id": batch.id, "created": batch.created, "name": batch.name, "done": not batch.open,
        "counts": count_by_state(batch),
    }  # fmt: skip


def _item(item: Item) -> dict[str, Any]:
    return {
        "id": item.id, "name": item.name, "state": str(item.state),
        "error": item.error if item.state is State.FAILED else None, "reading": item.reading_id, "text": item.text,
        "doubts": item.doubts,
    }  # fmt: skip
