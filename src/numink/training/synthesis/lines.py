"""Lines of digits made by program, as strips of ink with the truth known: what the line network is trained on.

One hand a line: a writer of MNIST's, a writer of UNIPEN's drawn with one pen, digits in rare styles among them. Near,
touching, overlapping or joined by a stroke; with points, commas, dashes and signs; words beside them; what rules,
grids and grain leave behind. Knows ink, not paper, and not how strips are read.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from ...recognition.line_image import to_line_image
from ...recognition.types import LineImage
from ...results import Box
from .clutter import litter, sign, underline
from .non_digit_lines import Part, no_digits, standing, word
from .writers import BODY, Hand, Hands

Floats = NDArray[np.float32]
MARGIN = 24
DIGITS = 0.72
"""Share of the lines that hold digits."""
STEEP = 0.12
"""Share of the lines that lean so far to the right that each digit stands under the next."""
COARSE, FEWEST_ROWS, MOST_ROWS = 0.08, 10, 24
"""Share of the lines that come from small pictures, and how many pixels tall their digits are there."""
LENGTHS = np.array([8, 8, 12, 15, 17, 12, 8, 6, 4, 4, 3, 3], float)
"""How often lines have 1, 2, 3 ... digits."""
AMOUNTS = np.array([3, 6, 15, 25, 28, 14, 6, 3], float)
"""How often amounts have."""
THOUSANDS, THOUSANDS_QUICK = 0.3, 0.55
"""How often numbers of more than three digits have a point before each third; those of a quick hand."""


SLACK = 8
"""Columns by which the foot and the top of what leans may stand beyond the line's ends."""
FIRST_DIGITS = np.log10(1 + 1 / np.arange(1, 10))
"""How often amounts begin with 1, 2 ... 9 (Benford 1938)."""


def compose_line(hands: Hands, rng: Generator) -> tuple[LineImage, str]:
    """A strip and what stands on it: digits from left to right, and nothing else; '' for a line without digits."""
    hand = Hand.any(hands, rng)
    text = _text(rng, AMOUNTS if hand.quick else LENGTHS) if rng.random() < DIGITS else ""
    parts = _written(hand, text) if text else no_digits(hand)
    ink, edges = _laid(parts, hand)
    body = Box(edges[0], MARGIN, max(edges[1] - edges[0], 4), BODY)
    ink = litter(underline(ink, body, rng), rng)
    lean = rng.uniform(0.35, 1.05) if rng.random() < STEEP else rng.normal(0.05, 0.16)
    reach = max(math.ceil(abs(lean) * BODY / 2) - SLACK, 0)
    ink = cv2.copyMakeBorder(ink, 0, 0, reach, reach, cv2.BORDER_CONSTANT).astype(np.float32)
    ink, slope = _bent(ink, lean, rng)
    edges = (edges[0], edges[1] + 2 * reach)
    rows = np.flatnonzero(ink[:, edges[0] : edges[1]].max(axis=1) > 0.3)
    top, bottom = (MARGIN, MARGIN + BODY) if rng.random() < 0.5 or not len(rows) else (int(rows[0]), int(rows[-1]) + 1)
    height = min(max(bottom - top, BODY * 0.6), BODY * 1.6) * math.exp(rng.normal(0, 0.08))
    middle = (top + bottom) / 2 + rng.normal(0, 0.04) * BODY
    seen = Box(edges[0], round(middle - height / 2), edges[1] - edges[0], max(round(height), 8))
    return to_line_image(_worn(ink, rng), seen, slope + rng.normal(0, 0.015)), text


def _text(rng: Generator, lengths: NDArray[np.float64]) -> str:
    """Random digits, 1, 2, 3 ... of them as often as `lengths` says; some begin as amounts do, a third have a run of
    one digit, most often 0, as amounts have."""
    count = int(rng.choice(len(lengths), p=lengths / lengths.sum())) + 1
    digits = rng.integers(0, 10, count)
    if rng.random() < 0.3:
        digits[0] = rng.choice(9, p=FIRST_DIGITS) + 1
    if rng.random() < 0.35 and count > 1:
        start = int(rng.integers(0, count - 1))
        digits[start : start + int(rng.integers(2, 5))] = 0 if rng.random() < 0.6 else rng.integers(10)
    return "".join(map(str, digits))


