"""Constrained beam search: the likeliest strings that an automaton accepts, at each place where a number may end.

Look-alikes are decided by place: where the automaton refuses a character but allows one that looks like it, or its
other letter case, the probability of the one counts for the other.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from .alphabet import BLANK, CHARACTERS, COLUMNS, LETTERS, look_alikes
from .automaton import Node, Walker
from .frame_steps import frame_steps
from .types import Probabilities


@dataclass(frozen=True)
class ConstrainedBeamParameters:
    """Parameters of the constrained beam search; all set by eye."""

    beam_width: int = 16
    """Prefixes that are followed from frame to frame, whatever their states."""
    prefixes_of_state: int = 2
    """Prefixes of one state that are followed besides: a checksum's best may be far from the best of all."""
    most_prefixes: int = 64
    """Most prefixes that are followed."""
    least_probability: float = 1e-4
    """A character less likely than this at a frame is not tried at that frame."""
    most_characters: int = 12
    """Characters that are tried at a frame, the likeliest ones."""
    least_prefix_probability: float = 1e-5
    """A prefix less likely than this, against the likeliest path of all, is no longer followed."""
    look_alike_weight: float = 0.2
    """Share of a character's probability that counts for one that looks like it, where only that one is allowed."""
    most_extensions: int = 100_000
    """Extensions of prefixes that a page may cost: 0.2 s of processor time."""
    node_extensions: int = 8
    """Extensions that a new state costs as much as."""


PARAMETERS = ConstrainedBeamParameters()
Beam = dict[tuple[str, Node], tuple[float, float, int, int]]
"""Prefixes with their states; of each the probability of the paths that end with its last character, that of the paths
that end with a blank, the last character's column, and the mask of the columns that were allowed there."""


@dataclass
class SearchBudget:
    """Extensions of prefixes that the searches on a page may still cost; a search ends early where none is left."""

    extensions: int = PARAMETERS.most_extensions


@cache
def _counts_for(column: int) -> tuple[int, int, tuple[tuple[int, float], ...]]:
    """Return the mask of the character of `column`, that of its other case, and what else it may count for."""
    character = CHARACTERS[column]
    other_case = character.swapcase() if character in LETTERS else character
    similar = tuple((COLUMNS[other], PARAMETERS.look_alike_weight) for other in look_alikes(character))
    return 1 << column, COLUMNS[other_case], similar


class _Step:
    """A frame, or a run of frames of nothing but the blank, with the characters that a state's columns make of it."""

    def __init__(self, blank: float, likely: Sequence[tuple[int, float]]) -> None:
        self.blank = blank
        self.likely = likely
        self._by_mask: dict[int, dict[int, float]] = {}

    def emissions(self, mask: int) -> dict[int, float]:
        """Return the probabilities of the allowed columns, with those of refused ones that count for them."""
        emissions = self._by_mask.get(mask)
        if emissions is None:
            emissions = self._by_mask[mask] = {}
            for column, probability in self.likely:
                for counted, weight in _share(column, mask):
                    emissions[counted] = emissions.get(counted, 0.0) + weight * probability
        return emissions


def _share(column: int, mask: int) -> Sequence[tuple[int, float]]:
    """Return the allowed columns for which the character of `column` counts, with their weights."""
    own, other_case, similar = _counts_for(column)
    if mask & own:
        return ((column, 1.0),)
    if mask >> other_case & 1:
        return ((other_case, 1.0),)
    return [(counted, weight) for counted, weight in similar if mask >> counted & 1]


