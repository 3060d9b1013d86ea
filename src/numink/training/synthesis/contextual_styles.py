"""Digit styles that only a neighbouring digit tells from a letter: numbers written fast, as on cheques (E144)."""

from __future__ import annotations

from numpy.random import Generator

from .digit_styles import DigitStyle, Line, arc, tented_one


def _barred_zero(rng: Generator) -> list[Line]:
    """A ring with a slash from the upper left to the lower right, often in one stroke."""
    wide, over = rng.uniform(0.26, 0.45), rng.uniform(0.5, 1.2)
    start = rng.normal(-110, 30)
    ring = arc((0.5, 0.5), (wide, 0.5), start, start + rng.choice([-1, 1]) * rng.uniform(330, 390))
    crossbar: Line = [(0.5 - wide * 0.75 * over, 0.5 - 0.42 * over), (0.5 + wide * 0.85 * over, 0.5 + 0.45 * over)]
    return [[*ring, *crossbar]] if rng.random() < 0.3 else [ring, crossbar]


def _stemmed_nine(rng: Generator) -> list[Line]:
    """A ring on the right of the upper part of its stem: a Greek rho."""
    wide, deep = rng.uniform(0.14, 0.26), rng.uniform(0.2, 0.3)
    lean = rng.normal(0.0, 0.06)
    ring = arc((wide, deep), (wide, deep), 175 + rng.normal(0, 20), 175 + rng.uniform(300, 380))
    top, foot = rng.uniform(0.0, deep * 1.3), rng.uniform(0.85, 1.05)
    stem: Line = [(0.02, top), (lean * 0.5, 0.55), (lean, foot)]
    if rng.random() < 0.35:
        stem.append((lean + rng.choice([-1, 1]) * rng.uniform(0.05, 0.15), foot + rng.uniform(-0.03, 0.03)))
    return [[*ring, *stem[1:]]] if rng.random() < 0.5 else [stem, ring]


def _flagged_five(rng: Generator) -> list[Line]:
    """A nearly straight back, as in a long s, with a flag at its top that may be detached or missing."""
    wide, back = rng.uniform(0.12, 0.35), rng.uniform(0.0, 0.18)
    belly = rng.uniform(0.0, 0.25)
    body: Line = [
        (back, 0.0), (back * 0.7, 0.4), (back + belly, 0.5), (back + belly + 0.03, 0.75), (0.05, 1.0),
        (-rng.uniform(0.0, 0.2), rng.uniform(0.85, 1.0)),
    ]  # fmt: skip
    end = rng.random()
    if end < 0.2:
        return [[(back + wide, rng.uniform(-0.05, 0.1)), *body]]
    apart, level = (rng.uniform(0.03, 0.12) if end < 0.6 else 0.0), rng.uniform(-0.1, 0.04)
    flag: Line = [(back + apart, level + apart * 0.5), (back + apart + wide * rng.uniform(1.0, 2.0), level)]
    return [body, flag] if end < 0.95 else [body]


def _arched_four(rng: Generator) -> list[Line]:
    """One stroke down, up over a low arch and down: similar to an h or a u."""
    width, angle = rng.uniform(0.3, 0.5), rng.uniform(0.5, 0.7)
    rise = rng.uniform(0.0, angle * 0.9)
    return [[
        (rng.uniform(0.0, 0.2), 0.0), (0.0, angle), (width * 0.4, angle + rng.uniform(-0.08, 0.03)),
        (width, angle * 0.9 - rise), (width * rng.uniform(0.9, 1.0), 1.0),
    ]]  # fmt: skip


def _tall_six(rng: Generator) -> list[Line]:
    """A straight back with a small ring at the bottom: similar to a b or a looped l."""
    wide, deep = rng.uniform(0.12, 0.24), rng.uniform(0.14, 0.27)
    ring = arc((wide, 1 - deep), (wide, deep), 170, 170 - rng.uniform(280, 400))
    return [[(rng.uniform(0.05, 0.4), 0.0), (0.02, 0.55), *ring]]


def _round_two(rng: Generator) -> list[Line]:
    """A bow that starts inside of itself and ends in a loop and a tail: similar to a Q."""
    wide, deep = rng.uniform(0.24, 0.4), rng.uniform(0.3, 0.42)
    bow = arc((wide, deep), (wide, deep), 180 - rng.uniform(0, 150), 400)
    foot = rng.uniform(0.9, 1.0)
    loop: Line = [(wide * 0.3, foot), (-0.04, foot - 0.06), (wide * 0.3, foot - rng.uniform(0.1, 0.16))]
    return [[*bow, *loop, (wide * 1.2, foot - 0.04), (wide * 2.3, rng.uniform(0.85, 1.05))]]


