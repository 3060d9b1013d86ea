"""CTC decoding: character probabilities along a line to strings with their probabilities, and where they stand.

Connectionist temporal classification (Graves et al. 2006): at each frame there is one of ten digits or the blank; the
probability of a string is the sum over all paths that spell it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..results import DIGIT_COUNT
from .types import NO_COMPONENT, CharacterHypothesis, LineHypothesis, LineOutput, Probabilities

BLANK = DIGIT_COUNT
"""Column of the blank in the line model's probabilities."""


@dataclass(frozen=True)
class CtcParameters:
    """Parameters of CTC decoding.

    E128 chose `least_length_probability`, confirmed in E150; the others were set by eye.
    """

    beam_width: int = 12
    """Prefixes that are followed from frame to frame."""
    least_probability: float = 1e-3
    """A digit less likely than this at a frame is not tried at that frame."""
    least_length_probability: float = 0.02
    """Numbers of digits that are less likely than this make no hypothesis."""


PARAMETERS = CtcParameters()


def decode(output: LineOutput) -> list[LineHypothesis]:
    """Return a hypothesis for each number of digits that is likely enough, the likeliest first.

    Each has the likeliest string of its length, the probability of all strings of that length, and for each character
    its probabilities and its frame. The hypothesis of an empty line is always among them where it has any probability.
    """
    by_network = [beam_search(probabilities) for probabilities in output.probabilities]
    hypotheses = []
    for text, probability in _by_length(merge_strings(by_network, output.ensemble_weights)):
        weights = np.array(output.ensemble_weights) * [
            _length_probability(len(text), strings) for strings in by_network
        ]
        hypotheses.append(LineHypothesis(text, probability, _align_characters(output, text, weights)))
    return hypotheses


def beam_search(probabilities: Probabilities) -> dict[str, float]:
    """Return the likeliest strings with their probabilities, by prefix beam search (Hannun et al. 2014).

    `probabilities` float64 (T, 11) are those of 0..9 and of the blank at T frames. The strings come the likeliest
    first.

    >>> frames = np.full((3, 11), 1e-6)
    >>> frames[0, 4] = frames[1, BLANK] = frames[2, 4] = 1
    >>> next(iter(beam_search(frames)))
    '44'
    """
    # Each prefix has the probability of the paths that end with its last digit, and of those that end with a blank.
    beam: dict[str, tuple[float, float]] = {"": (0.0, 1.0)}
    least, width = PARAMETERS.least_probability, PARAMETERS.beam_width
    for frame in probabilities:
        likely = [(str(digit), float(frame[digit])) for digit in np.flatnonzero(frame[:BLANK] >= least)]
        blank = float(frame[BLANK])
        extended: dict[str, list[float]] = {}
        for prefix, (digit_last, blank_last) in beam.items():
            same = extended.setdefault(prefix, [0.0, 0.0])
            same[1] += (digit_last + blank_last) * blank
            for digit, probability in likely:
                if prefix.endswith(digit):
                    same[0] += digit_last * probability
                    extended.setdefault(prefix + digit, [0.0, 0.0])[0] += blank_last * probability
                else:
                    extended.setdefault(prefix + digit, [0.0, 0.0])[0] += (digit_last + blank_last) * probability
        best = sorted(extended.items(), key=lambda item: -sum(item[1]))[:width]
        beam = {prefix: (weights[0], weights[1]) for prefix, weights in best}
    return {prefix: sum(weights) for prefix, weights in beam.items() if sum(weights) > 0}


def merge_strings(by_network: Sequence[Mapping[str, float]], weights: Sequence[float]) -> dict[str, float]:
    """Return the strings of an ensemble's networks with their weighted probabilities, the likeliest first.

    Strings are averaged, not frames: each network reads the same digit at frames of its own.

    >>> next(iter(merge_strings([{"41": 0.9}, {"47": 0.8, "41": 0.2}], (0.7, 0.3))))
    '41'
    """
    merged: dict[str, float] = {}
    for strings, weight in zip(by_network, weights, strict=True):
        for text, probability in strings.items():
            merged[text] = merged.get(text, 0.0) + weight * probability
    return dict(sorted(merged.items(), key=lambda item: -item[1]))


