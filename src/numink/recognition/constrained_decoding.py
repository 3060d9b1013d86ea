"""Constrained decoding: a line's numbers by what is known of them, where wide gaps may or may not part two of them.

Each run of parts between gaps is decoded by the constrained beam search; the likeliest division of the line into runs
is taken. Where no plausible string of a part satisfies the constraints, the part is read without them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from .constrained_beam import SearchBudget
from .constrained_runs import PARAMETERS, FreeRuns, RunSearch
from .constraints import Constraints
from .ctc import align_characters
from .emissions import fold
from .types import CharacterHypothesis, ConstrainedNumber, DecodedLine, LineHypothesis, LineOutput, StringProbability


@dataclass(frozen=True)
class Break:
    """A wide gap in a line's foreground, at which a number may end."""

    frame: int
    """The frame in its middle."""
    probability: float = PARAMETERS.break_probability
    """Probability that a number ends here."""


def decode_constrained(
    output: LineOutput, breaks: Sequence[Break], constraints: Constraints, budget: SearchBudget | None = None
) -> DecodedLine:
    """Decode a line under constraints.

    Args:
        output: The line model's output for the line.
        breaks: Gaps at which a number may end, from left to right.
        constraints: Known facts about each number.
        budget: The work that the page may still cost, shared by its lines; None means as much as a page may cost.

    Returns:
        The line; it has no digit that satisfies the constraints but was hardly seen.
    """
    count = output.probabilities.shape[1]
    inner = [place for place in sorted(breaks, key=lambda place: place.frame) if 0 < place.frame < count]
    ends = [*dict.fromkeys(place.frame for place in inner), count]
    log_end = {place.frame: math.log(max(place.probability, 1e-9)) for place in inner}
    log_join = {place.frame: math.log(max(1 - place.probability, 1e-9)) for place in inner}
    joined = [log_join[end] for end in ends[:-1]]
    ended = [*(log_end[end] for end in ends[:-1]), 0.0]
    of_characters, _ = output.split()
    free = FreeRuns(of_characters, ends)
    search = RunSearch(output, ends, constraints, budget or SearchBudget())
    runs = {(part, part): [*free.runs(part), *search.next_run(part)] for part in range(len(ends))}
    single = [max(run.score(end) for run in runs[part, part]) for part, end in enumerate(ended)]
    for first, last in _worth_joining(single, joined):
        runs[first, last] = search.next_run(first)
    best: list[tuple[float, list[ConstrainedNumber]]] = [(0.0, [])]
    for last in range(len(ends)):
        choices = [
            (best[first][0] + sum(joined[first:last]) + run.score(ended[last]), first, run)
            for first in range(last + 1)
            for run in runs.get((first, last), [])
        ]
        score, first, run = max(choices, key=lambda choice: choice[0])
        frames = (ends[first - 1] if first else 0, ends[last])
        best.append((score, [*best[first][1], *(replace(number, frames=frames) for number in run.numbers)]))
    numbers = _joined(best[-1][1], {place.frame: place.probability for place in inner})
    return _to_line(of_characters, numbers, math.exp(min(best[-1][0], 0.0)))


def _worth_joining(single: Sequence[float], joined: Sequence[float]) -> list[tuple[int, int]]:
    """Return the runs of several parts, by first and last, that may be likelier than their parts by themselves.

    Args:
        single: The score of each part by itself.
        joined: Logarithms of the probability that no number ends after each part but the last.
    """
    worth = []
    for first in range(len(single)):
        longest = range(first + 1, min(first + PARAMETERS.most_parts, len(single)))
        likelier = [last for last in longest if sum(joined[first:last]) > sum(single[first : last + 1])]
        worth += [(first, last) for last in longest if last <= max(likelier, default=-1)]
    return worth


def _joined(numbers: Sequence[ConstrainedNumber], end_probabilities: Mapping[int, float]) -> list[ConstrainedNumber]:
    """Return the numbers, where neighbours that satisfy nothing are one unless the gap between them rather parts two.

    `end_probabilities` are those that a number ends at a gap, by its frame.
    """
    joined: list[ConstrainedNumber] = []
    for number in numbers:
        before = joined[-1] if joined else None
        frame = number.frames[0]
        if (
            before is None or before.satisfied or number.satisfied
            or before.frames[1] != frame or end_probabilities.get(frame, 1.0) >= 0.5
        ):  # fmt: skip
            joined.append(number)
            continue
        strings = sorted(
            (
                StringProbability(first.text + second.text, first.probability * second.probability)
                for first in before.strings
                for second in number.strings
            ),
            key=lambda string: -string.probability,
        )
        joined[-1] = replace(
            before, frames=(before.frames[0], number.frames[1]), text=before.text + number.text,
            probability=before.probability * number.probability, strings=tuple(strings[: PARAMETERS.most_strings]),
        )  # fmt: skip
    return joined


def _to_line(output: LineOutput, numbers: Sequence[ConstrainedNumber], probability: float) -> DecodedLine:
    """Return the line of these numbers, with their places in its text and their characters in its output."""
    folded = np.stack([fold(probabilities) for probabilities in output.probabilities])
    characters: list[CharacterHypothesis] = []
    placed = []
    for number in numbers:
        first, end = number.frames
        probabilities = folded if number.satisfied else output.probabilities
        part = replace(output, probabilities=probabilities[:, first:end])
        aligned = align_characters(part, number.text, np.array(output.ensemble_weights))
        rows = (
            [character.probabilities for character in aligned] if number.probabilities is None else number.probabilities
        )
        placed.append(replace(number, start=len(characters)))
        characters += [
            replace(character, frame=character.frame + first, probabilities=row)
            for character, row in zip(aligned, rows, strict=True)
        ]
    text = "".join(number.text for number in numbers)
    return DecodedLine((LineHypothesis(text, probability, tuple(characters)),), (), tuple(placed))
