"""The whole way of a picture on one screen: image -> ink -> lines of candidates -> glyphs -> probabilities -> page.

The reader keeps no state between pictures and may be used by many threads. It does not know stores, settings,
commands or HTTP.
"""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from .classifier import Classifier
from .errors import NothingThere
from .explain import Explanation, explain
from .glyph import normalise, normalise_all
from .image import Limits, Picture, open_picture
from .ink import find_ink
from .lattice import Step, best_path
from .layout import Found, page_numbers, single_number
from .results import Box, Page
from .rules import without_rules
from .segment import Line, find_lines, whole

Source = str | Path | bytes | NDArray[np.uint8] | Picture


class Reader:
    """Reads handwritten numbers from pictures.

    >>> Reader().read("digit.png").text
    '7'
    """

    def __init__(self, classifier: Classifier | None = None, limits: Limits | None = None) -> None:
        """Loads the shipped model where no `classifier` is given. Raises ModelError where that fails."""
        self.classifier = classifier or Classifier()
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
            lines = [self._line(line) for line in find_lines(ink)]
            numbers = page_numbers(lines, found.scale, threshold)
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
        candidates = [*whole(ink), *(one for line in find_lines(ink) for one in line.candidates)]
        if not candidates:
            raise NothingThere("there is no ink on this picture: nothing can be explained")
        sought = Box(*(round(value * found.scale) for value in box))
        nearest = max(candidates, key=lambda one: one.box.overlap(sought))
        return explain(self.classifier, normalise(nearest.ink), int(digit))

    def _opened(self, source: Source) -> Picture:
        return source if isinstance(source, Picture) else open_picture(source, self.limits)

    def _line(self, line: Line) -> Found:
        """The best path through a line's candidates."""
        probabilities = self.classifier.predict(normalise_all([one.ink for one in line.candidates]))
        steps = [
            Step(one.start, one.stop, chances) for one, chances in zip(line.candidates, probabilities, strict=True)
        ]
        amounts = [float(piece.ink.sum()) for piece in line.pieces]
        return Found(line, best_path(steps, amounts, [line.is_mark(piece) for piece in line.pieces]))
