"""Errors as answers: RFC 9457 problem details for programs, a page with a sentence for people.

Every error has a status, a title and a `detail` that says what to do. What went wrong inside is logged.
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
RETRY_AFTER = {429: 10, 503: 2}
"""Seconds after which trying again makes sense, where the error does not know better."""
KINDS = {
    "too-large": (413, marked("The picture is too large")),
    "not-a-picture": (415, marked("This is not a picture")),
    "nothing-there": (422, marked("No ink on the picture")),
    "broken-picture": (422, marked("The picture cannot be decoded")),
    "input": (422, marked("The picture cannot be read")),
    "no-file": (400, marked("No picture was sent")),
    "not-multipart": (415, marked("The request is not a form")),
    "invalid": (422, marked("The request is not valid")),
    "bad-knowledge": (422, marked("What is known makes no sense")),
    "batch-full": (413, marked("Too many files")),
    "bad-zip": (422, marked("The ZIP file cannot be opened")),
    "no-such-batch": (404, marked("There is no such batch")),
    "no-such-number": (422, marked("There is no such number")),
    "wrong-correction": (422, marked("The correction makes no sense")),
    "not-the-last": (409, marked("This is not the last correction")),
    "foreign-page": (403, marked("The request comes from another site")),
    "not-logged-in": (401, marked("Log in first")),
    "not-allowed": (403, marked("This is not yours to see")),
    "wrong-password": (403, marked("The password is wrong")),
    "registration-closed": (403, marked("Registration is closed")),
    "sign-in-failed": (403, marked("Signing in did not work")),
    "email-not-verified": (403, marked("Your e-mail address is not verified")),
    "no-mail": (403, marked("No mails are sent here")),
    "no-account": (404, marked("There is no such account")),
    "link-gone": (404, marked("This link is used up")),
    "too-many-tries": (429, marked("Too many tries")),
    "quota-readings": (429, marked("All readings of today are spent")),
    "quota-pictures": (413, marked("There is no room for more pictures")),
    "changed": (503, marked("Somebody else changed this")),
    "not-stored": (404, marked("There is no such reading")),
    "not-offered": (404, marked("This is not offered here")),
    "queue-full": (503, marked("numink is busy")),
    "took-too-long": (503, marked("That took too long")),
    "store-busy": (503, marked("The history is busy")),
    "store-away": (503, marked("The history cannot be reached")),
    "store-full": (507, marked("The history has no room left")),
    "too-large-to-store": (413, marked("The reading is too large for the history")),
}
PLAIN = {
    400: marked("the request cannot be understood: check it, and send it again"),
    403: marked("this is not allowed from here: open the page of numink itself, and try again"),
    404: marked("there is nothing at this address: check it, or start from the first page"),
    405: marked("this address does not take this method: see /api/v1/openapi.json for those that it takes"),
    413: marked("the file is too large: make the picture smaller, and try again"),
    415: marked("this kind of content is not taken here: see /api/v1/openapi.json"),
    429: marked("too many pictures in a short time: wait a little, and try again"),
    503: marked("numink is busy: try again in a few seconds"),
}
STORE = {
    "store-busy": marked("the history is in use by something else: try again in a moment"),
    "store-away": marked(
        "the history cannot be reached at present: pictures are read all the same; try again in a moment"
    ),
    "changed": marked("somebody else changed this at the same time: load the page, and try again"),
    "store-full": marked("there is no room left for the history: tell who runs this server, or delete readings"),
    "too-large-to-store": marked("there are too many digits in it for the history: send fewer pages at once"),
}
NAMES = (
    marked("Bad Request"), marked("Forbidden"), marked("Not Found"), marked("Method Not Allowed"),
    marked("Unsupported Media Type"), marked("Too Many Requests"), marked("Service Unavailable"),
)  # fmt: skip
"""Werkzeug's titles, for who translates."""
WRONG = marked("Something went wrong")
TOO_MUCH = marked("this is more than {most:.0f} MB, or too many files at once: send a smaller picture or fewer files")


