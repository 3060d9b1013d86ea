"""Numbers of recognized characters: texts, confidences and alternatives of a number and of each of its characters."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from ..results import Alternative, Box, Digit, Number
from .acceptance import AcceptanceThresholds, NumberEvidence
from .alphabet import CHARACTERS, COLUMNS, DIGITS
from .line_segmentation import is_tall
from .strikes import is_struck_out
from .token_probability import token_probability
from .types import CharacterHypothesis, ConstrainedNumber, RecognizedLine


@dataclass(frozen=True)
class NumberMakingParameters:
    """Parameters of numbers; all set by eye."""

    most_alternatives: int = 3
    """Most alternatives of a character, and of a whole number."""
    least_alternative: float = 1e-4
    """Least probability of an alternative."""
    least_lone_support: float = 0.5
    """A lone digit is accepted where the line model gives it this probability, too: a digit joined with the ring around
    it is a 0 to the digit model alone."""
    beside: float = 1.0
    """Foreground up to this far beside a number, in digit heights, may be part of it."""


PARAMETERS = NumberMakingParameters()


@dataclass(frozen=True)
class LineContext:
    """Facts that all numbers of a line share."""

    line: RecognizedLine
    number: int
    """Number of the line on the page, from 1."""
    thresholds: AcceptanceThresholds
    scale: float
    """Pixels of the working picture to one of the picture: boxes are divided by it."""
    turned: bool
    """Whether the page was turned to be read."""
    beside_text: bool = False
    """Whether there is print or prose on the page: a digit alone may be a letter, or left over of print.

    A 1 that stands alone in a cell may be left over of its frame."""


def make_number(
    characters: Sequence[CharacterHypothesis], text: str, context: LineContext, constrained: ConstrainedNumber | None
) -> tuple[Number, NumberEvidence | None]:
    """Return the number, or the word, of some characters of a line, with the evidence that its confidence is made of.

    A digit that stands alone has none: the digit model's threshold accepts it. Beside foreground that was not read it
    does not stand alone: it may be part of a word.

    Args:
        characters: Its characters, at least one.
        text: Its text, with blanks where gaps part its characters.
        context: Its line.
        constrained: The number by the constraints that it was decoded under; None where there were none.
    """
    alone = len(characters) == len(context.line.best.read) == 1 and not _unread_beside(characters, context)
    if constrained is None and alone and characters[0].is_digit:
        return lone_number(characters[0], context), None
    evidence = _evidence(characters, context, constrained)
    model = context.thresholds.numbers
    satisfied = None if constrained is None else constrained.satisfied
    struck_out = is_struck_out(characters, [other.component for other in context.line.best.unread])
    accepted = satisfied is not False and not struck_out and model.accepts(evidence)
    digits = tuple(_make_digit(character, context, accepted=accepted) for character in characters)
    number = Number(
        text=text, line=context.number, confidence=model.confidence(evidence), accepted=accepted,
        box=Box.around([digit.box for digit in digits]), digits=digits, satisfied=satisfied,
        alternatives=tuple(_alternatives(characters, text, constrained)), struck_out=struck_out,
        cell=context.line.line.place.cell, handwritten=not context.line.line.place.is_printed,
    )  # fmt: skip
    return number, evidence


def lone_number(character: CharacterHypothesis, context: LineContext) -> Number:
    """Return the number of a character that stands alone on its line; of digits the digit model knows best."""
    assert character.probabilities is not None  # noqa: S101 - it was read
    probabilities = character.probabilities
    probability, total = character.confidence, float(probabilities[: len(DIGITS)].sum())
    support = context.line.decoded.probability_of(character.text)
    if character.is_digit:
        may_be_remainder = context.beside_text or (context.line.line.place.cell and character.text == "1")
        accepted = support >= PARAMETERS.least_lone_support and not may_be_remainder
        accepted = accepted and context.thresholds.accept_lone_digit(probability, total, character.presence)
    else:
        accepted = support >= context.thresholds.digit_in_number
    digit = _make_digit(character, context, accepted=accepted, certain=False)
    return Number(
        text=digit.text, line=context.number, confidence=digit.confidence, accepted=accepted, box=digit.box,
        digits=(digit,), alternatives=digit.alternatives, cell=context.line.line.place.cell,
        handwritten=not context.line.line.place.is_printed,
    )  # fmt: skip


def _evidence(
    characters: Sequence[CharacterHypothesis], context: LineContext, constrained: ConstrainedNumber | None
) -> NumberEvidence:
    line, confidences = context.line, [character.confidence for character in characters]
    digits = [character for character in characters if character.is_digit]
    heights = [max(character.box.h, 1) for character in digits] or [1]
    foreground = sum(float(character.component.foreground.sum()) for character in characters)
    token = token_probability(line, characters)
    return NumberEvidence(
        string=float(np.prod(confidences)) if constrained is None else constrained.probability,
        length=token.length if constrained is None else min(max(constrained.prior, 1e-9), 1.0),
        least_character=min(confidences), agreement=min((digit.agreement for digit in digits), default=1.0),
        presence=min((digit.presence for digit in digits), default=1.0),
        unread=_unread_beside(characters, context) / max(foreground, 1e-6), characters=len(characters),
        signs=sum(not character.is_digit for character in characters), turned=context.turned,
        digits_agreement=token.digits, size_ratio=max(heights) / min(heights),
        widest_gap=_widest_gap(characters) / line.line.digit_height,
    )  # fmt: skip


def _widest_gap(characters: Sequence[CharacterHypothesis]) -> float:
    """Return the widest gap between characters in pixels; negative where all of them overlap."""
    gaps = [after.box.x - before.box.x - before.box.w for before, after in pairwise(characters)]
    return float(max(gaps, default=0))


def _unread_beside(characters: Sequence[CharacterHypothesis], context: LineContext) -> float:
    """Return the foreground of tall components, within or beside a number, that are part of no character."""
    line = context.line.line
    box = Box.around([character.box for character in characters])
    reach = PARAMETERS.beside * line.digit_height
    return sum(
        float(other.component.foreground.sum())
        for other in context.line.best.characters
        if (other.probabilities is None or other.text == CHARACTERS[-1])
        and is_tall(other.component, line.digit_height)
        and box.x - reach < other.component.middle < box.x + box.w + reach
    )


def _make_digit(character: CharacterHypothesis, context: LineContext, *, accepted: bool, certain: bool = True) -> Digit:
    """Return a digit, sign or letter.

    With `certain` it is accepted for its own probability, too, where its number is not accepted as a whole.
    """
    assert character.probabilities is not None  # noqa: S101 - it was read
    probabilities = character.probabilities
    best, *next_best = np.argsort(-probabilities)[: PARAMETERS.most_alternatives + 1]
    by_itself = certain and probabilities[best] >= context.thresholds.digit_in_number
    box = Box(*(round(value / context.scale) for value in context.line.line.place.original(character.box)))
    alternatives = (
        Alternative(CHARACTERS[column], float(probabilities[column]))
        for column in next_best
        if probabilities[column] >= PARAMETERS.least_alternative
    )
    return Digit(
        CHARACTERS[best], min(float(probabilities[best]), 1.0), accepted or bool(by_itself), box, tuple(alternatives)
    )


def _alternatives(
    characters: Sequence[CharacterHypothesis], text: str, constrained: ConstrainedNumber | None
) -> Iterable[Alternative]:
    """Return other texts of a number: those that the constraints allow, else those with one other character."""
    if constrained is not None:
        candidates = [(string.text, string.probability) for string in constrained.strings]
    else:
        candidates = _with_one_replaced(characters, text)
    likely = sorted((other for other in candidates if other[0] != text), key=lambda other: -other[1])
    return [
        Alternative(other, min(probability, 1.0))
        for other, probability in likely[: PARAMETERS.most_alternatives]
        if probability >= PARAMETERS.least_alternative
    ]


def _with_one_replaced(characters: Sequence[CharacterHypothesis], text: str) -> list[tuple[str, float]]:
    product = math.prod(character.confidence for character in characters)
    positions = [index for index, character in enumerate(text) if character != " "]
    candidates = []
    for position, character in zip(positions, characters, strict=True):
        if character.probabilities is None:
            continue
        for column in np.argsort(-character.probabilities)[1:3]:
            if column == COLUMNS[text[position]]:
                continue
            ratio = float(character.probabilities[column]) / max(character.confidence, 1e-12)
            candidates.append((text[:position] + CHARACTERS[column] + text[position + 1 :], product * ratio))
    return candidates
