"""What stands along a strip -> the likeliest digit strings, each with its probability, and where its digits are.

Connectionist temporal classification (Graves et al. 2006): at each place the network says one of ten digits or
nothing; all ways to say a string are summed over. Knows probabilities, not strips or networks.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..results import DIGIT_COUNT

Floats = NDArray[np.float64]
NOTHING = DIGIT_COUNT
"""The column of 'nothing new here' (CTC's blank)."""
BEAM = 12
"""Strings that are followed at once."""
LEAST = 1e-3
"""A digit less likely than this at a place is not tried there."""


@dataclass(frozen=True)
class Spelling:
    """A digit string and its probability, over all ways to say it."""

    text: str
    probability: float


def spellings(chances: Floats) -> list[Spelling]:
    """The likeliest strings of `chances` (T, 11), the best first, by prefix beam search (Hannun et al. 2014).

    >>> places = np.full((3, 11), 1e-6)
    >>> places[0, 4] = places[1, 10] = places[2, 4] = 1
    >>> spellings(places)[0].text
    '44'
    """
    # For each prefix: the weight of the ways that end with its last digit, and of those that end with nothing.
    beam: dict[str, tuple[float, float]] = {"": (0.0, 1.0)}
    for place in chances:
        likely = [(str(digit), float(place[digit])) for digit in np.flatnonzero(place[:NOTHING] >= LEAST)]
        nothing = float(place[NOTHING])
        new: dict[str, list[float]] = {}
        for prefix, (ending, resting) in beam.items():
            same = new.setdefault(prefix, [0.0, 0.0])
            same[1] += (ending + resting) * nothing
            for digit, chance in likely:
                if prefix.endswith(digit):
                    same[0] += ending * chance
                    new.setdefault(prefix + digit, [0.0, 0.0])[0] += resting * chance
                else:
                    new.setdefault(prefix + digit, [0.0, 0.0])[0] += (ending + resting) * chance
        kept = sorted(new.items(), key=lambda item: -sum(item[1]))[:BEAM]
        beam = {prefix: (weights[0], weights[1]) for prefix, weights in kept}
    return [Spelling(prefix, sum(weights)) for prefix, weights in beam.items() if sum(weights) > 0]


def together(views: Sequence[Sequence[Spelling]], say: Sequence[float]) -> list[Spelling]:
    """What several networks spell along one strip, each heard with its `say` (which sum to 1), the best first.

    Strings are weighed, not places: two networks say the same digit at places of their own.

    >>> together([[Spelling("41", 0.9)], [Spelling("47", 0.8), Spelling("41", 0.2)]], (0.7, 0.3))[0].text
    '41'
    """
    said: dict[str, float] = {}
    for view, weight in zip(views, say, strict=True):
        for one in view:
            said[one.text] = said.get(one.text, 0.0) + weight * one.probability
    return sorted((Spelling(text, chance) for text, chance in said.items()), key=lambda one: -one.probability)


def places_of(chances: Floats, text: str) -> list[tuple[int, int]]:
    """The first and last place at which each digit of `text` is said, on the likeliest way to say it.

    Raises ValueError where `chances` (T, 11) has too few places for the string.
    """
    if not text:
        return []
    labels = [NOTHING]
    for character in text:
        labels += [int(character), NOTHING]
    logs = np.log(np.maximum(chances[:, labels], 1e-12))  # (T, 2 K + 1)
    count, states = logs.shape
    may_skip = np.zeros(states, bool)
    may_skip[3::2] = np.array(labels[3::2]) != np.array(labels[1:-2:2])
    score = np.full(states, -math.inf)
    score[:2] = logs[0, :2]
    came = np.zeros((count, states), np.int64)
    for at in range(1, count):
        stay, step = score, np.concatenate([[-math.inf], score[:-1]])
        skip = np.where(may_skip, np.concatenate([[-math.inf, -math.inf], score[:-2]]), -math.inf)
        choices = np.stack([stay, step, skip])
        came[at] = choices.argmax(axis=0)
        score = choices.max(axis=0) + logs[at]
    state = states - 1 if score[-1] >= score[-2] else states - 2
    if not np.isfinite(score[state]):
        raise ValueError(f"{count} places are too few for '{text}'")
    return _ranges(came, state, len(text))


def _ranges(came: NDArray[np.int64], state: int, digits: int) -> list[tuple[int, int]]:
    """Walks back from the last `state`; where each digit's state was held."""
    held: list[tuple[int, int]] = [(-1, -1)] * digits
    for at in range(len(came) - 1, -1, -1):
        if state % 2:
            first, last = held[state // 2]
            held[state // 2] = (at, at if first < 0 else last)
        state -= int(came[at, state])
    return held


def digit_chances(chances: Floats, places: Sequence[tuple[int, int]]) -> Floats:
    """For each digit what it may be, judged by the places at which it is said: (K, 10), each row sums to 1 at most."""
    out = np.zeros((len(places), NOTHING))
    for at, (first, last) in enumerate(places):
        said = chances[first : last + 1, :NOTHING]
        weights = said.sum(axis=1, keepdims=True)
        # Where nothing is likelier than any digit, the place says little about which digit it is.
        out[at] = (said * weights).sum(axis=0) / max(float((weights * weights).sum()), 1e-12) * float(weights.max())
    return out
