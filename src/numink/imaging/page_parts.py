"""The foreground of a page in its parts: handwriting, print, rules, and the areas that rules enclose."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from .binarization import Binarization, Grey, binarize
from .faint_strokes import strengthen_faint_strokes
from .page_segmentation import RULE, PageModel
from .print_separation import may_hold_print, separate_print
from .ruled_lines import RuledPage, part_ruled_lines


@dataclass(frozen=True)
class PageParts:
    """A page's foreground, with what is handwriting and what is print on it."""

    binarized: Binarization
    """All of the foreground, and its scale."""
    handwriting: RuledPage
    """Handwriting; with the rules, and the areas that they enclose."""
    printed: RuledPage | None
    """Print, with the same rules; None where there is none, or where it was not looked for."""


def part_page(grey: Grey, page_model: PageModel | None, *, with_faint_rules: bool = False) -> PageParts:
    """Part a page.

    Args:
        grey: The sheet, uint8 (H, W), 0 is black.
        page_model: Tells print from handwriting; None where all counts as handwriting.
        with_faint_rules: Whether what the page model sees as a rule is one where it is too faint for the foreground.
    """
    binarized = binarize(grey)
    page = part_ruled_lines(binarized.foreground)
    if page_model is None or not may_hold_print(page.foreground):
        return PageParts(binarized, page, None)
    segmentation = page_model.segment_page(binarized.surface)
    foreground = strengthen_faint_strokes(binarized.foreground, binarized.surface, segmentation)
    seen = (segmentation.classes == RULE).astype(np.uint8)
    page = part_ruled_lines(np.maximum(foreground, seen) if with_faint_rules else foreground, seen)
    parted = separate_print(page.foreground, segmentation)
    printed = replace(page, foreground=parted.printed) if parted.holds_print else None
    return PageParts(binarized, replace(page, foreground=parted.handwriting), printed)
