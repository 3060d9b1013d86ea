"""The whole way of a picture on one screen: image -> ink -> lines -> strips -> digits -> glyphs -> page.

The reader keeps no state between pictures and may be used by many threads. It does not know stores, settings,
commands or HTTP.
"""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from .errors import NoForeground
from .imaging.binarization import binarize
from .imaging.decode import Limits, Picture, open_picture
from .imaging.ruled_lines import remove_ruled_lines
from .recognition.components import whole
from .recognition.constraints import Constraints
from .recognition.digit_model import Classifier, DigitClassifier
from .recognition.explanation import Explanation, explain
from .recognition.glyph import normalise, normalise_all
from .recognition.layout import Terms, page_numbers, single_number
from .recognition.line_model import LineModel
from .recognition.line_recognizer import LineReader
from .recognition.page_orientation import upright
from .results import Box, Page

Source = str | Path | bytes | NDArray[np.uint8] | Picture


class Reader:
    """Reads handwritten numbers from pictures.

    >>> Reader().read("digit.png").text
    '7'
    """

    def __init__(
        self, classifier: DigitClassifier | None = None, limits: Limits | None = None, speller: LineModel | None = None
    ) -> None:
        """Loads the shipped models where none are given. Raises ModelError where that fails."""
        self.classifier = classifier or Classifier()
        self._speller = speller or LineModel()
        self.limits = limits or Limits()

    @property
    def model(self) -> str:
        """The name of the model, such as 'numink-1.0.0'."""
        return self.classifier.contract.name

    def read(self, source: Source, *, single: bool = False, constraints: Constraints | None = None) -> Page:
        """The numbers on a picture (path, bytes, uint8 (H, W) or (H, W, 3)), in reading order.

        With `single` the picture holds exactly one digit, and the page says which. `constraints` that are
        known of the numbers make the reading better. Raises InputError's kinds.
        """
        started = time.perf_counter()
        picture, classifier = self._opened(source), self.classifier.for_page()
        found = binarize(picture.grey)
        ink = remove_ruled_lines(found.foreground)
        line_reader = LineReader(classifier, self._speller)
        terms = Terms(found.scale, classifier.contract.threshold, line_reader.threshold, constraints)
        turned = 0
        if single:
            candidates = whole(ink)
            probabilities = classifier.predict(normalise_all([one.ink for one in candidates]))
            numbers = single_number(candidates, probabilities, terms)
        else:
            turned, lines = upright(ink, line_reader.lines)
            numbers = page_numbers(lines, terms)
        width, height = (picture.height, picture.width) if turned in (90, 270) else (picture.width, picture.height)
        return Page(
            width=width, height=height, turned=turned, numbers=numbers, model=self.model, classifier=classifier.by,
            milliseconds=(time.perf_counter() - started) * 1000,
            file=str(source) if isinstance(source, str | Path) else "",
        )  # fmt: skip

    def explain(self, source: Source, box: Box, digit: str) -> Explanation:
        """What counted for `digit` in the ink at `box`, which is that of a digit read on the same picture.

        Raises InputError's kinds; NothingThere where there is no ink.
        """
        picture = self._opened(source)
        found = binarize(picture.grey)
        ink, classifier = remove_ruled_lines(found.foreground), self.classifier.for_page()
        candidates = [*whole(ink), *LineReader(classifier, self._speller).pieces(ink)]
        if not candidates:
            raise NoForeground("there is no ink on this picture: nothing can be explained")
        sought = Box(*(round(value * found.scale) for value in box))
        nearest = max(candidates, key=lambda one: one.box.overlap(sought))
        return explain(classifier, normalise(nearest.ink), int(digit))

    def _opened(self, source: Source) -> Picture:
        return source if isinstance(source, Picture) else open_picture(source, self.limits)
