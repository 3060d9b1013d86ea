"""Random texts of composed lines: numbers of all kinds as people write them, codes, and characters in no order."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.random import Generator

from ...recognition.alphabet import DIGITS, LETTERS, SIGNS

CODE_CHARACTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Capitals of codes; those that nobody tells from a digit without the code's rule are rare in `code`."""
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def digits(rng: Generator, least: int, most: int) -> str:
    """Return `least` to `most` random digits, at times with a run of one of them, mostly of zeros."""
    count = int(rng.integers(least, most + 1))
    drawn = rng.integers(0, 10, count)
    if count > 2 and rng.random() < 0.2:
        start = int(rng.integers(0, count - 1))
        drawn[start : start + int(rng.integers(2, 4))] = 0 if rng.random() < 0.6 else rng.integers(10)
    return "".join(map(str, drawn))


def letters(rng: Generator, least: int, most: int) -> str:
    """Return `least` to `most` random letters."""
    return "".join(rng.choice(list(LETTERS), int(rng.integers(least, most + 1))))


def decimal(rng: Generator) -> str:
    """Return a decimal number with point or comma, a third of them signed."""
    sign = _choice(rng, ["", "", "", "", "-", "-", "+"])
    whole = digits(rng, 1, 4) if rng.random() < 0.95 else ""
    return f"{sign}{whole}{_choice(rng, '.,')}{digits(rng, 1, 3)}"


def signed(rng: Generator) -> str:
    """Return a signed whole number, or one in accounting brackets."""
    if rng.random() < 0.2:
        return f"({digits(rng, 1, 5)})"
    return f"{_choice(rng, '---+')}{digits(rng, 1, 5)}"


def thousands(rng: Generator) -> str:
    """Return a number with its thousands separated, some with decimals."""
    separator = _choice(rng, ",,..'")
    text = str(int(rng.integers(1, 10))) + digits(rng, 0, 2)
    for _ in range(int(rng.integers(1, 3))):
        text += separator + digits(rng, 3, 3)
    return text + (f"{'.' if separator == ',' else ','}{digits(rng, 2, 2)}" if rng.random() < 0.4 else "")


def money(rng: Generator) -> str:
    """Return an amount with its currency before or behind, or with a cheque's ending."""
    amount = thousands(rng) if rng.random() < 0.3 else f"{digits(rng, 1, 5)}{_choice(rng, '.,')}{digits(rng, 2, 2)}"
    if rng.random() < 0.3:
        amount = digits(rng, 1, 5)
    kind = rng.random()
    if kind < 0.55:
        return f"{_choice(rng, '$$$€£')}{amount}"
    if kind < 0.75:
        return f"{amount}{_choice(rng, '$€€£')}"
    return f"{digits(rng, 1, 5)}{_choice(rng, [',-', '.-', '-', ',--', '.=', '-/'])}"


def percent(rng: Generator) -> str:
    """Return a percentage."""
    number = digits(rng, 1, 3)
    return (f"{number}{_choice(rng, '.,')}{digits(rng, 1, 2)}" if rng.random() < 0.4 else number) + "%"


def date(rng: Generator) -> str:
    """Return a date, day or month first, or year first."""
    day, month, year = int(rng.integers(1, 32)), int(rng.integers(1, 13)), int(rng.integers(1900, 2100))
    separator = _choice(rng, "///--.")
    first, second = (f"{day:02}", f"{month:02}") if rng.random() < 0.4 else (str(day), str(month))
    if rng.random() < 0.4:
        first, second = second, first
    kind = rng.random()
    if kind < 0.1:
        return f"{year}-{month:02}-{day:02}"
    if kind < 0.15:
        return f"{day}{_choice(rng, ['', '-', '.', ' '])}{_choice(rng, MONTHS)}{_choice(rng, ['', '-', ' '])}{year}"
    written = str(year) if rng.random() < 0.4 else f"{year % 100:02}"
    return f"{first}{separator}{second}{separator}{written}"


def time(rng: Generator) -> str:
    """Return a time of day."""
    hour, minute = int(rng.integers(0, 25)), int(rng.integers(0, 60))
    text = f"{hour}:{minute:02}"
    if rng.random() < 0.15:
        text += f":{int(rng.integers(0, 60)):02}"
    return text + (_choice(rng, ["am", "pm", "h"]) if rng.random() < 0.15 else "")


