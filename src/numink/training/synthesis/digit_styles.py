"""Digit styles that are rare in MNIST and readable on their own, each as a few pen strokes with random variation.

`style_renderer` draws them; `contextual_styles` has those that only a neighbouring digit tells from a letter.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.random import Generator

Line = list[tuple[float, float]]
"""Corners of a stroke as (x, y) with y down; the digit's height is 1."""
DigitStyle = Callable[[Generator], list[Line]]
"""A style: returns the strokes of one digit, varied at random at each call."""


def arc(centre: tuple[float, float], radii: tuple[float, float], start: float, end: float) -> Line:
    """Return an arc of an ellipse between two angles in degrees, clockwise from the right (y is down)."""
    angles = np.radians(np.linspace(start, end, 9))
    return [(centre[0] + radii[0] * math.cos(angle), centre[1] + radii[1] * math.sin(angle)) for angle in angles]


def _hooked_one(rng: Generator) -> list[Line]:
    """A stem with a short or long upstroke; often with a base stroke, rarely with a curl at the end of the stem."""
    reach, fall = rng.uniform(0.12, 0.5), math.radians(rng.uniform(32, 72))
    hook = (-reach * math.cos(fall), reach * math.sin(fall))
    bent = (hook[0] * 0.5 + rng.normal(0, 0.02), hook[1] * 0.5 + rng.uniform(-0.03, 0.05))
    stem: Line = [(0.0, 0.0), (rng.normal(0, 0.02), 0.5), (0.0, 1.0)]
    end = rng.random()
    if end < 0.15:
        stem.append((rng.choice([-1, 1]) * rng.uniform(0.08, 0.2), 1.0 - rng.uniform(0, 0.05)))
    lines = [[hook, bent, *stem]] if rng.random() < 0.7 else [[hook, bent, (0.0, 0.0)], stem]
    if 0.15 <= end < 0.45:
        half = rng.uniform(0.15, 0.4)
        lines.append([(-half, 1.0), (half * rng.uniform(0.6, 1.2), 1.0)])
    return lines


def tented_one(rng: Generator) -> list[Line]:
    """Return a 1 like a tent: a long upstroke, from half the height or from the baseline, and a stem."""
    fall, reach = rng.uniform(0.4, 1.0), rng.uniform(0.15, 0.5) if rng.random() < 0.7 else rng.uniform(0.5, 0.8)
    bend = rng.uniform(-0.06, 0.1)
    foot = rng.uniform(-0.25, 0.1)
    line: Line = [(-reach, fall), (bend - reach * 0.5, fall * 0.45), (0.0, 0.0), (foot * 0.4, 0.5), (foot, 1.0)]
    half = rng.uniform(0.08, 0.2)
    return [line, [(foot - half, 1.0), (foot + half, 1.0)]] if rng.random() < 0.2 else [line]


def _bare_one(rng: Generator) -> list[Line]:
    """A bowed or straight stem, most with a short, nearly level flag: similar to a narrow 7, a bracket or a slash."""
    bow, lean = rng.normal(0, 0.05), rng.normal(0, 0.08)
    stem: Line = [(lean, 0.0), (lean * 0.5 + bow, 0.5), (0.0, 1.0)]
    if rng.random() < 0.35:
        return [stem]
    reach, fall = rng.uniform(0.06, 0.25), math.radians(rng.uniform(-5, 50))
    return [[(lean - reach * math.cos(fall), reach * math.sin(fall)), *stem]]


def _open_zero(rng: Generator) -> list[Line]:
    """A ring that stays open, mostly at the top, or whose ends cross."""
    wide, start = rng.uniform(0.28, 0.5), rng.normal(-60, 35)
    return [arc((0.5, 0.5), (wide, 0.5), start, start + 360 * rng.choice([-1, 1]) * rng.uniform(0.75, 1.08))]


