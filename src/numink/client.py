"""A numink server from Python: the same pages as `Reader` gives, read elsewhere.

Tries again where the server says that it is busy, as long as it asks to wait, and no longer than PATIENCE in all.
Knows HTTP and the API's shapes, nothing of pictures.
"""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterable, Mapping
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from .errors import NoSuchFile, NuminkError
from .results import Page

AGAIN = (429, 503)
"""Answers after which trying again makes sense."""
PATIENCE = 60.0
"""Seconds that are waited in all, with retries, for one answer."""


BETWEEN = 0.5
"""Seconds between questions how far a batch is."""


class RemoteError(NuminkError):
    """The server refused, or could not be asked. `kind` is the problem's, `status` its HTTP status, 0 for no answer."""

    def __init__(self, kind: str, status: int, detail: str) -> None:
        super().__init__(detail)
        self.kind = kind
        self.status = status


class Client:
    """A server, as it is asked.

    >>> Client("http://127.0.0.1:8000").read("page.jpg").text
    '302 58'
    """

    def __init__(self, url: str = "http://127.0.0.1:8000", key: str = "", *, timeout: float = 60.0) -> None:
        """`key`: an API key, where the server wants one; `timeout`: seconds for one request. Raises ValueError."""
        if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).netloc:
            raise ValueError(f"'{url}' is no address of a server: give one such as http://127.0.0.1:8000")
        self._api = f"{url.rstrip('/')}/api/v1"
        self._key = key
        self._timeout = timeout

    def read(self, source: str | Path | bytes, **known: Any) -> Page:
        """The numbers on a picture; of a document, those on its first page. See `read_document`."""
        return self.read_document(source, **known)[0]

    def read_document(
        self, source: str | Path | bytes, *, single: bool = False, pattern: str | None = None,
        check: str | None = None, among: Iterable[str] | None = None,
    ) -> list[Page]:  # fmt: skip
        """The numbers on each page of a file (path or bytes), which the server keeps in its history.

        What is known of the numbers is said as to `Constraints`. Raises NoSuchFile, RemoteError.
        """
        named = ("picture", source) if isinstance(source, bytes) else _opened(Path(source))
        body, kind = _form(_fields(single, pattern, check, among), [named])
        answer = self._ask("POST", "/read", body, {"Content-Type": kind})
        return [Page.from_dict(page) for page in answer["pages"]]

    def read_batch(
        self, sources: Iterable[str | Path], *, single: bool = False, pattern: str | None = None,
        check: str | None = None, among: Iterable[str] | None = None,
    ) -> list[tuple[str, list[Page] | RemoteError]]:  # fmt: skip
        """The pages of each file of up to 100, files of ZIP files among them, or what stood in its way; by its name.

        The server keeps them all before it reads them. This waits until it has. Raises NoSuchFile, RemoteError.
        """
        body, kind = _form(_fields(single, pattern, check, among), [_opened(Path(source)) for source in sources])
        batch = self._ask("POST", "/batches", body, {"Content-Type": kind})
        address = f"/batches/{quote(batch['id'])}"
        while not batch["done"]:
            time.sleep(BETWEEN)
            batch = self._ask("GET", address)
        return [_result(one) for one in self._ask("GET", f"{address}/results")["results"]]

    def readings(self, limit: int = 20, before: str | None = None) -> list[dict[str, Any]]:
        """Earlier readings, newest first, those older than the id `before`: objects as the API gives them."""
        return self._listed("readings", limit, before)

    def batches(self, limit: int = 20, before: str | None = None) -> list[dict[str, Any]]:
        """Batches, likewise: their names, and how many of their files are in each state."""
        return self._listed("batches", limit, before)

    def correct(self, reading_id: str, number: int, text: str, *, page: int = 0, digit: int | None = None) -> None:
        """Says what a number, or one digit of it, should have been; all count from 0, '' is nothing of the kind."""
        fix = {"page": page, "number": number, "digit": digit, "text": text}
        body = json.dumps({"corrections": [fix]}).encode()
        path = f"/readings/{quote(reading_id)}/corrections"
        self._ask("POST", path, body, {"Content-Type": "application/json"})

    def delete(self, reading_id: str) -> None:
        """Removes a reading, its picture and its corrections."""
        self._ask("DELETE", f"/readings/{quote(reading_id)}")

    def _listed(self, what: str, limit: int, before: str | None) -> list[dict[str, Any]]:
        query = f"?limit={limit}" + (f"&before={quote(before)}" if before else "")
        found: list[dict[str, Any]] = self._ask("GET", f"/{what}{query}")[what]
        return found

    def _ask(self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None) -> Any:
        """The answer's JSON; None for an empty one. Raises RemoteError."""
        proof = {"Authorization": f"Bearer {self._key}"} if self._key else {}
        address = self._api + path
        request = urllib.request.Request(  # noqa: S310 - http or https, see __init__
            address, body, {"Accept": "application/json", **proof, **(headers or {})}, method=method
        )
        end = time.monotonic() + PATIENCE
        while True:
            try:
                with urllib.request.urlopen(request, timeout=self._timeout) as response:  # noqa: S310 - as above
                    content = response.read()
                    return json.loads(content) if content else None
            except urllib.error.HTTPError as error:
                wait = _wait(error)
                if wait is None or time.monotonic() + wait > end:
                    raise _refused(error) from None
            except (OSError, ValueError, HTTPException) as error:
                raise RemoteError(
                    "no-answer", 0, f"{self._api} did not answer as numink does ({error}): check address and server"
                ) from None
            time.sleep(wait)


