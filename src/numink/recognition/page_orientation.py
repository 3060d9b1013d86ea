"""Which way up a page is: judged by how well its numbers read, turned by quarters, and by what the line network says
of lines that stand on their heads.

A page that plainly stands on its feet is not tried otherwise; another is turned only for better evidence: sure digits
in a row. One digit alone says too little: 6 and 9, and 1 and a dash, are one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from ..results import Number
from .layout import Found, Terms, page_numbers

FOR, FOR_ALONE = 1.0, 0.2
"""What a digit in a row, and one alone on its line, speaks for the way that the page lies."""
ON_ITS_SIDE, UPSIDE_DOWN = 1.5, 4.0
"""How much more evidence, in natural logarithms, a page must give for being turned by a quarter, and by half: pages
come so seldom."""
PLAINLY = 5.0
"""With so much evidence a page stands on its feet."""
LEFT_OUT = 0.7
"""What a piece of ink that is no digit, though as tall as one, speaks against a way up."""
LEADING_NOUGHT = 1.5
"""What each 0 that a number begins with speaks against it."""
ELSE = 0.1
"""A digit is not alone where there is more ink beside it than this part of its own."""
SURE = 0.9
"""One digit this sure, and nothing else on the page: it is not turned."""


def upright(ink: NDArray[np.float32], read: Callable[[NDArray[np.float32]], list[Found]]) -> tuple[int, list[Found]]:
    """How far the page is to be turned clockwise (0, 90, 180, 270 degrees), and its lines as `read` then reads them."""
    lines = read(ink)
    numbers = page_numbers(lines, Terms())
    as_it_lies = _evidence(lines, numbers)
    if not lines or _is_one_digit(ink, numbers) or as_it_lies > PLAINLY:
        return 0, lines
    # No way up is good enough for which less is said than against it: pages without numbers are left as they lie.
    kept, best = (0, lines), 0.0
    for quarters, needed in ((1, ON_ITS_SIDE), (2, UPSIDE_DOWN), (3, ON_ITS_SIDE)):
        turned = read(np.ascontiguousarray(np.rot90(ink, -quarters)))
        numbers = page_numbers(turned, Terms())
        evidence = _evidence(turned, numbers)
        better = min(evidence, evidence - as_it_lies - needed)
        if better > best and any(found.digits > 1 for found in turned):
            best, kept = better, (90 * quarters, turned)
    return kept


def _is_one_digit(ink: NDArray[np.float32], numbers: Sequence[Number]) -> bool:
    """Whether there is one sure digit, and nothing else but specks: not even a stroke that may be a 1 on its side."""
    if len(numbers) != 1 or len(numbers[0].digits) != 1 or numbers[0].confidence < SURE:
        return False
    box = numbers[0].box
    inside = ink[box.y : box.y + box.h, box.x : box.x + box.w].sum()
    return bool(ink.sum() - inside < ELSE * inside)


def _refused(lines: Sequence[Found]) -> int:
    return sum(told.chances is None and told.box.h > 0.6 * found.height for found in lines for told in found.told)


def _evidence(lines: Sequence[Found], numbers: Sequence[Number]) -> float:
    """How much speaks for the page's lying so: digits that stand in rows and that both networks see, little else, and
    lines that stand on their feet."""
    rows = [len(number.digits) for number in numbers]
    speaks_for = sum(FOR * count if count > 1 else FOR_ALONE for count in rows)
    noughts = sum(len(number.text) - len(number.text.lstrip("0")) for number in numbers if len(number.digits) > 1)
    fit = sum(found.fit - found.on_its_head for found in lines)
    return speaks_for + fit - LEFT_OUT * _refused(lines) - LEADING_NOUGHT * noughts