def _written(hand: Hand, text: str) -> list[Part]:
    """A line's digits with the signs between and around them."""
    rng = hand.rng
    parts: list[Part] = []
    if rng.random() < 0.08:
        parts.append(sign("$#*="[int(rng.integers(4))], hand.pen, rng))
    elif not hand.quick and rng.random() < 0.08:
        parts += word(hand, int(rng.integers(1, 6)))
    groups = _groups(text, THOUSANDS_QUICK if hand.quick else THOUSANDS, rng)
    for number, group in enumerate(groups):
        if number:
            parts.append(sign(".,"[int(rng.integers(2))], hand.pen, rng))
        for at, piece in enumerate(re.findall("0{2,}|." if hand.joins else ".", group)):
            room = max(hand.gap + rng.normal(0, hand.spread), -0.07)
            if not number and not at:
                room = max(room, rng.uniform(0.3, 1.2))
            elif rng.random() < 0.03:
                room += rng.uniform(0.2, 0.8)
            glyph = hand.digit(int(piece), alone=len(text) == 1) if len(piece) == 1 else hand.noughts(len(piece))
            parts.append((glyph, room, standing(glyph, rng)))
    ending = rng.random()
    if ending < 0.34:
        if ending < 0.12:
            parts.append(sign(".,"[int(rng.integers(2))], hand.pen, rng))
        parts.append(sign(".-=~--"[int(rng.integers(6))], hand.pen, rng))
    elif not hand.quick and ending < 0.4:
        parts += word(hand, int(rng.integers(1, 6)))
    return parts


def _groups(text: str, thousands: float, rng: Generator) -> list[str]:
    """Whole, or parted by points into `thousands`, as often as that says, or before the last two digits."""
    if len(text) > 3 and rng.random() < thousands:
        first = len(text) % 3
        return [part for part in (text[:first], *(text[at : at + 3] for at in range(first, len(text), 3))) if part]
    return [text[:-2], text[-2:]] if len(text) > 2 and rng.random() < 0.05 else [text]


def _laid(parts: Sequence[Part], hand: Hand) -> tuple[Floats, tuple[int, int]]:
    """All parts on one canvas, each as near to what stands before it as its room says; the first and last column."""
    rng = hand.rng
    width = 2 * MARGIN + 20 + sum(part.shape[1] + round(max(room, 0) * BODY) + 2 for part, room, _ in parts)
    canvas = np.zeros((BODY + 2 * MARGIN, width), np.float32)
    reach = np.full(canvas.shape[0], -1e6)
    right, before = MARGIN, None
    drift = rng.normal(0, 0.03)
    for whole, room, down in parts:
        top = int(np.clip(MARGIN + (down * BODY) + drift * (right - MARGIN), 0, canvas.shape[0] - 4))
        part = whole[: canvas.shape[0] - top]
        left = _near(reach[top : top + len(part)], part, right, room) if before is not None else right
        left = min(max(left, 2), width - part.shape[1] - 1)
        area = canvas[top : top + part.shape[0], left : left + part.shape[1]]
        np.maximum(area, part, out=area)
        inked = part > 0.3
        last = np.where(inked.any(axis=1), part.shape[1] - inked[:, ::-1].argmax(axis=1) + left, -1e6)
        reach[top : top + len(part)] = np.maximum(reach[top : top + len(part)], last)
        if before is not None and room < 0.2 and rng.random() < 0.16:
            _tied(canvas, before, (left, top, part), hand.pen, rng)
        before, right = (left, top, part), max(right, left + part.shape[1])
    return canvas, (MARGIN, right)


def _near(reach: NDArray[np.float64], part: Floats, right: int, room: float) -> int:
    """The column where `part` begins so that the least gap of any row to what stands before it is its room."""
    inked = part > 0.3
    rows = inked.any(axis=1)
    first = inked.argmax(axis=1)
    if not rows.any():
        return right
    touching = float((reach[rows] - first[rows]).max())
    # Never so far back that a digit slips over the one before it.
    left: float = max(touching, right - 0.35 * part.shape[1] - 4) + room * BODY
    return round(left)


