"""The form reader: from pictures of copies to the fields of their form.

A copy is aligned with the reference page of each template; the one that fits best is read, field by field. A copy that
fits none well enough is set aside and never read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from ..errors import InvalidTemplate, marked
from ..imaging.decode import Picture, open_picture
from ..reader import Reader, Source
from ..recognition.components import find_components
from ..results import Box
from ..results.form import FormReading
from ..structure.alignment import Alignment, AlignmentReference, foreground_of
from ..structure.template import Template
from .aligned_copy import AlignedCopy
from .field_reading import FieldReader
from .field_rules import apply_rules

Grey = NDArray[np.uint8]


@dataclass(frozen=True)
class FormParameters:
    """Parameters of reading copies; all set by eye."""

    greatest_scale: float = 2.0
    """Copies are read at most at this many times the size of the reference page."""
    least_height: int = 8
    """Height from which a component outside all fields is left over, in pixels of the reference page."""
    around_field: float = 0.3
    """Part of a field's height by which writing may leave it."""


PARAMETERS = FormParameters()
NO_FIT = marked("this page is none of the given forms, or its photo is too bad: check it by eye, or take it again")


@dataclass(frozen=True)
class _Form:
    """A template with its reference page prepared."""

    template: Template

    @cached_property
    def reference(self) -> AlignmentReference:
        return AlignmentReference(self.template.reference)


class FormReader:
    """A reader of copies of one form or several; thread-safe."""

    def __init__(self, templates: Sequence[Template], reader: Reader | None = None) -> None:
        """Make a reader of forms.

        Args:
            templates: The forms, at least one; a page is read as the one that fits best.
            reader: The reader of the fields; None means one of the shipped models.

        Raises:
            InvalidTemplate: There is no template, or a field's pattern, check digit or list cannot be used.
        """
        if not templates:
            raise InvalidTemplate("there is no form to read: give at least one template")
        self._reader = reader or Reader()
        self._forms = [_Form(template) for template in templates]
        self._fields = FieldReader(self._reader, templates)

    def read(self, source: Source, *, file: str = "", page: int = 1) -> FormReading:
        """Read a copy of a form.

        Args:
            source: A picture of the copy, as for `Reader.read`.
            file: The file's name, for the reading; that of a path by default.
            page: The page of the file, from 1.

        Returns:
            The fields in the template's order; none, and the reason, where the copy fits no form well enough.

        Raises:
            InputError: The picture cannot be read.
        """
        picture = source if isinstance(source, Picture) else open_picture(source, self._reader.limits)
        name = file or (Path(source).name if isinstance(source, str | Path) else "")
        form, alignment = self._best(picture.grey)
        template = form.template
        fit = alignment.fit if alignment else 0.0
        if alignment is None or not alignment.is_good:
            return FormReading(name, page, template.name, template.version, fit, reason=NO_FIT)
        copy = _aligned(form, alignment, picture.grey)
        fields = apply_rules(template.rules, [self._fields.read(copy, field) for field in template.fields])
        left_over = tuple(_left_over(copy, template))
        return FormReading(name, page, template.name, template.version, fit, tuple(fields), left_over)

    def align(self, grey: Grey) -> Alignment | None:
        """Return how a copy, uint8 (H, W), lies on the form that it fits best; None where it fits none at all."""
        return self._best(grey)[1]

    def _best(self, grey: Grey) -> tuple[_Form, Alignment | None]:
        """Return the form that a copy fits best, and how it lies."""
        aligned = [(form, form.reference.align(grey)) for form in self._forms]
        return max(aligned, key=lambda pair: (pair[1].is_good, pair[1].fit) if pair[1] else (False, 0.0))


def _aligned(form: _Form, alignment: Alignment, grey: Grey) -> AlignedCopy:
    """Return a copy laid on its reference page, about as large as it was photographed."""
    height, width = form.reference.page.shape
    corners = alignment.to_copy(np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32))
    scale = float(np.sqrt(cv2.contourArea(corners) / (width * height)))
    scale = min(max(scale, 1.0), PARAMETERS.greatest_scale)
    page = alignment.rectify(grey, Box(0, 0, width, height), scale)
    size = (page.shape[1], page.shape[0])
    printed = np.asarray(cv2.resize(form.reference.printed, size, interpolation=cv2.INTER_LINEAR), np.float32)
    return AlignedCopy(alignment, scale, page, foreground_of(page), printed)


def _left_over(copy: AlignedCopy, template: Template) -> list[Box]:
    """Return the boxes on the picture of what is written outside all fields."""
    written = copy.written.copy()
    for field in template.fields:
        reach = round(PARAMETERS.around_field * field.area.h)
        area = copy.scaled(
            Box(field.area.x - reach, field.area.y - reach, field.area.w + 2 * reach, field.area.h + 2 * reach)
        )
        written[max(area.y, 0) : area.y + area.h, max(area.x, 0) : area.x + area.w] = 0
    tall = [component.box for component in find_components(written)]
    least = PARAMETERS.least_height * copy.scale
    return [copy.on_picture(box) for box in tall if box.h >= least]
