"""The lines of handwriting and of print on one page, in reading order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from numink.imaging.ruled_lines import RuledPage
from numink.reader import Reader
from numink.recognition.constrained_beam import SearchBudget
from numink.recognition.line_recognition import LineRecognizer
from numink.recognition.page_lines import segment_page_lines, with_print
from numink.recognition.types import FloatImage, RecognizedLine, TextLine
from pictures import Sheet, write
from recognition_examples import certain, character, draw_boxes, recognized


def page_of(foreground: FloatImage) -> RuledPage:
    empty = np.zeros(foreground.shape, np.uint8)
    return RuledPage(foreground, empty, empty)


def test_print_between_lines_of_handwriting_is_read_between_them() -> None:
    written = segment_page_lines(page_of(draw_boxes((50, 20, 30, 50), (50, 300, 30, 50), shape=(400, 300))))
    printed = segment_page_lines(page_of(draw_boxes((50, 150, 30, 50), shape=(400, 300))))
    both = with_print(written, printed)

    assert [round(line.box.y, -1) for line in both.lines] == [20, 150, 300]
    assert [line.place.is_printed for line in both.lines] == [False, True, False]
    assert [line.place.row for line in both.lines] == [1, 2, 3]


def test_numbers_are_counted_without_being_recognized() -> None:
    reader = Reader()
    page = write("58", 480, 60, 90, 8, write("302", 60, 60, 90, 8, Sheet(900, 220)))
    lines = segment_page_lines(page_of(((255 - page) / 255).astype(np.float32))).lines
    recognizer = LineRecognizer(reader.line_model, reader.classifier, None, SearchBudget())

    assert recognizer.count_numbers(lines) in (1, 2)  # the two may stand on one line, whose blanks are not counted
    assert recognizer.count_numbers([]) == 0


def test_words_below_each_other_are_no_table_and_numbers_are(monkeypatch: pytest.MonkeyPatch) -> None:
    boxes = [(left, 100 * row + 20, 30, 50) for row in range(4) for left in (20, 60, 240, 280)]
    page = page_of(draw_boxes(*boxes, shape=(440, 360)))

    def tables(text: str) -> int:
        def recognize(lines: Sequence[TextLine]) -> list[RecognizedLine]:
            return [
                replace(recognized([character(tuple(line.box), certain(sign)) for sign in text], 50.0), line=line)
                for line in lines
            ]

        recognizer = LineRecognizer(reader.line_model, reader.classifier, None, SearchBudget())
        monkeypatch.setattr(LineRecognizer, "recognize", lambda self, lines: recognize(lines))
        return len(recognizer.recognize_page(page)[0].tables)

    reader = Reader()
    assert tables("47") == 1
    assert tables("we") == 0
