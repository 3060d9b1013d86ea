"""A process that reads pictures with one thread and measures itself, shared by the benchmarks of cost.

Time is that of the processor for all threads of the process, in `Reader.read`, with the file's decoding.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple


class Cost(NamedTuple):
    """The cost of reading a picture, and its text."""

    milliseconds: float
    """Processor time."""
    megabytes: float
    """Peak memory of the process so far."""
    text: str
    """Text of the page."""


class ReadingProcess:
    """A process with a reader, of this installation or of another one's Python."""

    def __init__(self, python: str = sys.executable, *, single: bool = False) -> None:
        """Start the process; another installation does not see this one's PYTHONPATH."""
        other = python != sys.executable
        environment = {name: value for name, value in os.environ.items() if not (other and name == "PYTHONPATH")}
        self._process = subprocess.Popen(
            [python, __file__, *(["--single"] if single else [])], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            text=True, env={**environment, "OMP_NUM_THREADS": "1"},
        )  # fmt: skip

    def read(self, path: Path) -> Cost:
        """Return the cost of reading a picture."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(path.resolve(), file=self._process.stdin, flush=True)
        return Cost(**json.loads(self._process.stdout.readline()))

    def close(self) -> None:
        """End the process."""
        self._process.communicate()


def main() -> None:
    """Read each picture named on standard input, and print its cost."""
    from numink import Reader

    reader, single = Reader(), "--single" in sys.argv
    for line in sys.stdin:
        started = time.process_time()
        text = reader.read(Path(line.rstrip("\n")), single=single).text
        milliseconds = 1000 * (time.process_time() - started)
        megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
        print(json.dumps(Cost(milliseconds, megabytes, text)._asdict()), flush=True)


if __name__ == "__main__":
    main()
