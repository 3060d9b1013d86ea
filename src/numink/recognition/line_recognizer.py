"""Ink -> what stands on each line, and how likely it is which digit: strips, the line network, cutting, the classifier.

Every line is spelled by the line network; its digits are cut out where that says they are, and the classifier looks
at each. Knows nothing of pictures, and not how digits become numbers.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ..results import DIGIT_COUNT, Box
from .character_segmentation import Spans, ink_of_digits
from .components import Component
from .ctc import Spelling, digit_chances, places_of, spellings, together
from .digit_model import DigitClassifier
from .fusion import POSSIBLE, by_count, judged
from .glyph import normalise_all
from .layout import Found, Told
from .line_image import LineImage, to_line_image
from .line_model import STEP, LineModel, LineOutput
from .line_segmentation import TALL, Line, find_lines

NARROW, LONE = 0.95, 0.999
"""A line of one piece narrower than this part of its height, of which the classifier is so sure, is one digit."""
ONE_DIGIT = 1.6
"""A line narrower than this part of its height may be one digit, even where the line network sees none."""
LEFT_OUT = 1.0
"""What a tall piece that is taken for no digit speaks against a reading of its line, in natural logarithms."""
NOTHING_AT_ALL = 0.97
"""Unless it is as sure as this that there is none."""


class LineReader:
    """Both networks, looking at lines."""

    def __init__(self, classifier: DigitClassifier, speller: LineModel) -> None:
        self._classifier = classifier
        self._speller = speller

    @property
    def threshold(self) -> float:
        """The confidence from which on a digit among others is accepted."""
        return self._speller.contract.threshold

    def pieces(self, ink: NDArray[np.float32]) -> list[Component]:
        """The ink of everything that may be a digit on a line."""
        return [digit for line in self._spelled(ink) for way in line.ways for digit in way.spans.digits]

    def lines(self, ink: NDArray[np.float32]) -> list[Found]:
        """What stands on each line, and how likely it is which digit."""
        lines = self._spelled(ink)
        unseen = [way for line in lines for way in line.ways if way.seen is None]
        seen = self._classifier.predict(normalise_all([digit.ink for way in unseen for digit in way.spans.digits]))
        answers = iter(np.split(seen, np.cumsum([len(way.spans.digits) for way in unseen])[:-1]))
        found = []
        for line in lines:
            ways = [
                _found(line.line, way, next(answers) if way.seen is None else way.seen)  # in the order of `unseen`
                for way in line.ways
            ]
            ways.sort(key=lambda way: -way.fit)
            best = ways[0] if ways else Found([Told(piece.box, None) for piece in line.line.pieces], line.line.height)
            found.append(replace(best, nothing=line.nothing, on_its_head=line.on_its_head, others=tuple(ways[1:])))
        return found

    def _spelled(self, ink: NDArray[np.float32]) -> list[_Spelled]:
        """The lines, and where the line network says that their digits are; lone ones need no asking."""
        lines = find_lines(ink)
        lone = self._lone(lines)
        asked = [line for line, seen in zip(lines, lone, strict=True) if seen is None]
        strips = [_strip(line) for line in asked]
        said = iter(zip(strips, self._speller.read(strips), strict=True))
        return [
            _spell(line, *next(said)) if seen is None else _whole(line, 1.0, 0.0, seen)
            for line, seen in zip(lines, lone, strict=True)
        ]

    def _lone(self, lines: Sequence[Line]) -> list[NDArray[np.float32] | None]:
        """For each line whose ink is one digit, and the classifier sure of it, what that said (1, 11); else None."""
        narrow = [len(line.pieces) == 1 and line.box.w < NARROW * line.box.h for line in lines]
        glyphs = normalise_all([line.pieces[0].ink for line, alone in zip(lines, narrow, strict=True) if alone])
        seen = iter(self._classifier.predict(glyphs)[:, None])
        answers = [next(seen) if alone else None for alone in narrow]
        return [None if one is None or one[0, :DIGIT_COUNT].max() <= LONE else one for one in answers]


@dataclass(frozen=True)
class _Way:
    """A line taken as so many digits: their ink, what the line network says they are (K, 10), how likely the count; and
    what the classifier says (K, 11), where it was asked already."""

    spans: Spans
    said: NDArray[np.float64]
    probability: float
    seen: NDArray[np.float32] | None = None


@dataclass(frozen=True)
class _Spelled:
    """A line, the ways to take it, none where there is no digit on it, and how likely that is; and how much speaks for
    its standing on its head."""

    line: Line
    ways: list[_Way]
    nothing: float
    on_its_head: float = 0.0


def _strip(line: Line) -> LineImage:
    """Of the line's own ink: what stands above or below it is another's."""
    own = line.whole
    box = Box(line.box.x - own.box.x, line.box.y - own.box.y, line.box.w, line.box.h)
    strip = to_line_image(own.ink, box, line.slope)
    return replace(strip, left=strip.left + own.box.x)


def _spell(line: Line, strip: LineImage, said: LineOutput) -> _Spelled:
    by_network = [spellings(chances) for chances in said.chances]
    spelled = together(by_network, said.say)
    ways = []
    for count in by_count(spelled):
        heard = np.array(said.say) * [_of_length(len(count.text), found) for found in by_network]
        places = [places_of(chances, count.text) for chances in said.chances]
        columns = [strip.column((first + last + 1) / 2 * STEP) for first, last in places[int(heard.argmax())]]
        told = [digit_chances(chances, stands) for chances, stands in zip(said.chances, places, strict=True)]
        spans = ink_of_digits(line.pieces, columns, line.height)
        ways.append(_Way(spans, np.average(told, axis=0, weights=heard), count.probability))
    nothing = sum(one.probability for one in spelled if not one.text)
    if not ways and line.box.w < ONE_DIGIT * line.box.h and nothing < NOTHING_AT_ALL:
        return _whole(line, POSSIBLE, nothing)
    return _Spelled(line, ways, nothing, said.on_its_head)


def _of_length(count: int, spelled: Sequence[Spelling]) -> float:
    """How likely so many digits are."""
    return sum(one.probability for one in spelled if len(one.text) == count)


def _whole(line: Line, probability: float, nothing: float, seen: NDArray[np.float32] | None = None) -> _Spelled:
    """All of a line taken as one digit, of which the line network says nothing."""
    return _Spelled(line, [_Way(Spans([line.whole], []), np.full((1, DIGIT_COUNT), 0.1), probability, seen)], nothing)


def _found(line: Line, way: _Way, seen: NDArray[np.float32]) -> Found:
    told_of = judged(way.said, seen, way.probability)
    told = [
        Told(digit.box, chances, float(1 - glyph[DIGIT_COUNT]))
        for digit, chances, glyph in zip(way.spans.digits, told_of.chances, seen, strict=True)
    ]
    told += [Told(piece.box, None) for piece in way.spans.left]
    left = sum(piece.box.h >= TALL * line.height for piece in way.spans.left)
    fit = math.log(max(told_of.weight, 1e-12)) - LEFT_OUT * left
    return Found(sorted(told, key=lambda one: one.box.x + one.box.w / 2), line.height, fit)
