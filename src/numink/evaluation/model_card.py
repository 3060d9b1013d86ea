"""The model card: what the model is for, what it was made of, and every figure of its report, as Markdown.

All figures come from the report; nothing is written here by hand that a measure could change.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from statistics import mean, stdev
from typing import Any

from ..recognition.acceptance import PARAMETERS as ACCEPTANCE
from ..recognition.digit_model import Contract

HEAD = """# Model card: {name}

Made by `numink evaluate --all --card`; every figure below was measured by it on this model file.

## What it is for

It looks at one piece of ink, 28 x 28 pixels, and says which digit it is, or that it is not one digit. numink cuts
the ink of a picture into such pieces. It is meant for handwritten digits of any hand, in any ink, behind numink's own
way from picture to glyph. It is not meant for letters, signs, print, or for decisions about people; a digit below the
threshold of acceptance wants a person's look.

## What it is

Networks in one ONNX file: where there are several, a quick one answers where it is sure, the others, together, where
it is not. Probabilities are calibrated (temperature {temperature:.3f}); accepted is what is one of the
ten digits, rather than another, with at least {threshold:.6f}, and no digit at all with {doubt:.0%} at most: chosen on
validation data so that at most 1 in 1,000 accepted digits is wrong. Trained at commit `{commit}`.

## Data

{data}.

UNIPEN train_r01_v07: CC BY 4.0 (Zenodo record 1195803). Quick, Draw!: Google, CC BY 4.0. Choices were made on MNIST
writers and UNIPEN sources (`imp`, `art`, `pri`) that no network saw, and with an eye on two parts of optdigits; MNIST's
test part, USPS, the third part of optdigits (other writers) and the corruptions were only measured on.
"""
FAILURES = """
## Where it fails

- Letters that are digits in some hands (O, o, I, l, S, Z, B, q, g) are read as digits, and often accepted.
- A 1 with a long hook is seldom sure; a 0 barred from the upper left is read as 2 or as two digits in a row of digits.
- Heavy defocus, frosted glass and scattered pixels (see the corruptions) leave too little to read.
- Coarse black-and-white scans (optdigits) are read worst of the collections.

