"""A form's reference page: its areas and combs, the print on it, and what has the size of a field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..imaging.binarization import Binarization
from ..imaging.character_height import usual_height
from ..imaging.page_parts import PageParts
from ..recognition.components import PARAMETERS as COMPONENT_PARAMETERS
from ..recognition.enclosures import find_characters
from ..recognition.page_lines import characters_by_area, components_by_area
from ..results import Box
from ..structure.areas import Areas, label_areas
from ..structure.layout import Region, find_layout

Mask = NDArray[np.uint8]


@dataclass(frozen=True)
class ReferencePageParameters:
    """Parameters of reference pages, in the usual height of the page's print; all set by eye."""

    least_height: float = 1.1
    """A lower field has no room for handwriting."""
    least_width: float = 0.9
    greatest_tick: float = 2.4
    """A larger box is for a number."""
    greatest_tick_aspect: float = 1.25
    """A box to tick is about square."""
    least_caption: int = 12
    """An area with fewer pixels of print, such as a speck, is empty."""
    edge: int = 3
    """Depth in pixels along the sides of an area in which there may be remnants of rules."""
    most_around: float = 0.5
    """A small area within a letter has more pixels of strokes around it than this part of its width and height."""


PARAMETERS = ReferencePageParameters()


@dataclass(frozen=True)
class ReferencePage:
    """A reference page in pixels of the working picture."""

    areas: Areas
    """The areas that its rules enclose, without frames around others."""
    regions: tuple[Region, ...]
    """Cells of tables, rows of boxes, and lone areas."""
    captions: Mapping[int, Box]
    """The box around the print in each area that holds some."""
    printed: Mask
    """1 on print, uint8 (h, w)."""
    rules: Mask
    """1 along rules, uint8 (h, w)."""
    height: float
    """The usual height of print."""
    scale: float
    """Factor by which the page was reduced to the working picture."""


def find_reference_page(binarized: Binarization, parts: PageParts, *, filled: bool) -> ReferencePage:
    """Return the areas of a reference page, and the print in them: all that is on it, unless it is filled in."""
    page, threshold = parts.written, COMPONENT_PARAMETERS.foreground_threshold
    written = page.foreground
    print_ = np.zeros_like(written) if parts.printed is None else parts.printed.foreground
    print_ = print_ if filled else np.maximum(written, print_)
    everything, printed = np.maximum(written, print_), (print_ > threshold).astype(np.uint8)
    masks = (
        printed,
        (everything > threshold).astype(np.uint8),
        (binarized.foreground > threshold).astype(np.uint8),
    )
    height = next((height for height in map(usual_height, masks) if height), 1.0)
    areas = _without_frames(label_areas(page.enclosed), everything > threshold, height)
    layout = find_layout(areas, characters_by_area(components_by_area(find_characters(everything), areas), height))
    captions = {area: caption for area in areas.boxes if (caption := _caption(area, areas, printed))}
    return ReferencePage(areas, layout.regions, captions, printed, page.rules, height, binarized.scale)


def _caption(area: int, areas: Areas, printed: Mask) -> Box | None:
    """Return the box around the print in an area; None where there is none."""
    box = areas.boxes[area].grown(-PARAMETERS.edge)
    within = (slice(box.y, box.y + box.h), slice(box.x, box.x + box.w))
    own = (printed[within] > 0) & (areas.labels[within] == area)
    if own.sum() < PARAMETERS.least_caption:
        return None
    rows, columns = np.flatnonzero(own.any(axis=1)), np.flatnonzero(own.any(axis=0))
    left, top = int(columns[0]), int(rows[0])
    return Box(box.x + left, box.y + top, int(columns[-1]) + 1 - left, int(rows[-1]) + 1 - top)


def _without_frames(areas: Areas, strokes: NDArray[np.bool_], height: float) -> Areas:
    """Return areas without those within letters, and without those around other areas."""
    remaining = dict(areas.boxes)
    for area, box in areas.boxes.items():
        around = strokes[max(box.y - 5, 0) : box.y + box.h + 5, max(box.x - 5, 0) : box.x + box.w + 5]
        inside = strokes[box.y : box.y + box.h, box.x : box.x + box.w].sum()
        if is_tick(box, height) and around.sum() - inside > PARAMETERS.most_around * (box.w + box.h):
            del remaining[area]
    roomy = np.array([box for box in remaining.values() if has_room(box, height)]).reshape(-1, 4)
    ends = roomy[:, :2] + roomy[:, 2:]
    frames = set()
    for area, box in remaining.items():
        inside = (roomy[:, :2] >= box[:2]) & (ends <= (box.x + box.w, box.y + box.h))
        if (inside.all(axis=1) & (roomy[:, 2:] < box[2:]).any(axis=1)).any():
            frames.add(area)
    is_kept = np.zeros(len(areas.boxes) + 1, np.uint8)
    is_kept[[area for area in remaining if area not in frames]] = 1
    return label_areas(is_kept[areas.labels])


def has_room(box: Box, height: float) -> bool:
    """Return whether there is room for handwriting in a box, beside print of a height in pixels."""
    return box.h >= PARAMETERS.least_height * height and box.w >= PARAMETERS.least_width * height


def is_tick(box: Box, height: float) -> bool:
    """Return whether a box is small and about square, beside print of a height in pixels."""
    shorter, longer = sorted((box.w, box.h))
    return longer <= PARAMETERS.greatest_tick * height and longer <= PARAMETERS.greatest_tick_aspect * shorter
