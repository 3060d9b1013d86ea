"""Client for the HTTP API of a numink server: the same pages as `Reader` gives, read by the server.

Busy answers (429, 503) are retried after the time that the server asks for.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Unpack
from urllib.parse import quote, urlsplit

import requests

from .errors import NoSuchFile, NuminkError
from .request_forms import RequestOptions, form_fields
from .results import Page
from .timeouts import RetryLater, with_retries

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
        answer = self._request("POST", "/read", data=form_fields(**options), files=[("file", file)])
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
        files = [("file", _named_content(Path(source))) for source in sources]
        batch = self._request("POST", "/batches", data=form_fields(**options), files=files)
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
        self._request("POST", f"/readings/{quote(reading_id)}/corrections", json={"corrections": [correction]})

    def delete(self, reading_id: str) -> None:
        """Delete a reading, its picture and its corrections. Raises RemoteError."""
        self._request("DELETE", f"/readings/{quote(reading_id)}")

    def _list(self, collection: str, limit: int, before: str | None) -> list[dict[str, Any]]:
        query = {"limit": limit, "before": before or None}
        items: list[dict[str, Any]] = self._request("GET", f"/{collection}", params=query)[collection]
        return items

    def _request(self, method: str, path: str, **content: Any) -> Any:
        """Return the answer's JSON; None for an empty one. `content` is as in requests. Raises RemoteError."""
        return with_retries(lambda: self._attempt(method, path, content), time.monotonic() + RETRY_TIMEOUT)

    def _attempt(self, method: str, path: str, content: Mapping[str, Any]) -> Any:
        try:
            answer = requests.request(
                method, self._api_url + path, headers={"Accept": "application/json"}, auth=self._authorize,
                timeout=self._timeout, **content,
            )  # fmt: skip
            if answer.ok:
                return answer.json() if answer.content else None
        except (OSError, ValueError) as error:  # all errors of requests are OSErrors
            raise RemoteError(
                "no-answer", 0,
                f"{self._api_url} gave no valid answer ({type(error).__name__}): check the address and the server",
            ) from None  # fmt: skip
        if answer.status_code in RETRIED_STATUSES:
            retry_after = answer.headers.get("Retry-After", "")
            raise RetryLater(_remote_error(answer), float(retry_after) if retry_after.isdecimal() else 1.0)
        raise _remote_error(answer)

    def _authorize(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Add the key; as an authentication, so that requests adds none from a .netrc file."""
        if self._key:
            request.headers["Authorization"] = f"Bearer {self._key}"
        return request


def _named_content(path: Path) -> tuple[str, bytes]:
    try:
        return path.name, path.read_bytes()
    except OSError as error:
        raise NoSuchFile(f"{path} cannot be read ({error.strerror}): check the name and the permissions") from None


def _batch_result(values: Mapping[str, Any]) -> tuple[str, list[Page] | RemoteError]:
    if "error" in values:
        return values["name"], RemoteError("not-read", 0, values["error"])
    return values["name"], [Page.from_dict(page) for page in values["pages"]]


def _remote_error(answer: requests.Response) -> RemoteError:
    try:
        problem = answer.json()
        return RemoteError(str(problem["type"]).rpartition(":")[2], answer.status_code, str(problem["detail"]))
    except (ValueError, KeyError, TypeError):
        return RemoteError(
            "no-answer", answer.status_code,
            f"the server answered {answer.status_code} without a problem: is it a numink server?",
        )  # fmt: skip
