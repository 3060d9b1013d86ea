"""A copy of a form that is laid on its reference page: its pixels, its foreground, and what of that is the form's."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

from ..results import Box
from ..structure.alignment import Alignment

Floats = NDArray[np.float32]
Grey = NDArray[np.uint8]


@dataclass(frozen=True)
class AlignedCopyParameters:
    """Parameters of taking out the form's print; all set by eye."""

    least_print: float = 0.25
    """Foreground of the reference page from which a pixel is print."""
    reach: float = 1.5
    """Width by which print is grown before it is taken out, in pixels of the reference page: the alignment's error."""
    inpainting: float = 3.0
    """Radius of inpainting (Telea 2004), in pixels."""


PARAMETERS = AlignedCopyParameters()


@dataclass(frozen=True)
class AlignedCopy:
    """A copy as if laid on its reference page."""

    alignment: Alignment
    scale: float
    """Pixels of the copy for each pixel of the reference page."""
    page: Grey = field(repr=False)
    """Its pixels, uint8 (h, w)."""
    foreground: Floats = field(repr=False)
    """Its foreground, float32 (h, w), 0..1: print and handwriting."""
    printed: Floats = field(repr=False)
    """The foreground of the reference page, float32 (h, w), 0..1."""

    @cached_property
    def print_mask(self) -> Grey:
        """Where the form's print may lie, uint8 (h, w), 0 or 1."""
        side = 2 * round(PARAMETERS.reach * self.scale) + 1
        printed = (self.printed > PARAMETERS.least_print).astype(np.uint8)
        return np.asarray(cv2.dilate(printed, np.ones((side, side), np.uint8)), np.uint8)

    @cached_property
    def written(self) -> Floats:
        """The foreground without the form's print, float32 (h, w)."""
        return np.where(self.print_mask > 0, 0, self.foreground).astype(np.float32)

    def scaled(self, box: Box) -> Box:
        """Return a box of the reference page in pixels of `page`."""
        left, top = round(box.x * self.scale), round(box.y * self.scale)
        return Box(left, top, round((box.x + box.w) * self.scale) - left, round((box.y + box.h) * self.scale) - top)

    def on_picture(self, box: Box) -> Box:
        """Return a box in pixels of `page` as that on the copy's picture which encloses it."""
        return self.alignment.box_to_copy(Box(*(round(value / self.scale) for value in box)))

    def cut_out(self, box: Box) -> Grey:
        """Return the part of `page` in a box, uint8 (h, w), with strokes going on where print was taken out."""
        part = np.s_[box.y : box.y + box.h, box.x : box.x + box.w]
        return np.asarray(
            cv2.inpaint(self.page[part], self.print_mask[part], PARAMETERS.inpainting, cv2.INPAINT_TELEA), np.uint8
        )
