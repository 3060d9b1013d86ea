"""Detection of ruled lines: long, thin, nearly straight level runs; upright ones on the transposed mask."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from .character_height import Mask
from .rule_segments import Rule, find_segments, join_segments, presence, rules_of, run_lengths


@dataclass(frozen=True)
class RuleDetectionParameters:
    """Parameters of the detection of rules; "heights" are the usual height of characters; all set by eye."""

    edge_to_edge: float = 0.85
    """A line over this share of the picture is a rule, where it is longer than `least_edge_to_edge` heights."""
    least_edge_to_edge: float = 1.5
    least_share_of_side: float = 0.05
    """The same as a share of the mask's longer side: small print must not make strokes of the pen rules."""
    least_segment: float = 0.4
    """A segment of a rule is at least this long, in heights."""
    least_side: float = 0.8
    """A rule that borders a box is at least this long, in heights."""
    greatest_thickness: float = 0.5
    """A rule is at most this thick, in heights."""
    most_strike_crossings: float = 0.3
    """A line with strokes close to both sides in more than this share of its columns strikes out, or is, a text."""
    least_strike_crossings: float = 0.1
    """So does a short line with strokes on both sides in more than this share, and seldom on one side only."""
    most_crossing: float = 0.2
    """That is: in more than this part of the columns with strokes on a side they are on both."""
    longest_strike: float = 10.0
    """A line longer than this, in heights, strikes nothing out."""
    least_gap: float = 0.6
    """A short rule is parted where it has no foreground over this length, in heights."""
    least_solid: float = 0.5
    """Least share of a rule's length that segments of the length of `least_side` cover; else it must be continuous."""
    greatest_bend: float = 0.04
    """Greatest distance of a rule from the line between its ends, as a share of its length."""
    lowest_page: float = 3.0
    """In a lower picture, in heights, level rules run from edge to edge, or border boxes."""
    most_end_gap: float = 0.015
    """A rule from edge to edge in such a picture ends at most this far from its sides, in widths, beside 2 pixels."""
    greatest_wave: float = 1.2
    """Else it is at most so many pixels off a straight line, and thinner than the pen: feet of digits are neither."""
    greatest_pen_share: float = 0.6
    """Greatest thickness of such a rule, as a share of the pen's."""
    most_lean: float = 0.06
    """A rule that leaves such a picture at one side is at most this far from level, in rows per column."""
    least_thin: float = 1.2
    """It is this long, in heights, where it is also drawn with a ruler and thinner than the pen."""
    greatest_share: float = 0.05
    """Greatest thickness of a rule from edge to edge, as a share of the picture."""
    least_unbroken: float = 0.75
    """Least share of a long rule's length over which there is foreground."""
    least_continuous: float = 0.93
    """The same of a rule of short segments, which strokes cross."""


PARAMETERS = RuleDetectionParameters()


def find_level_rules(
    mask: Mask, height: float, least_length: float, least_leaving: float
) -> tuple[list[Rule], list[Rule]]:
    """Return the long level rules of a mask, and shorter ones that are rules only where they border a box.

    Args:
        mask: Foreground 1 on 0, uint8 (H, W).
        height: The usual height of characters.
        least_length: Least length of a long rule, in heights.
        least_leaving: The same of one that leaves a low picture at one side.
    """
    runs = run_lengths(mask)
    thin = ((mask > 0) & (runs <= max(PARAMETERS.greatest_thickness * height, 5))).astype(np.uint8)
    length = max(round(PARAMETERS.least_segment * height), 7)
    dilated = cv2.dilate(thin, np.ones((3, 1), np.uint8))
    opened = np.asarray(cv2.morphologyEx(dilated, cv2.MORPH_OPEN, np.ones((1, length), np.uint8)), np.uint8) & thin
    least_side = PARAMETERS.least_side * height
    chains = join_segments(find_segments(opened, runs, length), height)
    rules = [rule for chain in chains for rule in rules_of(chain, least_side) if len(rule.rows) >= least_side]
    least = max(least_length * height, PARAMETERS.least_share_of_side * max(mask.shape))
    edge_to_edge = max(PARAMETERS.edge_to_edge * mask.shape[1], PARAMETERS.least_edge_to_edge * height)
    rules = [replace(rule, thickness=_thickness(runs, rule)) for rule in rules]
    thin_across = max(PARAMETERS.greatest_share * mask.shape[0], 3)
    is_low, pen = min(mask.shape) < PARAMETERS.lowest_page * height, 0.0
    if is_low:
        least, pen = max(least, edge_to_edge), _pen_width(mask, runs)
    runs_across = [is_low and all(_at_sides(rule, mask.shape[1])) for rule in rules]
    is_ruled = [is_low and _is_ruled(rule) and _is_thin(rule, pen) for rule in rules]
    leaves = [is_low and _leaves(rule, mask.shape[1], pen, least_leaving * height, height) for rule in rules]
    is_long = [
        (
            len(rule.rows) >= least
            or (len(rule.rows) >= edge_to_edge and rule.thickness <= thin_across)
            or (across and ruled)
            or leaving
        )
        and _is_straight(rule)
        and (not is_low or across or ruled or leaving)
        and _is_unbroken(mask, rule)
        and not _is_among_strokes(mask, rule, height)
        for rule, across, ruled, leaving in zip(rules, runs_across, is_ruled, leaves, strict=True)
    ]
    long = [rule for rule, accepted in zip(rules, is_long, strict=True) if accepted]
    short = [rule for rule, accepted in zip(rules, is_long, strict=True) if not accepted]
    parts = [part for rule in short for part in _parts(mask, rule, PARAMETERS.least_gap * height)]
    return long, [part for part in parts if len(part.rows) >= least_side]


