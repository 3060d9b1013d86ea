"""Segments of level rules: long, thin, nearly straight runs of foreground, and how they continue each other."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from .character_height import Mask


@dataclass(frozen=True)
class RuleSegmentParameters:
    """Parameters of the segments of rules; "heights" are the usual height of characters; all set by eye."""

    greatest_residual: float = 0.25
    """Greatest mean distance of a segment's pixels from a straight line, in thicknesses, beside 0.75 pixels."""
    least_curve: float = 12.0
    """A segment longer than this, in lengths of the shortest ones, may be curved."""
    greatest_gap: float = 1.5
    """Segments of one rule are at most this far apart, in heights."""
    least_coverage: float = 0.6
    """Least share of its length on which a rule has segments."""
    greatest_slope: float = 0.3
    """A steeper segment, in rows per column, is none of a level rule."""
    most_segments: int = 2000
    """Of more segments, which no form has, the longest are used."""


PARAMETERS = RuleSegmentParameters()


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
    columns = np.pad(mask.T > 0, ((0, 0), (1, 1)))
    ends = np.flatnonzero(columns.ravel()[1:] != columns.ravel()[:-1])  # in turn: before a run, and its last pixel
    lengths = ends[1::2] - ends[::2]
    runs = np.zeros(columns.shape, np.int32)
    runs[columns] = np.repeat(lengths, lengths)
    return np.ascontiguousarray(runs[:, 1:-1].T)


def band(
    rule: Rule, reach: float, shape: tuple[int, ...], beyond: int = 2
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the columns of a rule, (1, n), and the rows of its pixels up to `reach` from its middle, (k, n).

    The rule is as much as `beyond` longer at both ends, within the picture of this `shape`.
    """
    columns = np.arange(max(rule.start - beyond, 0), min(rule.stop + beyond, shape[1]))
    rows = rule.rows[np.clip(columns - rule.start, 0, len(rule.rows) - 1)]
    steps = np.arange(-int(reach), int(reach) + 1)[:, None]
    near = np.clip(np.round(rows).astype(np.int64)[None, :] + steps, 0, shape[0] - 1)
    return columns[None, :].astype(np.int64), near


def presence(mask: Mask, rule: Rule, beyond: int = 0) -> NDArray[np.bool_]:
    """Return for each column of a rule's band whether there is foreground, a pixel off its middle at most."""
    columns, near = band(rule, 1, mask.shape, beyond)
    return np.asarray(mask[near, columns].any(axis=0))


def find_segments(opened: Mask, runs: NDArray[np.int32], length: int) -> list[Rule]:
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
    widths, heights = stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT]
    is_level = (widths >= length) & (heights <= PARAMETERS.greatest_slope * widths + 6)
    for index in np.flatnonzero(is_level[1:count]) + 1:
        left, top, width = (int(value) for value in stats[index, : cv2.CC_STAT_HEIGHT])
        columns = np.arange(width)
        if width >= PARAMETERS.least_curve * length:
            own = label == index
            fitted = np.polynomial.Polynomial.fit(own_x[own], own_y[own], 3)(columns)
            segments.append(Rule(left, fitted + top, float(thickness[index])))
        elif residual[index] <= PARAMETERS.greatest_residual * thickness[index] + 0.75:
            fitted = mean_y[index] + slope[index] * (columns - mean_x[index])
            segments.append(Rule(left, fitted + top, float(thickness[index])))
    if len(segments) > PARAMETERS.most_segments:
        segments = sorted(segments, key=lambda segment: -len(segment.rows))[: PARAMETERS.most_segments]
    return sorted(segments, key=lambda segment: segment.start)


def join_segments(segments: list[Rule], height: float) -> list[list[Rule]]:
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


def rules_of(chain: list[Rule], least_side: float) -> list[Rule]:
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
