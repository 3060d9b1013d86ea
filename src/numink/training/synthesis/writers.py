"""Whose hands lines are written in: writers of MNIST's and of UNIPEN's, with one pen and slant a line.

Gives one digit or letter at a time; where they stand on a line is not its business.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from ...datasets.doodles import load_doodles
from ...datasets.mnist import Mnist, load_writers
from ...datasets.strokes import LONGEST, StrokeSet, draw, load_strokes
from ...datasets.unipen import HELD_OUT, without_look_alikes
from ...results import DIGIT_COUNT
from .contextual_styles import noughts
from .digit_styles import Way
from .non_digit_glyphs import cropped
from .style_renderer import draw_style, ways_to_write

Floats = NDArray[np.float32]
Glyphs = NDArray[np.uint8]
BODY = 40
"""Rows of a digit as it is given here."""


WIDEST = 1.5
RARE, RARE_ONE = 0.09, 0.4
"""Share of digits written in one of their rare styles; 1 has the most of them."""
HABIT, HABIT_ONE = 0.14, 0.4
"""Share of hands that write one digit always in the same rare style, in numbers of several digits."""
QUICK, HABIT_QUICK = 0.42, 0.6
"""Share of hands that write amounts fast, as on cheques, and how often such a hand has a rare style for a digit."""
JOINED, JOINED_QUICK = 0.1, 0.55
"""How often noughts in a row are one stroke; by a quick hand."""


@dataclass(frozen=True)
class Files:
    """Where the hands are: MNIST's and the doodles' folder, UNIPEN's, and who wrote what in MNIST."""

    data: Path
    collections: Path
    writers: Path | None


@dataclass(frozen=True)
class Hands:
    """Whose digits lines are written with: MNIST's glyphs (N, 28, 28) and UNIPEN's strokes, by writer."""

    images: Glyphs
    labels: NDArray[np.uint8]
    writers: NDArray[np.int64]
    strokes: StrokeSet
    usable: NDArray[np.int64]
    stroke_labels: NDArray[np.uint8]
    stroke_writers: NDArray[np.int64]
    signs: StrokeSet
    letters: NDArray[np.int64]
    doodles: Glyphs | None = None
    _by: dict[tuple[str, int, int], NDArray[np.int64]] = field(default_factory=dict, repr=False)

    def mnist(self, writer: int, digit: int) -> NDArray[np.int64]:
        """Indices of a writer's digits in MNIST; of anybody's, where that one wrote none."""
        return self._pool("mnist", self.writers, self.labels, writer, digit)

    def unipen(self, writer: int, digit: int) -> NDArray[np.int64]:
        """As `mnist`, of UNIPEN's."""
        return self.usable[self._pool("unipen", self.stroke_writers, self.stroke_labels, writer, digit)]

    def _pool(
        self, name: str, writers: NDArray[np.int64], labels: NDArray[np.uint8], writer: int, digit: int
    ) -> NDArray[np.int64]:
        key = (name, writer, digit)
        if key not in self._by:
            own = np.flatnonzero((writers == writer) & (labels == digit))
            self._by[key] = own if len(own) else np.flatnonzero(labels == digit)
        return self._by[key]


