"""Constrained decoding: a line's numbers by what is known of them, where wide gaps may or may not part two of them.

Each run of parts between gaps is decoded by the constrained beam search; the likeliest division of the line into runs
is taken. Where no plausible string of a part satisfies the constraints, the part is read without them.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from .alphabet import BLANK, to_columns
from .constrained_beam import AcceptedStrings, ConstrainedBeam, SearchBudget
from .constraints import PARAMETERS as CONSTRAINT_PARAMETERS
from .constraints import Constraints
from .ctc import align_characters, beam_search, merge_strings
from .emissions import fold
from .types import CharacterHypothesis, ConstrainedNumber, DecodedLine, LineHypothesis, LineOutput, StringProbability


@dataclass(frozen=True)
class ConstrainedDecodingParameters:
    """Parameters of constrained decoding; all set by eye."""

    break_probability: float = 0.9
    """Probability that a number ends at a wide gap, where the caller knows no better."""
    unsatisfied_probability: float = 1e-6
    """Probability that a part of a line breaks the constraints, against other divisions of the line."""
    most_parts: int = 16
    """A run of more parts is no number."""
    most_strings: int = 5
    """Strings of a number that are returned."""


PARAMETERS = ConstrainedDecodingParameters()


@dataclass(frozen=True)
class Break:
    """A wide gap in a line's foreground, at which a number may end."""

    frame: int
    """The frame in its middle."""
    probability: float = PARAMETERS.break_probability
    """Probability that a number ends here."""


@dataclass(frozen=True)
class _Run:
    """A way to read some parts of a line in succession."""

    numbers: tuple[ConstrainedNumber, ...]
    """One, or none where nothing stands on them."""
    log_probability: float

    def score(self, log_end: float) -> float:
        """Return its logarithmic probability where a number ends after it with a probability of that logarithm."""
        return self.log_probability + (log_end if self.numbers else 0.0)


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
    free = _Free(of_characters, ends)
    search = _RunSearch(output, ends, constraints, budget or SearchBudget())
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


class _Free:
    """The parts of a line read without constraints."""

    def __init__(self, output: LineOutput, ends: Sequence[int]) -> None:
        parts = [np.split(probabilities, list(ends[:-1])) for probabilities in output.probabilities]
        by_network = [[beam_search(part) for part in network] for network in parts]
        self._strings = [merge_strings(strings, output.ensemble_weights) for strings in zip(*by_network, strict=True)]

    def runs(self, part: int) -> list[_Run]:
        """Return the ways to read a part without constraints: empty, or as the likeliest string."""
        strings = self._strings[part]
        empty, total = strings.get("", 0.0), max(sum(strings.values()), 1e-12)
        text = next((text for text in strings if text), "")
        # To overlook what is rather there than not breaks the constraints, too: else it would be dropped silently.
        overlooked = PARAMETERS.unsatisfied_probability if empty < total / 2 else 1.0
        runs = [_Run((), math.log(max(empty, 1e-12) * overlooked))]
        if text:
            likeliest = [StringProbability(other, probability / total) for other, probability in strings.items()]
            number = ConstrainedNumber(
                0, (0, 0), text, False, strings[text] / total, 0.0, tuple(likeliest[: PARAMETERS.most_strings]), None
            )
            runs.append(_Run((number,), math.log(PARAMETERS.unsatisfied_probability)))
        return runs


class _RunSearch:
    """The search for strings that satisfy the constraints, over runs of a line's parts."""

    def __init__(self, output: LineOutput, ends: Sequence[int], constraints: Constraints, budget: SearchBudget) -> None:
        self._constraints = constraints
        self._weights = output.ensemble_weights
        self._beams = [
            ConstrainedBeam(constraints.walker, probabilities, ends, budget) for probabilities in output.probabilities
        ]
        self._searches: dict[int, list[Iterator[AcceptedStrings]]] = {}

    def next_run(self, first: int) -> list[_Run]:
        """Return the reading, if any, of the part `first`; at each later call of a run that is one part longer."""
        searches = self._searches.get(first)
        if searches is None:
            searches = self._searches[first] = [beam.run_from(first) for beam in self._beams]
        by_network = [next(search, AcceptedStrings({}, 0.0)) for search in searches]
        strings = merge_strings([accepted.strings for accepted in by_network], self._weights)
        total = sum(weight * accepted.total for weight, accepted in zip(self._weights, by_network, strict=True))
        number = _number(self._constraints.valid_strings(AcceptedStrings(strings, total)))
        return [_Run((number,), math.log(number.prior))] if number else []


def _number(accepted: AcceptedStrings) -> ConstrainedNumber | None:
    """Return the number of a run by the strings that satisfy the constraints; None where none is plausible."""
    strings, total = accepted
    if not strings or total < CONSTRAINT_PARAMETERS.least_plausible:
        return None
    likeliest = [StringProbability(text, probability / total) for text, probability in strings.items()]
    text, probability = likeliest[0]
    rows, positions = np.zeros((len(text), BLANK)), np.arange(len(text))
    for other, share in likeliest:
        if len(other) == len(text):
            rows[positions, to_columns(other)] += share
    # The likeliest string is chosen, not the likeliest character at each place: none may count more than the chosen.
    chosen = rows[positions, to_columns(text)]
    rows = np.minimum(rows, np.nextafter(chosen, 0)[:, None])
    rows[positions, to_columns(text)] = chosen
    return ConstrainedNumber(
        0, (0, 0), text, True, probability, min(total, 1.0), tuple(likeliest[: PARAMETERS.most_strings]), rows
    )


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