![What is drawn, and what numink reads](../../../docs/failures.png)
"""


def card(report: Mapping[str, Any], contract: Contract) -> str:
    """The card as Markdown, from a report (`FullReport.to_dict`, and where they are known, `networks` and `lines`)."""
    parts = [
        HEAD.format(
            name=contract.name, temperature=contract.temperature, threshold=contract.threshold,
            doubt=ACCEPTANCE.most_not_a_digit,
            commit=contract.commit, data=contract.data,
        ),
        _section("How often it is right", _digits(report)),
        _section("By digit, on MNIST's test part", _classes(report)),
        _section("What it refuses", _refusal(report)),
        _section("Corrupted digits", _corrupted(report)),
        _section("How it was trained", _networks(report)),
        _section("The line network", _lines(report)),
        FAILURES,
    ]  # fmt: skip
    missing = report.get("missing", {})
    parts += (
        [f"\n## Not measured\n\n{''.join(f'- {name}: {why}{chr(10)}' for name, why in missing.items())}"]
        if missing
        else []
    )
    return "".join(parts)


def _section(title: str, lines: Iterator[str]) -> str:
    body = "\n".join(lines)
    return f"\n## {title}\n\n{body}\n" if body else ""


def _table(head: Sequence[str], rows: Iterator[Sequence[object]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(str(cell) for cell in row)} |"


def _collections(report: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    return [(name, part) for name, part in report.items() if isinstance(part, dict) and "classes" in part]


def _digits(report: Mapping[str, Any]) -> Iterator[str]:
    yield from _table(
        ("digits", "n", "right", "95 % interval (Wilson)", "calibration error", "accepted", "wrong among them"),
        (
            (
                name, f"{part['n']:,}", f"{part['accuracy']:.2%}",
                f"{1 - part['error_interval'][1]:.2%} to {1 - part['error_interval'][0]:.2%}",
                f"{part['calibration_error']:.2%}", f"{part['accepted']:.2%}", f"{part['error_among_accepted']:.3%}",
            )
            for name, part in _collections(report)
        ),
    )  # fmt: skip
    without = report.get("mnist", {}).get("error_without_doubtful")
    if without is not None:
        yield f"\nMNIST without the 15 test images whose label is wrong or unclear: {1 - without:.2%}."


def _classes(report: Mapping[str, Any]) -> Iterator[str]:
    if "mnist" in report:
        yield from _table(
            ("digit", "n", "found (recall)", "right where said (precision)"),
            (
                (one["digit"], one["n"], f"{one['recall']:.2%}", f"{one['precision']:.2%}")
                for one in report["mnist"]["classes"]
            ),
        )


def _refusal(report: Mapping[str, Any]) -> Iterator[str]:
    refusal = report.get("refusal")
    if refusal:
        kept = ", ".join(f"{share:.2%} of {name}" for name, share in refusal["kept"].items())
        yield f"At one threshold ({refusal['below']:.3f}) that keeps {kept}:\n"
        yield from _table(
            ("no digits", "refused"), ((name, f"{share:.2%}") for name, share in refusal["refused"].items())
        )


def _corrupted(report: Mapping[str, Any]) -> Iterator[str]:
    corrupted = report.get("corrupted") or {}
    if corrupted.get("mean") is not None:
        yield f"MNIST's test part under the 19 corruptions of imagecorruptions at severity {corrupted['severity']}:\n"
        rows = [*corrupted["accuracy"].items(), ("**mean**", corrupted["mean"])]
        yield from _table(("corruption", "right"), ((name.replace("_", " "), f"{share:.2%}") for name, share in rows))


def _networks(report: Mapping[str, Any]) -> Iterator[str]:
    networks = report.get("networks", [])
    if not networks:
        return
    yield from _table(
        (
            "network", "role", "seed", "parameters", "epochs", "minutes on one core", "validation error",
            "MNIST test, alone",
        ),
        (
            (
                one["name"], one["role"], one["seed"], f"{one['parameters']:,}", one["epochs"],
                round(one["seconds"] / 60),
                f"{one['validation_error']:.2%}", f"{1 - one['mnist_error']:.2%}",
            )
            for one in networks
        ),
    )  # fmt: skip
    seeds = [1 - one["mnist_error"] for one in networks if one["role"] == "teacher" and not one["after"]]
    if len(seeds) > 1:
        yield (
            f"\nThe teachers' recipe with {len(seeds)} seeds, each network alone: mean {mean(seeds):.3%}, standard "
            f"deviation {stdev(seeds):.3%}."
        )


def _lines(report: Mapping[str, Any]) -> Iterator[str]:
    """What `numink train --recipe lines` reported, where the classifier lies beside a line network."""
    lines = report.get("lines")
    if not lines:
        return
    low, high = lines["interval"]
    taken = lines.get("taken")
    going_on = f", beginning with the networks {' and '.join(taken)} of an earlier file" if taken else ""
    yield (
        f"The second file, `lines.onnx` ({lines['networks']} networks that are heard together, {lines['parameters']:,} "
        f"parameters), reads a whole line of digits by its ink. "
        f"Of {lines['n']:,} composed lines\nby hands that it never saw, touching, tied, among words, rules and grain, "
        f"or without any digit, it reads {lines['right']:.1%}\nexactly ({low:.1%} to {high:.1%}); the calibration "
        f"error of whole lines is {lines['calibration_error']:.2%}. A number is accepted where all\nits digits are "
        f"above {lines['threshold']:.4f}: of such at most 1 in 1,500 was wrong on composed pages. Trained in "
        f"{lines['seconds'] / 60:.0f} minutes on one core{going_on}."
    )


def merged(old: str, new: Mapping[str, Any]) -> dict[str, Any]:
    """A report that keeps what only training knows (`networks`) of the one that was there, and is else `new`."""
    try:
        before = json.loads(old)
    except ValueError:
        before = {}
    return {**new, **({"networks": before["networks"]} if isinstance(before, dict) and "networks" in before else {})}
