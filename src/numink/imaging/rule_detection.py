"""Detection of ruled lines: long, thin, nearly straight level runs; upright ones on the transposed mask."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from .character_height import Mask


@dataclass(frozen=True)
class RuleDetectionParameters:
    """Parameters of the detection of rules; "heights" are the usual height of characters; all set by eye."""

    edge_to_edge: float = 0.85
    """A line over this share of the picture is a rule, where it is longer than `least_edge_to_edge` heights."""
    least_edge_to_edge: float = 1.5
    greatest_residual: float = 0.25
    """Greatest mean distance of a segment's pixels from a straight line, in thicknesses, beside 0.75 pixels."""
    least_curve: float = 12.0
    """A segment longer than this, in lengths of the shortest ones, may be curved."""
    least_share_of_side: float = 0.05
    """The same as a share of the mask's longer side: small print must not make strokes of the pen rules."""
    least_segment: float = 0.4
    """A segment of a rule is at least this long, in heights."""
    least_side: float = 0.8
    """A rule that borders a box is at least this long, in heights."""
    greatest_thickness: float = 0.5
    """A rule is at most this thick, in heights."""
    greatest_gap: float = 1.5
    """Segments of one rule are at most this far apart, in heights."""
    least_coverage: float = 0.6
    """Least share of its length on which a rule has segments."""
    greatest_slope: float = 0.3
    """A steeper segment, in rows per column, is none of a level rule."""
    most_strike_crossings: float = 0.3
    """A line with strokes close to both sides in more than this share of its columns strikes out, or is, a text."""
    least_strike_crossings: float = 0.1
    """So does a short line with strokes on both sides in more than this share, and seldom on one side only."""
    most_crossing: float = 0.2
    """That is: in more than this part of the columns with strokes on a side they are on both."""
    longest_strike: float = 10.0
    """A line longer than this, in heights, strikes nothing out."""
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
    greatest_share: float = 0.05
    """Greatest thickness of a rule from edge to edge, as a share of the picture."""
    least_unbroken: float = 0.75
    """Least share of a long rule's length over which there is foreground."""
    least_continuous: float = 0.93
    """The same of a rule of short segments, which strokes cross."""


PARAMETERS = RuleDetectionParameters()


@dataclass(frozen=True)
class Rule:
    """A nearly level rule; an upright one on the transposed mask."""

    start: int
    """Its first column."""
    rows: NDArray[np.float64]
    """The row of its middle at each column from `start` on."""
    thickness: float
    """In pixels."""
    solid: float = 1.0
    """Share of its columns that its longer segments cover."""

    @property
    def stop(self) -> int:
        """The column behind its last."""
        return self.start + len(self.rows)

    @property
    def slope(self) -> float:
        """Rows by which it falls from one column to the next, in the mean."""
        return float(self.rows[-1] - self.rows[0]) / max(len(self.rows) - 1, 1)

    def extended(self, reach: int) -> Rule:
        """Return the rule with `reach` more columns at both ends, in its direction there."""
        near = min(len(self.rows), 40)
        before = (self.rows[near - 1] - self.rows[0]) / max(near - 1, 1)
        behind = (self.rows[-1] - self.rows[-near]) / max(near - 1, 1)
        steps = np.arange(1, reach + 1)
        rows = np.concatenate([self.rows[0] - before * steps[::-1], self.rows, self.rows[-1] + behind * steps])
        return replace(self, start=self.start - reach, rows=rows)


def run_lengths(mask: Mask) -> NDArray[np.int32]:
    """Return at each pixel of the foreground the length of its run along the column, (H, W); 0 elsewhere."""
    rows = np.arange(mask.shape[0], dtype=np.int32)[:, None]
    before = np.maximum.accumulate(np.where(mask == 0, rows, -1), axis=0)
    behind = np.minimum.accumulate(np.where(mask == 0, rows, mask.shape[0])[::-1], axis=0)[::-1]
    return np.where(mask > 0, behind - before - 1, 0).astype(np.int32)


