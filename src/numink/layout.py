"""Best paths -> numbers: which digits stand together, what is a word rather than a number, lines in reading order.

Knows places and confidences; not ink, glyphs or networks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .lattice import DIGITS, Choice
from .results import Alternative, Box, Digit, Number
from .segment import Candidate, Line

APART = 0.9
"""Digits further apart than this part of their line's height are two numbers."""
PLAUSIBLE, PLAUSIBLE_CUT = 0.6, 0.68
"""Less than this mean confidence, and a group of digits is a word or a drawing: the higher one where all of it had to
be cut apart, in between where some had."""
LOW = 0.6
"""What is refused and lower than this part of its line's height is a point, a dash or another sign beside a number."""
LIKELY = 0.45
"""Less than this geometric mean, likewise."""
TEXTURE, TEXTURE_SHARE = 25, 0.35
"""A page of more pieces than TEXTURE of which this share is refused is no page of numbers."""
ALTERNATIVES, LEAST = 3, 1e-4


@dataclass(frozen=True)
class Found:
    """A line and the best path through it."""

    line: Line
    path: list[Choice]


def page_numbers(lines: Sequence[Found], scale: float, threshold: float) -> tuple[Number, ...]:
    """The numbers of a page in reading order; boxes are scaled back by `scale` to the upright picture."""
    if _is_texture(lines):
        return ()
    numbers: list[Number] = []
    count = 0
    for found in lines:
        groups = [group for group in _groups(found) if not _is_word(group, found.line)]
        made = [_number(group, found.line, count + 1, scale, threshold) for group in groups]
        kept = [number for number in made if number is not None]
        count += bool(kept)
        numbers.extend(kept)
    return tuple(numbers)


def single_number(
    candidates: Sequence[Candidate], probabilities: NDArray[np.float32], scale: float, threshold: float
) -> tuple[Number, ...]:
    """The one digit of a picture that holds exactly one; empty only where there is no ink at all."""
    if not candidates:
        return ()
    ink = np.array([float(one.ink.sum()) for one in candidates])
    worth = (1 - probabilities[:, DIGITS]) * np.sqrt(ink / ink.max())
    best = int(worth.argmax())
    digit = _digit(probabilities[best, :DIGITS].astype(np.float64), candidates[best].box, scale, threshold)
    return (Number(digit.text, 1, digit.confidence, digit.accepted, digit.box, (digit,)),)


def _groups(found: Found) -> list[list[Choice]]:
    """The path cut where there is a wide gap: each group is a number, a word, or a mark or drawing by itself."""
    groups: list[list[Choice]] = []
    right = -1e9
    for choice in found.path:
        box = found.line.candidates[choice.step].box
        if choice.digit is None and box.h < LOW * found.line.height:
            continue
        if not groups or box.x - right > APART * found.line.height:
            groups.append([])
        groups[-1].append(choice)
        right = max(right, box.x + box.w)
    return groups


def _is_word(group: Sequence[Choice], line: Line) -> bool:
    """Whether so much of a group is doubtful that its digit-like parts are letters."""
    sure = np.array([0.0 if choice.digit is None else choice.confidence for choice in group])
    cut = np.mean([line.pieces[line.candidates[choice.step].start].cut for choice in group])
    least = PLAUSIBLE + (PLAUSIBLE_CUT - PLAUSIBLE) * cut
    return bool(sure.mean() < least or np.exp(np.log(np.maximum(sure, 1e-6)).mean()) < LIKELY)


def _is_texture(lines: Sequence[Found]) -> bool:
    choices = [choice for found in lines for choice in found.path]
    refused = sum(choice.digit is None or choice.confidence < PLAUSIBLE for choice in choices)
    return len(choices) > TEXTURE and refused > TEXTURE_SHARE * len(choices)


def _number(group: Sequence[Choice], line: Line, at: int, scale: float, threshold: float) -> Number | None:
    digits = tuple(
        _digit(choice.digits, line.candidates[choice.step].box, scale, threshold)
        for choice in group
        if choice.digit is not None
    )
    if not digits:
        return None
    whole = all(choice.digit is not None for choice in group)
    return Number(
        text="".join(digit.text for digit in digits), line=at,
        confidence=float(np.prod([digit.confidence for digit in digits])),
        accepted=whole and all(digit.accepted for digit in digits),
        box=Box.around([digit.box for digit in digits]), digits=digits,
    )  # fmt: skip


def _digit(chances: NDArray[np.float64], box: Box, scale: float, threshold: float) -> Digit:
    order = np.argsort(-chances)
    others = tuple(
        Alternative(str(at), float(chances[at])) for at in order[1 : ALTERNATIVES + 1] if chances[at] >= LEAST
    )
    best = float(min(chances[order[0]], 1.0))
    return Digit(str(order[0]), best, best >= threshold, _full_size(box, scale), others)


def _full_size(box: Box, scale: float) -> Box:
    return Box(*(round(value / scale) for value in box))