def _by_length(strings: Mapping[str, float]) -> list[tuple[str, float]]:
    """Return for each length the likeliest string, and the probability of all strings of that length."""
    best: dict[int, str] = {}
    total: dict[int, float] = {}
    for text, probability in strings.items():  # the likeliest first
        best.setdefault(len(text), text)
        total[len(text)] = total.get(len(text), 0.0) + probability
    least = PARAMETERS.least_length_probability
    lengths = [length for length in best if not length or total[length] >= least]
    return [(best[length], total[length]) for length in sorted(lengths, key=lambda length: -total[length])]


def _length_probability(length: int, strings: Mapping[str, float]) -> float:
    return sum(probability for text, probability in strings.items() if len(text) == length)


def _align_characters(output: LineOutput, text: str, weights: NDArray[np.float64]) -> tuple[CharacterHypothesis, ...]:
    """Return the characters of `text`: their frames by the network of most weight, their probabilities by all."""
    if not text:
        return ()
    ranges = [align(probabilities, text) for probabilities in output.probabilities]
    by_network = [
        character_probabilities(probabilities, frames)
        for probabilities, frames in zip(output.probabilities, ranges, strict=True)
    ]
    averaged = np.average(by_network, axis=0, weights=weights)
    return tuple(
        CharacterHypothesis(NO_COMPONENT, probabilities, frame=(first + last + 1) / 2)
        for probabilities, (first, last) in zip(averaged, ranges[int(weights.argmax())], strict=True)
    )


def align(probabilities: Probabilities, text: str) -> list[tuple[int, int]]:
    """Return the first and last frame of each digit of `text` on the likeliest path that spells it.

    Raises ValueError where `probabilities` (T, 11) has too few frames for the string.
    """
    if not text:
        return []
    labels = [BLANK]
    for character in text:
        labels += [int(character), BLANK]
    logs = np.log(np.maximum(probabilities[:, labels], 1e-12))  # (T, 2 K + 1)
    frames, states = logs.shape
    may_skip = np.zeros(states, bool)
    may_skip[3::2] = np.array(labels[3::2]) != np.array(labels[1:-2:2])
    score = np.full(states, -math.inf)
    score[:2] = logs[0, :2]
    steps = np.zeros((frames, states), np.int64)
    for frame in range(1, frames):
        stay, step = score, np.concatenate([[-math.inf], score[:-1]])
        skip = np.where(may_skip, np.concatenate([[-math.inf, -math.inf], score[:-2]]), -math.inf)
        choices = np.stack([stay, step, skip])
        steps[frame] = choices.argmax(axis=0)
        score = choices.max(axis=0) + logs[frame]
    state = states - 1 if score[-1] >= score[-2] else states - 2
    if not np.isfinite(score[state]):
        raise ValueError(f"{frames} frames are too few for '{text}'")
    return _trace_back(steps, state, len(text))


def _trace_back(steps: NDArray[np.int64], state: int, digits: int) -> list[tuple[int, int]]:
    """Return the frames of each digit's state on the path that ends in `state`."""
    ranges: list[tuple[int, int]] = [(-1, -1)] * digits
    for frame in range(len(steps) - 1, -1, -1):
        if state % 2:
            first, last = ranges[state // 2]
            ranges[state // 2] = (frame, frame if first < 0 else last)
        state -= int(steps[frame, state])
    return ranges


def character_probabilities(probabilities: Probabilities, ranges: Sequence[tuple[int, int]]) -> Probabilities:
    """Return the probabilities of 0..9 for each of K characters: float64 (K, 10), each row sums to 1 at most.

    Args:
        probabilities: Those of 0..9 and of the blank at each frame, (T, 11).
        ranges: The first and last frame of each character.
    """
    characters = np.zeros((len(ranges), BLANK))
    for index, (first, last) in enumerate(ranges):
        digits = probabilities[first : last + 1, :BLANK]
        weights = digits.sum(axis=1, keepdims=True)
        # Where the blank is likelier than any digit, the frame says little about which digit it is.
        total = max(float((weights * weights).sum()), 1e-12)
        characters[index] = (digits * weights).sum(axis=0) / total * float(weights.max())
    return characters
