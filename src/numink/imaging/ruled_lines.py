"""Ruled lines, frames, boxes, combs and grids: their removal from a foreground mask, and the areas that they enclose.

A rule is thin, nearly level or upright, and longer than a stroke of a character, or it borders a box. Strokes that
cross or touch it stay whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from .box_rows import even_sides, missing_sides
from .character_height import Mask, usual_height
from .combs import Comb, comb_areas, find_combs
from .dotted_lines import find_dots
from .rule_detection import find_level_rules
from .rule_erasure import PARAMETERS as ERASURE_PARAMETERS
from .rule_erasure import drop_remnants, erase_rules
from .rule_network import PARAMETERS as NETWORK_PARAMETERS
from .rule_network import bordering, drawn, enclosed_areas, fitting, joining
from .rule_segments import Rule, presence, run_lengths

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class RuledLineParameters:
    """Parameters of ruled lines; "heights" are the usual height of characters; all set by eye."""

    most_of_picture: float = 0.7
    """Characters that seem taller than this share of the picture may be joined with rules."""
    across: float = 0.95
    """Rules over this share of the picture are then looked for first."""
    least_picture: int = 40
    """The longer side of the smallest picture that may have rules, in pixels."""
    guessed_height: float = 0.4
    """Their guessed height, as a share of the picture's."""
    frame_depth: float = 0.015
    """Depth of the margin in which a frame lies, as a share of the picture's short side."""
    unbroken: float = 0.8
    """Least share of a side of the picture along which a frame has foreground."""
    least_level_length: float = 3.0
    """A level rule that borders no box is at least this long, in heights: a minus or a fraction stroke is shorter."""
    least_upright_length: float = 4.5
    """An upright rule that borders no box is at least this long, in heights: a slash is shorter."""
    least_leaving_level: float = 3.0
    least_leaving_upright: float = 1.8
    """The same of rules that leave a low picture at one side."""
    least_seen: float = 0.8
    """A shorter rule is one where the page model sees one over this share of its length, and it is at least"""
    least_seen_length: float = 1.5
    """this long, in heights."""
    most_in_boxes: float = 0.3
    """Teeth of which more than this share lie at enclosed areas are the sides of boxes."""
    least_height_share: float = 0.35
    """Characters are at least this part of a picture's short side, where that is at most `low_picture` pixels."""
    low_picture: int = 120
    greatest_excess: float = 1.5
    """Greatest thickness of a short rule, as a share of the thickest long rule, beside half a pixel."""


PARAMETERS = RuledLineParameters()


@dataclass(frozen=True)
class RuledPage:
    """A foreground mask without its rules, and the rules."""

    foreground: Floats
    """The strokes, float32 (h, w)."""
    rules: Mask
    """1 along the rules, whose gaps are closed, uint8 (h, w)."""
    enclosed: Mask
    """1 in the areas that rules enclose, which are about rectangular and parted by rules, uint8 (h, w)."""

    def turned(self, degrees: int) -> RuledPage:
        """Return the page turned clockwise by 0, 90, 180 or 270 degrees."""
        quarters = -degrees // 90
        return RuledPage(
            np.ascontiguousarray(np.rot90(self.foreground, quarters)),
            np.ascontiguousarray(np.rot90(self.rules, quarters)),
            np.ascontiguousarray(np.rot90(self.enclosed, quarters)),
        )


def remove_ruled_lines(foreground: Floats) -> Floats:
    """Remove ruled lines and frames from a foreground mask.

    Args:
        foreground: Mask, float32 (h, w), 0..1; it is not changed.

    Returns:
        The mask without ruled lines, float32 (h, w).

    Example:
        >>> mask = np.zeros((60, 100), np.float32)
        >>> mask[40:42, :] = 1  # a ruled line
        >>> mask[10:30, 50:53] = 1  # a digit above it
        >>> cleaned = remove_ruled_lines(mask)
        >>> float(cleaned[40:42].sum()), float(cleaned[10:30, 50:53].min())
        (0.0, 1.0)
    """
    return part_ruled_lines(foreground).foreground


