"""The server: gunicorn, one master and `workers` processes of threads, each with a model of its own.

The master loads no model, so that each worker starts with clean threads. A worker reads a picture before it
takes connections, so /readyz answers only when numink is ready. SIGTERM stops taking connections, finishes
what is under way (drain.py), and ends. Errors of the start come out as one sentence.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import logging
import os
import select
import socket
import sys
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter
from gunicorn.workers.base import Worker

from ...errors import NuminkError, SettingsError
from ...service.metrics import Board, Metrics
from ...settings import Settings
from ...store.outbox.store import WriteBehindStore
from ..secret_key import kept_secret
from .graceful_shutdown import DrainingArbiter, DrainingWorker

SPARE_THREADS = 8
"""Threads beside those at work and in line, which answer health checks and turn away who is too many."""
GRACE = 30
"""Seconds that requests under way have when the server is told to end."""
HEAP = {-8: 1, -3: 32 << 20, -1: 256 << 20}
"""glibc's M_ARENA_MAX, M_MMAP_THRESHOLD and M_TRIM_THRESHOLD, and ours: one heap, which keeps what it has. With one
for each thread, large pictures leave 60 MB behind in them; and to fetch a picture's pages anew from the kernel for each
request takes a sixth of the request's time."""
SPARE_ROWS = 2
"""Rows of counters for workers that start before the ones they replace are gone."""


class PortTaken(NuminkError):
    """The address cannot be listened on."""

    kind = "port"


class Server(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
    """gunicorn with numink's settings."""

    def __init__(self, settings: Settings, listener: socket.socket) -> None:
        self.settings = settings
        self.address = address(listener)
        self._listener = listener.detach()  # gunicorn makes a socket of its own from the number, and closes this one
        self.board = Board(settings.workers + SPARE_ROWS)
        self.row = 0
        self.complaint, self._complain = os.pipe()
        super().__init__()

    def load_config(self) -> None:
        """Gunicorn asks for its own settings."""
        chosen: dict[str, Any] = {
            "bind": f"fd://{self._listener}",
            "worker_class": DrainingWorker,
            "workers": self.settings.workers,
            "threads": self.settings.threads + self.settings.queue + SPARE_THREADS,
            "graceful_timeout": GRACE,
            "keepalive": 15,
            "proc_name": "numink",
            # at its own debug it logs the path of each request, which may hold a mail's secret
            "loglevel": "info" if self.settings.log_level == "debug" else "warning",
            "control_socket_disable": True,
            "pre_fork": self._give_row,
            "post_fork": self._take_row,
            "post_worker_init": self._announce,
            "worker_exit": self._leave,
        }
        for name, value in chosen.items():
            if name in self.cfg.settings:  # older ones have no control socket
                self.cfg.set(name, value)

    def run(self) -> None:
        """The master, until it is told to end."""
        DrainingArbiter(self).run()

    def load(self) -> Callable[..., Any]:
        """In a worker: the application, warm."""
        from ..app import build  # noqa: PLC0415 - in the worker, after the fork

        _one_heap()
        logging.basicConfig(level=self.settings.log_level.upper(), format="%(asctime)s %(levelname)s %(message)s")
        try:
            return build(self.settings, metrics=Metrics(self.board, self.row))
        except NuminkError as error:
            os.write(self._complain, str(error).encode())
            raise SystemExit(Arbiter.APP_LOAD_ERROR) from None

    def complaints(self) -> str:
        """What a worker that could not start said."""
        os.set_blocking(self.complaint, False)
        try:
            return os.read(self.complaint, 65536).decode()
        except BlockingIOError:
            return ""

    def refused(self) -> bool:
        """Whether a worker has said why it cannot start: gunicorn's own lines would only hide that."""
        return bool(select.select([self.complaint], [], [], 0)[0])

    def _give_row(self, arbiter: Arbiter, worker: Worker) -> None:
        """In the master: the first row of counters that no living worker writes."""
        taken = {other.numink_row for other in arbiter.WORKERS.values()}
        free = (row for row in range(self.board.rows) if row not in taken)
        worker.numink_row = next(free, self.board.rows - 1)

    def _take_row(self, _arbiter: Arbiter, worker: Worker) -> None:
        self.row = worker.numink_row

    def _leave(self, _arbiter: Arbiter, worker: Worker) -> None:
        """In a worker, when all requests are answered: ends at once.

        Libraries that the master had loaded before the fork would end threads that this process never had.
        """
        end = sys.exc_info()[1]
        if self.callable and (outbox := self.callable.extensions.get("numink_mail")):
            outbox.close()  # mails that were promised
        if self.callable and isinstance(store := self.callable.extensions.get("numink_store"), WriteBehindStore):
            store.flush()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(end.code if isinstance(end, SystemExit) and isinstance(end.code, int) else int(not worker.booted))

    def _announce(self, worker: Worker) -> None:
        """Once, when the first worker is ready."""
        if worker.age == 1:
            print(f"numink is at {self.address} (history in {self.settings.store})", flush=True)  # noqa: T201


def serve(settings: Settings) -> None:
    """Serves until SIGTERM or SIGINT. Raises NuminkError where it cannot start."""
    listener = listen(settings.host, settings.port)
    secret = settings.secret_key or kept_secret(settings.store)
    server = Server(replace(settings, secret_key=secret), listener)
    logging.getLogger("gunicorn.error").addFilter(lambda _: not server.refused())
    try:
        server.run()
    except SystemExit as end:
        if end.code:
            raise NuminkError(
                server.complaints() or f"the server ended with code {end.code}: see the lines above"
            ) from None


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens on `port`, or on a free one for 0. Raises PortTaken or SettingsError."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
    except (socket.gaierror, OverflowError, UnicodeError):
        raise SettingsError(
            f"there is no address '{host}' with port {port} to listen on: check NUMINK_HOST and NUMINK_PORT"
        ) from None
    try:
        return socket.create_server((host, port), family=family, backlog=2048)
    except OSError as error:
        raise PortTaken(_taken(error, host, port)) from None


def _taken(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"port {port} of {host} is in use: end the other program, or choose another port with "
            f"'numink serve --port {port + 1}'"
        )
    if error.errno == errno.EACCES:
        return f"port {port} needs more rights: choose one above 1023, such as 'numink serve --port 8000'"
    return f"cannot listen on {host} port {port} ({error.strerror}): check NUMINK_HOST and NUMINK_PORT"


def _one_heap() -> None:
    with contextlib.suppress(AttributeError, OSError):  # another C library than glibc
        for name, value in HEAP.items():
            ctypes.CDLL(None).mallopt(name, value)


def address(listener: socket.socket) -> str:
    """As a browser takes it."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
