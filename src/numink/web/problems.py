"""Errors as responses: RFC 9457 problem details for programs, an HTML page for people.

Each error has a status, a title and a `detail` that says what to do. Details of internal errors are only logged.
"""

from __future__ import annotations

import logging
from dataclasses import asdict, dataclass

from flask import Blueprint, Response, jsonify, make_response, render_template, request
from flask_wtf.csrf import CSRFError
from pydantic import ValidationError
from werkzeug.exceptions import HTTPException

from ..errors import INTERNAL_ERROR, NuminkError, StoreError, marked
from .formatting import sentence
from .i18n import is_translated, text

blueprint = Blueprint("problems", __name__)
log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER_SECONDS = {429: 10, 503: 2}
"""Default of the header Retry-After, for errors that do not bring a value of their own."""
PROBLEMS = {
    "too-large": (413, marked("The picture is too large")),
    "not-one-character": (422, marked("The picture holds more than one digit")),
    "not-a-picture": (415, marked("This is not a picture")),
    "nothing-there": (422, marked("Nothing is written on the picture")),
    "broken-picture": (422, marked("The picture cannot be decoded")),
    "input": (422, marked("The picture cannot be read")),
    "no-file": (400, marked("No picture was sent")),
    "not-multipart": (415, marked("The request is not a form")),
    "invalid": (422, marked("The request is not valid")),
    "bad-region": (422, marked("Invalid region")),
    "bad-knowledge": (422, marked("Invalid constraint")),
    "batch-full": (413, marked("Too many files")),
    "bad-zip": (422, marked("The ZIP file cannot be opened")),
    "no-such-batch": (404, marked("Batch not found")),
    "no-such-number": (422, marked("Number not found")),
    "wrong-correction": (422, marked("Invalid correction")),
    "not-the-last": (409, marked("This is not the last correction")),
    "several-files": (422, marked("More than one file was sent")),
    "bad-host": (400, marked("Invalid host")),
    "misdirected": (421, marked("Wrong host")),
    "foreign-page": (403, marked("The request comes from another site")),
    "not-logged-in": (401, marked("Log in first")),
    "not-allowed": (403, marked("Forbidden")),
    "wrong-password": (403, marked("The password is wrong")),
    "registration-closed": (403, marked("Registration is closed")),
    "sign-in-failed": (403, marked("Sign-in failed")),
    "email-not-verified": (403, marked("Your e-mail address is not verified")),
    "no-mail": (403, marked("This server sends no e-mails")),
    "no-account": (404, marked("Account not found")),
    "link-gone": (404, marked("This link is no longer valid")),
    "too-many-tries": (429, marked("Too many attempts")),
    "quota-readings": (429, marked("Daily limit reached")),
    "quota-pictures": (413, marked("Storage is full")),
    "changed": (503, marked("Changed by somebody else")),
    "not-stored": (404, marked("Reading not found")),
    "not-offered": (404, marked("Not available on this server")),
    "queue-full": (503, marked("numink is busy")),
    "took-too-long": (503, marked("Reading took too long")),
    "store-busy": (503, marked("The history is busy")),
    "store-away": (503, marked("The history cannot be reached")),
    "store-full": (507, marked("The history is full")),
    "too-large-to-store": (413, marked("The reading is too large for the history")),
}
"""HTTP status and title of each kind of error."""
STATUS_DETAILS = {
    400: marked("the request cannot be understood: check it, and send it again"),
    403: marked("this is not allowed from here: open the page of numink itself, and try again"),
    404: marked("there is no page at this address: check it, or start from the first page"),
    405: marked("this address does not support this method: see /api/v1/openapi.json for those that it does"),
    413: marked("the file is too large: make the picture smaller, and try again"),
    415: marked("this content type is not supported here: see /api/v1/openapi.json"),
    429: marked("too many pictures were sent in a short time: wait a little, and try again"),
    503: marked("numink is busy: try again in a few seconds"),
}
"""Details of problems that are a bare HTTP status."""
STORE_DETAILS = {
    "store-busy": marked("the history is in use by another program: try again in a moment"),
    "store-away": marked(
        "the history cannot be reached at present, but pictures are read all the same: try again in a moment"
    ),
    "changed": marked("somebody else changed this at the same time: reload the page, and try again"),
    "store-full": marked(
        "there is no space left for the history: delete readings and wait ten minutes, or tell the administrator"
    ),
    "too-large-to-store": marked("the reading has too many digits for the history: send fewer pages at once"),
}
"""Details of store errors; their own messages are about the server's files and only logged."""
HTTP_TITLES = (
    marked("Bad Request"), marked("Forbidden"), marked("Not Found"), marked("Method Not Allowed"),
    marked("Unsupported Media Type"), marked("Too Many Requests"), marked("Service Unavailable"),
)  # fmt: skip
"""Titles from Werkzeug, listed here so that they are translated."""
INTERNAL_ERROR_TITLE = marked("Something went wrong")
REQUEST_TOO_LARGE = marked(
    "the request has more than {most:.0f} MB or too many files: send a smaller picture, or fewer files at once"
)


