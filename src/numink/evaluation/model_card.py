"""Generator of the model card: a report as Markdown, in the order of "Model Cards for Model Reporting" (2019).

Every figure comes from the report or from the model file's metadata.
"""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from statistics import mean, stdev
from typing import Any

from ..recognition.acceptance import PARAMETERS as ACCEPTANCE
from ..recognition.digit_model import Contract

CARD_WIDTH = 118
"""Most characters on a line of prose."""
ROLES = {"teacher": "teacher", "member": "stage two", "quick": "stage one"}
"""Names of the networks' roles in a report, as the card has them."""
CARD_HEAD = """# Model card: {name}

Written by `numink evaluate --all --card`, which measured every figure below on this model file.

## Model details

{details}

## Intended use

The model classifies one glyph, an image of 28 x 28 pixels: it returns the probabilities of the ten digits and of "not
one digit". numink segments a picture into glyphs and normalises them as MNIST's digits are. The model is meant for
handwritten digits of any writer, in any ink, behind numink's own segmentation and normalisation.

Out of scope: letters, signs, printed digits, and decisions about people. A person should check every digit below the
acceptance threshold.

## Training data

{data}

Choices of design and parameters were made on MNIST writers and UNIPEN sources (`imp`, `art`, `pri`) that no network was
trained on, and with a view to two parts of optdigits. UNIPEN train_r01_v07: CC BY 4.0 (Zenodo record 1195803). Quick,
Draw!: Google, CC BY 4.0.

## Evaluation data

MNIST's test part, the held-out UNIPEN sources, the third part of optdigits (other writers), and USPS. MNIST's test
part, USPS, the third part of optdigits and the corruptions were used for evaluation only.
"""
DETAILS = (
    "Convolutional networks in one ONNX file, as a cascade where there are several: the stage-one network answers "
    "where it is confident, the stage-two networks together elsewhere. Probabilities are calibrated by temperature "
    "scaling (temperature {temperature:.3f}). A digit is accepted where its probability among the ten digits is at "
    'least {threshold:.6f} and the probability of "not one digit" at most {doubt:.0%}; the threshold was chosen on '
    "validation data so that at most 1 in 1,000 accepted digits is wrong. Trained at commit `{commit}`. MIT licence."
)
LINE_MODEL_TEXT = (
    "The second file, `lines.onnx` (networks: {networks}; {parameters:,} parameters), reads whole lines of characters: "
    "digits, signs, letters, and other marks as one. It was measured on {n:,} synthetic lines by writers it was not "
    "trained on, with numbers of all kinds, words, struck-out numbers, ruled lines and noise, or without text: "
    "{right:.1%} of them are read exactly, letter case aside ({low:.1%} to {high:.1%}), and the calibration error of "
    "whole lines is {calibration_error:.2%}. A number is accepted where the acceptance model gives it a confidence of "
    "{threshold:.4f}, with signs or letters {threshold_with_signs:.4f}. {bound} Trained in {minutes:.0f} minutes on "
    "two cores{start}."
)
BOUND_TEXT = (
    "These thresholds are the lowest at which, on synthetic pages by such writers, the upper bound of the wrong among "
    "the accepted is {error_bound:.1%} (Clopper-Pearson, 95 % one-sided)."
)
NO_BOUND_TEXT = (
    "No threshold holds the bound of the error on synthetic pages yet: these were set by eye on the development sets, "
    "and promise nothing."
)
CAVEATS = """
## Caveats and recommendations

- Letters that some people write like digits (O, o, I, l, S, Z, B, q, g) are read as digits where they stand alone or
  among digits.
- Steep slashes and brackets are mistaken for 1 or 7 at times, and such numbers are seldom accepted.
- A 1 with a long upstroke seldom has a high confidence; a 0 with a slash from the upper left is read as 2, or as two
  digits within a row of digits.
- Strong defocus, frosted glass and impulse noise (see the corruptions) leave too little to read.
- Digits of coarse black-and-white scans (optdigits) are accepted least often among the collections.

![Misread drawings with the answers of numink](../../../docs/failures.png)
"""