@dataclass(frozen=True)
class Hand:
    """How one line is written: by whom, with which pen and slant, how wide, how near the digits stand, how level."""

    hands: Hands
    rng: Generator
    drawn: bool
    writer: int
    pen: float
    slant: float
    wide: float
    gap: float
    spread: float
    unsteady: float
    habits: Mapping[int, Way]
    quick: bool
    """Whether it writes fast, as on cheques: several of its digits are near to letters."""
    joins: bool
    """Whether it writes noughts in a row as one stroke."""

    @classmethod
    def any(cls, hands: Hands, rng: Generator) -> Hand:
        drawn = bool(rng.random() < 0.55)
        writers = hands.stroke_writers if drawn else hands.writers
        near, quick = rng.random(), bool(rng.random() < QUICK)
        gap = rng.normal(-0.04, 0.05) if near < 0.35 else rng.uniform(0.0, 0.2) if near < 0.8 else rng.uniform(0.2, 0.8)
        return cls(
            hands, rng, drawn, int(writers[rng.integers(len(writers))]),
            math.exp(rng.uniform(math.log(3), math.log(17))), rng.normal(0.04, 0.16), math.exp(rng.normal(0, 0.14)),
            gap, rng.uniform(0.02, 0.12), rng.uniform(0.02, 0.12), _habits(rng, quick), quick,
            bool(rng.random() < (JOINED_QUICK if quick else JOINED)),
        )  # fmt: skip

    def digit(self, digit: int, *, alone: bool = False) -> Floats:
        """One digit about BODY rows tall: (h, w), cropped; not so that only its neighbours tell it, if `alone`."""
        rng = self.rng
        height = BODY * math.exp(rng.normal(0, self.unsteady)) * (0.75 if digit == 0 and rng.random() < 0.2 else 1.0)
        way = None if alone else self.habits.get(digit)
        if way is None and rng.random() < (RARE_ONE if digit == 1 else RARE):
            way = _rare_way(digit, rng, alone=alone)
        if way is not None:
            return _sized(cropped(draw_style(way, self.pen, self.slant, rng)), height, self.wide)
        if self.drawn:
            strokes = self.hands.strokes.strokes(int(rng.choice(self.hands.unipen(self.writer, digit))))
            return _sized(cropped(draw(strokes, self.pen, _lean(self.slant))), height, self.wide)
        image = cropped(self.hands.images[int(rng.choice(self.hands.mnist(self.writer, digit)))])
        scale = height / 20
        large = cv2.resize(image, None, fx=scale * self.wide, fy=scale, interpolation=cv2.INTER_CUBIC)
        return np.clip((large.astype(np.float32) / 255 - 0.5) * 1.6 + 0.55, 0, 1).astype(np.float32)

    def noughts(self, count: int) -> Floats:
        """So many in one stroke: (h, w), cropped."""
        glyph = cropped(draw_style(partial(noughts, count), self.pen, self.slant, self.rng, upright=True))
        height, width = glyph.shape
        return stretched(glyph, width * BODY / LONGEST, height * BODY / LONGEST, cv2.INTER_AREA)

    def doodle(self) -> Floats:
        """One of the doodles, which must be at hand: (h, w), cropped."""
        assert self.hands.doodles is not None  # noqa: S101 - the caller looked
        image = self.hands.doodles[int(self.rng.integers(len(self.hands.doodles)))]
        return _sized(cropped(image), BODY * self.rng.uniform(0.7, 1.3))

    def letter(self) -> Floats:
        """A letter that nobody takes for a digit: (h, w), cropped."""
        index = int(self.rng.choice(self.hands.letters))
        glyph = cropped(draw(self.hands.signs.strokes(index), self.pen, _lean(self.slant)))
        return _sized(glyph, BODY * self.rng.uniform(0.6, 1.1))


def _habits(rng: Generator, quick: bool) -> dict[int, Way]:
    """The rare style in which a hand writes all of a digit, for each digit that it so writes."""
    habits: dict[int, Way] = {}
    for digit in range(DIGIT_COUNT):
        share = HABIT_QUICK if quick else HABIT_ONE if digit == 1 else HABIT
        if rng.random() < share and (way := _rare_way(digit, rng)):
            habits[digit] = way
    return habits


def _rare_way(digit: int, rng: Generator, *, alone: bool = False) -> Way | None:
    """One of its rare styles; None where it has none."""
    ways = ways_to_write(digit, alone=alone)
    return ways[int(rng.integers(len(ways)))] if ways else None


def _lean(slant: float) -> NDArray[np.float64]:
    return np.array([[1.0, -slant], [0.0, 1.0]])


def _sized(glyph: Glyphs, height: float, wide: float = 1.0) -> Floats:
    """At `height` rows, unless it is so wide that WIDEST times that would not hold it; stretched by `wide`."""
    scale = min(height / glyph.shape[0], WIDEST * height / glyph.shape[1])
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    return stretched(glyph, glyph.shape[1] * scale * wide, glyph.shape[0] * scale, how)


def stretched(glyph: Glyphs, width: float, height: float, how: int) -> Floats:
    """`glyph` (h, w) at another size, at least 2 pixels a side, in 0..1."""
    size = (max(round(width), 2), max(round(height), 2))
    made: Floats = (cv2.resize(glyph, size, interpolation=how) / 255).astype(np.float32)
    return made


def hands_of(mnist: Mnist, chosen: NDArray[np.int64], files: Files, *, held_out: bool) -> Hands:
    """Hands from MNIST's images `chosen`, and UNIPEN's writers of the sources that are, or are not, held out.

    Raises DataError where one of the files is missing or damaged.
    """
    digits, signs = (load_strokes(files.collections / f"unipen_{name}.npz") for name in ("digits", "nondigits"))
    usable, letters = (np.flatnonzero(np.isin(one.source, HELD_OUT) == held_out) for one in (digits, signs))
    letters = without_look_alikes(letters, signs)
    doodles = load_doodles(files.data)
    writers = np.zeros(len(chosen), np.int64) if files.writers is None else load_writers(files.writers)[chosen]
    return Hands(
        images=mnist.train_images[chosen], labels=mnist.train_labels[chosen], writers=writers,
        strokes=digits, usable=usable, stroke_labels=digits.label[usable].astype(np.uint8),
        stroke_writers=digits.writer[usable], signs=signs, letters=letters[np.char.isalpha(signs.label[letters])],
        doodles=None if doodles is None else doodles.part(held_out=held_out),
    )  # fmt: skip
