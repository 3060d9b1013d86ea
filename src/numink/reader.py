"""The reader: from a picture to a page of numbers, stage by stage.

The reader keeps no state between pictures and may be used by many threads.
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
from .recognition.acceptance import AcceptanceThresholds
from .recognition.character_segmentation import segment_characters
from .recognition.components import find_components
from .recognition.constraints import Constraints
from .recognition.ctc import decode
from .recognition.digit_model import Classifier, DigitClassifier
from .recognition.explanation import Explanation, explain
from .recognition.fusion import fuse_lines
from .recognition.glyph import normalise, normalise_all
from .recognition.line_image import image_of_line
from .recognition.line_model import LineModel
from .recognition.line_segmentation import segment_lines
from .recognition.number_grouping import NumberOptions, group_numbers, single_digit_number
from .recognition.options import ReadOptions, apply_options
from .recognition.page_orientation import choose_orientation, orientation_is_certain, turned_by
from .recognition.single_digit import (
    lone_digit_candidates,
    recognize_lone_digits,
    select_single_digit,
    single_digit_candidates,
)
from .recognition.types import FloatImage, RecognizedLine
from .results import Box, Page

Source = str | Path | bytes | NDArray[np.uint8] | Picture
"""A picture: the path of a file, the bytes of one, an array uint8 (H, W) or (H, W, 3), or a picture opened before."""

DEFAULT_OPTIONS = ReadOptions()


class Reader:
    """A reader of handwritten numbers; thread-safe.

    >>> from PIL import Image, ImageDraw
    >>> picture = Image.new("L", (200, 240), "white")
    >>> ImageDraw.Draw(picture).line([(60, 60), (140, 60), (95, 190)], "black", width=12, joint="curve")
    >>> page = Reader().read(np.asarray(picture))
    >>> page.text, page.numbers[0].accepted
    ('7', True)
    """

    def __init__(
        self, classifier: DigitClassifier | None = None, limits: Limits | None = None,
        line_model: LineModel | None = None,
    ) -> None:  # fmt: skip
        """Make a reader of the given models, which are loaded once.

        Args:
            classifier: The digit model; None means the shipped one.
            limits: Limits of the pictures' sizes; None means the default ones.
            line_model: The line model; None means the shipped one.

        Raises:
            ModelError: A shipped model cannot be loaded.
        """
        self.classifier = classifier or Classifier()
        self.line_model = line_model or LineModel()
        self.limits = limits or Limits()

    @property
    def model(self) -> str:
        """Name of the digit model, such as 'numink-1.0.0'."""
        return self.classifier.contract.name

    def read(
        self, source: Source, *, single: bool = False, constraints: Constraints | None = None,
        options: ReadOptions = DEFAULT_OPTIONS,
    ) -> Page:  # fmt: skip
        """Read the numbers on a picture.

        Args:
            source: The path of a picture's file, its bytes, an array uint8 (H, W) or (H, W, 3), or a `Picture`.
            single: Whether the picture holds exactly one digit, which is then always read; without constraints.
            constraints: Known facts about all numbers on the picture.
            options: How numbers are written, and what is answered.

        Returns:
            The page, with its numbers in reading order; boxes are in pixels of the upright picture.

        Raises:
            InputError: The picture cannot be read; its subclasses say why.
            InvalidConstraint: The pattern of `constraints` takes too long.
        """
        del options
        started = time.perf_counter()
        picture, classifier = self._decode(source), self.classifier.for_page()
        binarized = binarize(picture.grey)
        foreground = remove_ruled_lines(binarized.foreground)
        thresholds = AcceptanceThresholds(classifier.contract.threshold, self.line_model.contract.threshold)
        number_options = NumberOptions(thresholds, constraints, binarized.scale)
        turned = 0
        if single:
            numbers = single_digit_number(_read_single_digit(foreground, classifier), number_options)
        else:
            readings = {0: self._read_lines(foreground, classifier)}
            if not orientation_is_certain(foreground, readings[0]):
                for degrees in (90, 180, 270):
                    readings[degrees] = self._read_lines(turned_by(foreground, degrees), classifier)
            turned = choose_orientation(readings)
            numbers = group_numbers(readings[turned], number_options)
        width, height = (picture.height, picture.width) if turned in (90, 270) else (picture.width, picture.height)
        return Page(
            width=width, height=height, turned=turned, numbers=apply_options(numbers, options), model=self.model,
            classifier=classifier.by,
            milliseconds=(time.perf_counter() - started) * 1000,
            file=str(source) if isinstance(source, str | Path) else "",
        )  # fmt: skip

    def explain(self, source: Source, box: Box, digit: str) -> Explanation:
        """Explain why a digit was read, or not: how much each part of its glyph counts for it.

        Args:
            source: The picture, as for `read`.
            box: The box of a digit that was read on the same picture.
            digit: The digit to explain, '0' to '9'; any, not only the one that was read.

        Returns:
            The glyph nearest to `box`, and how much each of its pixels counts for `digit`.

        Raises:
            InputError: The picture cannot be read.
            NoForeground: There is no foreground on it.
        """
        binarized = binarize(self._decode(source).grey)
        foreground, classifier = remove_ruled_lines(binarized.foreground), self.classifier.for_page()
        candidates = single_digit_candidates(find_components(foreground))
        lone, remaining_lines = self._segment_characters(foreground, classifier)
        for line in (*lone.values(), *remaining_lines):
            candidates += [digit.component for hypothesis in line.hypotheses for digit in hypothesis.digits]
        if not candidates:
            raise NoForeground("there is no ink on this picture: nothing can be explained")
        sought = Box(*(round(value * binarized.scale) for value in box))
        nearest = max(candidates, key=lambda candidate: candidate.box.overlap(sought))
        return explain(classifier, normalise(nearest.foreground), int(digit))

    def _decode(self, source: Source) -> Picture:
        return source if isinstance(source, Picture) else open_picture(source, self.limits)

    def _read_lines(self, foreground: FloatImage, classifier: DigitClassifier) -> list[RecognizedLine]:
        """Return the recognized lines of a page as it lies, from top to bottom."""
        lone, remaining_lines = self._segment_characters(foreground, classifier)
        digits = [digit for line in remaining_lines for hypothesis in line.hypotheses for digit in hypothesis.digits]
        glyphs = normalise_all([digit.component.foreground for digit in digits])
        fused = iter(fuse_lines(remaining_lines, classifier.predict(glyphs)))
        return [lone[index] if index in lone else next(fused) for index in range(len(lone) + len(remaining_lines))]

    def _segment_characters(
        self, foreground: FloatImage, classifier: DigitClassifier
    ) -> tuple[dict[int, RecognizedLine], list[RecognizedLine]]:
        """Return the lines that are certainly a lone digit, by index, and the characters of the other lines."""
        lines = segment_lines(find_components(foreground))
        candidates = lone_digit_candidates(lines)
        glyphs = normalise_all([candidate.foreground for candidate in candidates.values()])
        lone = recognize_lone_digits(lines, candidates, classifier.predict(glyphs))
        remaining_lines = [line for index, line in enumerate(lines) if index not in lone]
        images = [image_of_line(line) for line in remaining_lines]
        outputs = self.line_model.predict(images)
        hypotheses = [decode(output) for output in outputs]
        return lone, [
            segment_characters(*line) for line in zip(remaining_lines, images, outputs, hypotheses, strict=True)
        ]


def _read_single_digit(foreground: FloatImage, classifier: DigitClassifier) -> list[RecognizedLine]:
    """Return the line of a picture's only digit; empty where there is no foreground."""
    candidates = single_digit_candidates(find_components(foreground))
    glyphs = normalise_all([candidate.foreground for candidate in candidates])
    return select_single_digit(candidates, classifier.predict(glyphs))
