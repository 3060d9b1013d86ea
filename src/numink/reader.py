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
from .judge import judged
from .layout import Found, Told, page_numbers, single_number
from .results import Box, Page
from .rules import without_rules
from .segment import Line, find_lines, whole
from .spans import Spans, ink_of_digits
from .speller import STEP, Speller
from .strip import Strip, to_strip

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
        candidates = [*whole(ink), *(one for line in self._spelled(ink) for one in line.spans.digits)]
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
        glyphs = normalise_all([digit.ink for line in lines for digit in line.spans.digits])
        chances = judged(
            np.concatenate([line.chances for line in lines] or [np.zeros((0, 10))]), self.classifier.predict(glyphs)
        )
        found, at = [], 0
        for line in lines:
            told = [Told(digit.box, chances[at + place]) for place, digit in enumerate(line.spans.digits)]
            told += [Told(piece.box, None) for piece in line.spans.left]
            found.append(Found(sorted(told, key=lambda one: one.box.x + one.box.w / 2), line.height))
            at += len(line.spans.digits)
        return found

    def _spelled(self, ink: NDArray[np.float32]) -> list[_Spelled]:
        """The lines, and where the line network says that their digits are."""
        lines = find_lines(ink)
        strips = [to_strip(ink, line.box, line.slope) for line in lines]
        said = self.speller.chances(strips)
        return [_spell(line, strip, chances) for line, strip, chances in zip(lines, strips, said, strict=True)]


@dataclass(frozen=True)
class _Spelled:
    """A line's digits: their ink, and what the line network says they are (N, 10)."""

    spans: Spans
    chances: NDArray[np.float64]
    height: float


def _spell(line: Line, strip: Strip, chances: NDArray[np.float64]) -> _Spelled:
    places = places_of(chances, spellings(chances)[0].text)
    columns = [strip.column((first + last + 1) / 2 * STEP) for first, last in places]
    return _Spelled(ink_of_digits(line.pieces, columns, line.height), digit_chances(chances, places), line.height)
