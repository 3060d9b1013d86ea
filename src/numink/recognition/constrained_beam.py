"""Constrained beam search: the likeliest strings that an automaton accepts, at each place where a number may end.

Of the prefixes that are no longer followed by themselves the probability is followed on, those of one state together,
so that the probability of all accepted strings is known, not only that of the likeliest.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from .alphabet import BLANK, CHARACTERS
from .automaton import Node, Walker
from .emissions import EmissionStep
from .frame_steps import frame_steps
from .types import Probabilities


@dataclass(frozen=True)
class ConstrainedBeamParameters:
    """Parameters of the constrained beam search; all set by eye."""

    beam_width: int = 16
    """Prefixes that are followed from frame to frame, whatever their states."""
    prefixes_of_state: int = 1
    """Prefixes of one state that are followed besides: a checksum's best may be far from the best of all."""
    most_prefixes: int = 112
    """Most prefixes that are followed."""
    most_merged: int = 64
    """Most groups of other prefixes that are followed, those of one state and one last character together."""
    least_probability: float = 5e-4
    """A character less likely than this at a frame is not tried at that frame."""
    most_characters: int = 12
    """Characters that are tried at a frame, the likeliest ones."""
    least_prefix_probability: float = 1e-5
    """A prefix less likely than this, against the likeliest path of all, is no longer followed."""
    most_extensions: int = 80_000
    """Extensions of prefixes that a page may cost: 0.2 s of processor time."""
    node_extensions: int = 8
    """Extensions that a new state costs as much as."""


PARAMETERS = ConstrainedBeamParameters()
MERGED = "\0"
"""Begins the prefix of a group of prefixes that are followed only for their probability; its last character follows."""
Beam = dict[tuple[str, Node], tuple[float, float, int, int]]
"""Prefixes with their states; of each the probability of the paths that end with its last character, that of the paths
that end with a blank, the last character's column, and the mask of the columns that were allowed there."""


@dataclass
class SearchBudget:
    """Extensions of prefixes that the searches on a page may still cost; a search ends early where none is left."""

    extensions: int = PARAMETERS.most_extensions


class AcceptedStrings(NamedTuple):
    """The strings of some parts of a line that an automaton accepts."""

    strings: dict[str, float]
    """The likeliest ones with their probabilities."""
    total: float
    """Probability of all that are accepted."""


class ConstrainedBeam:
    """The search on one network's output of a line, which may begin at any of the line's parts."""

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
        # Against those of the likeliest path, so that prefixes are compared with it, however long the line is.
        greatest = probabilities.max(axis=1)
        relative = probabilities / greatest[:, None]
        relative[:, :BLANK][probabilities[:, :BLANK] < PARAMETERS.least_probability] = 0
        self._parts = [
            [
                EmissionStep(step.blank, step.likely)
                for step in frame_steps(part, PARAMETERS.least_probability, PARAMETERS.most_characters)
            ]
            for part in np.split(relative, list(ends[:-1]))
        ]
        self._log_scales = [float(np.log(part).sum()) for part in np.split(greatest, list(ends[:-1]))]

    def run_from(self, first: int) -> Iterator[AcceptedStrings]:
        """Yield the accepted strings of the parts from `first` on: of that part, of it and the next, and so on."""
        beam: Beam = {("", node): (0.0, 1.0, -1, 0) for node in self._walker.starts()}
        log_scale = 0.0
        for part, log_part in zip(self._parts[first:], self._log_scales[first:], strict=True):
            for step in part:
                if self._budget.extensions <= 0:
                    return
                beam = _likeliest(self._extend(beam, step)) if step.likely else _pass_blank(beam, step.blank)
            log_scale += log_part
            yield _accepted(beam, math.exp(log_scale))
            if not beam:
                return

    def _extend(self, beam: Beam, step: EmissionStep) -> dict[tuple[str, Node], list[Any]]:
        # Besides the two probabilities, each prefix has its last column, and the columns that were allowed there:
        # they say which characters count for the last one where it goes on.
        extended: dict[tuple[str, Node], list[Any]] = {}
        least = PARAMETERS.least_prefix_probability / 10  # less is not even noted
        tried = 0
        for (prefix, node), (character_last, blank_last, last, last_mask) in beam.items():
            total = character_last + blank_last
            same = extended.setdefault((prefix, node), [0.0, 0.0, last, last_mask])
            same[1] += total * step.blank
            if last >= 0:
                same[0] += character_last * step.staying(last_mask).get(last, 0.0)
            mask = node.columns
            emissions = step.beginning(mask)
            tried += 1 + len(emissions)
            start = MERGED if prefix[:1] == MERGED else prefix
            for column, probability in emissions.items():
                weight = (blank_last if column == last else total) * probability
                if weight < least:
                    continue
                following = node.following.get(column)
                if following is None:
                    tried += PARAMETERS.node_extensions * (column not in node.following)
                    following = self._walker.step(node, column)
                    if following is None:
                        continue
                key = (start + CHARACTERS[column], following)
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
    """Return the prefixes that are followed further: the likeliest of all and of each state; the others are merged."""
    least = PARAMETERS.least_prefix_probability
    weighed = [(value[0] + value[1], key) for key, value in extended.items()]
    ordered = sorted((item for item in weighed if item[0] >= least), key=lambda item: -item[0])
    beam: Beam = {}
    merged: dict[tuple[str, Node], list[Any]] = {}
    of_state: dict[Node, int] = {}
    for _, key in ordered:
        value = extended[key]
        prefix, node = key
        is_merged = prefix[:1] == MERGED
        if not is_merged and len(beam) < PARAMETERS.most_prefixes:
            count = of_state.get(node, 0)
            if len(beam) < PARAMETERS.beam_width or count < PARAMETERS.prefixes_of_state:
                of_state[node] = count + 1
                beam[key] = (value[0], value[1], value[2], value[3])
                continue
        group_key = key if is_merged else (MERGED + prefix[-1:], node)
        group = merged.get(group_key)
        if group is not None:
            group[0] += value[0]
            group[1] += value[1]
        elif len(merged) < PARAMETERS.most_merged:
            merged[group_key] = value
    beam.update((key, (value[0], value[1], value[2], value[3])) for key, value in merged.items())
    return beam


def _accepted(beam: Beam, scale: float) -> AcceptedStrings:
    """Return the strings of a beam that may end, and the probability of all, where its own are against `scale`."""
    strings: dict[str, float] = {}
    total = 0.0
    for (prefix, node), (character_last, blank_last, _, _) in beam.items():
        if node.accepting and prefix:
            probability = (character_last + blank_last) * scale
            total += probability
            if prefix[:1] != MERGED:
                strings[prefix] = strings.get(prefix, 0.0) + probability
    return AcceptedStrings(strings, total)
