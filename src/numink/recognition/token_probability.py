"""Token probabilities: what the line networks say of one of several tokens of a line, from its frames alone.

The probabilities of a whole line say little about one of its numbers: a doubt anywhere on the line lowers them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from .ctc import decode_line
from .types import CharacterHypothesis, RecognizedLine


class TokenProbability(NamedTuple):
    """Probabilities of a token, 0..1."""

    length: float
    """That it has so many characters."""
    digits: float
    """Of its digits, by the networks that know digits only; 1 where there are none."""


def token_probability(line: RecognizedLine, characters: Sequence[CharacterHypothesis]) -> TokenProbability:
    """Return the probabilities of the token of some characters (at least one) of `line`."""
    output, frames = line.decoded.output, _frames(line, characters)
    if len(characters) == len(line.best.read) or output is None or frames is None:  # it is all of the line
        return TokenProbability(line.best_probability, _of_digits(line.decoded.by_digits, characters))
    decoded = decode_line(output.between(*frames))
    length = sum(hypothesis.probability for hypothesis in decoded.hypotheses if len(hypothesis.text) == len(characters))
    return TokenProbability(min(length, 1.0), _of_digits(decoded.by_digits, characters))


def _of_digits(by_digits: Mapping[str, float], characters: Sequence[CharacterHypothesis]) -> float:
    text = "".join(character.text for character in characters if character.is_digit)
    return by_digits.get(text, 0.0) if by_digits else 1.0


def _frames(line: RecognizedLine, characters: Sequence[CharacterHypothesis]) -> tuple[int, int | None] | None:
    """Return the frames of a token, to half-way to the characters beside it; None where its frames are not given."""
    first, last = characters[0].frame, characters[-1].frame
    all_frames = [character.frame for character in line.best.read]
    if any(math.isnan(frame) for frame in (first, last, *all_frames)):
        return None
    before = max((frame for frame in all_frames if frame < first), default=-math.inf)
    after = min((frame for frame in all_frames if frame > last), default=math.inf)
    start = 0 if math.isinf(before) else math.floor((before + first) / 2) + 1
    return start, None if math.isinf(after) else math.floor((last + after) / 2) + 1
