"""Number grouping: recognized lines to numbers in reading order, without words and drawings."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from ..results import Alternative, Box, Digit, Number
from .acceptance import AcceptanceThresholds, accept_number
from .constraints import Constraints
from .types import CharacterHypothesis, LineHypothesis, Probabilities, RecognizedLine


@dataclass(frozen=True)
class NumberGroupingParameters:
    """Parameters of number grouping; "heights" are heights of the line's digits.

    E149 chose `least_confidence` (0.64 in E101 and E134 before) and `least_geometric_confidence` (0.45 in E013, 0.63
    in E088 and E134 before); E081 introduced the rule of `greatest_gap_across_point`. The others were set by eye.
    """

    greatest_gap: float = 0.9
    """Digits further apart than this, in heights, belong to two numbers."""
    greatest_gap_across_point: float = 1.8
    """The same where a point or a comma stands between them, as in 25. 000."""
    least_confidence: float = 0.56
    """A group of characters with a lower mean confidence is a word or a drawing."""
    least_geometric_confidence: float = 0.53
    """A group of digits with a lower geometric mean of confidences is a word or a drawing."""
    greatest_sign_height: float = 0.6
    """A component that is no digit and lower than this, in heights, is a point, a dash or another sign."""
    greatest_point_width: float = 0.6
    """A sign wider than this, in heights, is no point."""
    least_point_depth: float = 0.6
    """The middle of a point lies below this part of the digit before it."""
    most_components: int = 25
    """A page of more components than this may be a texture."""
    most_unread_share: float = 0.35
    """A page of that many components is a texture where a larger share of them is read with low confidence."""
    most_empty_probability: float = 0.5
    """A line that is likelier empty than this is dropped, unless it is the page's only line."""
    unsatisfied_probability: float = 1e-6
    """Probability that a number breaks its constraints, against other hypotheses of its line."""
    most_alternatives: int = 3
    """Most alternatives of a digit."""
    least_alternative: float = 1e-4
    """Least probability of an alternative."""


PARAMETERS = NumberGroupingParameters()


@dataclass(frozen=True)
class NumberOptions:
    """Options for making numbers of lines."""

    thresholds: AcceptanceThresholds = field(default_factory=AcceptanceThresholds)
    constraints: Constraints | None = None
    """Known facts about the numbers; they decide between the hypotheses of a line and between digits."""
    scale: float = 1.0
    """Pixels of the working picture to one of the picture: boxes are divided by it."""


def group_numbers(lines: Sequence[RecognizedLine], options: NumberOptions) -> tuple[Number, ...]:
    """Return the numbers of a page in reading order."""
    if _is_texture(lines):
        return ()
    numbers: list[Number] = []
    line_count = 0
    for line in lines:
        if len(lines) > 1 and line.empty_probability > PARAMETERS.most_empty_probability:
            continue
        on_line = _line_numbers(line, line_count + 1, options)
        line_count += bool(on_line)
        numbers.extend(on_line)
    return tuple(numbers)


def single_digit_number(lines: Sequence[RecognizedLine], options: NumberOptions) -> tuple[Number, ...]:
    """Return the number of a picture that holds exactly one digit, however unlikely it is; constraints are not used.

    `lines` are those of `select_single_digit`: one line, or none where the picture is empty.
    """
    unconstrained = NumberOptions(options.thresholds, None, options.scale)
    numbers = [_make_number(line.best.digits, _LineContext(unconstrained, 1, True, 1.0)) for line in lines]
    return tuple(number for number, _ in numbers)


@dataclass(frozen=True)
class _LineContext:
    """Facts that all numbers of a line share."""

    options: NumberOptions
    line_number: int
    lone: bool
    """Whether its only digit stands alone."""
    probability: float
    """Probability of its number of digits: no digit is more certain than that."""


def _line_numbers(line: RecognizedLine, line_number: int, options: NumberOptions) -> list[Number]:
    """Return the numbers of a line; under constraints those of the hypothesis that satisfies them best."""
    best: list[Number] = []
    best_score = -math.inf
    constrained = options.constraints is not None
    for hypothesis in line.hypotheses if constrained else (line.best,):
        lone = len(hypothesis.digits) == 1
        probability = 1.0 if constrained or lone else line.best_probability
        context = _LineContext(options, line_number, lone, probability)
        groups = [group for group in _groups(hypothesis, line.line.digit_height) if not _is_word(group)]
        made = [_make_number(group, context) for group in groups]
        score = hypothesis.score + sum(math.log(prior) for _, prior in made)
        if made and score > best_score:
            best, best_score = [number for number, _ in made], score
    return best


