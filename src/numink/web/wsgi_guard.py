"""WSGI middleware for parts of a request that no view can defend itself against.

Flask needs the Host to find a route and to render an error page, and trusts the prefix of a proxy. Errors of the server
while a body is read, such as a bad chunk size, are no fault of numink's.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

LABEL = r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?"
HOST = re.compile(rf"(?:\[[0-9A-Fa-f:.]{{2,45}}\]|(?=.{{1,253}}(?::|$)){LABEL}(?:\.{LABEL})*\.?)(?::[0-9]{{0,5}})?")
"""Host and port as RFC 9110 has them, with the lengths of RFC 1035."""
PREFIX = re.compile(r"(?:/[A-Za-z0-9._~-]+)+")
PLACEHOLDER_HOST = "localhost"
"""Host under which the error about a malformed one is answered."""
MALFORMED_HOST = "numink.malformed_host"
"""Key of the WSGI environment that is true where the Host was malformed."""


class GuardedBody:
    """A request's body, with every error while it is read as an OSError, which Werkzeug answers with 400."""

    def __init__(self, body: Any) -> None:
        self._body = body

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes. Raises OSError."""
        return self._guarded(self._body.read, *([] if size < 0 else [size]))

    def readline(self, size: int = -1) -> bytes:
        """Return the next line. Raises OSError."""
        return self._guarded(self._body.readline, *([] if size < 0 else [size]))

    def __iter__(self) -> Iterable[bytes]:
        return iter(self.readline, b"")

    @staticmethod
    def _guarded(read: Callable[..., bytes], *size: int) -> bytes:
        try:
            return read(*size)
        except OSError:
            raise
        except Exception as error:  # servers raise classes of their own
            raise OSError(str(error)) from error


class WsgiGuard:
    """Middleware that replaces a malformed Host, drops a malformed prefix, and guards the body."""

    def __init__(self, app: Callable[..., Iterable[bytes]]) -> None:
        self._app = app

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Call the application with the mended environment."""
        if (host := environ.get("HTTP_HOST")) is not None and not HOST.fullmatch(host):
            environ |= {"HTTP_HOST": PLACEHOLDER_HOST, "SERVER_NAME": PLACEHOLDER_HOST, MALFORMED_HOST: True}
        if not environ.get("SERVER_PORT", "").isdecimal():  # a part of X-Forwarded-Host
            environ["SERVER_PORT"] = "80"
        if not PREFIX.fullmatch(environ.get("SCRIPT_NAME", "")):
            environ["SCRIPT_NAME"] = ""
        environ["wsgi.input"] = GuardedBody(environ["wsgi.input"])
        return self._app(environ, start_response)