def find_level_rules(mask: Mask, height: float, least_length: float) -> tuple[list[Rule], list[Rule]]:
    """Return the long level rules of a mask, and shorter ones that are rules only where they border a box.

    Args:
        mask: Foreground 1 on 0, uint8 (H, W).
        height: The usual height of characters.
        least_length: Least length of a long rule, in heights.
    """
    runs = run_lengths(mask)
    thin = ((mask > 0) & (runs <= max(PARAMETERS.greatest_thickness * height, 5))).astype(np.uint8)
    length = max(round(PARAMETERS.least_segment * height), 7)
    dilated = cv2.dilate(thin, np.ones((3, 1), np.uint8))
    opened = np.asarray(cv2.morphologyEx(dilated, cv2.MORPH_OPEN, np.ones((1, length), np.uint8)), np.uint8) & thin
    least_side = PARAMETERS.least_side * height
    chains = _join(_segments(opened, runs, length), height)
    rules = [rule for chain in chains for rule in _from_chain(chain, least_side) if len(rule.rows) >= least_side]
    least = max(least_length * height, PARAMETERS.least_share_of_side * max(mask.shape))
    edge_to_edge = max(PARAMETERS.edge_to_edge * mask.shape[1], PARAMETERS.least_edge_to_edge * height)
    rules = [replace(rule, thickness=_thickness(runs, rule)) for rule in rules]
    thin_across = max(PARAMETERS.greatest_share * mask.shape[0], 3)
    is_low, pen = min(mask.shape) < PARAMETERS.lowest_page * height, 0.0
    if is_low:
        least, pen = max(least, edge_to_edge), _pen_width(mask, runs)
    is_long = [
        (len(rule.rows) >= least or (len(rule.rows) >= edge_to_edge and rule.thickness <= thin_across))
        and _is_straight(rule)
        and (not is_low or _runs_across(rule, mask.shape[1]) or _is_drawn_with_ruler(rule, pen))
        and _is_unbroken(mask, rule)
        and not _is_among_strokes(mask, rule, height)
        for rule in rules
    ]
    long = [rule for rule, accepted in zip(rules, is_long, strict=True) if accepted]
    return long, [rule for rule, accepted in zip(rules, is_long, strict=True) if not accepted]


