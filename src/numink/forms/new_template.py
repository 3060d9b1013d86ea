"""A template of a form, made of a picture of it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ..imaging.page_segmentation import PageModel
from ..imaging.scaling import shrunk
from ..imaging.sheet import find_sheet
from ..structure.template import Template, TemplateField
from .proposals import propose_fields

LONGEST_SIDE = 1800
"""Longest side of a reference page in pixels: A4 at 154 dpi."""


def new_template(
    grey: NDArray[np.uint8], name: str, fields: Sequence[TemplateField] | None = None,
    page_model: PageModel | None = None,
) -> Template:  # fmt: skip
    """Make a template of a picture of a form.

    Args:
        grey: A blank copy of the form, or one that is filled in, uint8 (H, W), 0 is black: a scan or a photo, upright.
        name: The form's name.
        fields: Its fields, in pixels of the reference page that this function makes; None to propose them.
        page_model: Tells print from handwriting; None means the shipped one.

    Returns:
        The template: its reference page shows the sheet alone, level, and at most LONGEST_SIDE pixels a side.

    Raises:
        InvalidTemplate: The fields cannot be used.
    """
    reference, _ = shrunk(find_sheet(grey).grey, LONGEST_SIDE)
    return Template.of(reference, name, propose_fields(reference, page_model) if fields is None else fields)
