"""Preparation of a page: its foreground without texture, and its handwriting, print and rules parted."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ..imaging.binarization import Binarization
from ..imaging.faint_strokes import strengthen_faint_strokes
from ..imaging.page_segmentation import RULE, PageModel
from ..imaging.print_separation import may_hold_print, separate_print
from ..imaging.ruled_lines import RuledPage, part_ruled_lines
from .line_model import LineModel
from .page_texture import without_texture


@dataclass(frozen=True)
class PreparedPage:
    """A page whose handwriting, print and rules are parted."""

    written: RuledPage
    """Its handwriting."""
    printed: RuledPage | None
    """Its print; None where there is none."""
    holds_texture: bool
    """Whether a texture was removed."""


def prepare_page(
    binarized: Binarization, line_model: LineModel, page_model: PageModel, *, part_print: bool
) -> PreparedPage:
    """Return a page without texture and rules, and without its print where it is to `part_print`.

    Rules are looked for once where many components make it plain that the page model is asked, which sees rules, too.
    """
    foreground, holds_texture = without_texture(binarized.foreground, line_model)
    page = None if part_print and may_hold_print(foreground, is_ruled=True) else part_ruled_lines(foreground)
    if page is not None and not (part_print and may_hold_print(page.foreground)):
        return PreparedPage(page, None, holds_texture)
    segmentation = page_model.segment_page(binarized.surface)
    if not holds_texture:  # which looks like faint strokes, too
        foreground = strengthen_faint_strokes(foreground, segmentation)
    page = part_ruled_lines(foreground, (segmentation.classes == RULE).astype(np.uint8))
    parted = separate_print(page.foreground, segmentation)
    printed = replace(page, foreground=parted.printed) if parted.holds_print else None
    return PreparedPage(replace(page, foreground=parted.handwriting), printed, holds_texture)