def _groups(hypothesis: LineHypothesis, height: float) -> list[list[CharacterHypothesis]]:
    """Split a line at wide gaps: each group is a number, a word or a drawing; signs are left out."""
    groups: list[list[CharacterHypothesis]] = []
    right, after_point = -1e9, False
    for character in hypothesis.characters:
        box = character.box
        if _is_sign(character, height):
            after_point |= bool(groups) and _is_point(box, groups[-1][-1].box, height)
            continue
        gap = PARAMETERS.greatest_gap_across_point if after_point else PARAMETERS.greatest_gap
        if not groups or box.x - right > gap * height:
            groups.append([])
        groups[-1].append(character)
        right, after_point = max(right, box.x + box.w), False
    return groups


def _is_sign(character: CharacterHypothesis, height: float) -> bool:
    return character.probabilities is None and character.box.h < PARAMETERS.greatest_sign_height * height


def _is_point(box: Box, before: Box, height: float) -> bool:
    """Return whether a sign stands at the foot of the digit `before` it and is not a dash."""
    middle = box.y + box.h / 2
    narrow = box.w < PARAMETERS.greatest_point_width * height
    return narrow and middle > before.y + PARAMETERS.least_point_depth * before.h


def _is_word(group: Sequence[CharacterHypothesis]) -> bool:
    """Return whether a group has no digits, or so much of it is doubtful that its digits are rather letters."""
    confidences = np.array([character.confidence for character in group])
    digits = np.array([character.confidence for character in group if character.probabilities is not None])
    if not len(digits):
        return True
    geometric_mean = np.exp(np.log(np.maximum(digits, 1e-6)).mean())
    return bool(
        confidences.mean() < PARAMETERS.least_confidence or geometric_mean < PARAMETERS.least_geometric_confidence
    )


def _is_texture(lines: Sequence[RecognizedLine]) -> bool:
    characters = [
        character
        for line in lines
        for character in line.best.characters
        if not _is_sign(character, line.line.digit_height)
    ]
    unread = sum(character.confidence < PARAMETERS.least_confidence for character in characters)
    return len(characters) > PARAMETERS.most_components and unread > PARAMETERS.most_unread_share * len(characters)


def _make_number(group: Sequence[CharacterHypothesis], context: _LineContext) -> tuple[Number, float]:
    """Return the number of a group with at least one digit, and the probability that its constraints are satisfied.

    That probability is the one before they were known; without constraints it is 1.
    """
    constraints, probability = context.options.constraints, context.probability
    read = [(character, row) for character in group if (row := character.probabilities) is not None]
    probabilities = np.stack([row for _, row in read]) * probability
    present = probabilities.sum(axis=1, keepdims=True)
    satisfying = constraints.most_likely_satisfying(probabilities / present) if constraints else None
    satisfied = None if constraints is None else satisfying is not None
    if satisfying is not None:
        probabilities = satisfying.digit_probabilities * present
    texts = satisfying.text if satisfying else [None] * len(read)
    digits = tuple(
        _make_digit(character, row, context, text, satisfied)
        for text, (character, _), row in zip(texts, read, probabilities, strict=True)
    )
    by_digit = [probability, *(digit.confidence / probability for digit in digits)]
    factors = by_digit if satisfying is None else [satisfying.probability, *present[:, 0]]
    number = Number(
        text="".join(digit.text for digit in digits), line=context.line_number,
        confidence=min(float(np.prod(factors)), 1.0), accepted=accept_number(digits, len(group), satisfied),
        box=Box.around([digit.box for digit in digits]), digits=digits, satisfied=satisfied,
    )  # fmt: skip
    if constraints is None:
        return number, 1.0
    return number, satisfying.prior if satisfying else PARAMETERS.unsatisfied_probability


def _make_digit(
    character: CharacterHypothesis, probabilities: Probabilities, context: _LineContext, text: str | None,
    satisfied: bool | None,
) -> Digit:  # fmt: skip
    """Return the digit of a character by its `probabilities` (10,), those under constraints where there are any.

    `text` is the digit that the constraints chose, which may not be the likeliest by itself; None without them.
    """
    options = context.options
    order = np.argsort(-probabilities)
    if text is not None:
        order = np.array([int(text), *(digit for digit in order if digit != int(text))])
    alternatives = tuple(
        Alternative(str(digit), float(probabilities[digit]))
        for digit in order[1 : PARAMETERS.most_alternatives + 1]
        if probabilities[digit] >= PARAMETERS.least_alternative
    )
    best = float(min(probabilities[order[0]], 1.0))
    accepted = satisfied is not False and options.thresholds.accept_digit(
        best, float(probabilities.sum()), character.presence, lone=context.lone, constrained=satisfied is not None
    )
    box = Box(*(round(value / options.scale) for value in character.box))
    return Digit(str(order[0]), best, accepted, box, alternatives)