def _narrow_seven(rng: Generator) -> list[Line]:
    """A short bent bar and a stem that another stroke crosses or meets from the left: similar to a t or an a."""
    width, foot = rng.uniform(0.12, 0.38), rng.uniform(-0.1, 0.2)
    stem: Line = [(0.0, rng.uniform(0.0, 0.15)), (width * 0.4, rng.uniform(0.0, 0.05)), (width, 0.02), (foot, 1.0)]
    y, half = rng.uniform(0.35, 0.65), rng.uniform(0.15, 0.35)
    x, tilt = width + (foot - width) * y, rng.normal(-0.04, 0.06)
    beyond = half * (rng.uniform(0.0, 0.3) if rng.random() < 0.35 else 1.0)
    return [stem, [(x - half, y - tilt), (x + beyond, y + tilt)]]


def _open_eight(rng: Generator) -> list[Line]:
    """One stroke with ends that cross above or do not meet."""
    wide, open_by = rng.uniform(0.2, 0.32), rng.uniform(-0.15, 0.35)
    return [[
        (wide * (2 + open_by), rng.uniform(0.0, 0.1)), (wide, 0.0), (wide * 0.2, 0.2), (wide, 0.47), (wide * 1.9, 0.75),
        (wide, 1.0), (0.0, 0.78), (wide, 0.5), (wide * (2 + open_by * rng.uniform(-1, 1)), rng.uniform(0.0, 0.12)),
    ]]  # fmt: skip


def _angled_four(rng: Generator) -> list[Line]:
    """One stroke down and to the right, with or without a tick across its end as the stem: similar to an L."""
    width, slope = rng.uniform(0.35, 0.6), rng.uniform(0.0, 0.35)
    first: Line = [
        (rng.uniform(slope, slope + 0.25), 0.0),
        (0.0, rng.uniform(0.75, 0.95)),
        (width, rng.uniform(0.8, 1.0)),
    ]
    if rng.random() < 0.4:
        return [first]
    x = width * rng.uniform(0.6, 0.95)
    return [first, [(x, rng.uniform(0.4, 0.75)), (x + rng.normal(0, 0.04), rng.uniform(0.95, 1.1))]]


def _looped_one(rng: Generator) -> list[Line]:
    """An upstroke from the baseline, a narrow loop at the top and a stem: similar to an l or an e."""
    reach, fall = rng.uniform(0.15, 0.55), rng.uniform(0.6, 1.05)
    loop, foot = rng.uniform(0.0, 0.14), rng.uniform(-0.22, 0.1)
    line: Line = [
        (-reach, fall), (-reach * 0.4, fall * rng.uniform(0.5, 0.7)), (loop, rng.uniform(0.1, 0.3)), (loop * 0.7, 0.0),
        (-loop * 0.3, 0.06), (foot * 0.5 - loop * 0.3, 0.5), (foot, 1.0),
    ]  # fmt: skip
    end = rng.random()
    if end < 0.25:
        line.append((foot + rng.uniform(0.08, 0.3), 1.0 - rng.uniform(0.0, 0.1)))
    half = rng.uniform(0.08, 0.25)
    return [line, [(foot - half, 1.0), (foot + half, 1.0)]] if end > 0.85 else [line]


def _rooted_five(rng: Generator) -> list[Line]:
    """One stroke along a long flag, down a straight stem and into a short hook: similar to a root sign."""
    stem, flag = rng.uniform(0.1, 0.4), rng.uniform(0.25, 0.8)
    hook = rng.uniform(0.05, 0.28)
    top, foot = rng.uniform(-0.04, 0.06), rng.uniform(-0.05, 0.1)
    belly = rng.uniform(-0.02, 0.12) if rng.random() < 0.5 else 0.0
    return [[
        (stem + flag, top + rng.normal(-0.02, 0.05)), (stem + flag * 0.5, top), (stem, top), (stem, top),
        (stem * 0.6 + belly, 0.5), (foot + belly, 0.9), (foot - hook * 0.4, 1.0),
        (foot - hook, rng.uniform(0.72, 0.98)),
    ]]  # fmt: skip


def _tailed_nine(rng: Generator) -> list[Line]:
    """A stroke into the ring from its left, around it and down a long tail: similar to an e."""
    wide, deep = rng.uniform(0.13, 0.26), rng.uniform(0.2, 0.32)
    ring = arc((wide, deep), (wide, deep), rng.uniform(-10, 30), -rng.uniform(170, 200))
    foot = rng.uniform(-0.25, 0.15)
    tail: Line = [(foot * 0.3, 0.62), (foot, 1.0)]
    if rng.random() < 0.4:
        tail.append((foot + rng.uniform(0.08, 0.3), rng.uniform(0.9, 1.0)))
    return [[(-0.02, deep * rng.uniform(1.0, 1.5)), (wide, deep * rng.uniform(0.95, 1.25)), *ring, *tail]]


