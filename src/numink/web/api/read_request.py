"""Requests to read pictures: a multipart form, the bytes of a file as the body, or JSON.

flask-openapi3 does not parse them: it takes the text of a form's field for JSON, and fails where that is too large.
"""

from __future__ import annotations

import base64
import binascii
import io
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from typing import IO, Any, TypeVar

from flask import request
from pydantic import ValidationError

from ...errors import marked
from ...service.options import Options
from ..problems import RequestError, invalid_request
from ..upload_limits import MAX_BYTES_IN_MEMORY, single_file
from .batch_schemas import BatchForm
from .schemas import Form, JsonReadForm, ReadForm

Validated = TypeVar("Validated", bound=Form)
MULTIPART = ("multipart/form-data", "")
FILE_TYPES = ("application/octet-stream", "application/pdf")
"""Media types of a body that is the file itself, besides all of image/."""
_NO_FILE = marked("there is no picture in the request: choose one, and send it in the field 'file' or as the body")
_BINARY = {"schema": {"type": "string", "format": "binary"}}
READ_DESCRIPTION: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {"schema": ReadForm.model_json_schema()},
            "application/json": {"schema": JsonReadForm.model_json_schema()},
            **dict.fromkeys(("image/*", *FILE_TYPES), _BINARY),
        },
    },
    "parameters": [
        {"name": name, "in": "query", "required": False, "description": schema.get("description", ""), "schema": schema}
        for name, schema in JsonReadForm.model_json_schema()["properties"].items()
        if name != "file"
    ],
}
"""A request to read one file, as OpenAPI has it."""
BATCH_DESCRIPTION: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": BatchForm.model_json_schema(), "encoding": {"file": {"style": "form", "explode": True}},
            },
        },
    },
}  # fmt: skip
"""A request to read many files."""


@dataclass(frozen=True)
class ReadRequest:
    """A file to read, its name, and the options."""

    stream: IO[bytes]
    name: str
    options: Options


def parse_read_request() -> ReadRequest:
    """Parse this request; options in the query count where the body has no such field. Raises RequestError."""
    query = request.args.to_dict()
    if request.mimetype in MULTIPART:
        upload = single_file()
        if upload is None:
            raise RequestError("no-file", _NO_FILE)
        form = _validated(Form, query | request.form.to_dict())
        return ReadRequest(upload.stream, upload.filename or "", form.options)
    if request.is_json:
        fields = request.get_json(silent=True)
        if not isinstance(fields, dict):
            raise RequestError("invalid", "the body is not a JSON object: see /api/v1/openapi.json")
        json_form = _validated(
            JsonReadForm, query | {name: value for name, value in fields.items() if value is not None}
        )
        return ReadRequest(io.BytesIO(_decoded(json_form.file)), json_form.name, json_form.options)
    if request.mimetype.startswith("image/") or request.mimetype in FILE_TYPES:
        form = _validated(Form, query)
        return ReadRequest(_received(), query.get("name", ""), form.options)
    raise RequestError(
        "not-multipart",
        "send the picture as multipart/form-data in the field 'file', as the body with its content type, or in JSON",
    )


def parse_batch_request() -> BatchForm:
    """Parse this request to read many files. Raises RequestError."""
    if request.mimetype not in MULTIPART:
        raise RequestError("not-multipart", "send the files as multipart/form-data, each in a field 'file'")
    return _validated(BatchForm, {**request.form.to_dict(), "file": request.files.getlist("file")})


def _validated(model: type[Validated], fields: Mapping[str, Any]) -> Validated:
    try:
        return model.model_validate(fields)
    except ValidationError as error:
        raise invalid_request(error) from None


def _received() -> IO[bytes]:
    """Receive the body on this request's thread, so that a slow client does not hold a reading thread."""
    file = tempfile.SpooledTemporaryFile(MAX_BYTES_IN_MEMORY)  # noqa: SIM115 - closed with the request
    shutil.copyfileobj(request.stream, file)
    if not file.tell():
        raise RequestError("no-file", _NO_FILE)
    file.seek(0)
    return file


def _decoded(text: str) -> bytes:
    """Decode base64, with line breaks and as a data URL too."""
    encoded = text.partition(",")[2] if text.startswith("data:") else text
    try:
        return base64.b64decode("".join(encoded.split()), validate=True)
    except (binascii.Error, ValueError):
        raise RequestError("invalid", "the field 'file' is not valid base64: encode the file again") from None
