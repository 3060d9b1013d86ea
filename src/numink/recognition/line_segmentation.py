"""Line segmentation: connected components to the text lines that they stand on.

It looks at sizes and positions only: which components are digits, and how many, is decided later.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..results import Box
from .types import Component, TextLine


@dataclass(frozen=True)
class LineSegmentationParameters:
    """Parameters of line segmentation; "heights" are the page's usual height of digits where nothing else is said.

    E081 introduced the rule of `top_gap` and `greatest_top_height`, E165 that of `hanging_height` and
    `hanging_distance`, E102 that of `shared_rows`, each without comparing other values; the others were set by eye.
    """

    speck_side: float = 0.06
    """A component lower and narrower than this, in heights, is dropped."""
    mark_height: float = 0.3
    """A component lower than this, in heights, is a mark: a dot, comma, dash or speck."""
    tall_height: float = 0.5
    """A component at least this tall, in heights of its line's digits, sets where its line begins and ends."""
    top_gap: float = 0.25
    """Greatest gap, in heights, between a digit and its top that broke off."""
    greatest_top_overlap: float = 0.3
    """Greatest overlap of rows, in heights, of a digit and its top that broke off."""
    shared_top_columns: float = 0.5
    """Least share of the narrower one's columns that a digit and its top have in common."""
    greatest_top_height: float = 1.15
    """Greatest height of a digit with its top, in heights of its line's tallest component."""
    hanging_height: float = 0.6
    """A component lower than this, in heights, may hang from a line, as the comma in an amount that rises does."""
    hanging_distance: float = 0.4
    """Greatest distance, in heights, by which a hanging component stands beside its line."""
    shared_rows: float = 0.35
    """Components that share more than this part of the lower one's rows stand on one line."""
    greatest_gap: float = 6.0
    """Components further apart than this, in heights, do not stand on one line."""
    mark_distance: float = 1.0
    """Greatest distance, in heights, by which a mark stands beside its line."""
    mark_overhang: float = 0.1
    """Greatest distance, in heights, by which a mark's middle lies above or below its line."""
    greatest_slope: float = 0.35
    """A line that is steeper than this, in rows per column, is not levelled."""
    least_sloped_width: float = 3.0
    """The slope of a shorter line, in heights of its digits, is not measured."""
    stacked_columns: float = 0.7
    """Components of a line that share more than this part of the narrower one's columns are one component."""


PARAMETERS = LineSegmentationParameters()


def segment_lines(components: list[Component], least_height: float = 0.0) -> list[TextLine]:
    """Return the text lines of a page, or a region, from top to bottom; empty where there are no `components`.

    Args:
        components: The components.
        least_height: Least usual height of the digits, in pixels: in an empty region specks are no digits.
    """
    if not components:
        return []
    usual = max(usual_height(components), least_height)
    least = PARAMETERS.speck_side * usual
    components = [component for component in components if max(component.box.w, component.box.h) >= least]
    lines = [_make_line(group, usual) for group in _group(components, usual)]
    return sorted(lines, key=lambda line: Box.around([component.box for component in line.components]).y)


def segment_line(components: Sequence[Component], usual: float) -> TextLine:
    """Return the line that all `components` (at least one) stand on; `usual` is the usual height of digits."""
    return _make_line(list(components), min(usual, max(component.box.h for component in components)))


def is_tall(component: Component, digit_height: float) -> bool:
    """Return whether `component` is about as tall as a line's digits rather than a mark."""
    return component.box.h >= PARAMETERS.tall_height * digit_height


def usual_height(components: Sequence[Component]) -> float:
    """Return the usual height of digits: the median height, weighted by height so that specks count little.

    Widths do not count: a long line must not make all digits specks.
    """
    heights = np.sort([float(component.box.h) for component in components])
    return float(heights[np.searchsorted(np.cumsum(heights), heights.sum() / 2)])


def _group(components: list[Component], usual: float) -> list[list[Component]]:
    """Group components by line: each joins the line whose nearest component on its left shares most rows with it."""
    least = PARAMETERS.mark_height * usual
    tall = [component for component in components if component.box.h >= least]
    marks = [component for component in components if component.box.h < least]
    groups: list[list[Component]] = []
    last = np.full((len(tall), 2, 3), -(10**9))  # of the last two of each group: right, top, bottom
    for component in sorted(tall, key=lambda component: component.box.x):
        # In rows, not in parts of the lower component: all of a top that broke off overlaps its neighbours.
        overlaps = _shared_rows(component.box, last[: len(groups)], usual)
        best = int(overlaps.argmax()) if overlaps.any() else len(groups)
        if best == len(groups):
            groups.append([])
        groups[best].append(component)
        last[best] = last[best, 1], (_right(component.box), component.box.y, component.box.y + component.box.h)
    # The flag of a 5 or the bow of a 3 that broke off; then commas.
    groups = _rejoin(groups, usual, lambda group, line: all(_is_top(component, line, usual) for component in group))
    groups = _rejoin(groups, usual, lambda group, line: len(group) == 1 and _hangs(group[0], line, usual))
    _join_marks(marks, groups, usual)
    return groups


def _rejoin(
    groups: list[list[Component]], usual: float, belongs: Callable[[list[Component], list[Component]], bool]
) -> list[list[Component]]:
    """Merge each group into the first larger group that it `belongs` to, none further than `usual` away."""
    remaining: list[list[Component]] = []
    extents = _extents(groups)
    for index, group in enumerate(groups):
        left, top, right, bottom = extents[index]
        near = (extents[:, :2] <= (right + usual, bottom + usual)) & (extents[:, 2:] >= (left - usual, top - usual))
        lines = [other for other in np.flatnonzero(near.all(axis=1)).tolist() if len(groups[other]) > len(group)]
        home = next((other for other in lines if belongs(group, groups[other])), None)
        if home is None:
            remaining.append(group)
        else:
            groups[home].extend(group)
            extents[home] = _extents(groups[home : home + 1])
    return remaining


