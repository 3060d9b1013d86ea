"""Cold start: wall time of `numink read one.png`, alternating with `python -c "import tensorflow"`.

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
    options = parser.parse_args()
    print(machine())
    with tempfile.TemporaryDirectory() as folder:
        picture = Path(folder) / "one.png"
        picture.write_bytes(drawn_digit())
        commands = {"numink read one.png": [str(Path(sys.executable).with_name("numink")), "read", str(picture)]}
        if options.reference_python:
            commands['python -c "import tensorflow"'] = [options.reference_python, "-c", "import tensorflow"]
        times = _alternate(commands, options.rounds)
    rows = [
        (name, options.rounds, f"{median(seconds):.2f}", f"{min(seconds):.2f}", f"{max(seconds):.2f}")
        for name, seconds in times.items()
    ]
    print(table(("command", "n", "median s", "min", "max"), rows))
    if options.reference_python:
        own, reference = (median(seconds) for seconds in times.values())
        print(f"ratio {own / reference:.2f}")


def _alternate(commands: dict[str, list[str]], rounds: int) -> dict[str, list[float]]:
    """Return the seconds of each command; the first round only fills the disk cache and is not counted."""
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
