"""CTC decoding: character probabilities along a line to strings with their probabilities, and where they stand.

Connectionist temporal classification (Graves et al. 2006): at each frame there is one character or the blank; the
probability of a string is the sum over all paths that spell it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .alphabet import BLANK, CHARACTERS, to_columns
from .frame_steps import FrameStep, frame_steps
from .second_opinion import follow_strings, with_digits
from .string_prior import with_prior
from .types import (
    NO_COMPONENT,
    CharacterHypothesis,
    DecodedLine,
    LineHypothesis,
    LineOutput,
    Probabilities,
    StringProbability,
)


@dataclass(frozen=True)
class CtcParameters:
    """Parameters of CTC decoding.

    E128 chose `least_length_probability`, confirmed in E150, E216 `beam_width`; the others were set by eye.
    """

    beam_width: int = 20
    """Prefixes that are followed from frame to frame."""
    least_probability: float = 1e-3
    """A character less likely than this at a frame is not tried at that frame."""
    most_characters: int = 8
    """Characters that are tried at a frame, the likeliest ones."""
    least_prefix_probability: float = 1e-5
    """A prefix less likely than this, against the likeliest one, is no longer followed."""
    least_length_probability: float = 0.02
    """Numbers of characters that are less likely than this make no hypothesis."""
    most_strings: int = 8
    """Strings of the whole line that decoding returns."""


PARAMETERS = CtcParameters()


def decode_line(output: LineOutput) -> DecodedLine:
    """Return a hypothesis for each number of characters that is likely enough, and the line's likeliest strings.

    At least one hypothesis is returned, the likeliest first. Each has the likeliest string of its length, the
    probability of all strings of that length, and for each character its probabilities and its frame. The hypothesis of
    an empty line is always among them where it has any probability.
    """
    characters, digits = output.split()
    by_network = [beam_search(probabilities) for probabilities in characters.probabilities]
    by_digits = merge_strings([beam_search(network) for network in digits.probabilities], digits.ensemble_weights)
    strings = with_digits(with_prior(merge_strings(by_network, characters.ensemble_weights)), by_digits)
    hypotheses = []
    for text, probability in _by_length(strings):
        weights = np.array(characters.ensemble_weights) * [
            sum(weight for other, weight in strings.items() if len(other) == len(text)) for strings in by_network
        ]
        aligned = align_characters(characters, text, weights)
        hypotheses.append(LineHypothesis(text, probability, follow_strings(aligned, strings)))
    likeliest = [StringProbability(*item) for item in list(strings.items())[: PARAMETERS.most_strings]]
    return DecodedLine(tuple(hypotheses), tuple(likeliest), (), by_digits, output)


def beam_search(probabilities: Probabilities) -> dict[str, float]:
    """Return the likeliest strings with their probabilities, by prefix beam search (Hannun et al. 2014).

    `probabilities` float64 (T, BLANK + 1) are those of all characters and of the blank at T frames. The strings come
    the likeliest first.

    >>> frames = np.full((3, BLANK + 1), 1e-6)
    >>> frames[0, 4] = frames[1, BLANK] = frames[2, 4] = 1
    >>> next(iter(beam_search(frames)))
    '44'
    """
    # Each prefix has the probability of the paths that end with its last character, and of those that end with a blank.
    beam: dict[str, tuple[float, float]] = {"": (0.0, 1.0)}
    for step in frame_steps(probabilities, PARAMETERS.least_probability, PARAMETERS.most_characters):
        if step.likely:
            beam = _likeliest(_extend(beam, step))
        else:
            beam = {
                prefix: (0.0, (character_last + blank_last) * step.blank)
                for prefix, (character_last, blank_last) in beam.items()
            }
    ordered = sorted(beam.items(), key=lambda item: -sum(item[1]))
    return {prefix: sum(weights) for prefix, weights in ordered if sum(weights) > 0}


def _extend(beam: Mapping[str, tuple[float, float]], step: FrameStep) -> dict[str, list[float]]:
    """Return the prefixes after a frame: each as it was, and with each likely character after it."""
    likely = [(CHARACTERS[column], probability) for column, probability in step.likely]
    best = max(character_last + blank_last for character_last, blank_last in beam.values())
    # What is far below the least that a prefix needs is not even noted.
    least = (
        best * max(step.blank, *(probability for _, probability in likely)) * PARAMETERS.least_prefix_probability / 2
    )
    extended: dict[str, list[float]] = {}
    for prefix, (character_last, blank_last) in beam.items():
        total, last = character_last + blank_last, prefix[-1:]
        same = extended.get(prefix)
        if same is None:
            same = extended[prefix] = [0.0, 0.0]
        same[1] += total * step.blank
        for character, probability in likely:
            weight = total * probability
            if weight < least:
                continue
            if character == last:
                same[0] += character_last * probability
                weight = blank_last * probability
            longer = extended.get(prefix + character)
            if longer is None:
                extended[prefix + character] = [weight, 0.0]
            else:
                longer[0] += weight
    return extended


def _likeliest(extended: Mapping[str, list[float]]) -> dict[str, tuple[float, float]]:
    """Return the prefixes that are followed further."""
    totals = [(weights[0] + weights[1], prefix) for prefix, weights in extended.items()]
    least = max(totals)[0] * PARAMETERS.least_prefix_probability
    likely = sorted([item for item in totals if item[0] >= least], reverse=True)[: PARAMETERS.beam_width]
    return {prefix: (extended[prefix][0], extended[prefix][1]) for _, prefix in likely}


def merge_strings(by_network: Sequence[Mapping[str, float]], weights: Sequence[float]) -> dict[str, float]:
    """Return the strings of an ensemble's networks with their weighted probabilities, the likeliest first.

    Strings are averaged, not frames: each network reads the same character at frames of its own.

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
    likeliest = max(total, key=lambda length: total[length])
    lengths = [length for length in best if not length or length == likeliest or total[length] >= least]
    return [(best[length], total[length]) for length in sorted(lengths, key=lambda length: -total[length])]


