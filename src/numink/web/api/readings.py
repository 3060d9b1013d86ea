"""API operations on readings: read a picture, list, get, delete, correct and explain."""

from __future__ import annotations

from typing import Any

from flask import Response, current_app, jsonify, make_response, request
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag
from flask_openapi3.openapi import OpenAPI

from ...results import Box
from ...service.corrections import CorrectionRequest
from ...store.reading import Reading
from ..auth.identity import reading_service
from ..problems import RequestError
from . import schemas
from .common import PREFIX, SECURITY, WRITE_ERRORS, common_errors, problem, take_page
from .correction_schemas import CorrectionsBody, Fix, Missed, Order
from .read_request import READ_DESCRIPTION, parse_read_request

NOT_FOUND = problem("There is no such reading, or it is not yours.")
_JPEG = {"image/jpeg": {"schema": {"type": "string", "format": "binary"}}}
_PNG = {"image/png": {"schema": {"type": "string", "format": "binary"}}}
blueprint = APIBlueprint(
    "api",
    __name__,
    url_prefix=PREFIX,
    abp_tags=[Tag(name="readings", description="Read pictures, and list and correct earlier readings")],
    abp_security=SECURITY,
    abp_responses=common_errors(),
)


@blueprint.post(
    "/read",
    operation_id="read",
    description="One picture or document: in a form, as the body itself with the options in the query, or in JSON. "
    "An address of more than 8,190 bytes is refused with 414: longer options go in a form. "
    "The reading is stored in the history before the response is sent.",
    responses={
        200: schemas.Answer,
        **WRITE_ERRORS,
        400: problem("There is no picture, or the form is incomplete."),
        413: problem("Too many bytes, pixels or frames, or your storage is full."),
        415: problem("Not a supported picture format or content type."),
        422: problem("The picture cannot be decoded, or a field is not valid."),
        429: problem("Too many readings in a short time, or today, or too many wrong API keys.", retry=True),
        507: problem("The history is full."),
    },
    openapi_extensions=READ_DESCRIPTION,
)
def read() -> Response:
    """Read a picture."""
    picture = parse_read_request()
    return jsonify(_answer(reading_service().read(picture.stream, picture.name, picture.options)))


@blueprint.get(
    "/readings",
    operation_id="recent",
    description="If there are more, pass the `before` of the response to get the next, older ones.",
    responses={200: schemas.Readings, 404: problem("`before` is not the id of a reading of yours.")},
)
def recent(query: schemas.RecentQuery) -> Response:
    """List earlier readings, newest first."""
    readings, before = take_page(reading_service().recent(query.before, query.limit + 1), query.limit)
    return jsonify({"readings": [_reading(reading) for reading in readings], "before": before})


@blueprint.get("/readings/<string:reading_id>", operation_id="get", responses={200: schemas.Reading, 404: NOT_FOUND})
def get(path: schemas.ReadingPath) -> Response:
    """Get one reading."""
    return jsonify(_reading(reading_service().get(path.reading_id)))


@blueprint.delete(
    "/readings/<string:reading_id>", operation_id="delete", responses={204: None, **WRITE_ERRORS, 404: NOT_FOUND}
)
def delete(path: schemas.ReadingPath) -> Response:
    """Delete one reading with its picture and its corrections."""
    reading_service().delete(path.reading_id)
    return make_response("", 204)


@blueprint.post(
    "/readings/<string:reading_id>/corrections",
    operation_id="correct",
    description="The reading itself does not change: corrections are stored beside it, and later ones take precedence.",
    responses={
        201: schemas.Corrections,
        **WRITE_ERRORS,
        404: NOT_FOUND,
        413: problem("The body is too long."),
        507: problem("The history is full."),
    },
)
def correct(path: schemas.ReadingPath, body: CorrectionsBody) -> tuple[Response, int]:
    """Correct digits or numbers, add missed numbers, or set the right order."""
    requests = [_correction_request(correction) for correction in body.corrections]
    corrections = reading_service().correct(path.reading_id, requests)
    return jsonify({"corrections": [correction.to_dict() for correction in corrections]}), 201


