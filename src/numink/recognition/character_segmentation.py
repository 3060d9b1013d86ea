"""Character segmentation: which foreground of a line belongs to which of the characters that the line model read.

A component may be one digit, a part of one, several that touch, or a mark. This is decided for the whole line at once
by the positions of the digits, with dynamic programming over components and digits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ..results import Box
from .line_image import LineImage
from .line_model import FRAME_WIDTH
from .seams import cut_component, trim_component
from .single_digit import may_be_one_digit, whole_line_as_digit
from .types import (
    CharacterHypothesis,
    Component,
    DecodedLine,
    LineHypothesis,
    LineOutput,
    RecognizedLine,
    TextLine,
)

Costs = list[list[list[float]]]
"""Costs of assignments, by the number of components or digits, the first component, and the first digit."""


@dataclass(frozen=True)
class CharacterSegmentationParameters:
    """Parameters of character segmentation, lengths in heights of the line's digits; all set by eye.

    A digit that is read half its height beside its foreground costs 1.
    """

    most_touching_digits: int = 8
    """Most digits in one component."""
    most_components: int = 3
    """Most components in one digit, besides small marks."""
    skipped_component_cost: float = 2.0
    """Cost of a component as tall as a digit that belongs to no digit."""
    skipped_mark_cost: float = 0.15
    """Cost of a mark that belongs to no digit."""
    missing_digit_cost: float = 6.0
    """Cost of a digit without foreground."""
    greatest_mark: float = 0.3
    """A component lower and narrower than this is a mark."""
    merge_cost: float = 0.35
    """Cost of each further component of a digit."""
    gap_cost: float = 4.0
    """Cost of a gap of one height between components of a digit."""
    greatest_digit_width: float = 1.5
    """Wider digits cost `wide_digit_cost` for each height beyond it."""
    wide_digit_cost: float = 0.6
    least_touching_width: float = 0.18
    """Touching digits narrower than this cost `narrow_digit_cost` for each height less."""
    narrow_digit_cost: float = 0.8
    slice_reach: float = 0.5
    """A digit without foreground of its own gets the line's foreground up to this far from its center."""


PARAMETERS = CharacterSegmentationParameters()


def segment_characters(line: TextLine, image: LineImage, output: LineOutput, decoded: DecodedLine) -> RecognizedLine:
    """Return `line` with the foreground of the characters of each hypothesis that CTC decoding made of `output`.

    The hypothesis of an empty line is taken only where there is no other, and the line is not narrow enough to be one
    digit. Characters keep their order and come before the components that belong to none.
    """
    read = [_with_foreground(line, image, hypothesis) for hypothesis in decoded.hypotheses if hypothesis.text]
    recognized = RecognizedLine(line, tuple(read), decoded, output.upside_down_log_odds)
    if read:
        return recognized
    if may_be_one_digit(line, recognized.empty_probability):
        return replace(recognized, hypotheses=(whole_line_as_digit(line),), upside_down_log_odds=0.0)
    unread = tuple(CharacterHypothesis(component, None) for component in line.components)
    return replace(recognized, hypotheses=(LineHypothesis("", recognized.empty_probability, unread),))


def _with_foreground(line: TextLine, image: LineImage, hypothesis: LineHypothesis) -> LineHypothesis:
    columns = [image.column(character.frame * FRAME_WIDTH) for character in hypothesis.characters]
    if any(character.isdigit() for character in hypothesis.text):
        assigned, left_over = assign_components(line.components, columns, line.digit_height)
    else:  # of words only the places of letters matter, which often share one component
        assigned = [_slice(line.components, columns, index, line.digit_height) for index in range(len(columns))]
        left_over = []
    characters = [
        replace(character, component=component)
        for character, component in zip(hypothesis.characters, assigned, strict=True)
    ]
    unread = [CharacterHypothesis(component, None) for component in left_over]
    return replace(hypothesis, characters=(*characters, *unread))


def assign_components(
    components: Sequence[Component], centers: Sequence[float], height: float
) -> tuple[list[Component], list[Component]]:
    """Return one component for each digit, and the components that belong to none.

    Args:
        components: A line's components (at least one), sorted by their middles.
        centers: The columns of the digits' middles, from left to right.
        height: Height of the line's digits in pixels.
    """
    digits: list[Component | None] = [None] * len(centers)
    left_over = set(range(len(components)))
    for start, stop, first, count in _best_runs(components, centers, height):
        merged = Component.merge(components[start:stop])
        digits[first : first + count] = cut_component(merged, centers[first : first + count]) if count > 1 else [merged]
        left_over -= set(range(start, stop))
    segmented = [
        digit if digit is not None and digit.foreground.size else _slice(components, centers, index, height)
        for index, digit in enumerate(digits)
    ]
    return segmented, [components[index] for index in sorted(left_over)]


@dataclass(frozen=True)
class _State:
    """The cheapest assignment of the first components and digits: its cost, and the state before its last step."""

    cost: float
    before: tuple[int, int]
    assigned: bool


