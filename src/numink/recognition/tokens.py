"""Tokens: the characters of a line that stand together as a number, an expression or a word.

Wide gaps part characters (`spacing`). Across a wider gap a decimal sign, a thousands sign, a currency and the like hold
a number together, where the joined text is a number by the number grammar: "25. 000", "$ 250", "(212) 753-8675".
Operators that stand alone between numbers join them into one expression, whose text has a blank at each gap:
"123 + 3456 - 890 = @". Two numbers too close for their gap to tell are parted where the grammar does: "15%20%".

A dash in the middle between two numbers is an operator; it is the sign of the second where it stands closer to it.
A list of more than two numbers with commas, "12, 15, 18", stays apart, while "12, 50" alone is taken for a decimal:
by their gaps the two are alike. Blanks between thousands part a number where they are wide.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import pairwise

from .alphabet import DIGITS
from .number_grammar import parse_number
from .token_line import PARAMETERS, PlacedCharacter, Token, TokenLine

DECIMAL_SIGNS = ".,'"
HOLDING_BEHIND = DECIMAL_SIGNS + "$€£:/()-"
HOLDING_BEFORE = DECIMAL_SIGNS + "$€£:/()%°"
"""Signs that hold a number together across a wide gap behind them, and before them, where a dash is a minus."""
OPERATORS = "+-=*@<>^/:×xX()[]{}?!"
"""Characters that join numbers into an expression where they stand alone between them."""
SIGNS_OF_NUMBERS = "+-"
NOT_LAST, NOT_FIRST = OPERATORS + HOLDING_BEHIND, OPERATORS + DECIMAL_SIGNS
"""Characters at which no two numbers that stand close together are parted."""
RESULTS_TO_COME = "?@"
"""Characters that people write behind an equals sign for a result."""
HALVES_OF_THE_DAY = ("am", "pm", "a.m.", "p.m.")
LEAST_NUMBERS_OF_EXPRESSION = 2


def find_tokens(
    characters: Sequence[PlacedCharacter], digit_height: float, starts: Collection[int] = ()
) -> tuple[Token, ...]:
    """Return the tokens of a line, from left to right; together they hold all its characters.

    Args:
        characters: The characters of the line from left to right.
        digit_height: Height of the line's digits in pixels.
        starts: Indices of the characters at which a number begins that constraints demand: such a number reaches to
            the next start or the line's end, whatever the gaps. The rules hold for the characters before the first.
    """
    if not characters:
        return ()
    line = TokenLine(characters, digit_height)
    forced = sorted({start for start in starts if 0 <= start < len(characters)} | {len(characters)})
    before = _by_gaps(TokenLine(characters[: forced[0]], digit_height)) if forced[0] else []
    return (*before, *(line.token(start, stop) for start, stop in pairwise(forced)))


def _by_gaps(line: TokenLine) -> list[Token]:
    """Return the tokens of a line without constraints."""
    tokens = [part for token in line.split(OPERATORS) for part in _part_numbers(line, token)]
    return _join_expressions(line, _attach_signs(line, _hold_together(line, tokens)))


def _is_value(token: Token) -> bool:
    """Return whether a token is a number of a kind that no mere coincidence of characters makes."""
    return parse_number(token.text).kind not in ("expression", "code", "word")


def _part_numbers(line: TokenLine, token: Token) -> list[Token]:
    """Split an expression at its widest gap, or one about as wide, where that makes two numbers of it."""
    if token.stop - token.start == 1 or _is_value(token) or not _has_digits(token):
        return [token]
    inside = range(token.start + 1, token.stop)
    widest = max(line.gaps[index] for index in inside)
    least = max(PARAMETERS.least_balance * widest, PARAMETERS.digits.least_gap)
    for middle in sorted(inside, key=lambda index: -line.gaps[index]):
        parts = line.token(token.start, middle), line.token(middle, token.stop)
        meets_sign = line.characters[middle - 1] in NOT_LAST or line.characters[middle] in NOT_FIRST
        if line.gaps[middle] >= least and not meets_sign and all(map(_is_value, parts)):
            return list(parts)
    return [token]


def _hold_together(line: TokenLine, tokens: Sequence[Token]) -> list[Token]:
    """Join neighbours that a sign holds together, where all of them are one number."""
    runs: list[list[Token]] = []
    for token in tokens:
        if runs and _sign_holds(line, runs[-1][-1], token):
            runs[-1].append(token)
        else:
            runs.append([token])
    return [token for run in runs for token in _numbers_of(line, run)]


def _sign_holds(line: TokenLine, before: Token, token: Token) -> bool:
    gap, last = line.gap_before(token), before.stop - 1
    if _ends_with(before, DECIMAL_SIGNS) and last > before.start:  # measured from the digit before the sign
        gap += line.gaps[last] + line.widths[last]
    if gap > PARAMETERS.greatest_gap_across_sign or {before.text, token.text} & {*SIGNS_OF_NUMBERS}:
        return False
    is_half_of_the_day = token.text.lower().rstrip(",;") in HALVES_OF_THE_DAY
    return _ends_with(before, HOLDING_BEHIND) or _begins_with(token, HOLDING_BEFORE) or is_half_of_the_day


def _numbers_of(line: TokenLine, run: list[Token]) -> list[Token]:
    """Return a run as one token where it is one number; else its parts, cut at signs of decimals first."""
    if len(run) == 1:
        return run
    joined = Token.join(run)
    if _is_value(joined):
        return [joined]
    cuts = [
        index
        for index in range(1, len(run))
        if _ends_with(run[index - 1], DECIMAL_SIGNS) or _begins_with(run[index], DECIMAL_SIGNS)
    ]
    cuts = cuts or [max(range(1, len(run)), key=lambda index: line.gap_before(run[index]))]
    parts = [run[start:stop] for start, stop in pairwise([0, *cuts, len(run)])]
    return [token for part in parts for token in _numbers_of(line, part)]


def _attach_signs(line: TokenLine, tokens: Sequence[Token]) -> list[Token]:
    """Join a plus or minus that stands alone with the number behind it, unless it is an operator between two."""
    attached: list[Token] = []
    for token in tokens:
        sign = attached[-1] if attached else None
        if sign and sign.text in SIGNS_OF_NUMBERS and _has_digits(token) and _is_sign_of(line, sign, token):
            attached[-1] = Token.join([sign, token])
        else:
            attached.append(token)
    return attached


def _is_sign_of(line: TokenLine, sign: Token, number: Token) -> bool:
    """Return whether a plus or minus stands closer to the number behind it than to anything before it."""
    gap, gap_before_sign = line.gap_before(number), line.gap_before(sign)
    alone = gap_before_sign > PARAMETERS.greatest_gap_of_operator
    closer = gap < PARAMETERS.least_balance * gap_before_sign
    return gap <= PARAMETERS.greatest_gap_across_sign and (alone or closer)


def _join_expressions(line: TokenLine, tokens: Sequence[Token]) -> list[Token]:
    """Join numbers with the operators that stand alone between them; an equals sign may end an expression."""
    runs: list[list[Token]] = []
    for token in tokens:
        if runs and _continues(line, runs[-1], token):
            runs[-1].append(token)
        else:
            runs.append([token])
    return [token for run in runs for token in _expression(run)]


def _continues(line: TokenLine, run: Sequence[Token], token: Token) -> bool:
    near = line.gap_before(token) <= PARAMETERS.greatest_gap_of_operator
    meets_operator = _is_operator(token) or (_is_operator(run[-1]) and _has_digits(token))
    return near and meets_operator and _has_digits(run[0])


def _expression(run: list[Token]) -> list[Token]:
    """Return a run as one token, without the operators behind its last number or its equals sign."""
    if sum(map(_has_digits, run)) < LEAST_NUMBERS_OF_EXPRESSION:
        return run
    last = max(index for index, token in enumerate(run) if _has_digits(token) or token.text == "=")
    if run[last].text == "=" and last + 1 < len(run) and run[last + 1].text in RESULTS_TO_COME:
        last += 1
    return [Token.join(run[: last + 1], " "), *run[last + 1 :]]


def _begins_with(token: Token, signs: str) -> bool:
    return token.text.startswith(tuple(signs))


def _ends_with(token: Token, signs: str) -> bool:
    return token.text.endswith(tuple(signs))


def _has_digits(token: Token) -> bool:
    return any(character in DIGITS for character in token.text)


def _is_operator(token: Token) -> bool:
    return len(token.text) == 1 and token.text in OPERATORS
