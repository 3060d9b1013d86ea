"""The reader: from a picture to a page of numbers, stage by stage.

The reader keeps no state between pictures and may be used by many threads.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from .errors import NoForeground, NotOneCharacter, marked
from .imaging.binarization import Grey, binarize
from .imaging.decode import Picture, open_picture
from .imaging.limits import Limits
from .imaging.page_segmentation import PageModel
from .imaging.sheet import Sheet, find_sheet
from .recognition.acceptance import AcceptanceThresholds, NumberEvidence
from .recognition.constrained_beam import SearchBudget
from .recognition.constraints import Constraints
from .recognition.digit_model import Classifier, DigitClassifier
from .recognition.enclosures import find_characters
from .recognition.explanation import Explanation, explain
from .recognition.glyph import normalise
from .recognition.line_model import LineModel
from .recognition.line_recognition import LineRecognizer
from .recognition.number_grouping import GroupedPage, NumberOptions, group_numbers, single_character_number
from .recognition.options import ReadOptions, apply_options
from .recognition.page_lines import segment_page_lines, with_print
from .recognition.page_orientation import choose_orientation, longest, orientation_is_certain, sample_of
from .recognition.page_preparation import PreparedPage, prepare_page
from .recognition.page_reading import PageReading, regions_within
from .recognition.page_texture import readable_lines
from .recognition.single_digit import may_hold_more, single_digit_candidates
from .results import Box, Number, Page, empty_reason

Source = str | Path | bytes | NDArray[np.uint8] | Picture
"""A picture: the path of a file, the bytes of one, an array uint8 (H, W) or (H, W, 3), or a picture opened before."""

DEFAULT_OPTIONS = ReadOptions()
ONE_LETTER = Constraints(pattern="[A-Za-z]")
"""A picture of one letter, as a constraint."""


@dataclass(frozen=True)
class _Prepared:
    """A prepared picture, and the tools to read it."""

    sheet: Sheet
    page: PreparedPage
    recognizer: LineRecognizer
    options: NumberOptions


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
        line_model: LineModel | None = None, page_model: PageModel | None = None,
    ) -> None:  # fmt: skip
        """Make a reader of the given models, which are loaded once.

        Args:
            classifier: The digit model; None means the shipped one.
            limits: Limits of the pictures' sizes; None means the default ones.
            line_model: The line model; None means the shipped one.
            page_model: The page model, which tells print from handwriting; None means the shipped one.

        Raises:
            ModelError: A shipped model cannot be loaded.
        """
        self.classifier = classifier or Classifier()
        self.line_model = line_model or LineModel()
        self.page_model = page_model or PageModel()
        self.limits = limits or Limits()

    @property
    def model(self) -> str:
        """Name of the digit model, such as 'numink-1.0.0'."""
        return self.classifier.contract.name

    def read(
        self, source: Source, *, single: bool = False, constraints: Constraints | None = None,
        options: ReadOptions = DEFAULT_OPTIONS, regions: Sequence[Box] | None = None,
    ) -> Page:  # fmt: skip
        """Read the numbers on a picture.

        Args:
            source: The path of a picture's file, its bytes, an array uint8 (H, W) or (H, W, 3), or a `Picture`.
            single: Whether the picture holds exactly one digit, which is then always read; or one character of the
                set that `constraints` names, or one letter by `options`.
            constraints: Known facts about all numbers on the picture.
            options: How numbers are written, and what is answered.
            regions: Parts of the picture, in pixels: only they are read, each by itself and as it lies; None means
                the whole picture, turned where it is not upright.

        Returns:
            The page, with its numbers in reading order; boxes are in pixels of the upright picture.

        Raises:
            InputError: The picture cannot be read; its subclasses say why. With `single`, NotOneCharacter for a
                picture that plainly holds more than one digit; with `regions`, InvalidRegion for one that lies
                outside the picture.
        """
        started = time.perf_counter()
        picture, classifier = self._decode(source), self.classifier.for_page()
        one_character = ONE_LETTER if options.letters else constraints.one_character() if constraints else None
        readings, budget = [], SearchBudget()
        for box in regions_within(regions, picture.width, picture.height):
            grey = picture.grey[box.y : box.y + box.h, box.x : box.x + box.w]
            prepared = self._prepare(grey, classifier, constraints, budget, words=options.words, part_print=not single)
            if single:
                reading = PageReading(self._read_single(prepared, one_character))
            else:
                reading = self._read_page(prepared, may_turn=not regions, with_printed=options.printed)
            page = prepared.page
            reading = replace(reading, holds_print=page.printed is not None, holds_texture=page.holds_texture)
            on_picture = partial(prepared.sheet.to_picture, turned=reading.turned)
            readings.append(reading.mapped(on_picture).mapped(partial(Box.moved, x=box.x, y=box.y)))
        reading = PageReading.join(readings)
        turned = reading.turned
        width, height = (picture.height, picture.width) if turned in (90, 270) else (picture.width, picture.height)
        numbers = apply_options(reading.grouped.numbers, options, single=single)
        reason = empty_reason(
            holds_handwriting=reading.grouped.holds_handwriting, holds_print=reading.holds_print,
            holds_texture=reading.holds_texture,
        )  # fmt: skip
        return Page(
            width=width, height=height, turned=turned, numbers=numbers, tables=reading.tables,
            model=self.model, classifier=classifier.by, milliseconds=(time.perf_counter() - started) * 1000,
            left_over=reading.grouped.left_over, printed_left_out=reading.printed_left_out,
            file=str(source) if isinstance(source, str | Path) else "", reason=None if numbers else reason,
        )  # fmt: skip

    def evidence(self, source: Source) -> list[tuple[Number, NumberEvidence]]:
        """Return the numbers of several characters on a picture, with the evidence that acceptance is fitted on.

        `source` is as for `read`. Raises InputError where the picture cannot be read.
        """
        page = self._read_page(self._prepare(self._decode(source).grey, self.classifier.for_page())).grouped
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
        classifier = self.classifier.for_page()
        prepared = self._prepare(self._decode(source).grey, classifier)
        candidates = single_digit_candidates(find_characters(prepared.page.written.foreground))
        lines = segment_page_lines(prepared.page.written).lines
        lone, remaining_lines = prepared.recognizer.segment_characters(readable_lines(lines))
        for line in (*lone.values(), *remaining_lines):
            for hypothesis in line.hypotheses:
                candidates += [
                    replace(digit.component, box=line.line.place.original(digit.box)) for digit in hypothesis.digits
                ]
        if not candidates:
            raise NoForeground("there is no ink on this picture: nothing can be explained")
        sought = Box(*(round(value * prepared.options.scale) for value in prepared.sheet.from_picture(box)))
        nearest = max(candidates, key=lambda candidate: candidate.box.overlap(sought))
        return explain(classifier, normalise(nearest.foreground), int(digit))

    def _decode(self, source: Source) -> Picture:
        return source if isinstance(source, Picture) else open_picture(source, self.limits)

    def _prepare(
        self, grey: Grey, classifier: DigitClassifier, constraints: Constraints | None = None,
        budget: SearchBudget | None = None, *, words: bool = False, part_print: bool = True,
    ) -> _Prepared:  # fmt: skip
        """Return a picture with its handwriting, print and rules parted, and the tools to read it."""
        sheet, contract = find_sheet(grey), self.line_model.contract
        binarized = binarize(sheet.grey)
        page = prepare_page(binarized, self.line_model, self.page_model, part_print=part_print)
        thresholds = AcceptanceThresholds(classifier.contract.threshold, contract.threshold, contract.acceptance)
        recognizer = LineRecognizer(self.line_model, classifier, constraints, budget or SearchBudget())
        options = NumberOptions(thresholds, binarized.scale, words, beside_text=page.printed is not None)
        return _Prepared(sheet, page, recognizer, options)

    def _read_page(self, prepared: _Prepared, *, may_turn: bool = True, with_printed: bool = False) -> PageReading:
        """Return the numbers of a page, which is turned where it is not upright."""
        recognizer, turned, left_out = prepared.recognizer, 0, 0
        written, printed_page = prepared.page.written, prepared.page.printed
        page, lines = recognizer.recognize_page(written)
        if may_turn and not orientation_is_certain(written.foreground, lines):
            pages = {degrees: written.turned(degrees) for degrees in (90, 180, 270)}
            segmented = {degrees: segment_page_lines(page) for degrees, page in pages.items()}
            samples = {degrees: recognizer.recognize(longest(page.lines)) for degrees, page in segmented.items()}
            turned = choose_orientation({0: sample_of(lines), **samples})
            if turned:
                page, lines = recognizer.recognize_page(pages[turned], segmented[turned])
        if printed_page is not None:
            printed = segment_page_lines(printed_page.turned(turned))
            if with_printed:
                page = with_print(page, printed)
                lines = recognizer.recognize(readable_lines(page.lines))
            else:
                left_out = recognizer.count_numbers(printed.lines)
        grouped = group_numbers(lines, replace(prepared.options, turned=bool(turned)), page.lines)
        scale = prepared.options.scale
        tables = (replace(table, box=Box(*(round(value / scale) for value in table.box))) for table in page.tables)
        return PageReading(grouped, tuple(tables), turned, left_out)

    def _read_single(self, prepared: _Prepared, one_character: Constraints | None) -> GroupedPage:
        """Return the only digit of a picture, or its only character where `one_character` says which there are.

        Raises NotOneCharacter where the picture plainly holds more than one digit.
        """
        components = find_characters(prepared.page.written.foreground)
        if one_character is not None:
            lines = prepared.recognizer.recognize_single_character(components, one_character)
            return GroupedPage(single_character_number(lines, prepared.options), ())
        if may_hold_more(components):
            page = self._read_page(prepared).grouped
            if sum(len(number.digits) for number in page.numbers if number.accepted) > 1:
                raise NotOneCharacter(
                    marked("this picture holds more than one digit: read it without the option for one digit")
                )
        lines = prepared.recognizer.recognize_single_digit(single_digit_candidates(components))
        return GroupedPage(single_character_number(lines, prepared.options), ())