def _crossed_seven(rng: Generator) -> list[Line]:
    """A horizontal bar, with or without a serif, and a steep stem crossed by a short stroke."""
    width, foot = rng.uniform(0.4, 0.7), rng.uniform(0.05, 0.3)
    crossbar: Line = [(0.0, rng.uniform(-0.02, 0.08)), (width, 0.0), (foot, 1.0)]
    if rng.random() < 0.3:
        crossbar.insert(0, (rng.uniform(-0.03, 0.03), rng.uniform(0.12, 0.2)))
    y, half = rng.uniform(0.4, 0.6), rng.uniform(0.12, 0.28)
    x = width + (foot - width) * y
    tilt = rng.normal(-0.03, 0.05)
    return [crossbar, [(x - half, y - tilt), (x + half, y + tilt)]]


def _slashed_zero(rng: Generator) -> list[Line]:
    """A ring with a slash that ends inside or outside of it."""
    wide = rng.uniform(0.28, 0.45)
    ring = arc((0.5, 0.5), (wide, 0.5), -80 + rng.normal(0, 20), 285)
    over = rng.uniform(0.6, 1.25)
    return [ring, [(0.5 + wide * 0.8 * over, 0.5 - 0.42 * over), (0.5 - wide * 0.8 * over, 0.5 + 0.42 * over)]]


def _open_four(rng: Generator) -> list[Line]:
    """One stroke down and across, and a separate stem: open at the top, the bar short or long."""
    width, y = rng.uniform(0.35, 0.6), rng.uniform(0.5, 0.75)
    first: Line = [(rng.uniform(0.0, 0.25), 0.0), (0.0, y), (width * rng.uniform(1.0, 1.5), y + rng.normal(0, 0.03))]
    top, lean = rng.uniform(0.05, 0.45), rng.normal(0, 0.04)
    return [first, [(width + lean, top), (width - lean, 1.0)]]


def _rising_four(rng: Generator) -> list[Line]:
    """A long stroke down into a low bar, and a short stem across the end of the bar: similar to a 6."""
    y, width = rng.uniform(0.6, 0.8), rng.uniform(0.4, 0.6)
    first: Line = [(width * rng.uniform(0.4, 0.9), 0.0), (width * 0.15, y * 0.7), (0.0, y), (width * 1.2, y - 0.03)]
    return [first, [(width * rng.uniform(0.85, 1.1), y - rng.uniform(0.2, 0.35)), (width * 0.85, 1.0)]]


def _closed_four(rng: Generator) -> list[Line]:
    """A triangle with a stem from the top and a bar that extends beyond it: similar to a 9."""
    width, y = rng.uniform(0.35, 0.6), rng.uniform(0.5, 0.72)
    beyond = width + rng.uniform(0.12, 0.3)
    return [[(beyond, y), (0.0, y), (width, 0.0), (width + rng.normal(0, 0.03), 1.0)]]


def _flat_three(rng: Generator) -> list[Line]:
    """A flat top as in a Z, a short diagonal, and a bowl."""
    width, middle = rng.uniform(0.4, 0.6), rng.uniform(0.36, 0.46)
    bowl = arc((width * 0.4, (1 + middle) / 2), (width * 0.6, (1 - middle) / 2), -80, 150)
    return [[(0.0, 0.0), (width, 0.0), (width * 0.4, middle), *bowl]]


def _looped_two(rng: Generator) -> list[Line]:
    """A bow down to a loop at the bottom, and a tail."""
    wide = rng.uniform(0.25, 0.35)
    bow = arc((wide, 0.25), (wide, 0.25), 190, 370)
    loop = arc((wide * 0.35, 0.87), (wide * 0.35, rng.uniform(0.06, 0.12)), 20, 320)
    return [[*bow, *loop, (wide * 1.3, 0.9), (wide * 2.1, rng.uniform(0.85, 1.0))]]


STYLES: tuple[tuple[int, DigitStyle], ...] = (
    (1, _hooked_one), (1, tented_one), (1, _bare_one), (1, _bare_one), (7, _crossed_seven), (7, _crossed_seven),
    (0, _slashed_zero), (0, _open_zero), (4, _open_four), (4, _rising_four), (4, _closed_four),
    (3, _flat_three), (2, _looped_two),
)  # fmt: skip
"""Digit and style; an entry that is repeated is drawn more often."""
