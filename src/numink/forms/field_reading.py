"""The reading of one field of an aligned copy: empty, ticked, or a number by the field's constraints."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

import numpy as np

from ..errors import InvalidConstraint, InvalidTemplate, marked
from ..reader import Reader
from ..recognition.components import find_components
from ..recognition.constraints import Constraints
from ..recognition.options import ReadOptions
from ..results import Box, Number
from ..results.form import TICKED, FieldReading
from ..structure.template import FieldKind, Template, TemplateField
from .aligned_copy import AlignedCopy


@dataclass(frozen=True)
class FieldReadingParameters:
    """Parameters of field reading; all set by eye."""

    least_height: float = 0.15
    """What is written in a field is taller than this part of it, or wider; else the field is empty."""
    inset: float = 0.15
    """Part of a tick box's side that is left out at each edge."""
    empty_share: float = 0.006
    """Share of a tick box up to which it is empty, and"""
    least_tick_share: float = 0.02
    """from which it is ticked; between them is a doubt."""
    filled_share: float = 0.6
    """Share from which a tick was blackened to take it back."""
    beyond: float = 0.12
    """Part of a field's height by which writing may leave it and is read."""
    margin: int = 16
    """Paper around a field that is read by itself, in pixels."""


PARAMETERS = FieldReadingParameters()
PATTERNS = {
    FieldKind.INTEGER: r"[+-]?\d{1,20}",
    FieldKind.DECIMAL: r"[+-]?\d{1,15}([.,]\d{1,6})?",
    FieldKind.DATE: r"\d{1,2}[./-]\d{1,2}[./-](\d\d|\d{4})|\d{4}-\d\d-\d\d",
    FieldKind.TIME: r"\d{1,2}[:.]\d\d",
    FieldKind.DIGITS: r"\d{1,40}",
    FieldKind.CODE: r"[0-9A-Z]{1,40}",
}
"""How the content of each kind of field is written, where the template says no more."""
OF_LENGTH = {FieldKind.CODE: "[0-9A-Z]"}
"""The characters of fields of a known length, where they are not all digits."""
AS_WRITTEN = (FieldKind.DIGITS, FieldKind.CODE)
"""Kinds whose value is their text: leading zeros count."""
CALENDAR = (FieldKind.DATE, FieldKind.TIME)
"""Kinds that may be written as digits alone, one in a box: their value is their text, too."""
UNREAD = marked("something is written here that could not be read")
UNSURE = marked("the reading is unsure")
SEVERAL = marked("there is more than one number here")
UNSURE_TICK = marked("it is not sure whether the box is ticked")
TAKEN_BACK = marked("the box is blackened: the tick may have been taken back")
REQUIRED = marked("this field must not be empty")
NOT_VALID = marked("this number is not valid here")


