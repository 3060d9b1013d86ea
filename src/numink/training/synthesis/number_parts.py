"""Numbers of composed lines: the digits and signs of one writer side by side, wide gaps only at blanks."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from .line_layout import LinePart, top_on_baseline
from .writers import LineWriter

LENGTH_WEIGHTS = np.array([8, 8, 12, 15, 17, 12, 8, 6, 4, 4, 3, 3], float)
"""Relative frequencies of lines of 1, 2, 3 ... digits."""
AMOUNT_LENGTH_WEIGHTS = np.array([3, 6, 15, 25, 28, 14, 6, 3], float)
"""Relative frequencies of amounts of 1, 2, 3 ... digits."""
FIRST_DIGIT_PROBABILITIES = np.log10(1 + 1 / np.arange(1, 10))
"""Probabilities of amounts beginning with 1, 2 ... 9 (Benford 1938)."""
SMALL_SIGNS = frozenset(".,:;'°")
"""Signs that vanish in a digit that they touch."""


@dataclass(frozen=True)
class NumberParameters:
    """Tuned shares of forms of numbers; experiments are in docs/log.md, values without one were set by eye."""

    grouped: float = 0.3
    grouped_fast: float = 0.55
    """Share of numbers of more than three digits with separated thousands, by normal and by fast writers (E167)."""
    visible_point: float = 0.97
    """Share of points and commas that no neighbour touches; nobody reads the others for certain (E214)."""


NUMBERS = NumberParameters()


def write_amount(writer: LineWriter) -> list[LinePart]:
    """Return random digits with thousands, a currency before and an ending behind, as on forms and cheques."""
    rng = writer.rng
    text = _draw_digits(rng, AMOUNT_LENGTH_WEIGHTS if writer.is_fast else LENGTH_WEIGHTS)
    separator = ".,"[int(rng.integers(2))]
    written = separator.join(_groups(text, NUMBERS.grouped_fast if writer.is_fast else NUMBERS.grouped, rng))
    if rng.random() < 0.05:
        written = "$#*="[int(rng.integers(4))] + written
    ending = rng.random()
    if ending < 0.26:
        written += ("", "", ",", ".")[int(rng.integers(4))] + ".-=~--"[int(rng.integers(6))]
    return write_number(writer, written)


def write_number(writer: LineWriter, text: str, *, among_letters: bool = False) -> list[LinePart]:
    """Return the characters of `text` as one number: wide gaps only where it has blanks.

    Digits alone or among letters have none of the styles that only neighbouring digits tell from a letter.
    """
    rng = writer.rng
    alone = among_letters or len(text) == 1 or any(character.isalpha() for character in text)
    parts: list[LinePart] = []
    blank, before = "", ""
    for run in re.findall("0{2,}|." if writer.connects_zeros else ".", text):
        if run == " ":
            blank = " "
            continue
        gap = max(writer.gap + rng.normal(0, writer.spread), -0.07)
        if not parts:
            gap = rng.uniform(0.3, 1.2)
        elif blank:
            gap += rng.uniform(0.4, 1.0)
        elif rng.random() < 0.03:
            gap += rng.uniform(0.2, 0.8)
            blank = " "  # nobody can tell such a gap from one between two numbers
        if run[0].isdigit():
            glyph = writer.digit(int(run), alone=alone) if len(run) == 1 else writer.zeros(len(run))
            top = top_on_baseline(glyph, rng)
        else:
            glyph, top = writer.sign(run)
            gap = max(gap, rng.uniform(0.0, 0.25)) if rng.random() < 0.7 else gap
        if rng.random() < NUMBERS.visible_point and (run in SMALL_SIGNS or before in SMALL_SIGNS):
            gap = max(gap, rng.uniform(0.04, 0.2))
        parts.append(LinePart(glyph, gap, top, blank + run))
        blank, before = "", run
    return parts


def _draw_digits(rng: Generator, length_weights: NDArray[np.float64]) -> str:
    """Return random digits; some begin as amounts do, a third have a run of one digit, mostly of zeros."""
    count = int(rng.choice(len(length_weights), p=length_weights / length_weights.sum())) + 1
    digits = rng.integers(0, 10, count)
    if rng.random() < 0.3:
        digits[0] = rng.choice(9, p=FIRST_DIGIT_PROBABILITIES) + 1
    if rng.random() < 0.35 and count > 1:
        start = int(rng.integers(0, count - 1))
        digits[start : start + int(rng.integers(2, 5))] = 0 if rng.random() < 0.6 else rng.integers(10)
    return "".join(map(str, digits))


def _groups(text: str, grouped: float, rng: Generator) -> list[str]:
    """Return `text` as one group, in thousands (with probability `grouped`), or split before the last two digits."""
    if len(text) > 3 and rng.random() < grouped:
        first = len(text) % 3
        thousands = (text[start : start + 3] for start in range(first, len(text), 3))
        return [group for group in (text[:first], *thousands) if group]
    return [text[:-2], text[-2:]] if len(text) > 2 and rng.random() < 0.05 else [text]
