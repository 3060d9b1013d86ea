"""The foreground of a page in its parts: handwriting, print, rules, and the areas that rules enclose."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from .binarization import Binarization, Floats
from .faint_strokes import strengthen_faint_strokes
from .page_segmentation import RULE, PageModel
from .print_separation import may_hold_print, separate_print
from .ruled_lines import RuledPage, part_ruled_lines


@dataclass(frozen=True)
class PageParts:
    """What is handwriting and what is print on a page."""

    written: RuledPage
    """Handwriting; with the rules, and the areas that they enclose."""
    printed: RuledPage | None
    """Print, with the same rules; None where there is none, or where it was not looked for."""


def part_page(
    binarized: Binarization, foreground: Floats, page_model: PageModel | None, *, with_faint_strokes: bool = True,
    with_faint_rules: bool = False,
) -> PageParts:  # fmt: skip
    """Part a page.

    Rules are looked for once where many components make it plain that the page model is asked, which sees rules, too.

    Args:
        binarized: The page.
        foreground: Its foreground, or what of it counts, float32 (h, w).
        page_model: Tells print from handwriting; None where all counts as handwriting.
        with_faint_strokes: Whether handwriting much fainter than the print is scaled by its own strength.
        with_faint_rules: Whether what the page model sees as a rule is one where it is too faint for the foreground.
    """
    page = None if page_model and may_hold_print(foreground, is_ruled=True) else part_ruled_lines(foreground)
    if page_model is None or (page is not None and not may_hold_print(page.foreground)):
        return PageParts(page or part_ruled_lines(foreground), None)
    segmentation = page_model.segment_page(binarized.surface)
    if with_faint_strokes:
        foreground = strengthen_faint_strokes(foreground, segmentation)
    seen = (segmentation.classes == RULE).astype(np.uint8)
    page = part_ruled_lines(np.maximum(foreground, seen) if with_faint_rules else foreground, seen)
    parted = separate_print(page.foreground, segmentation)
    printed = replace(page, foreground=parted.printed) if parted.holds_print else None
    return PageParts(replace(page, foreground=parted.handwriting), printed)
