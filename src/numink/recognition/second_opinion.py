"""The second opinion on strings: of networks that know digits only, and what it means for each character."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from .alphabet import BLANK, DIGITS, digits_of, to_columns
from .types import CharacterHypothesis


@dataclass(frozen=True)
class SecondOpinionParameters:
    """Parameters of the second opinion (E210)."""

    digit_network_exponent: float = 1.0
    """Exponent of the probability of a string's digits by the networks that know digits only (E210)."""
    not_understood_probability: float = 0.1
    """Probability that takes the place of theirs where a string has characters that they take for digits (E210)."""
    string_share: float = 0.8
    """Share of the strings, against the frames, in the probabilities of a character; by eye."""
    least_digits_probability: float = 1e-3
    """Least probability of digits by those networks, so that they alone can exclude no string."""


PARAMETERS = SecondOpinionParameters()
UNDERSTOOD = frozenset(DIGITS + ".,-=~")
"""Characters that networks of digits know to be no digits, besides words, as on the lines that they were trained on."""


def follow_strings(
    characters: tuple[CharacterHypothesis, ...], strings: Mapping[str, float]
) -> tuple[CharacterHypothesis, ...]:
    """Return characters whose probabilities follow those of the strings of their length.

    The networks' frames know nothing of the strings' prior and of the networks that know digits only.
    """
    same = {text: probability for text, probability in strings.items() if len(text) == len(characters)}
    total = sum(same.values())
    if not total or not characters:
        return characters
    marginal, positions = np.zeros((len(characters), BLANK)), np.arange(len(characters))
    for text, probability in same.items():
        marginal[positions, to_columns(text)] += probability / total
    share = PARAMETERS.string_share
    return tuple(
        replace(character, probabilities=share * row + (1 - share) * character.probabilities)
        for character, row in zip(characters, marginal, strict=True)
        if character.probabilities is not None
    )


def with_digits(strings: Mapping[str, float], by_digits: Mapping[str, float]) -> dict[str, float]:
    """Return strings with their probabilities weighted by those of their digits, the likeliest first.

    The probabilities keep their sum. It is a product of experts (Hinton 2002): networks that know digits only say
    nothing about signs and letters, but read digits better.
    """
    if not by_digits or not strings:
        return dict(strings)
    exponent = PARAMETERS.digit_network_exponent
    weighted = {
        text: probability * _digits_probability(text, by_digits) ** exponent for text, probability in strings.items()
    }
    scale = sum(strings.values()) / max(sum(weighted.values()), 1e-300)
    return dict(sorted(((text, weight * scale) for text, weight in weighted.items()), key=lambda item: -item[1]))


def _digits_probability(text: str, by_digits: Mapping[str, float]) -> float:
    """Return the probability of the digits of `text` by the networks that know digits only."""
    if not UNDERSTOOD.issuperset(text):
        return PARAMETERS.not_understood_probability
    return max(by_digits.get(digits_of(text), 0.0), PARAMETERS.least_digits_probability)
