"""Combs of a form: rows of narrow boxes, with a character in each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from ..results import Box
from ..structure.layout import Region
from .reference_page import ReferencePage, has_room, is_tick


@dataclass(frozen=True)
class CombRowParameters:
    """Parameters of combs; all set by eye."""

    greatest_aspect: float = 1.3
    """A box of a comb is at most so many times as wide as tall."""
    least_boxes: int = 4
    """So many such boxes side by side without print are a comb also where other rules make them cells of a table."""
    most_boxes: int = 40
    """A longer row is parted: a template's fields are at most so long."""
    most_joined: int = 12
    """Shorter combs less than a box apart are one, such as those of day, month and year."""
    greatest_gap: float = 0.2
    """Boxes side by side are at most so far apart, and differ by at most so much, in their height."""
    height: float = 1.2
    """A comb that is open above is at least so many times as tall as its teeth are apart."""
    near: int = 6
    """A rule within so many pixels closes it."""
    least_width: float = 0.75
    """What is narrower than this part of the usual width is a gap between boxes."""


PARAMETERS = CombRowParameters()


def rows_of_boxes(form: ReferencePage) -> list[Region]:
    """Return the regions of a form, in which narrow cells side by side make combs, and no comb is too long."""
    chains: list[list[Region]] = []
    for region in sorted(
        form.regions, key=lambda region: (region.table, region.row, form.areas.boxes[region.areas[0]])
    ):
        if chains and _continues(chains[-1][-1], region, form):
            chains[-1].append(region)
        else:
            chains.append([region])
    regions: list[Region] = []
    for chain in chains:
        if len(chain) >= PARAMETERS.least_boxes:
            regions += _parts(tuple(region.areas[0] for region in chain), form)
        else:
            regions += [
                part for region in chain for part in (_parts(region.areas, form) if region.is_field else [region])
            ]
    return _joined(regions, form)


def _joined(regions: Sequence[Region], form: ReferencePage) -> list[Region]:
    """Return regions, of which combs one beside the other are one: such as those of day, month and year."""
    joined: list[Region] = []
    boxes = form.areas.boxes
    for region in sorted(regions, key=lambda region: (boxes[region.areas[0]].y // 8, boxes[region.areas[0]].x)):
        before = joined[-1] if joined else None
        if before is not None and before.is_field and region.is_field and _are_beside(before, region, form):
            joined[-1] = Region((*before.areas, *region.areas))
        else:
            joined.append(region)
    return joined


def _are_beside(before: Region, region: Region, form: ReferencePage) -> bool:
    """Return whether two combs are parts of one: short, with boxes of one size, and less than a box apart."""
    left, right = form.areas.boxes[before.areas[-1]], form.areas.boxes[region.areas[0]]
    most = PARAMETERS.greatest_gap * right.h
    gap = right.x - left.x - left.w
    similar = all(abs(difference) <= most for difference in (left.y - right.y, left.h - right.h, left.w - right.w))
    return similar and 0 <= gap <= right.w and len(before.areas) + len(region.areas) <= PARAMETERS.most_joined


def _continues(before: Region, region: Region, form: ReferencePage) -> bool:
    """Return whether two cells of a table may be neighbours in a comb."""
    if not region.table or before.table != region.table or {before.areas[0], region.areas[0]} & form.captions.keys():
        return False
    left, right = form.areas.boxes[before.areas[0]], form.areas.boxes[region.areas[0]]
    most = PARAMETERS.greatest_gap * right.h
    differences = (right.x - left.x - left.w, left.y - right.y, left.h - right.h, left.w - right.w)
    narrow = max(left.w, right.w) <= PARAMETERS.greatest_aspect * right.h
    return narrow and all(abs(difference) <= most for difference in differences)


def _parts(areas: tuple[int, ...], form: ReferencePage) -> list[Region]:
    """Return a row of boxes as combs of at most PARAMETERS.most_boxes, parted at the widest gaps."""
    if len(areas) <= PARAMETERS.most_boxes:
        return [Region(areas)]
    boxes = [form.areas.boxes[area] for area in areas]
    gaps = [after.x - before.x - before.w for before, after in pairwise(boxes)]
    cut = gaps.index(max(gaps)) + 1
    return [*_parts(areas[:cut], form), *_parts(areas[cut:], form)]


def comb_of(region: Region, form: ReferencePage) -> tuple[Box, int] | None:
    """Return the box around a comb, and the number of its boxes; None where a region is none.

    The boxes of a comb are narrow, and no captions stand between them, as between boxes to tick.
    """
    boxes = [form.areas.boxes[area] for area in region.areas]
    usual = float(np.median([box.w for box in boxes]))
    boxes = [box for box in boxes if box.w >= PARAMETERS.least_width * usual]
    if len(boxes) < 2 or not has_room(boxes[0], form.height):
        return None
    around = Box.around(boxes)
    opened = _with_open_top(around, usual, form)
    narrow = np.mean([box.w <= PARAMETERS.greatest_aspect * box.h for box in boxes]) > 0.5
    has_caption = [
        form.printed[before.y : before.y + before.h, before.x + before.w : box.x].any()
        for before, box in pairwise(boxes)
    ]
    are_ticks = all(is_tick(box, form.height) for box in boxes) and np.mean(has_caption) > 0.5
    return (opened, len(boxes)) if (narrow or opened != around) and not are_ticks else None


def _with_open_top(box: Box, width: float, form: ReferencePage) -> Box:
    """Return a box that is as tall as its comb's teeth are apart, where no rule closes it above."""
    top = max(box.y + box.h - round(PARAMETERS.height * width), 0)
    above = form.rules[max(box.y - PARAMETERS.near, 0) : box.y, box.x : box.x + box.w]
    taken = form.printed[top : box.y, box.x : box.x + box.w]
    if top >= box.y or above.any(axis=0).mean() > 0.5 or taken.any():
        return box
    return Box(box.x, top, box.w, box.y + box.h - top)