@blueprint.get(
    "/readings/<string:reading_id>/corrections",
    operation_id="corrections",
    responses={200: schemas.Corrections, 404: NOT_FOUND},
)
def list_corrections(path: schemas.ReadingPath) -> Response:
    """List the corrections of a reading, oldest first."""
    reading_service().get(path.reading_id)
    corrections = reading_service().history.corrections(path.reading_id)
    return jsonify({"corrections": [correction.to_dict() for correction in corrections]})


@blueprint.delete(
    "/readings/<string:reading_id>/corrections/<string:correction_id>",
    operation_id="take_back",
    responses={
        204: None, **WRITE_ERRORS, 404: NOT_FOUND, 409: problem("There are later corrections of this reading."),
    },
)  # fmt: skip
def withdraw_correction(path: schemas.CorrectionPath) -> Response:
    """Withdraw the last correction of a reading."""
    reading_service().withdraw_correction(path.reading_id, path.correction_id)
    return make_response("", 204)


@blueprint.get(
    "/readings/<string:reading_id>/picture",
    operation_id="picture",
    responses={200: {"description": "The picture, upright", "content": _JPEG}, 404: NOT_FOUND},
)
def picture(path: schemas.ReadingPath, query: schemas.PageQuery) -> Response:
    """Get the picture of a page of a reading: a redrawn copy, upright and without metadata."""
    return _picture_response(reading_service().picture(path.reading_id, query.page))


@blueprint.get(
    "/readings/<string:reading_id>/thumbnail",
    operation_id="thumbnail",
    responses={200: {"description": "A small copy of the picture", "content": _JPEG}, 404: NOT_FOUND},
)
def thumbnail(path: schemas.ReadingPath) -> Response:
    """Get a small copy of a reading's picture."""
    return _picture_response(reading_service().get(path.reading_id).thumbnail)


@blueprint.get(
    "/readings/<string:reading_id>/explanation",
    operation_id="explain",
    description="Strokes are tinted in one colour where hiding them lowers the confidence, in another where it rises.",
    responses={200: {"description": "The digit as the network sees it", "content": _PNG}, 404: NOT_FOUND},
)
def explanation(path: schemas.ReadingPath, query: schemas.DigitQuery) -> Response:
    """Get a picture of the strokes that decided one digit."""
    content = reading_service().explain(path.reading_id, query.page, query.number, query.digit)
    return _picture_response(content, "image/png")


@blueprint.get("/openapi.json", doc_ui=False)
def description() -> Response:
    """Get the OpenAPI 3.1 description of this API."""
    app = current_app
    assert isinstance(app, OpenAPI)  # noqa: S101 - `app.build` creates no other
    return jsonify({**app.api_doc, "servers": [{"url": request.script_root or "/"}]})


def _answer(reading: Reading) -> dict[str, Any]:
    return {"id": reading.id, "pages": [page.to_dict() for page in reading.pages]}


def _reading(reading: Reading) -> dict[str, Any]:
    return {**_answer(reading), "created": reading.created, "name": reading.name}


def _correction_request(
    correction: Fix | Missed | Order,
) -> CorrectionRequest:
    if isinstance(correction, Missed):
        return CorrectionRequest(correction.page, text=correction.text, box=Box(*correction.box))
    if isinstance(correction, Order):
        return CorrectionRequest(correction.page, order=tuple(correction.order))
    return CorrectionRequest(correction.page, correction.number, correction.text, correction.digit)


def _picture_response(content: bytes, content_type: str = "image/jpeg") -> Response:
    if not content:
        raise RequestError("not-stored", "no copy of this picture was kept")
    response = make_response(content)
    response.content_type = content_type
    response.headers["Content-Disposition"] = f"inline; filename=numink.{content_type.rpartition('/')[2]}"
    return response
