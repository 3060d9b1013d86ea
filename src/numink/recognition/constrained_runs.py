"""Runs of a line's parts under constraints: the ways to read some parts in succession, with their probabilities."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from .alphabet import BLANK, DIGITS, to_columns
from .constrained_beam import AcceptedStrings, ConstrainedBeam, SearchBudget
from .constraints import PARAMETERS as CONSTRAINT_PARAMETERS
from .constraints import Constraints
from .ctc import beam_search, merge_strings
from .second_opinion import with_digits
from .types import ConstrainedNumber, LineOutput, StringProbability


@dataclass(frozen=True)
class ConstrainedDecodingParameters:
    """Parameters of constrained decoding; all set by eye."""

    break_probability: float = 0.9
    """Probability that a number ends at a wide gap, where the caller knows no better."""
    unsatisfied_probability: float = 1e-6
    """Probability that a part of a line breaks the constraints, against other divisions of the line."""
    most_parts: int = 16
    """A run of more parts is no number."""
    least_sign_share: float = 0.01
    """From this share of the strings with other characters than digits, networks of digits judge digits only."""
    most_strings: int = 5
    """Strings of a number that are returned."""


DIGIT_CHARACTERS = frozenset(DIGITS)
PARAMETERS = ConstrainedDecodingParameters()


@dataclass(frozen=True)
class Run:
    """A way to read some parts of a line in succession."""

    numbers: tuple[ConstrainedNumber, ...]
    """One, or none where nothing stands on them."""
    log_probability: float

    def score(self, log_end: float) -> float:
        """Return its logarithmic probability where a number ends after it with a probability of that logarithm."""
        return self.log_probability + (log_end if self.numbers else 0.0)


class FreeRuns:
    """The parts of a line read without constraints."""

    def __init__(self, output: LineOutput, ends: Sequence[int]) -> None:
        parts = [np.split(probabilities, list(ends[:-1])) for probabilities in output.probabilities]
        by_network = [[beam_search(part) for part in network] for network in parts]
        self._strings = [merge_strings(strings, output.ensemble_weights) for strings in zip(*by_network, strict=True)]

    def runs(self, part: int) -> list[Run]:
        """Return the ways to read a part without constraints: empty, or as the likeliest string."""
        strings = self._strings[part]
        empty, total = strings.get("", 0.0), max(sum(strings.values()), 1e-12)
        text = next((text for text in strings if text), "")
        # To overlook what is rather there than not breaks the constraints, too: else it would be dropped silently.
        overlooked = PARAMETERS.unsatisfied_probability if empty < total / 2 else 1.0
        runs = [Run((), math.log(max(empty, 1e-12) * overlooked))]
        if text:
            likeliest = [StringProbability(other, probability / total) for other, probability in strings.items()]
            number = ConstrainedNumber(
                0, (0, 0), text, False, strings[text] / total, 0.0, tuple(likeliest[: PARAMETERS.most_strings]), None
            )
            runs.append(Run((number,), math.log(PARAMETERS.unsatisfied_probability)))
        return runs


class RunSearch:
    """The search for strings that satisfy the constraints, over runs of a line's parts."""

    def __init__(self, output: LineOutput, ends: Sequence[int], constraints: Constraints, budget: SearchBudget) -> None:
        self._constraints = constraints
        self._weights = output.ensemble_weights
        self._of_characters = len(output.ensemble_weights) - output.digit_networks
        self._beams = [
            ConstrainedBeam(constraints.walker, probabilities, ends, budget) for probabilities in output.probabilities
        ]
        self._searches: dict[int, list[Iterator[AcceptedStrings]]] = {}

    def next_run(self, first: int) -> list[Run]:
        """Return the reading, if any, of the part `first`; at each later call of a run that is one part longer."""
        searches = self._searches.get(first)
        if searches is None:
            searches = self._searches[first] = [beam.run_from(first) for beam in self._beams]
        by_network = [next(search, AcceptedStrings({}, 0.0)) for search in searches]
        by_characters = self._merged(by_network, slice(0, self._of_characters))
        if _holds_signs(by_characters.strings):
            by_digits = self._merged(by_network, slice(self._of_characters, None)).strings
            accepted = by_characters._replace(strings=with_digits(by_characters.strings, by_digits))
        else:
            accepted = self._merged(by_network, slice(None))
        number = _number(self._constraints.valid_strings(accepted))
        return [Run((number,), math.log(number.prior))] if number else []

    def _merged(self, by_network: Sequence[AcceptedStrings], part: slice) -> AcceptedStrings:
        """Return the strings of some networks, weighted among themselves; none where there is no network."""
        weights, accepted = self._weights[part], by_network[part]
        if not accepted:
            return AcceptedStrings({}, 0.0)
        shares = [weight / sum(weights) for weight in weights]
        total = sum(share * of_network.total for share, of_network in zip(shares, accepted, strict=True))
        return AcceptedStrings(merge_strings([of_network.strings for of_network in accepted], shares), total)


def _holds_signs(strings: Mapping[str, float]) -> bool:
    """Return whether characters that networks of digits do not know have a share in what was accepted.

    They would drop the point of 24.15, and count for 2415 where both satisfy the constraints.
    """
    with_signs = sum(probability for text, probability in strings.items() if not DIGIT_CHARACTERS.issuperset(text))
    return with_signs > PARAMETERS.least_sign_share * sum(strings.values())


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
