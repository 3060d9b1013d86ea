"""The whole way of a picture on one screen: image -> ink -> lines -> strips -> digits -> glyphs -> page.

The reader keeps no state between pictures and may be used by many threads. It does not know stores, settings,
commands or HTTP.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from .classifier import Classifier
from .ctc import digit_chances, places_of, spellings
from .errors import NothingThere
from .explain import Explanation, explain
from .glyph import normalise, normalise_all
from .image import Limits, Picture, open_picture
from .ink import find_ink
from .judge import POSSIBLE, Judged, by_count, judged
from .layout import Found, Told, page_numbers, single_number
from .results import Box, Page
from .rules import without_rules
from .segment import Line, find_lines, together, whole
from .spans import Spans, ink_of_digits
from .speller import STEP, Speller
from .strip import Strip, to_strip

ONE_DIGIT = 1.6
"""A line narrower than this part of its height may be one digit, even where the line network sees none."""
Source = str | Path | bytes | NDArray[np.uint8] | Picture


class Reader:
    """Reads handwritten numbers from pictures.

    >>> Reader().read("digit.png").text
    '7'
    """

    def __init__(
        self, classifier: Classifier | None = None, limits: Limits | None = None, speller: Speller | None = None
    ) -> None:
        """Loads the shipped models where none are given. Raises ModelError where that fails."""
        self.classifier = classifier or Classifier()
        self.speller = speller or Speller()
        self.limits = limits or Limits()

    @property
    def model(self) -> str:
        """The name of the model, such as 'numink-1.0.0'."""
        return self.classifier.contract.name

    def read(self, source: Source, *, single: bool = False) -> Page:
        """The numbers on a picture (path, bytes, uint8 (H, W) or (H, W, 3)), in reading order.

        With `single` the picture holds exactly one digit, and the page says which. Raises InputError's kinds.
        """
        started = time.perf_counter()
        picture = self._opened(source)
        found = find_ink(picture.grey)
        ink = without_rules(found.ink)
        threshold = self.classifier.contract.threshold
        if single:
            candidates = whole(ink)
            probabilities = self.classifier.predict(normalise_all([one.ink for one in candidates]))
            numbers = single_number(candidates, probabilities, found.scale, threshold)
        else:
            numbers = page_numbers(self._lines(ink), found.scale, threshold)
        return Page(
            width=picture.width, height=picture.height, numbers=numbers, model=self.model,
            milliseconds=(time.perf_counter() - started) * 1000,
            file=str(source) if isinstance(source, str | Path) else "",
        )  # fmt: skip

    def explain(self, source: Source, box: Box, digit: str) -> Explanation:
        """What counted for `digit` in the ink at `box`, which is that of a digit read on the same picture.

        Raises InputError's kinds; NothingThere where there is no ink.
        """
        picture = self._opened(source)
        found = find_ink(picture.grey)
        ink = without_rules(found.ink)
        candidates = [
            *whole(ink),
            *(one for line in self._spelled(ink) for way in line.ways for one in way.spans.digits),
        ]
        if not candidates:
            raise NothingThere("there is no ink on this picture: nothing can be explained")
        sought = Box(*(round(value * found.scale) for value in box))
        nearest = max(candidates, key=lambda one: one.box.overlap(sought))
        return explain(self.classifier, normalise(nearest.ink), int(digit))

    def _opened(self, source: Source) -> Picture:
        return source if isinstance(source, Picture) else open_picture(source, self.limits)

    def _lines(self, ink: NDArray[np.float32]) -> list[Found]:
        """What stands on each line, and how likely it is which digit."""
        lines = self._spelled(ink)
        glyphs = normalise_all([digit.ink for line in lines for way in line.ways for digit in way.spans.digits])
        seen = self.classifier.predict(glyphs)
        found, at = [], 0
        for line in lines:
            best: tuple[Judged, Spans] | None = None
            for way in line.ways:
                count = len(way.spans.digits)
                told = judged(way.said, seen[at : at + count], way.probability)
                at += count
                if best is None or told.weight > best[0].weight:
                    best = told, way.spans
            found.append(_found(line, best))
        return found

    def _spelled(self, ink: NDArray[np.float32]) -> list[_Spelled]:
        """The lines, and where the line network says that their digits are."""
        lines = find_lines(ink)
        strips = [to_strip(ink, line.box, line.slope) for line in lines]
        said = self.speller.chances(strips)
        return [_spell(line, strip, chances) for line, strip, chances in zip(lines, strips, said, strict=True)]


@dataclass(frozen=True)
class _Way:
    """A line taken as so many digits: their ink, what the line network says they are (K, 10), how likely the count."""

    spans: Spans
    said: NDArray[np.float64]
    probability: float


@dataclass(frozen=True)
class _Spelled:
    """A line, and the ways to take it; none where there is no digit on it."""

    line: Line
    ways: list[_Way]


def _spell(line: Line, strip: Strip, chances: NDArray[np.float64]) -> _Spelled:
    ways = []
    for count in by_count(spellings(chances)):
        places = places_of(chances, count.text)
        columns = [strip.column((first + last + 1) / 2 * STEP) for first, last in places]
        spans = ink_of_digits(line.pieces, columns, line.height)
        ways.append(_Way(spans, digit_chances(chances, places), count.probability))
    if not ways and line.box.w < ONE_DIGIT * line.box.h:
        ways = [_Way(Spans([together(list(line.pieces))], []), np.full((1, 10), 0.1), POSSIBLE)]
    return _Spelled(line, ways)


def _found(line: _Spelled, best: tuple[Judged, Spans] | None) -> Found:
    if best is None:
        return Found([Told(piece.box, None) for piece in line.line.pieces], line.line.height)
    judged_, spans = best
    told = [Told(digit.box, chances) for digit, chances in zip(spans.digits, judged_.chances, strict=True)]
    told += [Told(piece.box, None) for piece in spans.left]
    return Found(sorted(told, key=lambda one: one.box.x + one.box.w / 2), line.line.height)