def _opened(path: Path) -> tuple[str, bytes]:
    try:
        return path.name, path.read_bytes()
    except OSError as error:
        raise NoSuchFile(f"{path} cannot be read ({error.strerror}): check the name and the permissions") from None


def _fields(single: bool, pattern: str | None, check: str | None, among: Iterable[str] | None) -> dict[str, str]:
    """Of a form, without those that say nothing."""
    given = {"pattern": pattern, "check": check, "among": None if among is None else "\n".join(among)}
    return {name: value for name, value in given.items() if value} | ({"single": "true"} if single else {})


def _form(fields: Mapping[str, str], files: Iterable[tuple[str, bytes]]) -> tuple[bytes, str]:
    """A multipart form (RFC 7578) with files, each a name and its bytes; and its type."""
    boundary = uuid.uuid4().hex
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{field}"\r\n\r\n{value}\r\n'.encode()
        for field, value in fields.items()
    ]
    for name, content in files:
        safe = "".join(sign for sign in name if sign.isprintable()).replace('"', "%22")
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{safe}"\r\n'
        parts += [head.encode() + b"Content-Type: application/octet-stream\r\n\r\n" + content + b"\r\n"]
    return b"".join(parts) + f"--{boundary}--\r\n".encode(), f"multipart/form-data; boundary={boundary}"


def _result(values: Mapping[str, Any]) -> tuple[str, list[Page] | RemoteError]:
    """What came of a file of a batch."""
    if "error" in values:
        return values["name"], RemoteError("not-read", 0, values["error"])
    return values["name"], [Page.from_dict(page) for page in values["pages"]]


def _wait(error: urllib.error.HTTPError) -> float | None:
    """Seconds after which to try again; None where that makes no sense."""
    if error.code not in AGAIN:
        return None
    asked = error.headers.get("Retry-After", "")
    return float(asked) if asked.isdigit() else 1.0


def _refused(error: urllib.error.HTTPError) -> RemoteError:
    try:
        problem = json.loads(error.read())
        return RemoteError(str(problem["type"]).rpartition(":")[2], error.code, str(problem["detail"]))
    except (ValueError, KeyError, TypeError):
        return RemoteError("no-answer", error.code, f"the server answered {error.code}: is it numink's?")