def _best_runs(
    components: Sequence[Component], centers: Sequence[float], height: float
) -> list[tuple[int, int, int, int]]:
    """Return runs of components with their digits: (first component, last + 1, first digit, number of digits)."""
    states: dict[tuple[int, int], _State] = {(0, 0): _State(0.0, (0, 0), False)}
    touching, merged = _touching_costs(components, centers, height), _merged_costs(components, centers, height)

    def offer(state: tuple[int, int], cost: float, before: tuple[int, int], *, assigned: bool = False) -> None:
        if state not in states or cost < states[state].cost:
            states[state] = _State(cost, before, assigned)

    for used in range(len(components) + 1):
        skip_cost = _skip_cost(components[used], height) if used < len(components) else 0.0
        for placed in range(len(centers) + 1):
            here, state = (used, placed), states.get((used, placed))
            if state is None:
                continue
            if placed < len(centers):
                offer((used, placed + 1), state.cost + PARAMETERS.missing_digit_cost, here)
            if used == len(components):
                continue
            offer((used + 1, placed), state.cost + skip_cost, here)
            if placed == len(centers):
                continue
            for count, costs in enumerate(touching[: len(centers) - placed], 1):
                offer((used + 1, placed + count), state.cost + costs[used][placed], here, assigned=True)
            for parts, costs in enumerate(merged[: len(components) - used - 1], 2):
                offer((used + parts, placed + 1), state.cost + costs[used][placed], here, assigned=True)
    return _trace_back(states, (len(components), len(centers)))


def _touching_costs(
    components: Sequence[Component], centers: Sequence[float], height: float
) -> list[list[list[float]]]:
    """Return the costs of digits in one component: by their number - 1, the component, and the first digit."""
    boxes = [component.box for component in components]
    return [
        _misfits(boxes, centers, count, height).tolist()
        for count in range(1, min(PARAMETERS.most_touching_digits, len(centers)) + 1)
    ]


def _merged_costs(components: Sequence[Component], centers: Sequence[float], height: float) -> Costs:
    """Return the costs of one digit of several components: by their number - 2, the first of them, and the digit."""
    costs = []
    for parts in range(2, min(PARAMETERS.most_components, len(components)) + 1):
        runs = [components[first : first + parts] for first in range(len(components) - parts + 1)]
        misfits = _misfits([Box.around([part.box for part in run]) for run in runs], centers, 1, height)
        further = [PARAMETERS.merge_cost * (parts - 1) + _gap_cost(run, height) for run in runs]
        costs.append((misfits + np.array(further)[:, None]).tolist())
    return costs


def _trace_back(states: dict[tuple[int, int], _State], last: tuple[int, int]) -> list[tuple[int, int, int, int]]:
    here, runs = last, []
    while here != (0, 0):
        before = states[here].before
        if states[here].assigned:
            runs.append((before[0], here[0], before[1], here[1] - before[1]))
        here = before
    return runs[::-1]


def _skip_cost(component: Component, height: float) -> float:
    size = max(component.box.w, component.box.h) / height
    if size < PARAMETERS.greatest_mark:
        return PARAMETERS.skipped_mark_cost
    return PARAMETERS.skipped_component_cost * min(size, 1.0) ** 2


def _misfits(boxes: Sequence[Box], centers: Sequence[float], count: int, height: float) -> NDArray[np.float64]:
    """Return the costs of `count` digits that share a box, each with about the same part of its width.

    The costs are float64 (boxes, len(centers) - count + 1), by the box and the first digit.
    """
    left, width = (np.array([box[side] for box in boxes], np.float64) for side in (0, 2))
    width /= count
    middles = left[:, None] + width[:, None] * (np.arange(count) + 0.5)
    runs = np.lib.stride_tricks.sliding_window_view(np.asarray(centers, np.float64), count)
    distance = (np.abs(runs[None] - middles[:, None]) / (0.5 * height)) ** 1.5
    too_wide = np.maximum(width / height - PARAMETERS.greatest_digit_width, 0)
    too_narrow = np.maximum(PARAMETERS.least_touching_width - width / height, 0) * (count > 1)
    by_width = PARAMETERS.wide_digit_cost * too_wide + PARAMETERS.narrow_digit_cost * too_narrow
    costs: NDArray[np.float64] = distance.sum(axis=2) + by_width[:, None]
    return costs


def _gap_cost(run: Sequence[Component], height: float) -> float:
    """Return the cost of the gaps between the components of one digit."""
    gaps = [after.box.x - (before.box.x + before.box.w) for before, after in pairwise(run)]
    return sum(PARAMETERS.gap_cost * max(gap, 0) / height for gap in gaps)


def _slice(components: Sequence[Component], centers: Sequence[float], index: int, height: float) -> Component:
    """Return the line's foreground about a digit's center, at most half-way to its neighbours."""
    whole = Component.merge(components)
    reach = PARAMETERS.slice_reach * height
    center = centers[index]
    left = max(center - reach, (centers[index - 1] + center) / 2 if index else -np.inf)
    right = min(center + reach, (center + centers[index + 1]) / 2 if index + 1 < len(centers) else np.inf)
    columns = np.arange(whole.box.w)[None] + whole.box.x
    return trim_component(whole, np.broadcast_to((columns >= left) & (columns < right), whole.foreground.shape))