def part_ruled_lines(foreground: Floats, seen: Mask | None = None) -> RuledPage:
    """Part a foreground mask into strokes and rules.

    Args:
        foreground: Mask, float32 (h, w), 0..1; it is not changed.
        seen: 1 where the page model sees rules, uint8 (h, w): evidence for rules that strokes touch.
    """
    cleaned = _without_frame(foreground)
    mask = (cleaned > ERASURE_PARAMETERS.threshold).astype(np.uint8)
    empty = np.zeros(mask.shape, np.uint8)
    height = _usual_height(mask)
    if height and min(mask.shape) <= PARAMETERS.low_picture:
        height = max(height, PARAMETERS.least_height_share * min(mask.shape))
    if height == 0 or max(mask.shape) < PARAMETERS.least_picture:
        return RuledPage(cleaned, empty, empty)
    dots = find_dots(mask, height)
    if dots.any():
        mask = mask - dots
        cleaned[cv2.dilate(dots, np.ones((3, 3), np.uint8)) > mask] = 0
    turned_mask = np.ascontiguousarray(mask.T)
    level, short_level = _level_rules(mask, height)
    upright, short_upright = _upright_rules(turned_mask, height)
    sides = even_sides([*upright, *short_upright], height)
    if seen is not None:
        sides += _seen_rules(short_upright, np.ascontiguousarray(seen.T), height)
        short_level, more = _those_in(short_level, _seen_rules(short_level, seen, height))
        level += more
    short_upright, more = _those_in(short_upright, sides)
    upright += more
    if len(upright) == 1 and not level and not short_level:
        return RuledPage(cleaned, empty, empty)  # it may be a 1
    if not (level or upright or (short_level and short_upright)):
        return RuledPage(cleaned, empty, empty)
    short_level, short_upright = (_as_thin(short, [*level, *upright]) for short in (short_level, short_upright))
    short_level, short_upright = fitting(level, short_level, upright, short_upright, height, mask.shape)
    enclosed = enclosed_areas((*level, *short_level), (*upright, *short_upright), mask.shape, height)
    areas = cv2.connectedComponents(enclosed, connectivity=4)[1].astype(np.int32)
    reach = round(NETWORK_PARAMETERS.corner_reach * height)
    end_reach = max(round(NETWORK_PARAMETERS.end_reach * height), 2)
    joining_level = joining(short_level, upright, end_reach, mask.shape[1])
    joining_upright = joining(short_upright, level, end_reach, mask.shape[0])
    level += bordering(short_level, areas, joining_level)
    upright += bordering(short_upright, np.ascontiguousarray(areas.T), joining_upright)
    enclosed = enclosed_areas(level, upright, mask.shape, height)
    missing = missing_sides(mask, enclosed, upright)
    if missing:
        upright += missing
        enclosed = enclosed_areas(level, upright, mask.shape, height)
    combs = find_combs(mask, np.ascontiguousarray(run_lengths(turned_mask).T), level, height)
    combs = [comb for comb in combs if not _stands_in(comb, enclosed)]
    apart = cv2.dilate(enclosed, np.ones((3, 3), np.uint8)) == 0
    enclosed |= np.where(apart, comb_areas(combs, mask.shape, height), 0).astype(np.uint8)
    upright += [tooth for comb in combs for tooth in comb.teeth]
    rules = drawn(level, upright, mask.shape, reach)
    cleaned = erase_rules(cleaned, level, upright)
    drop_remnants(cleaned, level, upright)
    return RuledPage(cleaned, rules, enclosed)


def _level_rules(mask: Mask, height: float) -> tuple[list[Rule], list[Rule]]:
    return find_level_rules(mask, height, PARAMETERS.least_level_length, PARAMETERS.least_leaving_level)


def _upright_rules(turned_mask: Mask, height: float) -> tuple[list[Rule], list[Rule]]:
    return find_level_rules(turned_mask, height, PARAMETERS.least_upright_length, PARAMETERS.least_leaving_upright)


def _usual_height(mask: Mask) -> float:
    """Return the usual height of characters: without rules across the picture where one seems to fill it."""
    height = usual_height(mask)
    if height < PARAMETERS.most_of_picture * mask.shape[0]:
        return height
    guess = PARAMETERS.guessed_height * mask.shape[0]
    cleaned = mask.astype(np.float32)
    across = [
        [rule for rule in _level_rules(turned, guess)[0] if len(rule.rows) >= PARAMETERS.across * turned.shape[1]]
        for turned in (mask, np.ascontiguousarray(mask.T))
    ]
    positions = [float(rule.rows.mean()) for rule in across[1]]
    if not across[0] and (len(positions) < 2 or max(positions) - min(positions) < mask.shape[0]):
        return height  # they may be ones
    remaining = (erase_rules(cleaned, across[0], across[1]) > 0).astype(np.uint8)
    return usual_height(remaining - find_dots(remaining, guess))


def _seen_rules(rules: Sequence[Rule], seen: Mask, height: float) -> list[Rule]:
    """Return the rules along which the page model sees rules."""
    long = (rule for rule in rules if len(rule.rows) >= PARAMETERS.least_seen_length * height)
    return [rule for rule in long if presence(seen, rule, 2).mean() >= PARAMETERS.least_seen]


def _those_in(rules: Sequence[Rule], chosen: Sequence[Rule]) -> tuple[list[Rule], list[Rule]]:
    """Return the rules that are not among the chosen ones, and those that are."""
    ids = set(map(id, chosen))  # rules hold arrays, which cannot be compared as one
    return [rule for rule in rules if id(rule) not in ids], [rule for rule in rules if id(rule) in ids]


def _as_thin(short: list[Rule], long: Sequence[Rule]) -> list[Rule]:
    """Return the short rules that are about as thin as the long ones: a stem that meets a thin rule is a stroke."""
    if not long:
        return short
    most = PARAMETERS.greatest_excess * max(rule.thickness for rule in long) + 0.5
    return [rule for rule in short if rule.thickness <= most]


def _without_frame(foreground: Floats) -> Floats:
    """Clear each side of the picture along which a line runs."""
    depth = max(round(PARAMETERS.frame_depth * min(foreground.shape)), 2)
    cleaned = foreground.copy()
    for quarter_turns in range(4):
        side = np.rot90(cleaned, quarter_turns)  # a view: writing to it changes `cleaned`
        if (side[:depth].max(axis=0) > ERASURE_PARAMETERS.threshold).mean() > PARAMETERS.unbroken:
            side[: depth + 1] = 0
    return cleaned


def _stands_in(comb: Comb, enclosed: Mask) -> bool:
    """Return whether the teeth of a comb stand within enclosed areas, or part them, so that it is a row of boxes."""
    rows = [tooth.start + len(tooth.rows) // 2 for tooth in comb.teeth]
    columns = [round(float(tooth.rows.mean())) for tooth in comb.teeth]
    near = [enclosed[row, max(column - 6, 0) : column + 7].any() for row, column in zip(rows, columns, strict=True)]
    return bool(np.mean(near) > PARAMETERS.most_in_boxes)