class RequestError(NuminkError):
    """An invalid request; `kind` is one of PROBLEMS."""

    def __init__(self, kind: str, detail: str, **values: object) -> None:
        super().__init__(detail, **values)
        self.kind = kind


@dataclass(frozen=True)
class Problem:
    """Members of RFC 9457 in the language of the request; `foreign` marks a `detail` that has no translation."""

    type: str
    title: str
    status: int
    detail: str
    foreign: bool = False


def for_kind(kind: str, message: str, **values: object) -> Problem:
    """Return the problem for a kind of error; a kind that is not in PROBLEMS is an internal error."""
    if kind not in PROBLEMS:
        return for_status(500, INTERNAL_ERROR_TITLE)
    status, title = PROBLEMS[kind]
    return _problem(f"urn:numink:problem:{kind}", title, status, message, **values)


def for_status(status: int, title: str) -> Problem:
    """Return the problem for a bare HTTP status."""
    return _problem("about:blank", title, status, STATUS_DETAILS.get(status, INTERNAL_ERROR))


def _problem(kind: str, title: str, status: int, message: str, **values: object) -> Problem:
    return Problem(kind, text(title), status, sentence(text(message, **values)), foreign=not is_translated(message))


def respond(problem: Problem, retry_after: int | None = None) -> Response:
    """Return the problem as a page where the client accepts HTML, else as JSON."""
    if _wants_page():
        response = make_response(render_template("problem.html", problem=problem), problem.status)
    else:
        response = jsonify({name: value for name, value in asdict(problem).items() if name != "foreign"})
        response.status_code = problem.status
        response.content_type = MEDIA_TYPE
    if problem.status in RETRY_AFTER_SECONDS:
        response.headers["Retry-After"] = str(retry_after or RETRY_AFTER_SECONDS[problem.status])
    if problem.status == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="numink"'
    return response


def refuse_invalid(error: ValidationError) -> Response:
    """Raise the error of `invalid_request`."""
    raise invalid_request(error)


def invalid_request(error: ValidationError) -> RequestError:
    """Return the error that names the first field that does not match its schema."""
    first = error.errors(include_url=False)[0]
    field = ".".join(str(part) for part in first["loc"]) or "body"
    if field == "file":
        return RequestError("no-file", "there is no picture in the field 'file': choose one, and send it again")
    return RequestError("invalid", "the field '{field}' is not valid: {why}", field=field, why=first["msg"])


def _wants_page() -> bool:
    """Return True for pages, unless the client prefers JSON."""
    if request.path.startswith("/api/") or request.path in ("/healthz", "/readyz", "/metrics"):
        return False
    accept = request.accept_mimetypes
    return accept.quality("text/html") >= accept.quality("application/json")


@blueprint.app_errorhandler(NuminkError)
def numink_error(error: NuminkError) -> Response:
    """Respond to an error of numink's own; messages of store errors are replaced, since they are about server files."""
    if isinstance(error, StoreError) and error.kind != "not-stored":
        log.error("%s", error)
        return respond(for_kind(error.kind, STORE_DETAILS.get(error.kind, INTERNAL_ERROR)))
    if error.kind not in PROBLEMS:
        log.error("%s", error)
    return respond(for_kind(error.kind, error.message, **error.values), getattr(error, "retry_after", None))


@blueprint.app_errorhandler(CSRFError)
def csrf_error(_error: CSRFError) -> Response:
    """Respond to a form whose CSRF token is missing or has expired."""
    return respond(
        _problem("about:blank", marked("This page has expired"), 400,
                 marked("reload the page, and send the form once more"))
    )  # fmt: skip


@blueprint.app_errorhandler(HTTPException)
def http_error(error: HTTPException) -> Response:
    """Respond to an HTTP error of Werkzeug's."""
    if error.code is None or error.code < 400:
        return make_response(error.get_response())
    if error.code == 413:
        return respond(for_kind("too-large", REQUEST_TOO_LARGE, most=(request.max_content_length or 0) / 1e6))
    response = respond(for_status(error.code, error.name))
    for name, value in error.get_headers():
        if name.lower() in ("allow", "retry-after"):
            response.headers[name] = value
    return response


@blueprint.app_errorhandler(Exception)
def unexpected_error(error: Exception) -> Response:
    """Log an error that numink did not foresee with its traceback, and show one sentence."""
    # the rule, not the path, which may contain the secret of a link in an e-mail
    log.error("%s %s failed", request.method, request.url_rule, exc_info=error)
    return respond(for_status(500, INTERNAL_ERROR_TITLE))
