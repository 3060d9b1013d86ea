"""The HTTP API, version 1, for programs. Each route names its shapes, from which the description is made."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from flask import Response, current_app, jsonify, make_response, request
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag
from flask_openapi3.openapi import OpenAPI

from ...results import Box
from ...service.corrections import CorrectionRequest
from ...service.reading_service import ReadingService
from ...store.batches import Batch
from ...store.reading import Reading
from ..auth.identity import owner, shared_reading_service
from ..problems import MEDIA_TYPE, RequestError
from . import schemas

Listed = TypeVar("Listed", Reading, Batch)
PREFIX = "/api/v1"
PICTURE_AGE = 3600
"""Seconds that a browser may keep a copy of a picture; it never changes, but may be deleted."""

_PROBLEM = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
_JPEG = {"image/jpeg": {"schema": {"type": "string", "format": "binary"}}}
_PNG = {"image/png": {"schema": {"type": "string", "format": "binary"}}}
_RETRY = {"Retry-After": {"description": "seconds", "schema": {"type": "integer"}}}


def problem(description: str, *, retry: bool = False) -> dict[str, Any]:
    """An error in the description of an operation."""
    return {"description": description, "content": _PROBLEM, **({"headers": _RETRY} if retry else {})}


def answers() -> dict[str | int, Any]:
    """The errors that every operation may answer with."""
    return {
        401: problem("Where there are accounts: the API key is missing or wrong."),
        422: problem("The request is not valid; `detail` names the field."),
        500: problem("Something went wrong inside numink."),
        503: problem("The line is full, the history is busy, or it took too long.", retry=True),
    }


SECURITY: list[dict[str, list[str]]] = [{"key": []}, {}]
"""A key, or none where there are no accounts."""
NOT_THERE = problem("There is no such reading, or it is not yours.")
WRITES: dict[str | int, Any] = {
    400: problem("The request cannot be understood, or the page's token is missing or old."),
    403: problem("The request comes from a page of another site."),
}
blueprint = APIBlueprint(
    "api",
    __name__,
    url_prefix=PREFIX,
    abp_tags=[Tag(name="readings", description="Read pictures, and look at what was read")],
    abp_security=SECURITY,
    abp_responses=answers(),
)


def reading_service() -> ReadingService:
    """The desk of who sends this request. Raises NotLoggedIn."""
    return shared_reading_service().for_owner(owner())


@blueprint.post(
    "/read",
    operation_id="read",
    description="The answer is kept in the history before it is sent.",
    responses={
        200: schemas.Answer,
        **WRITES,
        400: problem("There is no picture in the field `file`, or the form is cut off."),
        413: problem("Too many bytes, pixels or frames; or there is no room for more of your pictures."),
        415: problem("Not a picture that is supported, or not a multipart form."),
        422: problem("The picture cannot be decoded, or a field is not valid."),
        429: problem("Too many readings in a short time, or today.", retry=True),
        507: problem("The history has no room left."),
    },
)
def read(form: schemas.ReadForm) -> Response:
    """Read a picture."""
    options = form.options
    name = form.file.filename or ""
    reading = reading_service().read(form.file.stream, name, single=options.single, constraints=options.constraints())
    return jsonify(_answer(reading))


@blueprint.get(
    "/readings",
    operation_id="recent",
    description="Where there are more, `before` is what to ask with for the next, older part.",
    responses={200: schemas.Readings, 404: problem("`before` is no id of yours.")},
)
def recent(query: schemas.RecentQuery) -> Response:
    """List earlier readings, newest first."""
    shown, before = part_of(reading_service().recent(query.before, query.limit + 1), query.limit)
    return jsonify({"readings": [_reading(one) for one in shown], "before": before})


def part_of(found: Sequence[Listed], limit: int) -> tuple[Sequence[Listed], str | None]:
    """What is shown of one more than `limit` that were asked for, and what to ask with for the next, older part."""
    shown = found[:limit]
    return shown, shown[-1].id if len(found) > limit else None


@blueprint.get("/readings/<string:reading_id>", operation_id="get", responses={200: schemas.Reading, 404: NOT_THERE})
def get(path: schemas.ReadingPath) -> Response:
    """Show one reading."""
    return jsonify(_reading(reading_service().get(path.reading_id)))


@blueprint.delete(
    "/readings/<string:reading_id>", operation_id="delete", responses={204: None, **WRITES, 404: NOT_THERE}
)
def delete(path: schemas.ReadingPath) -> Response:
    """Delete one reading, its picture and its corrections."""
    reading_service().delete(path.reading_id)
    return make_response("", 204)


@blueprint.post(
    "/readings/<string:reading_id>/corrections",
    operation_id="correct",
    description="The reading stays as it is; corrections are kept beside it, and later ones go before earlier ones.",
    responses={
        201: schemas.Corrections,
        **WRITES,
        404: NOT_THERE,
        413: problem("The body is too long."),
        507: problem("The history has no room left."),
    },
)
def correct(path: schemas.ReadingPath, body: schemas.CorrectionsBody) -> tuple[Response, int]:
    """Say what digits or numbers should have been, what was missed, or the right order."""
    kept = reading_service().correct(path.reading_id, [_fix(one) for one in body.corrections])
    return jsonify({"corrections": [one.to_dict() for one in kept]}), 201


@blueprint.get(
    "/readings/<string:reading_id>/corrections",
    operation_id="corrections",
    responses={200: schemas.Corrections, 404: NOT_THERE},
)
def corrections(path: schemas.ReadingPath) -> Response:
    """List what was said of a reading."""
    reading_service().get(path.reading_id)
    return jsonify({"corrections": [one.to_dict() for one in reading_service().history.corrections(path.reading_id)]})


@blueprint.delete(
    "/readings/<string:reading_id>/corrections/<string:correction_id>",
    operation_id="take_back",
    responses={204: None, **WRITES, 404: NOT_THERE, 409: problem("There are later corrections of this reading.")},
)
def take_back(path: schemas.CorrectionPath) -> Response:
    """Take back the last correction of a reading."""
    reading_service().withdraw_correction(path.reading_id, path.correction_id)
    return make_response("", 204)


@blueprint.get(
    "/readings/<string:reading_id>/picture",
    operation_id="picture",
    responses={200: {"description": "The picture, upright", "content": _JPEG}, 404: NOT_THERE},
)
def picture(path: schemas.ReadingPath, query: schemas.PageQuery) -> Response:
    """The picture of a reading's page: a copy drawn anew, upright, without metadata."""
    return _picture(reading_service().picture(path.reading_id, query.page))


