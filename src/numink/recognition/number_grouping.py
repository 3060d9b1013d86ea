"""Number grouping: recognized lines to numbers in reading order, and the handwriting that was seen and not read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from ..results import Box, Number
from .acceptance import AcceptanceThresholds, NumberEvidence
from .alphabet import DIGITS, LETTERS, OTHER_MARK, look_alikes
from .character_forms import TIMES_SHAPES, as_digit, as_times, in_case
from .line_segmentation import is_tall
from .number_grammar import parse_number
from .number_making import LineContext, lone_number, make_number
from .page_plausibility import holds_prose, implausible_numbers
from .tokens import find_tokens
from .types import CharacterHypothesis, ConstrainedNumber, RecognizedLine, TextLine


@dataclass(frozen=True)
class NumberGroupingParameters:
    """Parameters of number grouping; all set by eye."""

    least_confidence: float = 0.3
    """A number with a lower confidence of its characters, in the geometric mean, is a drawing or a texture."""
    least_components: int = 4
    """A line of at least so many components may be a texture."""
    most_unread_share: float = 0.35
    """A line of that many components is a texture where a larger share of them is read as no character."""
    most_empty_probability: float = 0.5
    """A line that is likelier empty than this is dropped, unless it is the page's only line."""
    most_empty_cells: float = 0.2
    """Where more than this share of the cells with foreground is rather empty, those cells are."""
    greatest_small_letter: float = 0.72
    """A letter that has one shape in both cases is a small one where it is lower than this part of the digits."""
    least_digit_share: float = 0.5
    """Of letters and digits together, at least this share are digits in a code; else it is a word."""


PARAMETERS = NumberGroupingParameters()


@dataclass(frozen=True)
class NumberOptions:
    """Options for making numbers of lines."""

    thresholds: AcceptanceThresholds = field(default_factory=AcceptanceThresholds)
    scale: float = 1.0
    """Pixels of the working picture to one of the picture: boxes are divided by it."""
    words: bool = False
    """Whether words are answered, too."""
    turned: bool = False
    """Whether the page was turned to be read."""
    beside_text: bool = False
    """Whether there is print on the page, or prose."""


@dataclass(frozen=True)
class GroupedPage:
    """The numbers of a page in reading order, and the boxes of handwriting that was seen and not read."""

    numbers: tuple[Number, ...]
    left_over: tuple[Box, ...]
    evidence: tuple[NumberEvidence | None, ...] = ()
    """Of each number the evidence that its confidence is made of; None for a digit that stands alone."""
    holds_handwriting: bool = False
    """Whether anything was read, words included, or is left over."""


def group_numbers(
    lines: Sequence[RecognizedLine], options: NumberOptions, all_lines: Sequence[TextLine] = ()
) -> GroupedPage:
    """Return the numbers of a page and what is left over, which is of `all_lines` what was not read, too."""
    is_prose = holds_prose(lines)
    options = replace(options, beside_text=options.beside_text or is_prose)
    made: list[tuple[Number, NumberEvidence | None]] = []
    read = {id(line.line) for line in lines}
    unread = (line for line in all_lines if not (id(line) in read or line.place.is_printed))
    left_over = [line.place.original(line.box) for line in unread]
    line_count = last_row = 0
    in_cells = [_is_rather_empty(line) for line in lines if line.line.place.cell]
    # A 1 that stands alone in its cell looks like a bar: it is one among cells that are empty.
    cells_are_filled = sum(in_cells) <= PARAMETERS.most_empty_cells * len(in_cells)
    for line in lines:
        left_over += [] if line.line.place.is_printed else _unread_boxes(line)
        may_be_empty = len(lines) > 1 and not (cells_are_filled and line.line.place.cell)
        if (may_be_empty and _is_rather_empty(line)) or _is_mostly_unread(line):
            continue
        continues = line.line.place.row and line.line.place.row == last_row
        context = _context(line, line_count + (not continues), options)
        on_line = _line_numbers(context, words=options.words)
        if on_line:
            line_count, last_row = context.number, line.line.place.row
        made.extend(on_line)
    boxes = [_scaled(box, options) for box in left_over]
    doubtful = implausible_numbers([number for number, _ in made], len(boxes), is_prose=is_prose)
    boxes += [made[index][0].box for index in sorted(doubtful) if made[index][0].handwritten]
    made = [pair for index, pair in enumerate(made) if index not in doubtful]
    written = [line for line in lines if not line.line.place.is_printed]
    holds_handwriting = bool(boxes) or any(line.best.read and not _is_rather_empty(line) for line in written)
    numbers, evidence = (tuple(part) for part in zip(*made, strict=True)) if made else ((), ())
    return GroupedPage(numbers, tuple(boxes), evidence, holds_handwriting)


def single_character_number(lines: Sequence[RecognizedLine], options: NumberOptions) -> tuple[Number, ...]:
    """Return the number of a picture that holds exactly one character, however unlikely it is.

    `lines` are one line, or none where the picture is empty.
    """
    return tuple(
        lone_number(line.best.read[0], LineContext(line, 1, options.thresholds, options.scale, turned=False))
        for line in lines
        if line.best.read
    )


