"""Answers a second over HTTP, numink and the brief's application in turn in one run.

    python benchmarks/http_speed.py [--reference-app brief_app.py --reference-python .../python]

Each posts the same 768x763 PNG of a drawn digit over 16 connections. The clients run on the same cores.
"""

from __future__ import annotations

import argparse
from contextlib import ExitStack
from pathlib import Path
from statistics import median

from report import machine, table
from serving import Answers, Target, ask, family, memory, numink, reference


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reference-app", type=Path, help="the brief's application, rebuilt")
    parser.add_argument("--reference-python", default="python3", help="a Python with TensorFlow, Flask and Pillow")
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--seconds", type=float, default=10, help="of each round")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--workers", type=int, help="of numink  [default: as numink has it]")
    given = parser.parse_args()
    print(machine())
    with ExitStack() as stack:
        targets = [stack.enter_context(numink(given.workers))]
        if given.reference_app:
            targets.append(stack.enter_context(reference(given.reference_app, given.reference_python)))
        rounds: dict[str, list[Answers]] = {target.name: [] for target in targets}
        for _ in range(given.rounds):
            for target in targets:
                rounds[target.name].append(ask(target, given.connections, seconds=given.seconds))
        rows = [_row(target, rounds[target.name]) for target in targets]
    head = ("server", "answers/s", "rounds", "median ms", "95 % ms", "failed", "RSS MB")
    print(table(head, rows))
    if given.reference_app:
        rates = [median(one.rate for one in rounds[target.name]) for target in targets]
        print(f"ratio {rates[0] / rates[1]:.1f}")


def _row(target: Target, rounds: list[Answers]) -> tuple[object, ...]:
    rates = [one.rate for one in rounds]
    return (
        target.name, f"{median(rates):.1f}", " ".join(f"{rate:.0f}" for rate in rates),
        f"{median(one.percentile(0.5) for one in rounds):.1f}", f"{median(one.percentile(0.95) for one in rounds):.1f}",
        sum(one.failed for one in rounds), f"{sum(memory(pid)[0] for pid in family(target.process.pid)):.0f}",
    )  # fmt: skip


if __name__ == "__main__":
    main()