@blueprint.get(
    "/readings/<string:reading_id>/thumbnail",
    operation_id="thumbnail",
    responses={200: {"description": "A small copy of the picture", "content": _JPEG}, 404: NOT_THERE},
)
def thumbnail(path: schemas.ReadingPath) -> Response:
    """A small copy of a reading's picture."""
    return _picture(reading_service().get(path.reading_id).thumbnail)


@blueprint.get(
    "/readings/<string:reading_id>/explanation",
    operation_id="explain",
    description="Where hiding the ink makes the answer less sure it is tinted one way, where surer the other.",
    responses={200: {"description": "The glyph as the network saw it", "content": _PNG}, 404: NOT_THERE},
)
def explanation(path: schemas.ReadingPath, query: schemas.DigitQuery) -> Response:
    """What the network looked at for one digit, as a picture."""
    return _picture(reading_service().explain(path.reading_id, (query.page, query.number, query.digit)), "image/png")


@blueprint.get("/openapi.json", doc_ui=False)
def description() -> Response:
    """This API, as OpenAPI 3.1."""
    app = current_app
    assert isinstance(app, OpenAPI)  # noqa: S101 - `app.build` makes no other
    return jsonify(app.api_doc)


@blueprint.before_request
def must_be_a_form() -> None:
    """Raises for a picture that is sent in another way than as a form."""
    if request.endpoint == "api.read" and request.mimetype not in ("multipart/form-data", ""):
        raise RequestError("not-multipart", "send the picture as multipart/form-data, in the field 'file'")


def _answer(reading: Reading) -> dict[str, Any]:
    return {"id": reading.id, "pages": [page.to_dict() for page in reading.pages]}


def _reading(reading: Reading) -> dict[str, Any]:
    return {**_answer(reading), "created": reading.created, "name": reading.name}


def _fix(said: schemas.Fix | schemas.Missed | schemas.Order) -> CorrectionRequest:
    if isinstance(said, schemas.Missed):
        return CorrectionRequest(said.page, text=said.text, box=Box(*said.box))
    if isinstance(said, schemas.Order):
        return CorrectionRequest(said.page, order=tuple(said.order))
    return CorrectionRequest(said.page, said.number, said.text, said.digit)


def _picture(content: bytes, kind: str = "image/jpeg") -> Response:
    if not content:
        raise RequestError("not-stored", "no copy of this picture was kept")
    response = make_response(content)
    response.content_type = kind
    response.headers["Cache-Control"] = f"private, max-age={PICTURE_AGE}"
    response.headers["Content-Disposition"] = f"inline; filename=numink.{kind.rpartition('/')[2]}"
    return response
