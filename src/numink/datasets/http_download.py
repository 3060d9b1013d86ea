"""Download one file from a mirror with pooch, resuming an earlier download that was cut off.

pooch sends the request and writes the file. It does not resume, limit the size of a file or try again from where
the connection broke, so these three are done here, around its downloader.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

import requests

from ..errors import DataError

DOWNLOAD_TIMEOUT = 8.0
"""Seconds to wait for a connection, and for each further chunk."""
TRIES = 4
"""Most requests for a file whose connection breaks; each but the first must have brought more bytes."""
CHUNK = 1 << 16
Progress = Callable[[int, int], None]
"""Called with the bytes that have come and the bytes in all (0 where the server does not say)."""


class MirrorError(DataError):
    """A mirror does not give this file; another one may. `reachable`: True where the mirror answered at all."""

    def __init__(self, message: str, *, reachable: bool) -> None:
        super().__init__(message)
        self.reachable = reachable


def download(url: str, partial: Path, limit: int, progress: Progress, timeout: float = DOWNLOAD_TIMEOUT) -> None:
    """Complete the file `partial` from `url`, to at most `limit` bytes; on failure the bytes that came stay in it.

    Raises MirrorError where the mirror does not answer, refuses or breaks off repeatedly, OSError where the disk is
    full. Needs pooch.
    """
    for tries_left in reversed(range(TRIES)):
        before = _size(partial)
        try:
            _request(url, partial, limit, progress, timeout)
        except _ConnectionBroken as error:
            if not tries_left or _size(partial) <= before:
                raise MirrorError(f"{url} broke off ({error})", reachable=True) from None
        else:
            return


class _ConnectionBroken(Exception):
    """The connection ended before the file did."""


class _Output:
    """The file that pooch writes to: appended to where the server resumes, limited in size, with progress."""

    def __init__(self, file: BinaryIO, limit: int, progress: Progress) -> None:
        self._file, self._limit, self._progress = file, limit, progress
        self.size, self.total = file.tell(), 0
        self.status, self.reason = 0, ""

    def begin(self, answer: requests.Response, *_: object, **__: object) -> None:
        """Take note of the answer's head, before its body is read."""
        self.status, self.reason = answer.status_code, answer.reason
        answer.raw.enforce_content_length = (
            False  # or urllib3 drops the last bytes before a cut; `is_cut` looks instead
        )
        if answer.status_code == requests.codes.ok:  # all of the file, though a part may have been asked for
            self.size = 0
            self._file.truncate(0)
        length = answer.headers.get("Content-Length", "")
        self.total = self.size + int(length) if length.isdigit() else 0

    def write(self, chunk: bytes) -> None:
        """Append `chunk`. Raises MirrorError where the file would be larger than its limit."""
        self.size += len(chunk)
        if self.size > self._limit:
            self._file.truncate(0)  # another file: no part of it can be resumed
            raise MirrorError("the mirror sends more than the file can have", reachable=True)
        self._file.write(chunk)
        self._progress(self.size, self.total)

    @property
    def is_cut(self) -> bool:
        """True where fewer bytes have come than were announced."""
        return self.size < self.total

    def flush(self) -> None:
        """Write what is buffered to the disk."""
        self._file.flush()


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _request(url: str, partial: Path, limit: int, progress: Progress, timeout: float) -> None:
    """Send one request for the bytes after the end of `partial`."""
    import pooch  # noqa: PLC0415 - an extra

    headers = {"Accept-Encoding": "identity"}  # the .gz as it lies there, so that byte ranges fit together
    if size := _size(partial):
        headers["Range"] = f"bytes={size}-"
    with partial.open("ab") as file:
        output = _Output(file, limit, progress)
        options: dict[str, Any] = {"headers": headers, "timeout": timeout, "hooks": {"response": output.begin}}
        try:
            pooch.HTTPDownloader(chunk_size=CHUNK, **options)(url, output, None)
        except requests.HTTPError:
            if output.status == requests.codes.requested_range_not_satisfiable:
                return  # no bytes beyond those that are here: the file is whole, or its checksum will tell
            raise MirrorError(f"{url} answered {output.status} {output.reason}", reachable=True) from None
        except requests.RequestException as error:
            if output.status:
                raise _ConnectionBroken(_reason(error)) from None
            raise MirrorError(f"{url} does not answer ({_reason(error)})", reachable=False) from None
    if output.is_cut:
        raise _ConnectionBroken(f"{output.size} of {output.total} bytes came")


def _reason(error: requests.RequestException) -> str:
    """Return the innermost error's message, without the wrapping of requests and urllib3."""
    inner: BaseException = error
    while isinstance(inner.args[0] if inner.args else None, BaseException):
        inner = inner.args[0]
    message = str(getattr(inner, "reason", None) or inner or type(inner).__name__)
    return message.rpartition("): ")[2]  # urllib3 puts the connection's description in front