def _segments(opened: Mask, runs: NDArray[np.int32], length: int) -> list[Rule]:
    """Return the segments of level rules, from left to right: a line is fitted to each, a curve to a long one."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(opened, connectivity=8)
    y, x = np.nonzero(opened)
    label = labels[y, x]
    own_x, own_y = (x - stats[label, 0]).astype(float), (y - stats[label, 1]).astype(float)

    def total(values: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(np.bincount(label, weights=values, minlength=count), np.float64)

    number = np.maximum(total(np.ones(len(x))), 1)
    mean_x, mean_y = total(own_x) / number, total(own_y) / number
    spread = np.maximum(total((own_x - mean_x[label]) ** 2), 1e-9)
    slope = total((own_x - mean_x[label]) * (own_y - mean_y[label])) / spread
    residual = total(np.abs(own_y - mean_y[label] - slope[label] * (own_x - mean_x[label]))) / number
    thickness = total(runs[y, x].astype(float)) / number
    segments = []
    for index in range(1, count):
        left, top, width, box_height = (int(value) for value in stats[index, :4])
        if width < length or box_height > PARAMETERS.greatest_slope * width + 6:
            continue
        columns = np.arange(width)
        if width >= PARAMETERS.least_curve * length:
            own = label == index
            fitted = np.polynomial.Polynomial.fit(own_x[own], own_y[own], 3)(columns)
            segments.append(Rule(left, fitted + top, float(thickness[index])))
        elif residual[index] <= PARAMETERS.greatest_residual * thickness[index] + 0.75:
            fitted = mean_y[index] + slope[index] * (columns - mean_x[index])
            segments.append(Rule(left, fitted + top, float(thickness[index])))
    return sorted(segments, key=lambda segment: segment.start)


def _join(segments: list[Rule], height: float) -> list[list[Rule]]:
    """Join segments that continue each other."""
    reach = round(PARAMETERS.greatest_gap * height)
    chains: list[list[Rule]] = []
    ends = np.zeros((len(segments), 4))  # of each chain's last segment: stop, row, slope, thickness
    for segment in segments:
        stop, row, slope, thickness = ends[: len(chains)].T
        gap = segment.start - stop
        distance = np.abs(row + slope * (gap + 1) - segment.rows[0])
        limit = 1.5 + 0.5 * np.maximum(thickness, segment.thickness) + 0.02 * np.maximum(gap, 0)
        distance[(gap < -3) | (gap > reach) | (distance > limit)] = np.inf
        index = int(distance.argmin()) if chains and distance.min() < np.inf else len(chains)
        if index == len(chains):
            chains.append([segment])
        else:
            chains[index].append(segment)
        near = chains[index][-1]
        if len(chains[index]) > 1 and len(near.rows) < len(chains[index][-2].rows):
            slope_here = (near.rows[-1] - chains[index][-2].rows[0]) / max(near.stop - chains[index][-2].start - 1, 1)
        else:
            slope_here = near.slope
        ends[index] = near.stop, near.rows[-1], slope_here, near.thickness
    return chains


def _from_chain(chain: list[Rule], least_side: float) -> list[Rule]:
    """Return the rule that segments make; the segments themselves where they cover too little of it."""
    if len(chain) == 1:
        return chain
    columns = np.concatenate([np.arange(segment.start, segment.stop) for segment in chain])
    rows = np.concatenate([segment.rows for segment in chain])
    order = np.argsort(columns, kind="stable")
    start, stop = int(columns[order[0]]), int(columns[order[-1]]) + 1
    coverage = len(np.unique(columns)) / (stop - start)
    if coverage < PARAMETERS.least_coverage:
        return chain
    lengths = np.array([len(segment.rows) for segment in chain])
    thickness = float(np.average([segment.thickness for segment in chain], weights=lengths))
    solid = float(lengths[lengths >= least_side].sum()) / (stop - start)
    return [Rule(start, np.interp(np.arange(start, stop), columns[order], rows[order]), thickness, solid)]


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


def _runs_across(rule: Rule, width: int) -> bool:
    gap = 2 + PARAMETERS.most_end_gap * width
    return rule.start <= gap and rule.stop >= width - gap


def _is_drawn_with_ruler(rule: Rule, pen: float) -> bool:
    line = np.linspace(rule.rows[0], rule.rows[-1], len(rule.rows))
    wave = float(np.abs(rule.rows - line).max())
    return wave <= PARAMETERS.greatest_wave and rule.thickness <= PARAMETERS.greatest_pen_share * pen


def _is_straight(rule: Rule) -> bool:
    """Return whether a rule is bent no more than those on a curled page: the stem of a large 6 is."""
    line = np.linspace(rule.rows[0], rule.rows[-1], len(rule.rows))
    return bool(np.abs(rule.rows - line).max() <= PARAMETERS.greatest_bend * len(rule.rows) + 1)


def _is_unbroken(mask: Mask, rule: Rule) -> bool:
    """Return whether there is foreground nearly everywhere along a rule: the feet of digits on a line have gaps."""
    columns = np.arange(max(rule.start, 0), min(rule.stop, mask.shape[1]))
    rows = np.round(rule.rows[columns - rule.start]).astype(int)
    near = np.clip(rows[None, :] + np.array([[-1], [0], [1]]), 0, mask.shape[0] - 1)
    share = float(mask[near, columns[None, :]].any(axis=0).mean())
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
