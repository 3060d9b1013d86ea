"""The text lines of a page, region by region: cells and fields each have lines of their own."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ..imaging.ruled_lines import RuledPage
from ..results import Box, Cell, Table
from ..structure.areas import Areas, label_areas
from ..structure.layout import Region, find_layout
from .aligned_lines import align
from .components import PARAMETERS as COMPONENT_PARAMETERS
from .enclosures import find_characters
from .line_place import LinePlace
from .line_segmentation import merge_stacked, segment_line, segment_lines, usual_height
from .types import Component, TextLine


@dataclass(frozen=True)
class PageLineParameters:
    """Parameters of lines in regions, in the page's usual height of digits; all set by eye."""

    least_inside: float = 0.4
    """A component belongs to the area that holds this share of its foreground."""
    least_character: float = 0.45
    """What is lower is a mark and no character of a box."""
    least_height: float = 0.5
    """The characters of a region are at least this tall."""
    gap_in_field: float = 0.25
    """The gap to which the characters of a field of boxes are moved together."""
    least_rule: float = 0.7
    """An upright rule over this share of a line's height parts it."""


PARAMETERS = PageLineParameters()


@dataclass(frozen=True)
class PageLines:
    """The text lines of a page in reading order, and its tables."""

    lines: tuple[TextLine, ...]
    tables: tuple[Table, ...] = ()
    first_aligned: int = 1
    """The number of the first table without rules; they come last."""


def segment_page_lines(page: RuledPage, *, may_align: bool = True) -> PageLines:
    """Return the text lines of a page, with tables without rules where it `may_align` lines."""
    components = find_characters(page.foreground)
    if not components:
        return PageLines(())
    areas = label_areas(page.enclosed)
    by_area = components_by_area(components, areas)
    usual = usual_height(components)
    layout = find_layout(areas, characters_by_area(by_area, usual))
    tables, rows = list(layout.tables), []
    blocks = [_parted_by_rules(segment_lines(by_area.pop(0, [])), page.rules)]
    cells: dict[tuple[int, int, int], list[TextLine]] = defaultdict(list)
    for region in layout.regions:
        lines = _region_lines(region, by_area, usual)
        if region.table:
            for index, line in enumerate(lines):
                cells[region.table, region.row, index].append(line)
        else:
            blocks.append(lines)
    for block in blocks:
        block_rows, block_tables = align(block, len(tables), may_align=may_align)
        rows += block_rows
        tables += block_tables
    return PageLines(_in_reading_order([*rows, *cells.values()]), tuple(tables), len(layout.tables) + 1)


def with_print(handwriting: PageLines, printed: PageLines) -> PageLines:
    """Return the lines of both in reading order; tables are those of the handwriting."""
    rows: dict[tuple[bool, int], list[TextLine]] = defaultdict(list)
    for page, is_printed in ((handwriting, False), (printed, True)):
        for line in page.lines:
            place = replace(line.place, is_printed=is_printed, cell=None if is_printed else line.place.cell)
            rows[is_printed, line.place.row].append(replace(line, place=place))
    return PageLines(_in_reading_order(list(rows.values())), handwriting.tables)


def components_by_area(components: Sequence[Component], areas: Areas) -> dict[int, list[Component]]:
    """Return the components of each area; those of none by 0."""
    by_area: dict[int, list[Component]] = defaultdict(list)
    for component in components:
        by_area[_area_of(component, areas.labels)].append(component)
    return by_area


def _area_of(component: Component, labels: NDArray[np.int32]) -> int:
    box = component.box
    within = labels[box.y : box.y + box.h, box.x : box.x + box.w]
    counts = np.bincount(within[component.foreground > COMPONENT_PARAMETERS.foreground_threshold])
    if len(counts) < 2:
        return 0
    counts_inside = counts.copy()
    counts_inside[0] = 0
    best = int(counts_inside.argmax())
    return best if counts_inside[best] >= PARAMETERS.least_inside * counts.sum() else 0


def characters_by_area(by_area: Mapping[int, Sequence[Component]], usual: float) -> dict[int, list[Box]]:
    """Return the boxes of the characters in each area, those that lie above each other as one."""
    boxes = {}
    for area, components in by_area.items():
        tall = [component for component in components if component.box.h >= PARAMETERS.least_character * usual]
        merged = merge_stacked(sorted(tall, key=lambda component: component.middle))
        boxes[area] = [component.box for component in merged]
    return boxes


def _region_lines(region: Region, by_area: Mapping[int, list[Component]], usual: float) -> list[TextLine]:
    """Return the lines of a cell or a field from top to bottom."""
    if region.is_field:
        line = _field_line(region, by_area, usual)
        return [line] if line else []
    components = by_area.get(region.areas[0], [])
    lines = segment_lines(components, PARAMETERS.least_height * usual)
    if not region.table:
        return lines
    return [replace(line, place=LinePlace(cell=Cell(region.table, region.row, region.column))) for line in lines]


def _field_line(region: Region, by_area: Mapping[int, list[Component]], usual: float) -> TextLine | None:
    """Return the line of a field of boxes, its characters moved together; None where all boxes are empty."""
    moved: list[Component] = []
    shifts: list[tuple[int, int]] = []
    heights = [component.box.h for area in region.areas for component in by_area.get(area, [])]
    if not heights or max(heights) < PARAMETERS.least_height * usual:
        return None
    gap = round(PARAMETERS.gap_in_field * float(np.percentile(heights, 75)))
    shift, right = 0, None
    components = [component for area in region.areas for component in by_area.get(area, [])]
    for component in sorted(components, key=lambda component: component.box.x):
        if right is not None and component.box.x + shift > right + gap:
            shift = right + gap - component.box.x
        shifts.append((component.box.x + shift, -shift))
        right = max(right or 0, component.box.x + shift + component.box.w)
        moved.append(replace(component, box=component.box.moved(shift, 0)))
    return replace(segment_line(moved, usual), place=LinePlace(shifts=tuple(shifts)))


def _parted_by_rules(lines: Sequence[TextLine], rules: NDArray[np.uint8]) -> list[TextLine]:
    """Return lines, each in parts between the upright rules that cross it."""
    return [part for line in lines for part in _parts(line, rules)] if rules.any() else list(lines)


def _parts(line: TextLine, rules: NDArray[np.uint8]) -> list[TextLine]:
    parts: list[list[Component]] = [[line.components[0]]]
    for before, component in pairwise(line.components):
        left, right = before.box.x + before.box.w, component.box.x
        top, bottom = max(line.box.y, 0), line.box.y + line.box.h
        between = rules[top:bottom, max(left, 0) : max(right, 0)]
        if between.size and between.any(axis=1).mean() >= PARAMETERS.least_rule and _has_upright(between):
            parts.append([])
        parts[-1].append(component)
    if len(parts) == 1:
        return [line]
    return [segment_line(part, line.digit_height) for part in parts]


def _has_upright(between: NDArray[np.uint8]) -> bool:
    """Return whether a rule runs from top to bottom within a gap rather than across it."""
    return bool(between.any(axis=1).mean() > between.any(axis=0).mean() or between.sum(axis=0).max() > len(between) / 2)


def _in_reading_order(rows: list[list[TextLine]]) -> tuple[TextLine, ...]:
    """Return lines by rows, from top to bottom and from left to right, with the number of its row in each."""
    ordered = sorted(rows, key=lambda row: min(line.box.y for line in row))
    return tuple(
        replace(line, place=replace(line.place, row=number))
        for number, row in enumerate(ordered, 1)
        for line in sorted(row, key=lambda line: line.box.x)
    )