def _parts(mask: Mask, rule: Rule, least_gap: float) -> list[Rule]:
    """Return the parts of a rule between its gaps: the sides of two boxes one above the other seem to be one."""
    present = np.concatenate([[False], presence(mask, rule), [False]]).astype(np.int8)
    starts, stops = np.flatnonzero(np.diff(present) == 1), np.flatnonzero(np.diff(present) == -1)
    cuts = np.flatnonzero(starts[1:] - stops[:-1] > least_gap)
    if not len(cuts):
        return [rule]
    firsts, lasts = [0, *starts[cuts + 1]], [*stops[cuts], len(rule.rows)]
    return [
        replace(rule, start=rule.start + int(first), rows=rule.rows[first:last])
        for first, last in zip(firsts, lasts, strict=True)
    ]


def _thickness(runs: NDArray[np.int32], rule: Rule) -> float:
    """Return a rule's thickness where no stroke touches it: a low percentile of the runs across it."""
    columns = np.arange(max(rule.start, 0), min(rule.stop, runs.shape[1]))
    rows = np.clip(np.round(rule.rows[columns - rule.start]).astype(int), 0, runs.shape[0] - 1)
    lengths = runs[rows, columns]
    return float(np.percentile(lengths[lengths > 0], 30)) if lengths.any() else rule.thickness


def _pen_width(mask: Mask, runs: NDArray[np.int32]) -> float:
    """Return the usual width of strokes in pixels."""
    across = np.minimum(runs, run_lengths(np.ascontiguousarray(mask.T)).T)
    return float(np.median(across[mask > 0])) if mask.any() else 0.0


def _at_sides(rule: Rule, width: int) -> tuple[bool, bool]:
    """Return whether a rule reaches the left and the right side of the picture."""
    gap = 2 + PARAMETERS.most_end_gap * width
    return rule.start <= gap, rule.stop >= width - gap


def _leaves(rule: Rule, width: int, pen: float, least: float, height: float) -> bool:
    """Return whether a rule leaves the picture at one side, as that of a frame does which was cut off."""
    is_long = len(rule.rows) >= (PARAMETERS.least_thin * height if _is_thin(rule, pen) else least)
    return any(_at_sides(rule, width)) and is_long and abs(rule.slope) <= PARAMETERS.most_lean and _is_ruled(rule)


def _is_ruled(rule: Rule) -> bool:
    line = np.linspace(rule.rows[0], rule.rows[-1], len(rule.rows))
    return float(np.abs(rule.rows - line).max()) <= PARAMETERS.greatest_wave


def _is_thin(rule: Rule, pen: float) -> bool:
    return rule.thickness <= PARAMETERS.greatest_pen_share * pen


def _is_straight(rule: Rule) -> bool:
    """Return whether a rule is bent no more than those on a curled page: the stem of a large 6 is."""
    line = np.linspace(rule.rows[0], rule.rows[-1], len(rule.rows))
    return bool(np.abs(rule.rows - line).max() <= PARAMETERS.greatest_bend * len(rule.rows) + 1)


def _is_unbroken(mask: Mask, rule: Rule) -> bool:
    """Return whether there is foreground nearly everywhere along a rule: the feet of digits on a line have gaps."""
    share = float(presence(mask, rule).mean())
    return share >= (PARAMETERS.least_unbroken if rule.solid >= PARAMETERS.least_solid else PARAMETERS.least_continuous)


def _is_among_strokes(mask: Mask, rule: Rule, height: float) -> bool:
    """Return whether strokes lie on both sides of a rule along much of it: it strikes out, or is part of, a text."""
    columns = np.arange(max(rule.start, 0), min(rule.stop, mask.shape[1]))
    rows = rule.rows[columns - rule.start]
    distance = rule.thickness / 2 + 2
    sides = []
    for side in (-1, 1):
        reach = np.arange(1, max(round(0.25 * height), 2))[:, None]
        near = np.clip(np.round(rows[None, :] + side * (distance + reach)), 0, mask.shape[0] - 1).astype(int)
        sides.append(mask[near, columns[None, :]].any(axis=0))
    both, either = float((sides[0] & sides[1]).mean()), float((sides[0] | sides[1]).mean())
    if both > PARAMETERS.most_strike_crossings:
        return True
    is_short = len(columns) < PARAMETERS.longest_strike * height
    return is_short and both > PARAMETERS.least_strike_crossings and both > PARAMETERS.most_crossing * either