class ConstrainedBeam:
    """The search on one network's output of a line, which may begin at any of the line's parts.

    Probabilities are against that of the likeliest path over the same frames.
    """

    def __init__(self, walker: Walker, probabilities: Probabilities, ends: Sequence[int], budget: SearchBudget) -> None:
        """Prepare the steps.

        Args:
            walker: The states of the automaton.
            probabilities: Those of all characters and of the blank at each frame, (T, BLANK + 1).
            ends: The frame after the last one of each part, ascending; the last is T.
            budget: Extensions that the search may still cost.
        """
        self._walker = walker
        self._budget = budget
        relative = probabilities / probabilities.max(axis=1, keepdims=True)
        relative[:, :BLANK][probabilities[:, :BLANK] < PARAMETERS.least_probability] = 0
        self._parts = [
            [
                _Step(step.blank, step.likely)
                for step in frame_steps(part, PARAMETERS.least_probability, PARAMETERS.most_characters)
            ]
            for part in np.split(relative, list(ends[:-1]))
        ]

    def run_from(self, first: int) -> Iterator[dict[str, float]]:
        """Yield the accepted strings of the parts from `first` on: of that part, of it and the next, and so on."""
        beam = {("", node): (0.0, 1.0, -1, 0) for node in self._walker.starts()}
        for part in self._parts[first:]:
            for step in part:
                if self._budget.extensions <= 0:
                    return
                beam = _likeliest(self._extend(beam, step)) if step.likely else _pass_blank(beam, step.blank)
            strings: dict[str, float] = {}
            for (prefix, node), (character_last, blank_last, _, _) in beam.items():
                if node.accepting and prefix:
                    strings[prefix] = strings.get(prefix, 0.0) + character_last + blank_last
            yield strings
            if not beam:
                return

    def _extend(self, beam: Beam, step: _Step) -> dict[tuple[str, Node], list[Any]]:
        # Besides the two probabilities, each prefix has its last column, and the columns that were allowed there:
        # they say which characters count for the last one where it goes on.
        extended: dict[tuple[str, Node], list[Any]] = {}
        tried = 0
        for (prefix, node), (character_last, blank_last, last, last_mask) in beam.items():
            total = character_last + blank_last
            same = extended.setdefault((prefix, node), [0.0, 0.0, last, last_mask])
            same[1] += total * step.blank
            if last >= 0:
                same[0] += character_last * step.emissions(last_mask).get(last, 0.0)
            mask = node.columns
            emissions = step.emissions(mask)
            tried += 1 + len(emissions)
            for column, probability in emissions.items():
                following = node.following.get(column)
                if following is None:
                    tried += PARAMETERS.node_extensions * (column not in node.following)
                    following = self._walker.step(node, column)
                    if following is None:
                        continue
                key = (prefix + CHARACTERS[column], following)
                weight = (blank_last if column == last else total) * probability
                longer = extended.get(key)
                if longer is None:
                    extended[key] = [weight, 0.0, column, mask]
                else:
                    longer[0] += weight
        self._budget.extensions -= tried
        return extended


def _pass_blank(beam: Beam, blank: float) -> Beam:
    return {key: (0.0, (value[0] + value[1]) * blank, value[2], value[3]) for key, value in beam.items()}


def _likeliest(extended: dict[tuple[str, Node], list[Any]]) -> Beam:
    """Return the prefixes that are followed further: the likeliest of all, and the likeliest of each state."""
    ordered = sorted(extended.items(), key=lambda item: -item[1][0] - item[1][1])
    beam: Beam = {}
    of_state: dict[Node, int] = {}
    for key, (character_last, blank_last, last, last_mask) in ordered:
        if character_last + blank_last < PARAMETERS.least_prefix_probability or len(beam) >= PARAMETERS.most_prefixes:
            break
        count = of_state.get(key[1], 0)
        if len(beam) < PARAMETERS.beam_width or count < PARAMETERS.prefixes_of_state:
            of_state[key[1]] = count + 1
            beam[key] = (character_last, blank_last, int(last), int(last_mask))
    return beam


def fold(probabilities: Probabilities) -> Probabilities:
    """Return `probabilities` (T, BLANK + 1) where each character's has those of its look-alikes and other case added.

    For alignment: the frames of a character are those at which it, or one that counted for it, is likely.
    """
    folded = probabilities.copy()
    for column in range(BLANK):
        _, other_case, similar = _counts_for(column)
        for counted, weight in (*similar, *([(other_case, 1.0)] if other_case != column else [])):
            folded[:, counted] += weight * probabilities[:, column]
    return folded
