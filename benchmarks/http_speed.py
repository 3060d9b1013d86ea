"""Answers a second over HTTP, of numink and the reference application, alternating in one run.

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
    parser.add_argument("--reference-app", type=Path, help="the reference application (Flask with a Keras model)")
    parser.add_argument("--reference-python", default="python3", help="a Python with TensorFlow, Flask and Pillow")
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--seconds", type=float, default=10, help="of each round")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--workers", type=int, help="of numink  [default: numink's own]")
    options = parser.parse_args()
    print(machine())
    with ExitStack() as stack:
        targets = [stack.enter_context(numink(options.workers))]
        if options.reference_app:
            targets.append(stack.enter_context(reference(options.reference_app, options.reference_python)))
        rounds: dict[str, list[Answers]] = {target.name: [] for target in targets}
        for _ in range(options.rounds):
            for target in targets:
                rounds[target.name].append(ask(target, options.connections, seconds=options.seconds))
        rows = [_row(target, rounds[target.name]) for target in targets]
    head = ("server", "answers/s", "rounds", "median ms", "95 % ms", "failed", "RSS MB")
    print(table(head, rows))
    if options.reference_app:
        rates = [median(answers.rate for answers in rounds[target.name]) for target in targets]
        print(f"ratio {rates[0] / rates[1]:.1f}")


def _row(target: Target, rounds: list[Answers]) -> tuple[object, ...]:
    rates = [answers.rate for answers in rounds]
    return (
        target.name, f"{median(rates):.1f}", " ".join(f"{rate:.0f}" for rate in rates),
        *(f"{median(answers.percentile(share) for answers in rounds):.1f}" for share in (0.5, 0.95)),
        sum(answers.failed for answers in rounds), f"{sum(memory(pid)[0] for pid in family(target.process.pid)):.0f}",
    )  # fmt: skip


if __name__ == "__main__":
    main()
