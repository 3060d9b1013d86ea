"""Digits of lines -> numbers: which stand together, what is a word rather than a number, lines in reading order.

Knows places and confidences; not ink, glyphs or networks.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..results import DIGIT_COUNT, Alternative, Box, Digit, Number
from .acceptance import digit_confidence
from .components import Component
from .constraints import Constraints

APART = 0.9
"""Digits further apart than this part of their line's height are two numbers."""
APART_POINTED = 1.8
"""Where a point or a comma stands between them, as in 25. 000, likewise."""
PLAUSIBLE = 0.56
"""Less than this mean confidence, and a group of digits is a word or a drawing."""
LOW = 0.6
"""What is refused and lower than this part of its line's height is a point, a dash or another sign beside a number."""
POINT = 0.6
"""A mark wider than this part of its line's height is no point."""
LIKELY = 0.53
"""Less than this geometric mean, likewise."""
TEXTURE, TEXTURE_SHARE = 25, 0.35
"""A page of more pieces than TEXTURE of which this share is refused is no page of numbers."""
RATHER_NOTHING = 0.5
"""A line of which this is likelier to hold no digit is left out, where there are others; a page of one line is more
likely to hold one."""
UNFIT = 1e-6
"""What a reading is worth that does not satisfy what is known, against others of the same line."""
ALTERNATIVES, LEAST = 3, 1e-4


@dataclass(frozen=True)
class Told:
    """A piece of ink on a line: its box, and how likely it is each digit (10,), None where it is none; and how likely
    the classifier alone holds it to be one digit."""

    box: Box
    chances: NDArray[np.float64] | None
    present: float = 1.0

    @property
    def confidence(self) -> float:
        """That of its likeliest digit."""
        return 0.0 if self.chances is None else float(self.chances.max())


@dataclass(frozen=True)
class Found:
    """What stands on a line from left to right, and how tall its digits are."""

    told: Sequence[Told]
    height: float
    fit: float = 0.0
    """How well both networks agree with this reading of the line: a logarithm, 0 at best."""
    nothing: float = 0.0
    """How likely it is, by the line network alone, that there is no digit on it."""
    on_its_head: float = 0.0
    """How much speaks for its standing on its head, as the logarithm of the odds."""
    others: tuple[Found, ...] = ()
    """The same line read with more or with fewer digits, the better first."""

    @property
    def digits(self) -> int:
        """How many digits stand on it."""
        return sum(told.chances is not None for told in self.told)

    @property
    def likely(self) -> float:
        """How likely this reading of the line is, among all of it."""
        return 1 / (1 + sum(math.exp(other.fit - self.fit) for other in self.others))


@dataclass(frozen=True)
class Terms:
    """On what terms lines become numbers: boxes are scaled back by `scale` to the picture; a digit is accepted from the
    surety `alone` on (`acceptance`) where it stands alone on its line, from the confidence `in_row` on where it does
    not; what is `known` of the numbers decides between readings of a line, and between digits."""

    scale: float = 1.0
    alone: float = 1.0
    in_row: float = 1.0
    known: Constraints | None = None


def page_numbers(lines: Sequence[Found], terms: Terms) -> tuple[Number, ...]:
    """The numbers of a page in reading order."""
    if _is_texture(lines):
        return ()
    numbers: list[Number] = []
    count = 0
    for found in lines:
        if len(lines) > 1 and found.nothing > RATHER_NOTHING:
            continue
        kept = _line_numbers(found, count + 1, terms)
        count += bool(kept)
        numbers.extend(kept)
    return tuple(numbers)


def _line_numbers(found: Found, at: int, terms: Terms) -> list[Number]:
    """A line's numbers; where something is known, those of the reading that satisfies it best."""
    best: list[Number] = []
    least = -math.inf
    for way in (found, *found.others) if terms.known else (found,):
        groups = [group for group in _groups(way) if not _is_word(group)]
        bar = _Bar(terms.in_row if way.digits > 1 else terms.alone, alone=way.digits == 1 and not terms.known)
        likely = 1.0 if terms.known or way.digits == 1 else found.likely
        made = [one for group in groups if (one := _number(group, at, terms, bar, likely)) is not None]
        worth = way.fit + sum(math.log(before) for _, before in made)
        if made and worth > least:
            best, least = [number for number, _ in made], worth
    return best


def single_number(
    candidates: Sequence[Component], probabilities: NDArray[np.float32], terms: Terms
) -> tuple[Number, ...]:
    """The one digit of a picture that holds exactly one; empty only where there is no ink at all."""
    if not candidates:
        return ()
    ink = np.array([float(one.ink.sum()) for one in candidates])
    worth = (1 - probabilities[:, DIGIT_COUNT]) * np.sqrt(ink / ink.max())
    best = int(worth.argmax())
    chances = probabilities[best, :DIGIT_COUNT].astype(np.float64)
    told = Told(candidates[best].box, chances, float(1 - probabilities[best, DIGIT_COUNT]))
    digit = _digit(told, chances, terms.scale, _Bar(terms.alone, alone=True))
    return (Number(digit.text, 1, digit.confidence, digit.accepted, digit.box, (digit,)),)


