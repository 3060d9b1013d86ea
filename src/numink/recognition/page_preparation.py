"""Preparation of a page: its foreground without texture, and its handwriting, print and rules parted."""

from __future__ import annotations

from dataclasses import dataclass

from ..imaging.binarization import Binarization
from ..imaging.page_parts import part_page
from ..imaging.page_segmentation import PageModel
from ..imaging.ruled_lines import RuledPage
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

    Of a texture, faint strokes cannot be told.
    """
    foreground, holds_texture = without_texture(binarized.foreground, line_model)
    model = page_model if part_print else None
    parts = part_page(binarized, foreground, model, with_faint_strokes=not holds_texture)
    return PreparedPage(parts.written, parts.printed, holds_texture)
