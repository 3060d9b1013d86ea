"""Fields proposed from a form's reference page: boxes, combs, boxes to tick, empty cells, and lines to fill in.

All of them come from the rules and areas that the reader finds on any page. They are named by their place, since the
reader reads handwriting, and captions are print.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..imaging.binarization import binarize
from ..imaging.page_parts import part_page
from ..imaging.page_segmentation import PageModel
from ..results import Box
from ..structure.layout import Region
from ..structure.template import MOST_FIELDS, FieldKind, TemplateField
from .comb_rows import comb_of, rows_of_boxes
from .fill_in_lines import find_fill_in_boxes
from .reference_page import PARAMETERS as PAGE_PARAMETERS
from .reference_page import ReferencePage, find_reference_page, has_room, is_tick


@dataclass(frozen=True)
class ProposalParameters:
    """Parameters of proposals, in the usual height of the page's print; all set by eye."""

    tallest_number: float = 7.0
    """A taller box is for text, drawings or signatures: its kind is none."""
    margin: float = 0.35
    """Distance of the free part of an area from the caption in it."""
    least_beside: float = 3.0
    """The free part of an area beside a caption is at least this wide."""
    edge: int = 1
    """Pixels by which a field is larger than its area: half of a thin rule."""
    greatest_overlap: float = 0.4
    """Of two lines to fill in whose boxes share more than this, one is the other, such as the dots of a dotted one."""
    least_empty: float = 0.3
    """In a table with this share of empty cells, those with print are heads of rows or columns."""


PARAMETERS = ProposalParameters()


def propose_fields(
    reference: NDArray[np.uint8], page_model: PageModel | None = None, *, filled: bool = False
) -> list[TemplateField]:
    """Propose the fields of a form.

    Args:
        reference: A blank copy, or one that is filled in, uint8 (H, W), 0 is black; upright and level.
        page_model: Tells print from handwriting; None means the shipped one.
        filled: Whether it is filled in; else all that is on it counts as print, also what looks like handwriting.

    Returns:
        The fields in reading order, at most MOST_FIELDS. Cells of tables are named `table 1 row 2 column 3`, all others
        `field 1`, `field 2` and so on. A row of boxes is of digits, and its length is that of the row; a small
        square box is to tick; a very tall one has the kind none; all others are integers.
    """
    binarized = binarize(reference)
    parts = part_page(binarized, binarized.foreground, page_model or PageModel(), with_faint_rules=True)
    form = find_reference_page(binarized, parts, filled=filled)
    names = _cell_names(form)
    candidates = [place for region in rows_of_boxes(form) for place in _fields_of(region, form, names)]
    lines = find_fill_in_boxes(binarized.foreground, parts.written.rules, form.areas.labels, form.printed)
    candidates = [place for place in candidates if not any(_lies_in(line, place.box) for line in lines)]
    for index, line in enumerate(lines):
        if all(line.overlap(other) <= PARAMETERS.greatest_overlap for other in lines[:index]):
            candidates.append(_Candidate(line, FieldKind.INTEGER))
    unnamed = iter(f"field {number}" for number in range(1, len(candidates) + 1))
    fields = []
    for place in _in_reading_order(candidates)[:MOST_FIELDS]:
        box = _on_reference(place.box, form.scale, reference.shape)
        fields.append(TemplateField(name=place.name or next(unnamed), box=box, kind=place.kind, length=place.length))
    return fields


@dataclass(frozen=True)
class _Candidate:
    """A field in pixels of the working picture."""

    box: Box
    kind: FieldKind
    length: int | None = None
    name: str = ""


def _fields_of(region: Region, form: ReferencePage, names: Mapping[int, str]) -> Iterator[_Candidate]:
    """Return the fields of a region: one of a comb, else one for each of its areas that has room for handwriting."""
    if comb := comb_of(region, form) if region.is_field else None:
        yield _Candidate(comb[0].grown(PARAMETERS.edge), FieldKind.DIGITS, comb[1])
        return
    for area in region.areas:
        box = _free_part(area, region, form)
        if box is not None and has_room(box, form.height):
            yield _Candidate(box.grown(PARAMETERS.edge), _kind(box, form), name=names.get(area, ""))


def _cell_names(form: ReferencePage) -> dict[int, str]:
    """Return a name of its own for each area that is a table's cell, also where bent rules misplace some."""
    names: dict[int, str] = {}
    last = (0, 0, 0)
    for region in sorted(form.regions, key=lambda region: (region.table, region.row, region.column)):
        if region.table:
            place = (region.table, region.row, region.column)
            last = place if place > last else (*place[:2], last[2] + 1)
            names[region.areas[0]] = "table {} row {} column {}".format(*last)
    return names


def _free_part(area: int, region: Region, form: ReferencePage) -> Box | None:
    """Return the part of an area without print; None where a cell is a table's head, or an area is full."""
    box, caption = form.areas.boxes[area], form.captions.get(area)
    if caption is None:
        return box
    if region.table and _heads(region, form):
        return None
    margin = round(PARAMETERS.margin * form.height)
    below = caption.y + caption.h + margin
    beside = caption.x + caption.w + margin
    under = Box(box.x, below, box.w, box.y + box.h - below)
    right = Box(beside, box.y, box.x + box.w - beside, box.h)
    if under.h >= PAGE_PARAMETERS.least_height * form.height and under.h >= caption.h:
        return under
    return right if right.w >= PARAMETERS.least_beside * form.height else None


def _heads(region: Region, form: ReferencePage) -> bool:
    """Return whether a cell with print heads empty ones: those of its row, its column, or much of its table."""
    table = [other for other in form.regions if other.table == region.table]
    empty = [other for other in table if other.areas[0] not in form.captions]
    beside = any(other.row == region.row or other.column == region.column for other in empty)
    return beside or len(empty) >= PARAMETERS.least_empty * len(table)


def _kind(box: Box, form: ReferencePage) -> FieldKind:
    if is_tick(box, form.height):
        return FieldKind.TICK
    return FieldKind.NONE if box.h > PARAMETERS.tallest_number * form.height else FieldKind.INTEGER


def _lies_in(box: Box, other: Box) -> bool:
    """Return whether a box lies within another."""
    return (
        other.x <= box.x and box.x + box.w <= other.x + other.w
        and other.y <= box.y and box.y + box.h <= other.y + other.h
    )  # fmt: skip


def _in_reading_order(candidates: Sequence[_Candidate]) -> list[_Candidate]:
    """Return fields row by row: a field is in the row of the first whose middle is no higher than its top."""
    rows: list[list[_Candidate]] = []
    for place in sorted(candidates, key=lambda place: place.box.y + place.box.h / 2):
        first = rows[-1][0].box if rows else None
        if first is None or place.box.y >= first.y + first.h / 2:
            rows.append([])
        rows[-1].append(place)
    return [place for row in rows for place in sorted(row, key=lambda place: place.box.x)]


def _on_reference(box: Box, scale: float, shape: tuple[int, ...]) -> tuple[int, int, int, int]:
    """Return a box in pixels of the reference page, within it."""
    x, y = (
        min(max(round(value / scale), 0), side - 1) for value, side in zip(box[:2], (shape[1], shape[0]), strict=True)
    )
    return x, y, max(min(round(box.w / scale), shape[1] - x), 1), max(min(round(box.h / scale), shape[0] - y), 1)
