"""Servers forked from a process that has numink's modules loaded, since importing them takes four fifths of a start.

One such process runs for each worker of the tests, from the first server on. What a fork does from then on is the
same as in `numink serve`: it reads its settings, listens, and forks workers that load the models.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
from collections.abc import Mapping
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext
from pathlib import Path
from typing import TextIO

CONTEXT: ForkServerContext = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload([
    "numink.cli.serve", "numink.cli.read", "numink.web.app", "numink.web.serving.server", "zxcvbn",
])  # fmt: skip


class ForkedServer:
    """`numink serve` in a session of its own, with the part of subprocess.Popen's interface that tests use."""

    def __init__(self, environment: Mapping[str, str], errors: Path) -> None:
        reader, writer = CONTEXT.Pipe(duplex=False)
        self._process = CONTEXT.Process(target=_serve, args=(dict(environment), str(errors), writer))
        self._process.start()
        writer.close()
        assert self._process.pid
        self.pid: int = self._process.pid
        self.stdout: TextIO = os.fdopen(os.dup(reader.fileno()), encoding="utf-8")
        reader.close()

    def poll(self) -> int | None:
        """Return the exit code, None while the server runs."""
        return self._process.exitcode

    def wait(self, timeout: float) -> int:
        """Wait until the server has ended; return its exit code."""
        self._process.join(timeout)
        assert self._process.exitcode is not None, f"the server still runs after {timeout} seconds"
        return self._process.exitcode

    def terminate(self) -> None:
        os.kill(self.pid, signal.SIGTERM)


def _serve(environment: dict[str, str], errors: str, writer: Connection) -> None:
    """Run in the fork: become what `python -m numink serve` is with this environment."""
    from numink.cli import main

    os.setsid()
    os.environ.clear()
    os.environ.update(environment)
    log = os.open(errors, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    os.dup2(writer.fileno(), sys.stdout.fileno())
    os.dup2(log, sys.stderr.fileno())
    os.close(log)
    writer.close()
    sys.argv = ["numink", "serve"]
    main()
