"""The reader: from a picture to a page of numbers, stage by stage.

The reader keeps no state between pictures and may be used by many threads.
"""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from .errors import NoForeground, NotOneCharacter, marked
from .imaging.binarization import binarize
from .imaging.decode import Limits, Picture, open_picture
from .imaging.ruled_lines import remove_ruled_lines
from .imaging.sheet import find_sheet
from .recognition.acceptance import AcceptanceThresholds, NumberEvidence
from .recognition.breaks import find_breaks
from .recognition.character_segmentation import segment_characters
from .recognition.constrained_beam import SearchBudget
from .recognition.constrained_decoding import decode_constrained
from .recognition.constraints import Constraints
from .recognition.ctc import decode_line
from .recognition.digit_model import Classifier, DigitClassifier
from .recognition.enclosures import find_characters
from .recognition.explanation import Explanation, explain
from .recognition.fusion import fuse_lines
from .recognition.glyph import normalise, normalise_all
from .recognition.line_image import image_of_line
from .recognition.line_model import LineModel
from .recognition.line_segmentation import segment_lines
from .recognition.number_grouping import GroupedPage, NumberOptions, group_numbers, single_character_number
from .recognition.options import ReadOptions, apply_options
from .recognition.page_orientation import choose_orientation, orientation_is_certain, turned_by
from .recognition.picture_boxes import numbers_on_picture
from .recognition.single_digit import (
    lone_digit_candidates,
    may_hold_more,
    recognize_lone_digits,
    select_single_digit,
    single_digit_candidates,
    whole_picture_line,
)
from .recognition.types import Component, FloatImage, RecognizedLine
from .results import Box, Number, Page

Source = str | Path | bytes | NDArray[np.uint8] | Picture
"""A picture: the path of a file, the bytes of one, an array uint8 (H, W) or (H, W, 3), or a picture opened before."""

