"""Parts that all operations of the API share: prefix, documented errors, security and paging."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from ...store.batches import Batch
from ...store.reading import Reading
from ..problems import MEDIA_TYPE

Listed = TypeVar("Listed", Reading, Batch)
PREFIX = "/api/v1"
_PROBLEM = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
_RETRY_AFTER = {"Retry-After": {"description": "seconds to wait", "schema": {"type": "integer"}}}


def problem(description: str, *, retry: bool = False) -> dict[str, Any]:
    """Describe an error response of an operation; `retry` adds the header Retry-After."""
    return {"description": description, "content": _PROBLEM, **({"headers": _RETRY_AFTER} if retry else {})}


def common_errors() -> dict[str | int, Any]:
    """Describe the error responses that every operation may return."""
    return {
        401: problem("The API key is missing or wrong, on a server with accounts."),
        422: problem("The request is not valid; `detail` names the field."),
        429: problem("Too many wrong API keys from your address.", retry=True),
        500: problem("Something went wrong inside numink."),
        503: problem("The request queue is full, the history is busy, or reading took too long.", retry=True),
    }


SECURITY: list[dict[str, list[str]]] = [{"key": []}, {}]
"""An API key, or nothing on a server without accounts."""
WRITE_ERRORS: dict[str | int, Any] = {
    400: problem("The request cannot be understood, or the page's token is missing or has expired."),
    403: problem("The request comes from a page of another site."),
}
"""Error responses that every writing operation may return."""


def take_page(entries: Sequence[Listed], limit: int) -> tuple[Sequence[Listed], str | None]:
    """Cut a list, fetched with one entry more than `limit`, and return the `before` of the next, older page."""
    page = entries[:limit]
    return page, page[-1].id if len(entries) > limit else None
