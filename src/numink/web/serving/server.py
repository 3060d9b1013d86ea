"""The server: gunicorn with one master and `workers` processes with threads, each with a model of its own.

The master loads no model, so that each worker starts with clean threads. A worker reads a picture before it accepts
connections, so that /readyz answers only once numink is ready. On SIGTERM the server stops accepting connections
(module `drain`), finishes the requests under way and ends. Errors at startup are reported as one sentence. Of gunicorn
only its documented interface is used: a custom application, settings, server hooks, and a worker's sockets.
"""

from __future__ import annotations

import errno
import logging
import os
import select
import socket
import sys
from collections.abc import Callable
from typing import Any

from gunicorn.app.base import BaseApplication

from ...errors import NuminkError, SettingsError
from ...service.metrics import Metrics, SharedCounters
from ...settings import Settings
from ..secret_key import with_secret_key
from .accept_queue import BACKLOG
from .connections import Listener
from .drain import drain_on_sigterm

SPARE_THREADS = 8
"""Threads besides those for running and queued requests and for the slow connections that one address may have; they
answer health checks and refuse further requests."""
IDLE_CONNECTIONS = 1000
"""Connections that wait without a thread."""
MOST_REQUEST_LINE = 8190
"""Bytes of the line of method and address, gunicorn's most: options of a raw picture stand in its query."""
GRACEFUL_TIMEOUT = 30
"""Seconds that requests under way may take when the server is stopped."""
KEEP_ALIVE = 15
"""Seconds for which an idle connection is kept open."""
APP_LOAD_FAILED = 4
"""Exit code of a worker upon which gunicorn ends, instead of starting another."""
SPARE_ROWS = 2
"""Rows of counters for workers that start before those that they replace have ended."""


class PortTaken(NuminkError):
    """The server cannot listen on the address."""

    kind = "port"


class Server(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
    """gunicorn configured from numink's settings."""

    def __init__(self, settings: Settings, listener: socket.socket) -> None:
        self.settings = settings
        self.address = address(listener)
        self._listener = listener.detach()  # gunicorn makes a socket of its own from the descriptor
        self.counters = SharedCounters(settings.workers + SPARE_ROWS)
        self.row = 0
        self._rows: dict[int, Any] = {}
        self._forks = 0
        self._is_ready = False
        self._listeners: list[Listener] = []
        self._error_reader, self._error_writer = os.pipe()
        super().__init__()

    def load_config(self) -> None:
        """Set gunicorn's options."""
        threads = self.settings.threads + self.settings.queue + self.settings.connections + SPARE_THREADS
        options: dict[str, Any] = {
            "bind": f"fd://{self._listener}",
            "worker_class": "gthread",
            "workers": self.settings.workers,
            "threads": threads,
            "worker_connections": threads + IDLE_CONNECTIONS,
            "graceful_timeout": GRACEFUL_TIMEOUT,
            "keepalive": KEEP_ALIVE,
            "limit_request_line": MOST_REQUEST_LINE,
            "proc_name": "numink",
            # at debug gunicorn logs the path of each request, which may contain the secret of an e-mail's link
            "loglevel": "info" if self.settings.log_level == "debug" else "warning",
            "control_socket_disable": True,
            "pre_fork": self._assign_row,
            "child_exit": self._free_row,
            "post_worker_init": self._begin,
            "worker_exit": self._exit_worker,
        }
        for name, value in options.items():
            if name in self.cfg.settings:  # older versions have no control socket
                self.cfg.set(name, value)

    def load(self) -> Callable[..., Any]:
        """Build the application in a worker, and warm it up."""
        from ..app import build  # noqa: PLC0415 - in the worker, after the fork

        logging.basicConfig(level=self.settings.log_level.upper(), format="%(asctime)s %(levelname)s %(message)s")
        try:
            return build(self.settings, metrics=Metrics(self.counters, self.row))
        except NuminkError as error:
            os.write(self._error_writer, str(error).encode())
            raise SystemExit(APP_LOAD_FAILED) from None

    def startup_errors(self) -> str:
        """Return the error messages of workers that could not start."""
        os.set_blocking(self._error_reader, False)
        try:
            return os.read(self._error_reader, 65536).decode()
        except BlockingIOError:
            return ""

    def has_startup_error(self) -> bool:
        """Return True where a worker has reported an error, which gunicorn's own messages would only obscure."""
        return bool(select.select([self._error_reader], [], [], 0)[0])

    def _assign_row(self, _arbiter: Any, worker: Any) -> None:
        """Give a worker the first row of counters that no running worker uses; called in the master."""
        self._forks += 1
        free = (row for row in range(self.counters.rows) if row not in self._rows)
        self.row = next(free, self.counters.rows - 1)
        self._rows[self.row] = worker

    def _free_row(self, _arbiter: Any, worker: Any) -> None:
        """Free the row of a worker that has ended; called in the master."""
        self._rows = {row: running for row, running in self._rows.items() if running is not worker}

    def _exit_worker(self, _arbiter: Any, _worker: Any) -> None:
        """End a worker at once when all its requests are answered.

        A regular exit would make libraries that the master had loaded stop threads that this process never had.
        """
        exception = sys.exc_info()[1]
        if self.callable and (mailer := self.callable.extensions.get("numink_mail")):
            mailer.close()  # sends the queued e-mails
        if self.callable and (reading_service := self.callable.extensions.get("numink")):
            reading_service.close()
        for listener in self._listeners:
            listener.linger.wait()
        sys.stdout.flush()
        sys.stderr.flush()
        code = exception.code if isinstance(exception, SystemExit) else None
        os._exit(code if isinstance(code, int) else int(not self._is_ready))

    def _begin(self, worker: Any) -> None:
        """Replace the worker's sockets, and print the server's address once, when the first worker is ready."""
        limit = 0 if self.settings.proxies else self.settings.connections  # they all come from the proxy
        self._listeners = [Listener(listening, self.settings.patience, limit) for listening in worker.sockets]
        worker.sockets = self._listeners
        drain_on_sigterm(self._listeners)
        self._is_ready = True
        if self._forks == 1:
            print(f"numink is at {self.address} (history in {self.settings.store})", flush=True)  # noqa: T201


def serve(settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT. Raises NuminkError if the server cannot start."""
    listener = listen(settings.host, settings.port)
    server = Server(with_secret_key(settings), listener)
    logging.getLogger("gunicorn.error").addFilter(lambda _: not server.has_startup_error())
    try:
        server.run()
    except SystemExit as stop:
        if stop.code:
            raise NuminkError(
                server.startup_errors() or f"the server ended with code {stop.code}: see the messages above"
            ) from None


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens on `port`, or on any free port for 0. Raises PortTaken or SettingsError."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
    except (socket.gaierror, OverflowError, UnicodeError):
        raise SettingsError(
            f"there is no address '{host}' with port {port} to listen on: check NUMINK_HOST and NUMINK_PORT"
        ) from None
    try:
        return socket.create_server((host, port), family=family, backlog=BACKLOG)
    except OSError as error:
        raise PortTaken(_listen_error(error, host, port)) from None


def _listen_error(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"port {port} of {host} is in use: stop the other program, or choose another port with "
            f"'numink serve --port {port + 1}'"
        )
    if error.errno == errno.EACCES:
        return f"port {port} needs administrator rights: choose one above 1023, such as 'numink serve --port 8000'"
    return f"cannot listen on {host} port {port} ({error.strerror}): check NUMINK_HOST and NUMINK_PORT"


def address(listener: socket.socket) -> str:
    """Return the URL of a listening socket."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