DEFAULT_OPTIONS = ReadOptions()
ONE_LETTER = Constraints(pattern="[A-Za-z]")
"""A picture of one letter, as a constraint."""


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
            single: Whether the picture holds exactly one digit, which is then always read; or one character of the
                set that `constraints` names, or one letter by `options`.
            constraints: Known facts about all numbers on the picture.
            options: How numbers are written, and what is answered.

        Returns:
            The page, with its numbers in reading order; boxes are in pixels of the upright picture.

        Raises:
            InputError: The picture cannot be read; its subclasses say why. With `single`, NotOneCharacter for a
                picture that plainly holds more than one digit.
        """
        started = time.perf_counter()
        picture, classifier = self._decode(source), self.classifier.for_page()
        sheet = find_sheet(picture.grey)
        binarized = binarize(sheet.grey)
        foreground = remove_ruled_lines(binarized.foreground)
        grouping = NumberOptions(self._thresholds(classifier), binarized.scale, options.words)
        if single:
            one_character = ONE_LETTER if options.letters else constraints.one_character() if constraints else None
            turned, grouped = 0, self._read_single(foreground, classifier, grouping, one_character)
        else:
            turned, grouped = self._read_page(foreground, classifier, grouping, constraints)
        numbers = numbers_on_picture(grouped.numbers, sheet, turned)
        width, height = (picture.height, picture.width) if turned in (90, 270) else (picture.width, picture.height)
        return Page(
            width=width, height=height, turned=turned, numbers=apply_options(numbers, options, single=single),
            model=self.model, classifier=classifier.by, milliseconds=(time.perf_counter() - started) * 1000,
            left_over=tuple(sheet.to_picture(box, turned) for box in grouped.left_over),
            file=str(source) if isinstance(source, str | Path) else "",
        )  # fmt: skip

    def evidence(self, source: Source) -> list[tuple[Number, NumberEvidence]]:
        """Return the numbers of several characters on a picture, with the evidence that acceptance is fitted on.

        `source` is as for `read`. Raises InputError where the picture cannot be read.
        """
        binarized = binarize(find_sheet(self._decode(source).grey).grey)
        classifier = self.classifier.for_page()
        grouping = NumberOptions(self._thresholds(classifier), binarized.scale)
        _, page = self._read_page(remove_ruled_lines(binarized.foreground), classifier, grouping, None)
        pairs = zip(page.numbers, page.evidence, strict=True)
        return [(number, evidence) for number, evidence in pairs if evidence is not None and not number.struck_out]

    def explain(self, source: Source, box: Box, digit: str) -> Explanation:
        """Explain why a digit was read, or not: how much each part of its glyph counts for it.

        Args:
            source: The picture, as for `read`.
            box: The box of a digit that was read on the same picture.
            digit: The digit to explain, '0' to '9'; any, not only the one that was read.

        Returns:
            The glyph nearest to `box`, and how much each of its pixels counts for `digit`.

        Raises:
            InputError: The picture cannot be read; its subclass NoForeground where there is no foreground on it.
        """
        sheet = find_sheet(self._decode(source).grey)
        binarized = binarize(sheet.grey)
        foreground, classifier = remove_ruled_lines(binarized.foreground), self.classifier.for_page()
        candidates = single_digit_candidates(find_characters(foreground))
        lone, remaining_lines = self._segment_characters(foreground, classifier, None, SearchBudget())
        for line in (*lone.values(), *remaining_lines):
            candidates += [digit.component for hypothesis in line.hypotheses for digit in hypothesis.digits]
        if not candidates:
            raise NoForeground("there is no ink on this picture: nothing can be explained")
        sought = Box(*(round(value * binarized.scale) for value in sheet.from_picture(box)))
        nearest = max(candidates, key=lambda candidate: candidate.box.overlap(sought))
        return explain(classifier, normalise(nearest.foreground), int(digit))

    def _decode(self, source: Source) -> Picture:
        return source if isinstance(source, Picture) else open_picture(source, self.limits)

    def _thresholds(self, classifier: DigitClassifier) -> AcceptanceThresholds:
        contract = self.line_model.contract
        return AcceptanceThresholds(classifier.contract.threshold, contract.threshold, contract.acceptance)

    def _read_page(
        self, foreground: FloatImage, classifier: DigitClassifier, grouping: NumberOptions,
        constraints: Constraints | None,
    ) -> tuple[int, GroupedPage]:  # fmt: skip
        """Return the degrees by which a page is turned to be upright, and its numbers."""
        budget = SearchBudget()
        readings = {0: self._read_lines(foreground, classifier, constraints, budget)}
        if not orientation_is_certain(foreground, readings[0]):
            for degrees in (90, 180, 270):
                turned_foreground = turned_by(foreground, degrees)
                readings[degrees] = self._read_lines(turned_foreground, classifier, constraints, budget)
        turned = choose_orientation(readings)
        return turned, group_numbers(readings[turned], replace(grouping, turned=bool(turned)))

    def _read_lines(
        self, foreground: FloatImage, classifier: DigitClassifier, constraints: Constraints | None, budget: SearchBudget
    ) -> list[RecognizedLine]:
        """Return the recognized lines of a page as it lies, from top to bottom."""
        lone, remaining_lines = self._segment_characters(foreground, classifier, constraints, budget)
        digits = [digit for line in remaining_lines for hypothesis in line.hypotheses for digit in hypothesis.digits]
        glyphs = normalise_all([digit.component.foreground for digit in digits])
        fused = iter(fuse_lines(remaining_lines, classifier.predict(glyphs)))
        return [lone[index] if index in lone else next(fused) for index in range(len(lone) + len(remaining_lines))]

    def _segment_characters(
        self, foreground: FloatImage, classifier: DigitClassifier, constraints: Constraints | None, budget: SearchBudget
    ) -> tuple[dict[int, RecognizedLine], list[RecognizedLine]]:
        """Return the lines that are certainly a lone digit, by index, and the characters of the other lines."""
        lines = segment_lines(find_characters(foreground))
        images = [image_of_line(line) for line in lines]
        outputs = self.line_model.predict(images)
        if constraints is None:
            decoded = [decode_line(output) for output in outputs]
        else:
            decoded = [
                decode_constrained(output, find_breaks(image), constraints, budget)
                for output, image in zip(outputs, images, strict=True)
            ]
        candidates = lone_digit_candidates(lines) if constraints is None else {}
        glyphs = normalise_all([candidate.foreground for candidate in candidates.values()])
        lone = recognize_lone_digits(lines, candidates, classifier.predict(glyphs), decoded)
        return lone, [
            segment_characters(line, image, output, text)
            for index, (line, image, output, text) in enumerate(zip(lines, images, outputs, decoded, strict=True))
            if index not in lone
        ]

    def _read_single(
        self, foreground: FloatImage, classifier: DigitClassifier, grouping: NumberOptions,
        one_character: Constraints | None,
    ) -> GroupedPage:  # fmt: skip
        """Return the only digit of a picture, or its only character where `one_character` says which there are.

        Raises NotOneCharacter where the picture plainly holds more than one digit.
        """
        components = find_characters(foreground)
        if one_character is not None:
            return GroupedPage(single_character_number(self._read_character(components, one_character), grouping), ())
        if may_hold_more(components):
            _, page = self._read_page(foreground, classifier, grouping, None)
            if sum(len(number.digits) for number in page.numbers if number.accepted) > 1:
                raise NotOneCharacter(
                    marked("this picture holds more than one digit: read it without the option for one digit")
                )
        candidates = single_digit_candidates(components)
        glyphs = normalise_all([candidate.foreground for candidate in candidates])
        lines = select_single_digit(candidates, classifier.predict(glyphs))
        outputs = self.line_model.predict([image_of_line(line.line) for line in lines])
        lines = [replace(line, decoded=decode_line(output)) for line, output in zip(lines, outputs, strict=True)]
        return GroupedPage(single_character_number(lines, grouping), ())

    def _read_character(self, components: list[Component], one_character: Constraints) -> list[RecognizedLine]:
        """Return the line of a picture's only character; empty where there is no foreground."""
        if not components:
            return []
        line = whole_picture_line(components)
        image = image_of_line(line)
        output = self.line_model.predict([image])[0]
        return [segment_characters(line, image, output, decode_constrained(output, (), one_character))]
