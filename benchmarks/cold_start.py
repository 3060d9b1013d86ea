"""From nothing to an answer: wall time of `numink read one.png`, beside `python -c "import tensorflow"`, in turn.

python benchmarks/cold_start.py [--reference-python .../python] [--rounds 15]
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from report import machine, table
from serving import drawn_digit


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reference-python", help="a Python with TensorFlow")
    parser.add_argument("--rounds", type=int, default=15)
    given = parser.parse_args()
    print(machine())
    with tempfile.TemporaryDirectory() as folder:
        picture = Path(folder) / "one.png"
        picture.write_bytes(drawn_digit())
        commands = {"numink read one.png": [str(Path(sys.executable).with_name("numink")), "read", str(picture)]}
        if given.reference_python:
            commands['python -c "import tensorflow"'] = [given.reference_python, "-c", "import tensorflow"]
        times = _in_turn(commands, given.rounds)
    rows = [
        (name, given.rounds, f"{median(taken):.2f}", f"{min(taken):.2f}", f"{max(taken):.2f}")
        for name, taken in times.items()
    ]
    print(table(("command", "n", "median s", "least", "most"), rows))
    if given.reference_python:
        ours, theirs = (median(taken) for taken in times.values())
        print(f"ratio {ours / theirs:.2f}")


def _in_turn(commands: dict[str, list[str]], rounds: int) -> dict[str, list[float]]:
    """Seconds of each; the first round only fills the disk's cache, and is not counted."""
    times: dict[str, list[float]] = {name: [] for name in commands}
    for round_ in range(rounds + 1):
        for name, command in commands.items():
            start = time.perf_counter()
            subprocess.run(command, check=True, capture_output=True)
            if round_:
                times[name].append(time.perf_counter() - start)
    return times


if __name__ == "__main__":
    main()