def _tied(
    canvas: Floats, before: tuple[int, int, Floats], after: tuple[int, int, Floats], pen: float, rng: Generator
) -> None:
    """A stroke from the one to the next, as a pen that is not lifted leaves it: high up, as between noughts, along the
    line, as from a 1's foot, or from there up to the next one's top."""
    first = rng.uniform(0.02, 0.3) if rng.random() < 0.6 else rng.uniform(0.6, 1.0)
    second = rng.uniform(0.0, 0.35) if first > 0.6 and rng.random() < 0.4 else first
    ends = []
    for (left, top, part), last, height in ((before, True, first), (after, False, second)):
        row = int(np.clip(height * len(part), 0, len(part) - 1))
        columns = np.flatnonzero(part[row] > 0.3)
        if not len(columns):
            return
        ends.append((left + int(columns[-1 if last else 0]), top + row))
    if abs(ends[1][0] - ends[0][0]) < 0.5 * BODY:
        cv2.line(canvas, ends[0], ends[1], 1.0, max(round(pen * BODY / 100), 1), cv2.LINE_AA)


def _bent(ink: Floats, lean: float, rng: Generator) -> tuple[Floats, float]:
    """Tilted and bent as a whole; the tilt, rows down to a column."""
    slope = rng.normal(0, 0.04)
    height, width = ink.shape
    coarse = rng.normal(0, 1.0, (2, 4, max(width // 20, 3))).astype(np.float32)
    strength = rng.uniform(0, 1.6)
    dx, dy = (cv2.resize(one, (width, height), interpolation=cv2.INTER_CUBIC) * strength for one in coarse)
    columns, rows = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    x = columns + dx + lean * (rows - height / 2)
    y = rows + dy - slope * (columns - width / 2)
    bent: Floats = cv2.remap(ink, x.astype(np.float32), y.astype(np.float32), cv2.INTER_LINEAR).astype(np.float32)
    return bent, slope


def _worn(strokes: Floats, rng: Generator) -> Floats:
    """As the ink step gives it: soft or hard, broken where the pen was faint, grainy."""
    ink: NDArray[Any] = _coarse(strokes, rng) if rng.random() < COARSE else strokes
    kind = rng.random()
    if kind < 0.35:
        ink = cv2.GaussianBlur(ink, (0, 0), rng.uniform(0.5, 1.8)) * rng.uniform(1.0, 1.5)
    elif kind < 0.5:
        gaps = cv2.resize(rng.random((6, max(ink.shape[1] // 8, 2))), ink.shape[::-1], interpolation=cv2.INTER_CUBIC)
        ink = ink * np.clip((gaps - rng.uniform(0, 0.25)) * 4, 0, 1)
    elif kind < 0.65:
        ink = cv2.erode(ink, np.ones((2, 2))) if rng.random() < 0.3 else cv2.dilate(ink, np.ones((2, 2)))
    if rng.random() < 0.3:
        ink = ink + rng.normal(0, rng.uniform(0.02, 0.12), ink.shape) * (rng.random(ink.shape) < 0.5)
    worn: Floats = np.clip(ink * rng.uniform(0.75, 1.15), 0, 1).astype(np.float32)
    return worn


def _coarse(strokes: Floats, rng: Generator) -> Floats:
    """As a small picture has it, enlarged again: in greys or in black and white, with steps or smooth."""
    scale = rng.uniform(FEWEST_ROWS, MOST_ROWS) / BODY
    small = cv2.resize(strokes, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    if rng.random() < 0.5:
        small = (small > rng.uniform(0.2, 0.5)).astype(np.float32)
    how = (cv2.INTER_NEAREST, cv2.INTER_LINEAR, cv2.INTER_CUBIC)[int(rng.integers(3))]
    large: Floats = np.clip(cv2.resize(small, strokes.shape[::-1], interpolation=how), 0, 1).astype(np.float32)
    return large