def _context(line: RecognizedLine, number: int, options: NumberOptions) -> LineContext:
    return LineContext(line, number, options.thresholds, options.scale, options.turned, options.beside_text)


def _line_numbers(context: LineContext, *, words: bool) -> list[tuple[Number, NumberEvidence | None]]:
    line, hypothesis = context.line, context.line.best
    characters = hypothesis.read
    if not characters:
        return []
    starts = {number.start: number for number in line.decoded.numbers}
    numbers = []
    height = line.line.digit_height
    for token in find_tokens(characters, height, tuple(starts)):
        constrained = starts.get(token.start)
        own = list(characters[token.start : token.stop])
        if constrained is None and any(character.is_digit for character in own):  # else constraints have decided
            own = [
                in_case(_as_digit_where_alike(character, token.text), small=_is_low(character, height))
                for character in own
            ]
            own = _with_times(own)
        for start, stop in _without_other_marks(own):
            part = own[start:stop]
            text = token.text if stop - start == len(own) else "".join(character.text for character in part)
            if not _is_number(text, constrained) and not words:
                continue
            number = make_number(part, _with_blanks(text, part), context, constrained)
            if words or constrained is not None or _is_certain(part):
                numbers.append(number)
    return numbers


def _with_blanks(text: str, characters: Sequence[CharacterHypothesis]) -> str:
    """Return `text`, with its blanks, in the characters that look-alikes were changed to."""
    following = iter(characters)
    return "".join(" " if character == " " else next(following).text for character in text)


def _without_other_marks(characters: Sequence[CharacterHypothesis]) -> list[tuple[int, int]]:
    """Return the ranges of characters between other marks, as a struck-out digit is."""
    ranges, start = [], 0
    for index, character in enumerate([*characters, None]):
        if character is None or character.text == OTHER_MARK:
            if index > start:
                ranges.append((start, index))
            start = index + 1
    return ranges


def _is_number(text: str, constrained: ConstrainedNumber | None) -> bool:
    """Return whether a token is answered as a number: it holds digits, and few letters unless a kind has them."""
    if constrained is not None and constrained.satisfied:
        return True
    digits = sum(character in DIGITS for character in text)
    letters = sum(character in LETTERS for character in text)
    if not digits:
        return False
    if not letters or parse_number(text).kind not in ("code", "expression", "word"):
        return True
    return digits >= PARAMETERS.least_digit_share * (digits + letters)


def _as_digit_where_alike(character: CharacterHypothesis, token: str) -> CharacterHypothesis:
    """Return a letter that looks like a digit as that digit, where all other letters of its token do so, too."""
    letters = [other for other in token if other in LETTERS]
    if character.text not in LETTERS or not any(other in DIGITS for other in token):
        return character
    if not all(any(alike in DIGITS for alike in look_alikes(letter)) for letter in letters):
        return character
    return as_digit(character)


def _with_times(characters: Sequence[CharacterHypothesis]) -> list[CharacterHypothesis]:
    """Return characters with an x before a digit as the times sign, where there is no other letter but such."""
    if any(character.text in LETTERS and character.text not in TIMES_SHAPES for character in characters):
        return list(characters)
    followers = [*characters[1:], None]
    return [
        as_times(character) if index and follower is not None and follower.is_digit else character
        for index, (character, follower) in enumerate(zip(characters, followers, strict=True))
    ]


def _is_low(character: CharacterHypothesis, digit_height: float) -> bool:
    return character.box.h < PARAMETERS.greatest_small_letter * digit_height


def _is_certain(characters: Sequence[CharacterHypothesis]) -> bool:
    product = 1.0
    for character in characters:
        product *= max(character.confidence, 1e-6)
    return bool(product ** (1 / len(characters)) >= PARAMETERS.least_confidence)


def _unread_boxes(line: RecognizedLine) -> list[Box]:
    """Return the boxes of what stands on a line and was read as no character."""
    height = line.line.digit_height
    marks = [character for character in line.best.read if character.text == OTHER_MARK]
    unread = [character for character in line.best.unread if is_tall(character.component, height)]
    boxes = [character.box for character in (*marks, *unread) if character.box.w and character.box.h]
    return [line.line.place.original(box) for box in boxes]


def _scaled(box: Box, options: NumberOptions) -> Box:
    return Box(*(round(value / options.scale) for value in box))


def _is_rather_empty(line: RecognizedLine) -> bool:
    return line.empty_probability > PARAMETERS.most_empty_probability


def _is_mostly_unread(line: RecognizedLine) -> bool:
    """Return whether most of a line is read as no character, as of a texture, a drawing or another script."""
    tall = [character for character in line.best.characters if is_tall(character.component, line.line.digit_height)]
    unread = sum(character.text in ("", OTHER_MARK) for character in tall)
    return len(tall) >= PARAMETERS.least_components and unread > PARAMETERS.most_unread_share * len(tall)