def _extents(groups: Sequence[Sequence[Component]]) -> NDArray[np.int64]:
    """Return the left, top, right and bottom of each group: (N, 4)."""
    boxes = [Box.around([component.box for component in group]) for group in groups]
    return np.array([(box.x, box.y, _right(box), box.y + box.h) for box in boxes], np.int64).reshape(-1, 4)


def _right(box: Box) -> int:
    return box.x + box.w


def _is_top(component: Component, line: list[Component], usual: float) -> bool:
    """Return whether `component` lies close above a digit of `line`, both together no taller than the other digits."""
    height = max(other.box.h for other in line)
    for other in line:
        shared = _shared_columns(component.box, other.box)
        gap = other.box.y - (component.box.y + component.box.h)
        covers = shared > PARAMETERS.shared_top_columns * min(component.box.w, other.box.w)
        if covers and -PARAMETERS.greatest_top_overlap * usual < gap < PARAMETERS.top_gap * usual:
            return other.box.y + other.box.h - component.box.y <= PARAMETERS.greatest_top_height * height
    return False


def _hangs(component: Component, line: list[Component], usual: float) -> bool:
    """Return whether `component` is low, begins above the foot of `line`, and ends below its middle."""
    around = Box.around([other.box for other in line])
    distance = max(around.x - component.middle, component.middle - around.x - around.w)
    foot = component.box.y + component.box.h
    return (
        component.box.h < PARAMETERS.hanging_height * usual
        and distance < PARAMETERS.hanging_distance * usual
        and component.box.y < around.y + around.h
        and foot > around.y + around.h / 2
    )


def _shared_columns(box: Box, other: Box) -> int:
    return min(box.x + box.w, other.x + other.w) - max(box.x, other.x)


def _shared_rows(box: Box, last: NDArray[np.int64], usual: float) -> NDArray[np.int64]:
    """Return the most rows that a box shares with one of the two `last` of each group: right, top, bottom, (N, 2, 3).

    It is 0 where they are too far apart or share little of the lower component.
    """
    right, top, bottom = last[..., 0], last[..., 1], last[..., 2]
    shared = np.minimum(box.y + box.h, bottom) - np.maximum(box.y, top)
    near = box.x - right <= PARAMETERS.greatest_gap * usual
    rows: NDArray[np.int64] = np.where(
        near & (shared > PARAMETERS.shared_rows * np.minimum(box.h, bottom - top)), shared, 0
    )
    most: NDArray[np.int64] = rows.max(axis=1, initial=0)
    return most


def _join_marks(marks: Sequence[Component], groups: list[list[Component]], usual: float) -> None:
    """Add each mark to the first line that it lies in; marks between lines are dropped."""
    reach = np.array((PARAMETERS.mark_distance * usual, PARAMETERS.mark_overhang * usual))
    extents = _extents(groups)
    for mark in marks:
        middle = (mark.middle, mark.box.y + mark.box.h / 2)
        inside = (extents[:, :2] - reach <= middle) & (middle <= extents[:, 2:] + reach)
        lines = np.flatnonzero(inside.all(axis=1))
        if len(lines):
            groups[lines[0]].append(mark)
            extents[lines[0]] = _extents(groups[lines[0] : lines[0] + 1])


def _make_line(group: list[Component], usual: float) -> TextLine:
    heights = [float(component.box.h) for component in group if component.box.h >= PARAMETERS.mark_height * usual]
    height = float(np.median(heights or [usual]))
    components = merge_stacked(sorted(group, key=lambda component: component.middle))
    slope = _slope(components, height)
    return TextLine(tuple(components), height, slope, _level_box(components, height, slope))


def _level_box(components: list[Component], height: float, slope: float) -> Box:
    """Return the box of a line: as tall as its tall components are once the line is level."""
    around = Box.around([component.box for component in components])
    middle = around.x + around.w / 2
    tall = [component for component in components if is_tall(component, height)] or components
    level = [component.box.y - slope * (component.middle - middle) for component in tall]
    top = min(level)
    bottom = max(y + component.box.h for y, component in zip(level, tall, strict=True))
    return Box(around.x, round(top), around.w, max(round(bottom - top), 1))


def _slope(components: list[Component], height: float) -> float:
    """Return the slope of the line through the middles of the tall components; 0 where there are too few."""
    tall = [component for component in components if is_tall(component, height)]
    x = np.array([component.middle for component in tall])
    if len(tall) < 3 or np.ptp(x) < PARAMETERS.least_sloped_width * height:
        return 0.0
    slope = float(np.polyfit(x, [component.box.y + component.box.h / 2 for component in tall], 1)[0])
    return slope if abs(slope) <= PARAMETERS.greatest_slope else 0.0


def merge_stacked(components: Sequence[Component]) -> list[Component]:
    """Merge components of which one lies above, below or within the other: the top of a 5, a broken 8."""
    merged: list[Component] = []
    for component in components:
        if merged:
            shared = _shared_columns(merged[-1].box, component.box)
            if shared > PARAMETERS.stacked_columns * min(merged[-1].box.w, component.box.w):
                merged[-1] = Component.merge([merged[-1], component])
                continue
        merged.append(component)
    return merged