def align_characters(output: LineOutput, text: str, weights: NDArray[np.float64]) -> tuple[CharacterHypothesis, ...]:
    """Return the characters of `text`: their frames by the network of most weight, their probabilities by all.

    Args:
        output: The line model's output for the line.
        text: A string that each network can spell with some path.
        weights: Weights of the networks, (M,); their sum is more than 0.
    """
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
    """Return the first and last frame of each character of `text` on the likeliest path that spells it.

    Raises ValueError where `probabilities` (T, BLANK + 1) has too few frames for the string.
    """
    if not text:
        return []
    labels = [BLANK]
    for column in to_columns(text):
        labels += [column, BLANK]
    logs = np.log(np.maximum(probabilities[:, labels], 1e-12))  # (T, 2 K + 1)
    frames, states = logs.shape
    skip_cost = np.full(states, -math.inf)
    skip_cost[3::2] = np.where(np.array(labels[3::2]) != np.array(labels[1:-2:2]), 0.0, -math.inf)
    padded = np.full(states + 2, -math.inf)  # two states that no path reaches come before the first
    padded[2:4] = logs[0, :2]
    steps = np.zeros((frames, states), np.int64)
    choices = np.empty((3, states))
    for frame in range(1, frames):
        choices[0], choices[1] = padded[2:], padded[1:-1]
        np.add(padded[:-2], skip_cost, out=choices[2])
        choices.argmax(axis=0, out=steps[frame])
        np.add(choices.max(axis=0), logs[frame], out=padded[2:])
    score = padded[2:]
    state = states - 1 if score[-1] >= score[-2] else states - 2
    if not np.isfinite(score[state]):
        raise ValueError(f"{frames} frames are too few for '{text}'")
    return _trace_back(steps, state, len(labels) // 2)


def _trace_back(steps: NDArray[np.int64], state: int, characters: int) -> list[tuple[int, int]]:
    """Return the frames of each character's state on the path that ends in `state`."""
    ranges: list[tuple[int, int]] = [(-1, -1)] * characters
    for frame in range(len(steps) - 1, -1, -1):
        if state % 2:
            first, last = ranges[state // 2]
            ranges[state // 2] = (frame, frame if first < 0 else last)
        state -= int(steps[frame, state])
    return ranges


def character_probabilities(probabilities: Probabilities, ranges: Sequence[tuple[int, int]]) -> Probabilities:
    """Return the probabilities of all characters for each of K: float64 (K, BLANK), each row sums to 1 at most.

    Args:
        probabilities: Those of all characters and of the blank at each frame, (T, BLANK + 1).
        ranges: The first and last frame of each character.
    """
    characters = np.zeros((len(ranges), BLANK))
    for index, (first, last) in enumerate(ranges):
        frames = probabilities[first : last + 1, :BLANK]
        weights = frames.sum(axis=1, keepdims=True)
        # Where the blank is likelier than any character, the frame says little about which character it is.
        total = max(float((weights * weights).sum()), 1e-12)
        characters[index] = (frames * weights).sum(axis=0) / total * float(weights.max())
    return characters
