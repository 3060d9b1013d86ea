"""Checksums of numbers from left to right, by python-stdnum's tables, as automata of check digits carry them.

Where the weights count from the right, there is a first value for each possible length, modulo the weights' period.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import Any

from .alphabet import DIGITS, LETTERS

CAPITALS = LETTERS[:26]
STRUCTURE = re.compile(r"(\d+)!([nac])")
IBAN_HEAD = 4
"""Characters before the account: the country's letters and the check digits."""
IBAN_CHARACTERS = {"n": DIGITS, "a": CAPITALS, "c": DIGITS + CAPITALS}


@dataclass(frozen=True)
class Checksum:
    """A checksum that is carried from character to character."""

    starts: tuple[Any, ...]
    """Values before the first character."""
    step: Callable[[Any, str], Any]
    """From a value and a character that is allowed after it to the next value."""
    valid: Callable[[Any], bool]
    """Whether the number may end with a value."""
    allowed: Callable[[Any], str] = lambda _: DIGITS
    """The characters that may come after a value."""


def _luhn() -> Checksum:
    def step(value: tuple[int, int], character: str) -> tuple[int, int]:
        from_right, total = value
        doubled = (1 + from_right) * int(character)
        return (from_right + 1) % 2, (total + sum(divmod(doubled, 10))) % 10

    return Checksum(((0, 0), (1, 0)), step, lambda value: value == (1, 0))


def _verhoeff() -> Checksum:
    module = stdnum_module("verhoeff")
    product, permuted = module._multiplication_table, module._permutation_table

    def step(value: tuple[int, int], character: str) -> tuple[int, int]:
        from_right, total = value
        return (from_right - 1) % 8, product[permuted[from_right][int(character)]][total]

    return Checksum(tuple((place, 0) for place in range(8)), step, lambda value: value == (7, 0))


def _damm() -> Checksum:
    table = stdnum_module("damm")._operation_table
    return Checksum((0,), lambda value, character: table[value][int(character)], lambda value: value == 0)


def _isbn10() -> Checksum:
    def step(value: tuple[int, int], character: str) -> tuple[int, int]:
        place, total = value
        return place - 1, (total + place * (10 if character == "X" else int(character))) % 11

    return Checksum(
        ((10, 0),), step, lambda value: value[1] == 0, lambda value: DIGITS + "X" if value[0] == 1 else DIGITS
    )


def _ean(prefixes: tuple[str, ...] = ("",), first_weight: int = 1) -> Checksum:
    def step(value: tuple[int, int, str], character: str) -> tuple[int, int, str]:
        weight, total, start = value
        return 4 - weight, (total + weight * int(character)) % 10, (start + character)[: len(prefixes[0])]

    def allowed(value: tuple[int, int, str]) -> str:
        length = len(value[2])
        if length == len(prefixes[0]):
            return DIGITS
        return "".join({prefix[length] for prefix in prefixes if prefix.startswith(value[2])})

    return Checksum(((first_weight, 0, ""),), step, lambda value: value[1] == 0, allowed)


def _mod_97_10() -> Checksum:
    return Checksum((0,), _base_36, lambda value: value == 1, lambda _: DIGITS + CAPITALS)


def _mod_11_2() -> Checksum:
    def step(value: tuple[int, str], character: str) -> tuple[int, str]:
        return (2 * value[0] + (10 if character == "X" else int(character))) % 11, "X" if character == "X" else ""

    return Checksum(
        ((0, ""),), step, lambda value: value[0] == 1, lambda value: "" if value[1] == "X" else DIGITS + "X"
    )


def _mod_11_10() -> Checksum:
    return Checksum(
        (5,), lambda value, character: ((value or 10) * 2 % 11 + int(character)) % 10, lambda value: value == 1
    )


CHECKSUMS: dict[str, Callable[[], Checksum]] = {
    "luhn": _luhn, "verhoeff": _verhoeff, "damm": _damm, "isbn10": _isbn10, "ean13": _ean,
    "isbn13": lambda: _ean(("978", "979")), "ean8": lambda: _ean(first_weight=3), "mod97-10": _mod_97_10,
    "mod11-2": _mod_11_2, "mod11-10": _mod_11_10,
}  # fmt: skip


def _base_36(remainder: int, character: str) -> int:
    """Return the remainder modulo 97 with one more character, where letters count as 10 to 35."""
    value = int(character, 36)
    return (remainder * (100 if value > 9 else 10) + value) % 97


def iban_checksum(country: str) -> Checksum:
    """Return the checksum of IBANs: of the country's letters, the check digits, and the remainder of what follows.

    The check digits come first but count last: with the country's letters they say which remainder the rest must have.
    """

    def step(value: tuple[str, int], character: str) -> tuple[str, int]:
        head, place_and_remainder = value
        if len(head) < IBAN_HEAD:
            return head + character, 0
        place, remainder = divmod(place_and_remainder, 97)
        return head, (place + 1) * 97 + _base_36(remainder, character)

    def allowed(value: tuple[str, int]) -> str:
        head, place = value[0], value[1] // 97
        if len(head) < 2:
            return _next_letters(head) if not country else country[len(head)]
        structure = iban_structure(head[:2])
        following = structure[place : place + 1] if len(head) == IBAN_HEAD else (DIGITS,)
        return "".join(following)

    def valid(value: tuple[str, int]) -> bool:
        head, (place, remainder) = value[0], divmod(value[1], 97)
        if len(head) < IBAN_HEAD or place < len(iban_structure(head[:2])):
            return False
        for character in head:
            remainder = _base_36(remainder, character)
        return remainder == 1

    return Checksum((("", 0), (country, 0)) if country else (("", 0),), step, valid, allowed)


@cache
def iban_structure(country: str) -> tuple[str, ...]:
    """Return the characters allowed at each place after the first four of a country's IBANs; none for no country."""
    (_, properties), *_ = stdnum_module("numdb").get("iban").info(country)
    parts = STRUCTURE.findall(properties.get("bban", ""))
    return tuple(IBAN_CHARACTERS[kind] for length, kind in parts for _ in range(int(length)))


@cache
def _next_letters(start: str) -> str:
    """Return the letters with which a country's two letters may go on."""
    countries = [first + second for first in CAPITALS for second in CAPITALS if iban_structure(first + second)]
    return "".join(sorted({country[len(start)] for country in countries if country.startswith(start)}))


@cache
def stdnum_module(name: str) -> ModuleType:
    """Load a module of python-stdnum on first use: that takes as long as reading a picture."""
    import stdnum  # noqa: PLC0415

    return import_module(f"{stdnum.__name__}.{name}")
