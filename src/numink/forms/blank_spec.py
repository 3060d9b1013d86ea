"""What an own form is to have on it: a title and fields, written as JSON or as a table."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from ..errors import InvalidTemplate
from ..structure.template import FieldKind, Name
from .field_files import first_problem, read_text, table_rows

COMB_LENGTHS = {FieldKind.DATE: 8, FieldKind.TIME: 4, FieldKind.DIGITS: None, FieldKind.CODE: None}
"""Kinds that are written into a row of boxes, and how many boxes that are without a length: None where one is due."""


class Paper(StrEnum):
    """Sizes of paper, upright."""

    A4 = "a4"
    LETTER = "letter"


class BlankField(BaseModel):
    """A field to print; what else it has, such as `check`, `least` and `required`, is taken to the template."""

    model_config = ConfigDict(frozen=True, extra="allow")

    caption: Name
    """Printed above it."""
    kind: FieldKind = FieldKind.INTEGER
    length: Annotated[int, Field(ge=1, le=40)] | None = None
    """The number of characters: of boxes in a row, or of digits for which a box has room."""
    choices: Annotated[tuple[Name, ...], Field(max_length=40)] = ()
    """A box to tick for each."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.comb_length == 0:
            raise ValueError(f"the field '{self.caption}' of the kind {self.kind.value} needs a length")
        if self.choices and self.kind is not FieldKind.TICK:
            raise ValueError(f"the field '{self.caption}' has choices: set its kind to tick")
        return self

    @property
    def comb_length(self) -> int | None:
        """The number of boxes in its row; 0 where it is missing, None where it has no row of boxes."""
        return (self.length or COMB_LENGTHS[self.kind] or 0) if self.kind in COMB_LENGTHS else None


class BlankForm(BaseModel):
    """A form to print."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: Name
    name: Name | None = None
    """Its name in its QR code, and the template's; the title by default."""
    version: Annotated[int, Field(ge=1)] = 1
    paper: Paper = Paper.A4
    fields: Annotated[tuple[BlankField, ...], Field(min_length=1, max_length=200)]

    @property
    def identity(self) -> str:
        """The text of its QR code."""
        return f"numink:{self.name or self.title}:{self.version}"


def read_blank_form(path: Path, title: str | None = None, paper: Paper | None = None) -> BlankForm:
    """Return the form that a file describes.

    Args:
        path: A JSON object with `title` and `fields`, each of them with a `caption`, and perhaps `kind`, `length`,
            `choices` and other settings of fields; or a CSV file of fields with these columns, choices with | between
            them.
        title: Instead of that in the file; without any, it is the file's name.
        paper: Instead of that in the file.

    Raises:
        InvalidTemplate: The file cannot be read or used; the message says why.
    """
    text = read_text(path)
    given = {name: value for name, value in {"title": title, "paper": paper}.items() if value is not None}
    try:
        if text.lstrip().startswith("{"):
            form = BlankForm.model_validate_json(text)
            return BlankForm.model_validate({**form.model_dump(), **given})
        return BlankForm.model_validate({"title": path.stem, "fields": table_rows(text), **given})
    except ValidationError as error:
        raise InvalidTemplate(
            "the form of '{path}' cannot be used: {why}", path=path, why=first_problem(error)
        ) from None
