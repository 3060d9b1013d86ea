"""One file from a web mirror, resumed where an earlier download was cut.

Knows HTTP ranges, time limits and how often to try; not what the file is for, nor how progress is shown.
"""

from __future__ import annotations

import http.client
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

from ..errors import DataError

TIMEOUT = 8.0
"""Seconds to wait for a connection, and for each further piece."""
TRIES = 4
"""How often a download that is cut is taken up again, as long as each try brings something."""
PIECE = 1 << 16
Progress = Callable[[int, int], None]
"""Told the bytes that are there and the bytes in all (0 where the server does not say)."""


class MirrorError(DataError):
    """This mirror does not give this file; another may. `reachable` is whether it answered at all."""

    def __init__(self, message: str, *, reachable: bool) -> None:
        super().__init__(message)
        self.reachable = reachable


def download(url: str, partial: Path, limit: int, progress: Progress, timeout: float = TIMEOUT) -> None:
    """Completes `partial` from `url`, at most `limit` bytes. What has come stays there when it fails.

    Raises MirrorError where the mirror is not there or breaks off for good, OSError where the disk is full.
    """
    for left in reversed(range(TRIES)):
        before = _size(partial)
        try:
            _continue(url, partial, limit, progress, timeout)
        except _CutError as error:
            if not left or _size(partial) <= before:
                raise MirrorError(f"{url} broke off ({error})", reachable=True) from None
        else:
            return


class _CutError(Exception):
    """The connection ended before the file did."""


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _continue(url: str, partial: Path, limit: int, progress: Progress, timeout: float) -> None:
    """One request from the end of `partial` on."""
    there = _size(partial)
    request = urllib.request.Request(url, headers={"Range": f"bytes={there}-"} if there else {})  # noqa: S310
    try:
        answer = urllib.request.urlopen(request, timeout=timeout)  # noqa: S310 (mirrors are ours or the caller's)
    except urllib.error.HTTPError as error:
        with error:
            if error.code == http.client.REQUESTED_RANGE_NOT_SATISFIABLE:
                return  # nothing beyond what is there: it is whole, or the md5 will say that it is not
            raise MirrorError(f"{url} answered {error.code} {error.reason}", reachable=True) from None
    except (OSError, http.client.HTTPException) as error:
        raise MirrorError(f"{url} does not answer ({_reason(error)})", reachable=False) from None
    with answer:
        resumed = answer.status == http.client.PARTIAL_CONTENT
        _receive(answer, partial, there if resumed else 0, limit, progress)


def _reason(error: OSError | http.client.HTTPException) -> str:
    """Without urllib's wrapping and the number of the error."""
    inner = getattr(error, "reason", error)
    return str(getattr(inner, "strerror", None) or inner or type(inner).__name__)


def _receive(answer: http.client.HTTPResponse, partial: Path, there: int, limit: int, progress: Progress) -> None:
    length = answer.headers.get("Content-Length", "")
    total = there + int(length) if length.isdigit() else 0
    with partial.open("ab" if there else "wb") as file:
        while total == 0 or there < total:
            piece = _piece(answer)
            if not piece:
                break
            there += len(piece)
            if there > limit:
                file.truncate(0)  # nothing of it is worth going on with
                raise MirrorError(f"{answer.url} sends more than the file can have", reachable=True)
            file.write(piece)
            progress(there, total)
    if there < total:
        raise _CutError(f"{there} of {total} bytes came")


def _piece(answer: http.client.HTTPResponse) -> bytes:
    """The next bytes; only what the network does is a cut, so that a full disk is not tried again."""
    try:
        return answer.read(PIECE)
    except (OSError, http.client.HTTPException) as error:
        raise _CutError(str(error) or type(error).__name__) from None