def phone(rng: Generator) -> str:
    """Return a telephone number in one of the usual manners."""
    form = _choice(rng, ["(3)3-4", "(3) 3-4", "3-3-4", "3-4", "1-3-3-4", "+2 3 4", "5-4", "2-3-2-4", "4/5", "3-3-4,x3"])
    return "".join(digits(rng, int(part), int(part)) if part.isdigit() else part for part in form)


def fraction(rng: Generator) -> str:
    """Return a fraction, a score or a range."""
    return f"{digits(rng, 1, 3)}{_choice(rng, '////-:')}{digits(rng, 1, 3)}"


def expression(rng: Generator) -> str:
    """Return arithmetic: numbers between operators, some in brackets, a power, or another mix of signs."""
    parts = [digits(rng, 1, 4)]
    for _ in range(int(rng.integers(1, 4))):
        parts += [_choice(rng, "++--==**/%×x@<>:^"), digits(rng, 1, 4) if rng.random() < 0.8 else decimal(rng)]
    if rng.random() < 0.4:
        pair = _choice(rng, ["()", "()", "()", "[]", "{}", "''", '""', "<>"])
        start = int(rng.integers(0, len(parts) // 2)) * 2
        parts[start] = pair[0] + parts[start]
        parts[-1] += pair[1]
    ending = _choice(rng, ["", "", "", "=?", "=", "!", ";", "?", "."])
    return (" " if rng.random() < 0.3 else "").join(parts) + ending


def code(rng: Generator) -> str:
    """Return a code of capitals and digits."""
    pattern = _choice(rng, ["AA9999", "AA999999", "A9999", "999A", "9A9", "AAA-999", "A9A 9A9", "AA99 9999", "A-9999"])
    if rng.random() < 0.3:
        pattern = "".join(_choice(rng, "A9") for _ in range(int(rng.integers(4, 9))))
    capitals = CODE_CHARACTERS if rng.random() < 0.5 else CODE_CHARACTERS + "OI"
    drawn = {"A": lambda: _choice(rng, capitals), "9": lambda: str(rng.integers(10))}
    return "".join(drawn[place]() if place in drawn else place for place in pattern)


def numbered(rng: Generator) -> str:
    """Return a number with a sign at one end: #7, 3), No. 12, 4th, (2)."""
    number = digits(rng, 1, 3)
    form = _choice(
        rng, ["#{}", "#{}", "{})", "{}.", "No. {}", "No {}", "{}th", "({})", "[{}]", "{}°", "{}!", "{}:", "x{}"]
    )
    return form.format(number)


def bracketed(rng: Generator) -> str:
    """Return one or several short numbers, each in brackets: (3), (12) (4), [(1)(2)]."""
    pair = _choice(rng, ["()", "()", "()", "[]", "<>", "{}"])
    items = [f"{pair[0]}{digits(rng, 1, 4)}{pair[1]}" for _ in range(int(rng.integers(1, 5)))]
    text = _choice(rng, ["", " "]).join(items)
    outer = _choice(rng, ["[]", "()", "{}"])
    return f"{outer[0]}{text}{outer[1]}" if rng.random() < 0.3 else text


def anything(rng: Generator) -> str:
    """Return digits and signs in no order, so that no rule of order is learnt where there is none."""
    characters = DIGITS * 5 + SIGNS + (LETTERS if rng.random() < 0.3 else "")
    return "".join(rng.choice(list(characters), int(rng.integers(2, 9))))


NUMBERS: tuple[tuple[Callable[[Generator], str], float], ...] = (
    (lambda rng: digits(rng, 1, 10), 0.10), (decimal, 0.14), (signed, 0.09), (thousands, 0.06), (money, 0.10),
    (percent, 0.06), (date, 0.14), (time, 0.08), (phone, 0.10), (fraction, 0.06), (expression, 0.12), (code, 0.05),
    (numbered, 0.06), (bracketed, 0.05), (anything, 0.06),
)  # fmt: skip
"""Kinds of numbers with their shares among composed numbers; set by eye."""


def number(rng: Generator) -> str:
    """Return a random number of any kind."""
    kinds, shares = zip(*NUMBERS, strict=True)
    return str(kinds[int(rng.choice(len(kinds), p=np.array(shares) / sum(shares)))](rng))


def _choice(rng: Generator, choices: Sequence[str]) -> str:
    return choices[int(rng.integers(len(choices)))]
