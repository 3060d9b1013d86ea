"""Combs: level rules with short upright teeth at even distances, and the areas between the teeth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from .character_height import Mask
from .rule_segments import Rule


@dataclass(frozen=True)
class CombParameters:
    """Parameters of combs, in the usual height of characters; all set by eye."""

    least_tooth: float = 0.25
    """A tooth rises at least this far above its rule."""
    greatest_tooth: float = 1.6
    """A taller one is the side of a box."""
    least_distance: float = 0.7
    """Teeth are at least this far apart, and at most `greatest_distance`."""
    greatest_distance: float = 4.0
    tolerance: float = 0.1
    """Teeth stand where even distances put them, but for this part of a distance."""
    least_teeth: int = 4
    """So many teeth make a comb."""
    thickness_ratio: float = 2.5
    """A tooth is at most this many times as thick as its rule, and a pixel more."""
    area_height: float = 1.8
    """Height of the areas above the rule."""


PARAMETERS = CombParameters()


@dataclass(frozen=True)
class Comb:
    """The teeth of a comb as upright rules, on the transposed mask, and its rule."""

    rule: Rule
    teeth: tuple[Rule, ...]


def find_combs(mask: Mask, runs: NDArray[np.int32], rules: Sequence[Rule], height: float) -> list[Comb]:
    """Return the combs on level rules.

    Args:
        mask: Foreground 1 on 0, uint8 (H, W).
        runs: Lengths of the runs along the rows at each pixel of the foreground, (H, W).
        rules: The level rules.
        height: The usual height of characters.
    """
    combs = []
    for rule in rules:
        teeth = evenly_spaced(_teeth(mask, runs, rule, height), height)
        if teeth:
            combs.append(Comb(rule, tuple(teeth)))
    return combs


def comb_areas(combs: Sequence[Comb], shape: tuple[int, ...], height: float) -> Mask:
    """Return a mask, uint8 (H, W), that is 1 in the areas between the teeth."""
    areas = np.zeros(shape, np.uint8)
    for comb in combs:
        middles = sorted(round(float(tooth.rows.mean())) for tooth in comb.teeth)
        for left, right in pairwise(middles):
            column = min(max((left + right) // 2 - comb.rule.start, 0), len(comb.rule.rows) - 1)
            bottom = round(comb.rule.rows[column] - comb.rule.thickness / 2)
            areas[max(round(bottom - PARAMETERS.area_height * height), 0) : max(bottom, 0), left + 2 : right - 1] = 1
    return areas


def _teeth(mask: Mask, runs: NDArray[np.int32], rule: Rule, height: float) -> list[Rule]:
    """Return the thin strokes that rise from a level rule, from left to right."""
    columns = np.arange(max(rule.start - 2, 0), min(rule.stop + 2, mask.shape[1]))
    rows = rule.rows[np.clip(columns - rule.start, 0, len(rule.rows) - 1)]
    top = np.floor(rows - rule.thickness / 2 - 1).astype(int)
    reach = max(round(PARAMETERS.least_tooth * height), 3)
    near = np.clip(top[None, :] - np.arange(reach)[:, None], 0, mask.shape[0] - 1)
    limit = PARAMETERS.thickness_ratio * rule.thickness + 1
    thin = (mask[near, columns] > 0) & (runs[near, columns] <= limit)
    rises = thin.mean(axis=0) >= 0.9
    edges = np.flatnonzero(np.diff(np.concatenate([[0], rises.astype(np.int8), [0]])))
    teeth = []
    for first, last in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        middle = (first + last - 1) // 2
        column, bottom = int(columns[middle]), int(top[middle]) + 1
        above = mask[:bottom, column][::-1]
        length = int(np.argmin(above)) if not above.all() else len(above)
        if 0 < length <= PARAMETERS.greatest_tooth * height:
            centre = float(columns[first:last].mean())
            teeth.append(Rule(bottom - length, np.full(length, centre), float(last - first)))
    return teeth


def evenly_spaced(teeth: list[Rule], height: float) -> list[Rule]:
    """Return the most upright rules at even distances; none where there are too few for a comb."""
    positions = np.array([float(tooth.rows[0]) for tooth in teeth])
    best: list[Rule] = []
    for first in range(len(teeth)):
        for second in range(first + 1, len(teeth)):
            distance = positions[second] - positions[first]
            if not PARAMETERS.least_distance * height <= distance <= PARAMETERS.greatest_distance * height:
                continue
            if 2 + (positions[-1] - positions[second]) / (distance * (1 - PARAMETERS.tolerance)) <= len(best):
                break  # no chain of this distance, or of a greater one, has more teeth
            chain = [first, second]
            while True:
                misses = np.abs(positions - positions[chain[-1]] - distance)
                following = int(misses.argmin())
                if misses[following] > PARAMETERS.tolerance * distance:
                    break
                chain.append(following)
            if len(chain) >= PARAMETERS.least_teeth and len(chain) > len(best):
                best = [teeth[index] for index in chain]
    return best