def _groups(found: Found) -> list[list[Told]]:
    """The line cut where there is a wide gap: each group is a number, a word, or a mark or drawing by itself."""
    groups: list[list[Told]] = []
    right, pointed = -1e9, False
    for told in found.told:
        box = told.box
        if told.chances is None and box.h < LOW * found.height:
            pointed |= bool(groups) and _is_point(box, groups[-1][-1].box, found.height)
            continue
        if not groups or box.x - right > (APART_POINTED if pointed else APART) * found.height:
            groups.append([])
        groups[-1].append(told)
        right, pointed = max(right, box.x + box.w), False
    return groups


def _is_point(box: Box, before: Box, height: float) -> bool:
    """Whether a small mark stands at the foot of the digit `before` it, and is no dash."""
    return box.w < POINT * height and box.y + box.h / 2 > before.y + 0.6 * before.h


def _is_word(group: Sequence[Told]) -> bool:
    """Whether so much of a group is doubtful, or no digit, that its digit-like parts are letters."""
    sure = np.array([told.confidence for told in group])
    digits = np.array([told.confidence for told in group if told.chances is not None])
    if not len(digits):
        return True
    likely = np.exp(np.log(np.maximum(digits, 1e-6)).mean())
    return bool(sure.mean() < PLAUSIBLE or likely < LIKELY)


def _is_texture(lines: Sequence[Found]) -> bool:
    told = [one for found in lines for one in found.told if one.chances is not None or one.box.h >= LOW * found.height]
    refused = sum(one.confidence < PLAUSIBLE for one in told)
    return len(told) > TEXTURE and refused > TEXTURE_SHARE * len(told)


def _number(group: Sequence[Told], at: int, terms: Terms, bar: _Bar, likely: float) -> tuple[Number, float] | None:
    """The number of a group, None where it has no digit; and how likely what is known of it was beforehand.

    `likely` is that its line has so many digits: no digit is surer than that.
    """
    read = [(told, told.chances) for told in group if told.chances is not None]
    if not read:
        return None
    known = terms.known
    chances = np.stack([one for _, one in read]) * likely
    present = chances.sum(axis=1, keepdims=True)
    fitted = known.fit(chances / present) if known else None
    if fitted is not None:
        chances = fitted.chances * present
    digits = tuple(
        _digit(told, one, terms.scale, bar if fitted or not known else _Bar(math.inf), text)
        for text, (told, _), one in zip(fitted.text if fitted else [None] * len(read), read, chances, strict=True)
    )
    by_digit = [likely, *(digit.confidence / likely for digit in digits)]
    sure = by_digit if fitted is None else [fitted.probability, *present[:, 0]]
    number = Number(
        text="".join(digit.text for digit in digits), line=at, confidence=min(float(np.prod(sure)), 1.0),
        accepted=len(read) == len(group) and all(digit.accepted for digit in digits),
        box=Box.around([digit.box for digit in digits]), digits=digits,
        satisfied=None if known is None else bool(fitted),
    )  # fmt: skip
    return number, 1.0 if known is None else fitted.before if fitted else UNFIT


@dataclass(frozen=True)
class _Bar:
    """When a digit is accepted: by its confidence, or, where it stands alone, by how sure it is which one it is."""

    threshold: float
    alone: bool = False

    def passed(self, best: float, among: float, present: float) -> bool:
        """`best` is the confidence of the digit that was chosen, `among` that of all ten together, `present` how likely
        the classifier alone holds it to be one digit."""
        return (digit_confidence(best / among * present, present) if self.alone else best) >= self.threshold


def _digit(told: Told, chances: NDArray[np.float64], scale: float, bar: _Bar, text: str | None = None) -> Digit:
    """What was `told`, by its `chances` (10,) once what is known has been heard; `text` where it is not the likeliest
    by itself."""
    order = np.argsort(-chances)
    if text is not None:
        order = np.array([int(text), *(digit for digit in order if digit != int(text))])
    others = tuple(
        Alternative(str(at), float(chances[at])) for at in order[1 : ALTERNATIVES + 1] if chances[at] >= LEAST
    )
    best = float(min(chances[order[0]], 1.0))
    return Digit(
        str(order[0]), best, bar.passed(best, float(chances.sum()), told.present), _full_size(told.box, scale), others
    )


def _full_size(box: Box, scale: float) -> Box:
    return Box(*(round(value / scale) for value in box))