def card(report: Mapping[str, Any], contract: Contract) -> str:
    """Return the model card as Markdown.

    The report is `FullReport.to_dict()`, with `networks` and `lines` added where they are known.
    """
    details = DETAILS.format(
        temperature=contract.temperature,
        threshold=contract.threshold,
        doubt=ACCEPTANCE.most_not_a_digit,
        commit=contract.commit,
    )
    parts = [
        CARD_HEAD.format(name=contract.name, details=_filled(details), data=_filled(f"{contract.data}.")),
        _section("Accuracy and calibration", _digits(report)),
        _section("MNIST's test part by digit", _classes(report)),
        _section("Rejection of images that are not digits", _refusal(report)),
        _section("Corrupted digits", _corrupted(report)),
        _section("Training", _networks(report)),
        _section("The line model", _lines(report)),
        CAVEATS,
    ]
    missing = report.get("missing", {})
    if missing:
        parts.append(_section("Not measured", (f"- {name}: {reason}" for name, reason in missing.items())))
    return "".join(parts)


def _filled(text: str) -> str:
    return textwrap.fill(text, CARD_WIDTH, break_long_words=False, break_on_hyphens=False)


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
        ("data", "n", "accuracy", "95 % interval (Wilson)", "calibration error", "accepted", "error among accepted"),
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
        yield f"\nAccuracy on MNIST without the 15 test images whose label is wrong or unclear: {1 - without:.2%}."


def _classes(report: Mapping[str, Any]) -> Iterator[str]:
    if "mnist" in report:
        yield from _table(
            ("digit", "n", "recall", "precision"),
            (
                (score["digit"], score["n"], f"{score['recall']:.2%}", f"{score['precision']:.2%}")
                for score in report["mnist"]["classes"]
            ),
        )


def _refusal(report: Mapping[str, Any]) -> Iterator[str]:
    refusal = report.get("refusal")
    if refusal:
        kept_shares = ", ".join(f"{share:.2%} of {name}" for name, share in refusal["kept"].items())
        yield f"With one confidence threshold ({refusal['below']:.3f}), which keeps {kept_shares}:\n"
        yield from _table(
            ("images", "rejected"), ((name, f"{share:.2%}") for name, share in refusal["refused"].items())
        )


def _corrupted(report: Mapping[str, Any]) -> Iterator[str]:
    corrupted = report.get("corrupted") or {}
    if corrupted.get("mean") is not None:
        yield f"MNIST's test part with each of imagecorruptions' 19 corruptions at severity {corrupted['severity']}:\n"
        rows = [*corrupted["accuracy"].items(), ("**mean**", corrupted["mean"])]
        yield from _table(
            ("corruption", "accuracy"), ((name.replace("_", " "), f"{share:.2%}") for name, share in rows)
        )


def _networks(report: Mapping[str, Any]) -> Iterator[str]:
    networks = report.get("networks", [])
    if not networks:
        return
    yield from _table(
        (
            "network", "role", "seed", "parameters", "epochs", "minutes on one core", "validation error",
            "accuracy on MNIST's test part, alone",
        ),
        (
            (
                network["name"], ROLES.get(network["role"], network["role"]), network["seed"],
                f"{network['parameters']:,}", network["epochs"], round(network["seconds"] / 60),
                f"{network['validation_error']:.2%}", f"{1 - network['mnist_error']:.2%}",
            )
            for network in networks
        ),
    )  # fmt: skip
    seeds = [1 - part["mnist_error"] for part in networks if part["role"] == "teacher" and not part["after"]]
    if len(seeds) > 1:
        yield (
            f"\nAccuracy of the teachers' recipe with {len(seeds)} seeds, each network alone: "
            f"mean {mean(seeds):.3%}, standard deviation {stdev(seeds):.3%}."
        )


def _lines(report: Mapping[str, Any]) -> Iterator[str]:
    """Describe the line model, from the report of `numink train --recipe lines`."""
    lines = report.get("lines")
    if not lines:
        return
    low, high = lines["interval"]
    reused = lines.get("taken")
    start = f", starting from the networks {' and '.join(reused)} of an earlier file" if reused else ""
    bound = NO_BOUND_TEXT if lines["error_bound"] is None else BOUND_TEXT.format(**lines)
    minutes = lines["seconds"] / 60
    yield _filled(LINE_MODEL_TEXT.format(**lines, low=low, high=high, minutes=minutes, start=start, bound=bound))


def merged(old: str, new: Mapping[str, Any]) -> dict[str, Any]:
    """Return the report `new` with the `networks` of the `old` one (JSON), which only training knows."""
    try:
        before = json.loads(old)
    except ValueError:
        before = {}
    return {**new, **({"networks": before["networks"]} if isinstance(before, dict) and "networks" in before else {})}