class RequestError(NuminkError):
    """A request that is wrong by itself; `kind` is one of KINDS."""

    def __init__(self, kind: str, detail: str, **values: object) -> None:
        super().__init__(detail, **values)
        self.kind = kind


@dataclass(frozen=True)
class Problem:
    """The members of RFC 9457, in the language of the request; `foreign` where `detail` stayed English."""

    type: str
    title: str
    status: int
    detail: str
    foreign: bool = False


def for_kind(kind: str, message: str, **values: object) -> Problem:
    """The problem of one of KINDS; of any other, an error inside."""
    if kind not in KINDS:
        return plain(500, WRONG)
    status, title = KINDS[kind]
    return _problem(f"urn:numink:problem:{kind}", title, status, message, **values)


def plain(status: int, title: str) -> Problem:
    """The problem of a bare HTTP status."""
    return _problem("about:blank", title, status, PLAIN.get(status, INTERNAL_ERROR))


def _problem(kind: str, title: str, status: int, message: str, **values: object) -> Problem:
    return Problem(kind, text(title), status, sentence(text(message, **values)), foreign=not is_translated(message))


def answer(problem: Problem, retry_after: int | None = None) -> Response:
    """The problem as JSON for programs, as a page for people."""
    if _wants_page():
        response = make_response(render_template("problem.html", problem=problem), problem.status)
    else:
        response = jsonify({name: value for name, value in asdict(problem).items() if name != "foreign"})
        response.status_code = problem.status
        response.content_type = MEDIA_TYPE
    if problem.status in RETRY_AFTER:
        response.headers["Retry-After"] = str(retry_after or RETRY_AFTER[problem.status])
    if problem.status == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="numink"'
    response.headers["Cache-Control"] = "no-store"
    return response


def refuse_invalid(error: ValidationError) -> Response:
    """What a schema finds wrong with a request, as a problem that names the field."""
    first = error.errors(include_url=False)[0]
    field = ".".join(str(part) for part in first["loc"]) or "body"
    if field == "file":
        raise RequestError("no-file", "there is no picture in the field 'file': choose one, and send it again")
    raise RequestError("invalid", "the field '{field}' is not as it should be: {why}", field=field, why=first["msg"])


def _wants_page() -> bool:
    """Pages answer with pages; the API, and who asks for JSON, get JSON."""
    if request.path.startswith("/api/") or request.path in ("/healthz", "/readyz", "/metrics"):
        return False
    accept = request.accept_mimetypes
    return accept.quality("text/html") >= accept.quality("application/json")


@blueprint.app_errorhandler(NuminkError)
def numink_error(error: NuminkError) -> Response:
    """Ours: the sentence is for the user, but for those about the server's own files."""
    if isinstance(error, StoreError) and error.kind != "not-stored":
        log.error("%s", error)
        return answer(for_kind(error.kind, STORE.get(error.kind, INTERNAL_ERROR)))
    if error.kind not in KINDS:
        log.error("%s", error)
    return answer(for_kind(error.kind, error.message, **error.values), getattr(error, "retry_after", None))


@blueprint.app_errorhandler(CSRFError)
def csrf_error(_error: CSRFError) -> Response:
    """A form whose token is missing or old."""
    return answer(
        _problem("about:blank", marked("This page is too old"), 400,
                 marked("load the page again, and send the form once more"))
    )  # fmt: skip


@blueprint.app_errorhandler(HTTPException)
def http_error(error: HTTPException) -> Response:
    """Werkzeug's own, in our words."""
    if error.code is None or error.code < 400:
        return make_response(error.get_response())
    if error.code == 413:
        return answer(for_kind("too-large", TOO_MUCH, most=(request.max_content_length or 0) / 1e6))
    response = answer(plain(error.code, error.name))
    for name, value in error.get_headers():
        if name.lower() in ("allow", "retry-after"):
            response.headers[name] = value
    return response


@blueprint.app_errorhandler(Exception)
def unforeseen(error: Exception) -> Response:
    """A fault of numink: logged whole, shown as one sentence."""
    log.error("%s %s failed", request.method, request.url_rule, exc_info=error)  # a path may hold a mail's secret
    return answer(plain(500, WRONG))