class FieldReader:
    """A reader of the fields of some templates."""

    def __init__(self, reader: Reader, templates: Sequence[Template]) -> None:
        """Make a reader of fields. Raises InvalidTemplate where a field's constraints cannot be used."""
        self._reader = reader
        self._constraints = {field: _constraints(field) for template in templates for field in template.fields}

    def read(self, copy: AlignedCopy, field: TemplateField) -> FieldReading:
        """Return the reading of a field."""
        box = copy.scaled(field.area)
        where = copy.on_picture(box)
        if field.kind is FieldKind.NONE:
            return FieldReading(field.name, field.kind, where)
        if field.kind is FieldKind.TICK:
            return _read_tick(copy, field, box, where)
        if _is_empty(copy, box):
            doubts = (REQUIRED,) if field.required else ()
            return FieldReading(field.name, field.kind, where, accepted=not doubts, doubts=doubts)
        return self._read_number(copy, field, box, where)

    def _read_number(self, copy: AlignedCopy, field: TemplateField, box: Box, where: Box) -> FieldReading:
        beyond, margin = round(PARAMETERS.beyond * box.h), PARAMETERS.margin
        height, width = copy.page.shape
        left, top = max(box.x - beyond, 0), max(box.y - beyond, 0)
        right, bottom = min(box.x + box.w + beyond, width), min(box.y + box.h + beyond, height)
        part = np.pad(copy.cut_out(Box(left, top, right - left, bottom - top)), margin, mode="edge")
        options = ReadOptions(decimal=None if field.decimal is None else field.decimal.value)
        whole = Box(0, 0, part.shape[1], part.shape[0])  # as a region it is read as it lies
        page = self._reader.read(part, constraints=self._constraints[field], options=options, regions=[whole])
        if not page.numbers:
            return FieldReading(
                field.name, field.kind, where, value=None, confidence=0.0, accepted=False, doubts=(UNREAD,)
            )
        best = max(page.numbers, key=lambda number: (bool(number.satisfied), number.confidence))
        doubts = tuple(_doubts(field, page.numbers, best))
        if page.left_over:
            doubts = (*doubts, UNREAD)
        value = None if best.ambiguous else best.value
        if field.kind in AS_WRITTEN or (field.kind in CALENDAR and best.kind != field.kind):
            value = best.text
        return FieldReading(
            field.name, field.kind, where, best.text, value, best.confidence, best.accepted and not doubts, doubts,
            best.alternatives,
        )  # fmt: skip


def _constraints(field: TemplateField) -> Constraints | None:
    """Return the constraints of a field's content. Raises InvalidTemplate."""
    if field.kind in (FieldKind.TICK, FieldKind.NONE):
        return None
    pattern = field.pattern or PATTERNS[field.kind]
    if field.length is not None and field.pattern is None:
        pattern = f"{OF_LENGTH.get(field.kind, '[0-9]')}{{{field.length}}}"
    try:
        return Constraints(pattern=pattern, check=field.check, among=field.among or None)
    except InvalidConstraint as error:
        raise InvalidTemplate(
            "the field '{name}' cannot be read: {reason}", name=field.name, reason=str(error)
        ) from None


def _is_empty(copy: AlignedCopy, box: Box) -> bool:
    """Return whether nothing is written in a box but specks."""
    written = copy.written[box.y : box.y + box.h, box.x : box.x + box.w]
    least = PARAMETERS.least_height * box.h
    return not any(max(component.box.h, component.box.w) > least for component in find_components(written))


def _read_tick(copy: AlignedCopy, field: TemplateField, box: Box, where: Box) -> FieldReading:
    """Return whether a box is ticked: by the share of it that is written on."""
    inset = round(PARAMETERS.inset * min(box.w, box.h))
    inner = copy.written[box.y + inset : box.y + box.h - inset, box.x + inset : box.x + box.w - inset]
    share = float((inner > 0.5).mean()) if inner.size else 0.0
    doubts: tuple[str, ...] = ()
    if share >= PARAMETERS.filled_share:
        doubts = (TAKEN_BACK,)
    elif PARAMETERS.empty_share < share < PARAMETERS.least_tick_share:
        doubts = (UNSURE_TICK,)
    is_ticked = PARAMETERS.least_tick_share <= share < PARAMETERS.filled_share
    value = None if doubts else "yes" if is_ticked else "no"
    return FieldReading(
        field.name, field.kind, where, TICKED if is_ticked else "", value, 0.5 if doubts else 1.0, not doubts, doubts
    )


def _doubts(field: TemplateField, numbers: Sequence[Number], best: Number) -> list[str]:
    doubts = []
    if not best.accepted:
        doubts.append(UNSURE)
    if len(numbers) > 1:
        doubts.append(SEVERAL)
    if best.satisfied is False or not _is_in_range(field, best.value):
        doubts.append(NOT_VALID)
    return doubts


def _is_in_range(field: TemplateField, value: str | None) -> bool:
    if field.least is None and field.greatest is None:
        return True
    try:
        number = Decimal(value or "")
    except InvalidOperation:
        return False
    return (field.least is None or number >= Decimal(str(field.least))) and (
        field.greatest is None or number <= Decimal(str(field.greatest))
    )
