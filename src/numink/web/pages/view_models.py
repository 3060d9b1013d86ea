"""View models of a reading: its pages, numbers and digits, with their corrections, as templates show them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, groupby

from ...corrections import CorrectedNumber, corrected_pages
from ...errors import marked
from ...export.page_blocks import Block, TableBlock, block_lines, page_blocks
from ...results import Alternative, Box, Cell, EmptyReason, Table
from ...store.correction import Correction
from ...store.reading import Reading
from .digit_view_models import DigitView, digit_view

KIND_NAMES = {
    "integer": marked("integer"), "decimal": marked("decimal"), "percent": marked("percent"), "money": marked("money"),
    "fraction": marked("fraction"), "date": marked("date"), "time": marked("time"), "phone": marked("phone number"),
    "code": marked("code"), "expression": marked("expression"), "word": marked("word"),
}  # fmt: skip
"""Kinds of numbers in the words of the pages."""


@dataclass(frozen=True)
class NumberView:
    """A number with its position in the reading and its correction."""

    page: int
    index: int
    line: int
    text: str
    """The number that was read; empty where it was missed."""
    current_text: str
    """The corrected number, or the one that was read."""
    confidence: float | None
    accepted: bool
    box: Box
    digits: tuple[DigitView, ...]
    corrected: bool
    by_digit: bool
    """True where the digits can be corrected one by one."""
    satisfied: bool | None
    """True where the number meets the constraints; None where there are none."""
    needs_review: bool
    needs_whole: bool
    """True where the number needs a review though each of its characters is accepted."""
    kind: str
    value: str | None
    ambiguous: bool
    struck_out: bool
    handwritten: bool
    alternatives: tuple[Alternative, ...]
    """Other texts of the whole number; empty once it is corrected."""
    cell: Cell | None = None
    """Cell of a table that it stands in; None outside tables."""

    @property
    def kind_name(self) -> str:
        """Kind in the words of the pages."""
        return KIND_NAMES.get(self.kind, self.kind)

    @property
    def other_value(self) -> str:
        """Value where it says more than the text: not where only zeros in front differ."""
        same = self.value == self.current_text or self.current_text.isdecimal()
        return "" if self.value is None or same else self.value


@dataclass(frozen=True)
class PageView:
    """A page with its numbers in reading order."""

    width: int
    height: int
    numbers: tuple[NumberView, ...]
    milliseconds: float
    turned: int
    classifier: str
    """Classifier that read the digits: 'local', 'watson' or 'fallback'."""
    index: int
    """Position in the reading, from 0."""
    has_picture: bool
    left_over: tuple[Box, ...]
    """Boxes of handwriting that was not read."""
    printed_left_out: int
    """Printed numbers that were left out."""
    reason: EmptyReason | None
    """Why there are no numbers, where that is known."""
    tables: tuple[Table, ...] = ()

    @property
    def unsatisfied(self) -> list[str]:
        """Uncorrected numbers that do not meet the constraints."""
        return [number.text for number in self.numbers if number.satisfied is False and not number.corrected]

    def number(self, index: int) -> NumberView:
        """Return the number that corrections call `index`, which need not be its position."""
        return next(number for number in self.numbers if number.index == index)

    @property
    def whole_doubts(self) -> list[str]:
        """Numbers to review as a whole: each of their characters is accepted."""
        return [number.current_text for number in self.numbers if number.needs_whole]

    @property
    def struck_out(self) -> list[str]:
        """Crossed-out numbers that nobody has reviewed."""
        return [number.text for number in self.numbers if number.struck_out]

    @property
    def ambiguous(self) -> list[str]:
        """Numbers with two values, which the decimal sign would settle."""
        return [number.current_text for number in self.numbers if number.ambiguous and number.kind != "date"]

    @property
    def ambiguous_dates(self) -> list[str]:
        """Dates with two values, which the order of day and month would settle."""
        return [number.current_text for number in self.numbers if number.ambiguous and number.kind == "date"]

    @property
    def lines(self) -> list[list[NumberView]]:
        """Numbers grouped by line."""
        return [list(line) for _, line in groupby(self.numbers, lambda number: number.line)]

    @property
    def blocks(self) -> list[Block[NumberView]]:
        """Numbers in lines, and in tables where they have cells."""
        return page_blocks(self.numbers, self.tables)

    @property
    def has_tables(self) -> bool:
        """True where numbers are shown in a table."""
        return any(isinstance(block, TableBlock) for block in self.blocks)

    @property
    def doubts(self) -> int:
        """Number of digits and signs to review, and of numbers to review as a whole."""
        by_digit = sum(digit.needs_review for number in self.numbers for digit in number.digits)
        return by_digit + sum(number.needs_whole for number in self.numbers)

    @property
    def current_text(self) -> str:
        """Corrected numbers, line by line."""
        lines = (" ".join(number.current_text for number in line if number.current_text) for line in self.lines)
        return "\n".join(line for line in lines if line)

    @property
    def copied_text(self) -> str:
        """Corrected numbers as the copy button copies them: line by line, rows of tables with tabs between cells."""
        return "\n".join(block_lines(self.blocks, lambda number: number.current_text))

    @property
    def label_size(self) -> float:
        """Height of the labels beside the boxes, in pixels of the picture: legible, and clear of the next line."""
        side = max(self.width, self.height)
        heights = sorted(number.box.h for number in self.numbers) or [side]
        return min(max(heights[len(heights) // 2] * 0.4, side / 70), side / 28)


@dataclass(frozen=True)
class ReadingView:
    """A reading as its page shows it."""

    id: str
    created: str
    name: str
    text: str
    model: str
    has_thumbnail: bool
    pages: tuple[PageView, ...]
    last_correction_id: str | None
    """Id of the latest correction, the one that can be undone."""

    @property
    def current_text(self) -> str:
        """Corrected numbers of all pages, with lines separated by a middle dot."""
        return " · ".join(line for page in self.pages for line in page.current_text.splitlines())

    @property
    def doubts(self) -> int:
        """Number of digits, signs and whole numbers to review."""
        return sum(page.doubts for page in self.pages)

    @property
    def left_over(self) -> bool:
        """True where handwriting was not read."""
        return any(page.left_over for page in self.pages)

    @property
    def corrected(self) -> bool:
        """True where there is a correction."""
        return self.last_correction_id is not None


def reading_view(reading: Reading, corrections: Sequence[Correction]) -> ReadingView:
    """Apply corrections, oldest first, to a reading."""
    corrected = corrected_pages(reading, corrections)
    pages = tuple(
        PageView(
            page.width, page.height, tuple(_number_view(number, index) for number in corrected[index]),
            page.milliseconds, page.turned, page.classifier, index, bool(reading.preview(index)), page.left_over,
            page.printed_left_out, page.reason, page.tables,
        )
        for index, page in enumerate(reading.pages)
    )  # fmt: skip
    return ReadingView(
        reading.id, reading.created, reading.name, reading.text,
        reading.pages[0].model if reading.pages else "", bool(reading.thumbnail), pages,
        corrections[-1].id if corrections else None,
    )  # fmt: skip


def _number_view(number: CorrectedNumber, page: int) -> NumberView:
    read, parsed = number.read, number.parsed
    digits = read.digits if read else ()
    corrections = number.digit_texts or (None,) * len(digits)
    after_space = _after_space(read.text if read else "")
    return NumberView(
        page=page, index=number.index, line=number.line, text=read.text if read else "", current_text=number.text,
        confidence=read.confidence if read else None, accepted=bool(read and read.accepted), box=number.box,
        digits=tuple(
            digit_view(digit, corrections[index], index in number.open_digits, index in after_space)
            for index, digit in enumerate(digits)
        ),
        corrected=number.is_reviewed, by_digit=number.by_digit, satisfied=read.satisfied if read else None,
        needs_review=number.needs_review, needs_whole=number.needs_whole, kind=parsed.kind, value=parsed.value,
        ambiguous=parsed.ambiguous, struck_out=bool(read and read.struck_out and not number.is_reviewed),
        handwritten=read.handwritten if read else True,
        alternatives=read.alternatives if read and not number.is_reviewed else (),
        cell=read.cell if read else None,
    )  # fmt: skip


def _after_space(text: str) -> set[int]:
    """Return the indices, among the characters of `text` without spaces, of those that follow a space."""
    lengths = accumulate(len(part) for part in text.split())
    return set(list(lengths)[:-1])
