"""Areas that rules enclose, which of them touch, and the rows and columns that touching areas make."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ..results import Box

Labels = NDArray[np.int32]
Pairs = Mapping[tuple[int, int], int]


@dataclass(frozen=True)
class AreaParameters:
    """Parameters of areas; all set by eye."""

    greatest_rule: int = 14
    """Areas with up to this many pixels between them, the rule's thickness, touch."""
    least_contact: float = 0.3
    """Areas touch along at least this part of the shorter one's side."""
    same_edge: float = 0.35
    """Areas one below the other are in one column where their left edges differ by less than this part of a width."""


PARAMETERS = AreaParameters()


@dataclass(frozen=True)
class Areas:
    """The enclosed areas of a page."""

    labels: Labels
    """The number of the area at each pixel, from 1; 0 elsewhere; int32 (H, W)."""
    boxes: Mapping[int, Box]
    """The box of each area."""


@dataclass(frozen=True)
class Grid:
    """Areas that touch, each with its row and its column, from 1."""

    rows: Mapping[int, int]
    columns: Mapping[int, int]

    @property
    def row_count(self) -> int:
        """The number of rows."""
        return max(self.rows.values())

    @property
    def column_count(self) -> int:
        """The number of columns."""
        return max(self.columns.values())

    def row(self, number: int) -> list[int]:
        """Return the areas of a row from left to right."""
        return sorted((area for area in self.rows if self.rows[area] == number), key=lambda area: self.columns[area])


def label_areas(enclosed: NDArray[np.uint8]) -> Areas:
    """Return the areas of a mask (H, W) that is 1 inside them."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(enclosed, connectivity=4)
    boxes = {label: Box(*(int(value) for value in stats[label, :4])) for label in range(1, count)}
    return Areas(labels.astype(np.int32, copy=False), boxes)


def find_grids(areas: Areas) -> list[Grid]:
    """Return the grids of areas that touch, a lone area by itself, from top to bottom."""
    beside = _touching(areas.labels, [box.h for box in areas.boxes.values()])
    below = _touching(np.ascontiguousarray(areas.labels.T), [box.w for box in areas.boxes.values()])
    grids = []
    for group in _connected(areas.boxes, [*beside, *below]):
        own_beside = [pair for pair in beside if pair[0] in group]
        own_below = [pair for pair in below if pair[0] in group]
        columns = _ranks(group, own_beside, _aligned(areas.boxes, own_below, side=0))
        rows = _ranks(group, own_below, _aligned(areas.boxes, own_beside, side=1))
        grids.append(Grid(rows, columns))
    return sorted(grids, key=lambda grid: min(areas.boxes[area].y for area in grid.rows))


def _touching(labels: Labels, heights: list[int]) -> list[tuple[int, int]]:
    """Return the pairs of areas of which the second lies directly right of the first."""
    if len(heights) < 2:
        return []
    columns = np.arange(labels.shape[1])[None, :]
    last = np.maximum.accumulate(np.where(labels > 0, columns, -1), axis=1)
    before = np.concatenate([np.full((labels.shape[0], 1), -1), last[:, :-1]], axis=1)
    begins = (labels > 0) & (before >= 0) & (columns - before > 1) & (columns - before <= PARAMETERS.greatest_rule + 1)
    y, x = np.nonzero(begins)
    counts: dict[tuple[int, int], int] = defaultdict(int)
    for first, second in zip(labels[y, before[y, x]].tolist(), labels[y, x].tolist(), strict=True):
        counts[first, second] += 1
    return [
        pair
        for pair, count in counts.items()
        if pair[0] != pair[1] and count >= PARAMETERS.least_contact * min(heights[pair[0] - 1], heights[pair[1] - 1])
    ]


def _connected(nodes: Iterable[int], pairs: Iterable[tuple[int, int]]) -> list[set[int]]:
    """Return the groups of nodes that pairs connect."""
    group_of = {node: {node} for node in nodes}
    for first, second in pairs:
        if group_of[first] is not group_of[second]:
            larger, smaller = sorted((group_of[first], group_of[second]), key=len, reverse=True)
            larger |= smaller
            for node in smaller:
                group_of[node] = larger
    return list({id(group): group for group in group_of.values()}.values())


def _aligned(boxes: Mapping[int, Box], pairs: Iterable[tuple[int, int]], *, side: int) -> list[tuple[int, int]]:
    """Return the pairs whose boxes begin at about the same column (side 0) or row (side 1)."""
    return [
        (first, second)
        for first, second in pairs
        if abs(boxes[first][side] - boxes[second][side])
        <= PARAMETERS.same_edge * min(boxes[first][side + 2], boxes[second][side + 2])
    ]


def _ranks(group: set[int], order: list[tuple[int, int]], same: list[tuple[int, int]]) -> dict[int, int]:
    """Return ranks from 1: equal for areas of one cluster, higher for the second area of each pair of `order`."""
    clusters = _connected(group, same)
    cluster_of = {area: index for index, cluster in enumerate(clusters) for area in cluster}
    edges = {(cluster_of[first], cluster_of[second]) for first, second in order}
    ranks = [1] * len(clusters)
    for _ in range(len(clusters)):  # the longest path; the limit ends cycles, as bent rules may make
        changed = False
        for first, second in edges:
            if first != second and ranks[second] <= ranks[first] < len(clusters):
                ranks[second] = ranks[first] + 1
                changed = True
        if not changed:
            break
    return {area: ranks[cluster] for area, cluster in cluster_of.items()}
