"""Client for the HTTP API of a numink server: the same pages as `Reader` gives, read by the server.

Busy answers (429, 503) are retried after the time that the server asks for. The standard library does the HTTP, so
that the client needs nothing but a basic installation.
"""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from collections.abc import Iterable, Mapping
from http.client import HTTPException
from pathlib import Path
from typing import Any, Unpack
from urllib.parse import quote, urlsplit

from .errors import NoSuchFile, NuminkError
from .request_forms import RequestOptions, form_fields, multipart_form
from .results import Page

RETRIED_STATUSES = (429, 503)
"""HTTP statuses of a busy server, after which the request is sent again."""
RETRY_TIMEOUT = 60.0
"""Seconds within which a request is retried."""
CLIENT_POLL_SECONDS = 0.5
"""Seconds between requests for the state of a batch."""


class RemoteError(NuminkError):
    """Refusal of a server, or no answer from it.

    Attributes:
        kind: Type of the problem, as the API names it; "no-answer" where the answer was not numink's.
        status: HTTP status; 0 without an answer.
    """

    def __init__(self, kind: str, status: int, detail: str) -> None:
        super().__init__(detail)
        self.kind = kind
        self.status = status


class Client:
    """Client for a numink server.

    Each method sends one request, or for a batch several, and may be called from many threads.

    Args:
        url: Address of the server, without a path.
        key: API key, where the server requires one.
        timeout: Seconds for one request.

    Raises:
        ValueError: `url` is not an HTTP address.

    Example:
        >>> client = Client("https://numink.example.org", key="numink_...", timeout=30)
        >>> Client("numink.example.org")
        Traceback (most recent call last):
        ValueError: 'numink.example.org' is not the address of a server: use one such as http://127.0.0.1:8000

        With a server that runs, `client.read("page.jpg").text` is the text of the page.
    """

    def __init__(self, url: str = "http://127.0.0.1:8000", key: str = "", *, timeout: float = 60.0) -> None:
        if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).netloc:
            raise ValueError(f"'{url}' is not the address of a server: use one such as http://127.0.0.1:8000")
        self._api_url = f"{url.rstrip('/')}/api/v1"
        self._key = key
        self._timeout = timeout

    def read(self, source: str | Path | bytes, **options: Unpack[RequestOptions]) -> Page:
        """Read the numbers on a picture, or on the first page of a document.

        Args:
            source: Path, or bytes of a file.
            options: Those of `RequestOptions`.

        Returns:
            The page with its numbers.

        Raises:
            NoSuchFile: The file cannot be read.
            RemoteError: The server refused, or did not answer.
        """
        return self.read_document(source, **options)[0]

    def read_document(self, source: str | Path | bytes, **options: Unpack[RequestOptions]) -> list[Page]:
        """Read the numbers on each page of a file; the server stores the reading in its history.

        Args:
            source: Path, or bytes of a file.
            options: Those of `RequestOptions`.

        Returns:
            The pages in order.

        Raises:
            NoSuchFile: The file cannot be read.
            RemoteError: The server refused, or did not answer.
        """
        file = ("picture", source) if isinstance(source, bytes) else _named_content(Path(source))
        body, content_type = multipart_form(form_fields(**options), [file])
        answer = self._request("POST", "/read", body, {"Content-Type": content_type})
        return [Page.from_dict(page) for page in answer["pages"]]

    def read_batch(
        self, sources: Iterable[str | Path], **options: Unpack[RequestOptions]
    ) -> list[tuple[str, list[Page] | RemoteError]]:
        """Read up to 100 files, and the files inside of ZIP files, as one batch; wait until all are read.

        Args:
            sources: Paths of the files.
            options: Those of `RequestOptions`, for all files.

        Returns:
            Each file's name, with its pages or the error that prevented reading it.

        Raises:
            NoSuchFile: A file cannot be read.
            RemoteError: The server refused the batch, or did not answer.
        """
        files = [_named_content(Path(source)) for source in sources]
        body, content_type = multipart_form(form_fields(**options), files)
        batch = self._request("POST", "/batches", body, {"Content-Type": content_type})
        address = f"/batches/{quote(batch['id'])}"
        while not batch["done"]:
            time.sleep(CLIENT_POLL_SECONDS)
            batch = self._request("GET", address)
        return [_batch_result(result) for result in self._request("GET", f"{address}/results")["results"]]

    def readings(self, limit: int = 20, before: str | None = None) -> list[dict[str, Any]]:
        """Return earlier readings as the API's JSON objects, newest first; only those before the id `before`."""
        return self._list("readings", limit, before)

    def batches(self, limit: int = 20, before: str | None = None) -> list[dict[str, Any]]:
        """Return batches as the API's JSON objects, newest first; only those before the id `before`."""
        return self._list("batches", limit, before)

    def correct(self, reading_id: str, number: int, text: str, *, page: int = 0, digit: int | None = None) -> None:
        """Correct a number of a reading, or one digit of it.

        Args:
            reading_id: Id of the reading.
            number: Index of the number on its page, from 0.
            text: Correct text; empty where there is no such number or digit.
            page: Index of the page, from 0.
            digit: Index of the digit in the number, from 0.

        Raises:
            RemoteError: The server refused, or did not answer.
        """
        correction = {"page": page, "number": number, "digit": digit, "text": text}
        body = json.dumps({"corrections": [correction]}).encode()
        path = f"/readings/{quote(reading_id)}/corrections"
        self._request("POST", path, body, {"Content-Type": "application/json"})

    def delete(self, reading_id: str) -> None:
        """Delete a reading, its picture and its corrections. Raises RemoteError."""
        self._request("DELETE", f"/readings/{quote(reading_id)}")

    def _list(self, collection: str, limit: int, before: str | None) -> list[dict[str, Any]]:
        query = f"?limit={limit}" + (f"&before={quote(before)}" if before else "")
        items: list[dict[str, Any]] = self._request("GET", f"/{collection}{query}")[collection]
        return items

    def _request(
        self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Any:
        """Return the answer's JSON; None for an empty one. Raises RemoteError."""
        authorization = {"Authorization": f"Bearer {self._key}"} if self._key else {}
        all_headers = {"Accept": "application/json", **authorization, **(headers or {})}
        request = urllib.request.Request(  # noqa: S310 - http or https, see __init__
            self._api_url + path, body, all_headers, method=method
        )
        deadline = time.monotonic() + RETRY_TIMEOUT
        while True:
            try:
                with urllib.request.urlopen(request, timeout=self._timeout) as response:  # noqa: S310 - as above
                    content = response.read()
                    return json.loads(content) if content else None
            except urllib.error.HTTPError as error:
                delay = _retry_delay(error)
                if delay is None or time.monotonic() + delay > deadline:
                    raise _remote_error(error) from None
            except (OSError, ValueError, HTTPException) as error:
                raise RemoteError(
                    "no-answer", 0, f"{self._api_url} gave no valid answer ({error}): check the address and the server"
                ) from None
            time.sleep(delay)


def _named_content(path: Path) -> tuple[str, bytes]:
    try:
        return path.name, path.read_bytes()
    except OSError as error:
        raise NoSuchFile(f"{path} cannot be read ({error.strerror}): check the name and the permissions") from None


def _batch_result(values: Mapping[str, Any]) -> tuple[str, list[Page] | RemoteError]:
    if "error" in values:
        return values["name"], RemoteError("not-read", 0, values["error"])
    return values["name"], [Page.from_dict(page) for page in values["pages"]]


def _retry_delay(error: urllib.error.HTTPError) -> float | None:
    """Return the seconds after which to try again; None where that makes no sense."""
    if error.code not in RETRIED_STATUSES:
        return None
    retry_after = error.headers.get("Retry-After", "")
    return float(retry_after) if retry_after.isdigit() else 1.0


def _remote_error(error: urllib.error.HTTPError) -> RemoteError:
    try:
        problem = json.loads(error.read())
        return RemoteError(str(problem["type"]).rpartition(":")[2], error.code, str(problem["detail"]))
    except (ValueError, KeyError, TypeError):
        return RemoteError(
            "no-answer", error.code, f"the server answered {error.code} without a problem: is it a numink server?"
        )
