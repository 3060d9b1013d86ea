"""Options of a reading: how numbers are written, and which of the characters that were read are answered."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from ..results import Alternative, Box, Digit, Number
from .alphabet import DIGITS
from .number_grammar import DecimalSign, parse_number, settle


@dataclass(frozen=True)
class ReadOptions:
    """How numbers are written on the page, and what of it is answered; the defaults assume nothing."""

    decimal: DecimalSign | None = None
    """The decimal sign, which settles numbers such as 1.234; None where it is not known."""
    day_first: bool | None = None
    """Whether the day stands before the month in dates, which settles 01/02/95; None where it is not known."""
    digits_only: bool = False
    """Whether signs and letters are left out of the answer, as the first version did."""
    words: bool = False
    """Whether words are answered, too, as numbers of kind `word`."""
    letters: bool = False
    """Whether a picture of exactly one character may hold a letter."""
    printed: bool = False
    """Whether printed numbers are answered, too."""


def apply_options(numbers: Sequence[Number], options: ReadOptions, *, single: bool = False) -> tuple[Number, ...]:
    """Return the numbers of a page with their kinds and values, as the options demand.

    Numbers settle one another where the options do not. Words are left out, unless they are asked for; so are signs
    where only digits are. With `single` the only character may be a letter.
    """
    parsed = settle([number.text for number in numbers], options.decimal, options.day_first)
    valued = [
        replace(number, kind=parsed_number.kind, value=parsed_number.value, ambiguous=parsed_number.ambiguous)
        for number, parsed_number in zip(numbers, parsed, strict=True)
    ]
    if options.digits_only:
        return tuple(part for number in valued for part in digits_only(number))
    return tuple(number for number in valued if options.words or single or number.kind != "word")


def digits_only(number: Number) -> tuple[Number, ...]:
    """Return a number without its signs and letters: one integer, or several where it is an expression with gaps.

    Texts keep their zeros; the value of 0640 is 640. A word has no digits, and so becomes no number.

    >>> box = Box(40, 20, 12, 30)
    >>> digits = tuple(Digit(text, 0.999, True, box) for text in "-24.15")
    >>> [part.text for part in digits_only(Number("-24.15", 1, 0.99, True, box, digits, kind="decimal"))]
    ['2415']
    """
    return tuple(_integer(number, digits) for digits in _digits_of_parts(number) if digits)


def _digits_of_parts(number: Number) -> Iterator[list[Digit]]:
    """Yield the digits of a number, or of each part of an expression between two gaps."""
    parts = number.text.split() if number.kind == "expression" else ["".join(number.text.split())]
    characters = iter(number.digits)
    for part in parts:
        own = [character for _, character in zip(part, characters, strict=False)]
        yield [character for character in own if character.text in DIGITS]


def _integer(number: Number, digits: Sequence[Digit]) -> Number:
    text = "".join(digit.text for digit in digits)
    is_whole = len(digits) == sum(character in DIGITS for character in number.text)
    return replace(
        number, text=text, digits=tuple(digits), box=Box.around([digit.box for digit in digits]),
        accepted=number.accepted and all(digit.accepted for digit in digits),
        kind="integer", value=parse_number(text).value, ambiguous=False,
        alternatives=tuple(_other_digits(text, number.alternatives)) if is_whole else (),
    )  # fmt: skip


def _other_digits(text: str, alternatives: Iterable[Alternative]) -> Iterator[Alternative]:
    """Yield the alternatives without their signs; those that differ in signs alone count as one, or not at all."""
    confidences: dict[str, float] = defaultdict(float)
    for alternative in alternatives:
        confidences["".join(character for character in alternative.text if character in DIGITS)] += (
            alternative.confidence
        )
    for other, confidence in confidences.items():
        if other and other != text:
            yield Alternative(other, min(confidence, 1.0))