def _ringed_two(rng: Generator) -> list[Line]:
    """A bow that starts with a full ring on its left, and a base, rarely with a loop: similar to a 9."""
    wide, deep = rng.uniform(0.16, 0.3), rng.uniform(0.16, 0.3)
    start = rng.uniform(40, 200)
    ring = arc((wide, deep), (wide, deep), start, 360 + rng.uniform(-10, 40))
    foot, reach = rng.uniform(-0.12, 0.1), rng.uniform(0.3, 0.8)
    end: Line = [(foot, rng.uniform(0.9, 1.0)), (foot + reach * 0.5, rng.uniform(0.88, 1.0)), (foot + reach, 0.97)]
    if rng.random() < 0.3:
        end[1:1] = [(foot - 0.08, 0.9), (foot + 0.02, 0.82)]
    return [[*ring, (wide * 1.4, 0.6), *end]]


def _bowed_eight(rng: Generator) -> list[Line]:
    """A stem with two bowls on its right: similar to a B."""
    wide, waist = rng.uniform(0.22, 0.4), rng.uniform(0.38, 0.5)
    bowls: Line = [
        (rng.uniform(-0.1, 0.05), rng.uniform(0.0, 0.12)), (wide * 0.6, 0.0), (wide, waist * 0.5), (wide * 0.25, waist),
        (wide * 1.1, (1 + waist) / 2), (wide * 0.5, 1.0), (rng.uniform(-0.1, 0.05), rng.uniform(0.9, 1.0)),
    ]  # fmt: skip
    stem: Line = [(0.02, rng.uniform(0.0, 0.08)), (rng.normal(0, 0.04), rng.uniform(0.9, 1.02))]
    return [[*stem, *reversed(bowls)]] if rng.random() < 0.5 else [stem, bowls]


def _open_six(rng: Generator) -> list[Line]:
    """A long bow with a ring that stays open: similar to a G or a C."""
    wide, ring = rng.uniform(0.2, 0.34), rng.uniform(0.2, 0.32)
    return [[
        (wide * rng.uniform(1.2, 2.2), rng.uniform(0.0, 0.15)), (wide * 0.7, 0.12), (0.0, 0.6), (wide * 0.8, 1.0),
        (wide * 2, 1 - ring), (wide * 1.2, 1 - ring * rng.uniform(1.4, 2.0)), (wide * rng.uniform(0.3, 0.9), 1 - ring),
    ]]  # fmt: skip


def _humped_four(rng: Generator) -> list[Line]:
    """A long stroke down, partly up again and over into a short stem: similar to an h."""
    width, top = rng.uniform(0.25, 0.5), rng.uniform(0.35, 0.6)
    lean = rng.uniform(0.0, 0.15)
    foot = rng.uniform(0.7, 0.95)
    first: Line = [(lean, 0.0), (0.0, foot), (width * 0.45, top + rng.uniform(0.0, 0.15)), (width, top)]
    return [[*first, (width - lean * 0.4, rng.uniform(0.95, 1.1))]]


def _tailed_zero(rng: Generator) -> list[Line]:
    """A ring, often flat, with a short stroke at its top."""
    wide, high = rng.uniform(0.25, 0.6), 0.5
    start = rng.normal(-80, 25)
    ring = arc((wide, 0.5), (wide, high), start, start - 360 - rng.uniform(-15, 50))
    return [[*ring, (wide * rng.uniform(1.6, 3.0), rng.uniform(-0.05, 0.25))]]


def connected_zeros(count: int, rng: Generator) -> list[Line]:
    """Return `count` zeros in one stroke, as at the end of an amount: connected at their tops or along the baseline.

    The last zero may stay open. They are about as high as wide and stand on one baseline.
    """
    wide, high = rng.uniform(0.22, 0.5), rng.uniform(0.22, 0.5)
    near = rng.uniform(-0.25, 0.7) * wide
    link = 90 + rng.normal(0, 20) if rng.random() < 0.25 else -90 + rng.normal(0, 25)
    direction = -1 if rng.random() < 0.85 else 1
    line: Line = []
    x = 0.0
    for index in range(count):
        across, up = (radius * rng.normal(1, 0.12) for radius in (wide, high))
        beyond = rng.normal(15, 25)
        if index == count - 1 and rng.random() < 0.4:
            beyond = rng.uniform(-110, 0)
        line += arc((x + across, 1 - up), (across, up), link, link + direction * (360 + beyond))
        x += 2 * across + near
    if rng.random() < 0.15:
        line.append((x + rng.uniform(0.1, 0.6), line[-1][1] + rng.normal(0, 0.05)))
    return [line]


CONTEXTUAL_STYLES: tuple[tuple[int, DigitStyle], ...] = (
    (0, _barred_zero), (0, _tailed_zero), (1, tented_one), (1, _looped_one), (2, _round_two), (2, _ringed_two),
    (4, _angled_four), (4, _arched_four), (4, _humped_four), (5, _flagged_five), (5, _rooted_five),
    (6, _tall_six), (6, _open_six), (7, _narrow_seven), (8, _open_eight), (8, _bowed_eight),
    (9, _stemmed_nine), (9, _tailed_nine),
)  # fmt: skip
"""Digit and style, like STYLES."""
