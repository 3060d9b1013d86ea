"""Templates of forms: a reference page, the fields on it, and rules between them; kept as JSON.

A template is one file: the reference page is in it, as a PNG picture in grey.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Annotated, Self

import cv2
import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from ..errors import InvalidTemplate
from ..results import Box

MOST_FIELDS = 500
MOST_NAME = 100
MOST_REFERENCE_SIDE = 8000
Name = Annotated[str, Field(min_length=1, max_length=MOST_NAME)]
Grey = NDArray[np.uint8]


class FieldKind(StrEnum):
    """Kinds of fields: how their content is written."""

    INTEGER = "integer"
    DECIMAL = "decimal"
    DATE = "date"
    TIME = "time"
    CODE = "code"
    """Digits and capital letters."""
    DIGITS = "digits"
    """Digits whose leading zeros count, such as a member number."""
    TICK = "tick"
    """A box to tick."""
    NONE = "none"
    """Anything else, such as a signature: it is not read, and counts as no doubt."""


class DecimalSign(StrEnum):
    """Decimal signs of numbers."""

    POINT = "point"
    COMMA = "comma"


class _Values(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class TemplateField(_Values):
    """A field of a form."""

    name: Name
    """Its name, and the column's in a table."""
    box: tuple[int, int, int, int]
    """Left column, top row, width and height, in pixels of the reference page."""
    kind: FieldKind = FieldKind.INTEGER
    length: Annotated[int, Field(ge=1, le=40)] | None = None
    """The number of characters where it is known, as of a row of boxes."""
    pattern: Annotated[str, Field(max_length=200)] | None = None
    """A regular expression for all of it."""
    check: Annotated[str, Field(max_length=40)] | None = None
    """The name of its check digit, such as `luhn`."""
    among: tuple[str, ...] = ()
    """All valid contents; empty where any is."""
    least: float | None = None
    """The least valid number."""
    greatest: float | None = None
    """The greatest valid number."""
    required: bool = False
    """Whether an empty field is a doubt."""
    decimal: DecimalSign | None = None
    """The decimal sign, where it is known."""

    @property
    def area(self) -> Box:
        """The box."""
        return Box(*self.box)

    @model_validator(mode="after")
    def _check(self) -> Self:
        if min(self.box) < 0 or self.area.w < 1 or self.area.h < 1:
            raise ValueError(f"the box of the field '{self.name}' is not in the picture")
        if self.least is not None and self.greatest is not None and self.least > self.greatest:
            raise ValueError(f"no number is valid for the field '{self.name}': its least is above its greatest")
        return self


class RuleKind(StrEnum):
    """Kinds of rules between fields."""

    SUM = "sum"
    """The last field is the sum of the others."""
    ORDER = "order"
    """Each field is at least as great as the one before it."""
    EQUAL = "equal"
    """All fields have the same value."""


class FieldRule(_Values):
    """A rule between fields, which numbers that were read right satisfy."""

    kind: RuleKind
    fields: Annotated[tuple[Name, ...], Field(min_length=2)]
    """The names of its fields, in order."""


class Template(_Values):
    """A form: its reference page, fields and rules.

    >>> page = np.full((200, 100), 255, np.uint8)
    >>> template = Template.of(page, "visit", [TemplateField(name="age", box=(10, 10, 40, 20))])
    >>> Template.from_json(template.to_json()) == template
    True
    """

    numink_form: Annotated[int, Field(ge=1, le=1)] = 1
    """The version of this format."""
    name: Name
    version: Annotated[int, Field(ge=1)] = 1
    """Counts the changes of this template."""
    page: str
    """The reference page: a PNG picture in base64."""
    fields: Annotated[tuple[TemplateField, ...], Field(max_length=MOST_FIELDS)] = ()
    rules: tuple[FieldRule, ...] = ()

    @classmethod
    def of(
        cls, reference: Grey, name: str, fields: Sequence[TemplateField], rules: Sequence[FieldRule] = (),
        version: int = 1,
    ) -> Template:  # fmt: skip
        """Make a template.

        Args:
            reference: A blank copy of the form, or one that is filled in, uint8 (H, W), upright and without a table
                around it.
            name: The form's name.
            fields: Its fields.
            rules: Rules between them.
            version: The number of this version.

        Raises:
            InvalidTemplate: A field lies outside the page, two have one name, or a rule names a field that is none.
        """
        picture = base64.b64encode(cv2.imencode(".png", reference)[1].tobytes()).decode()
        values = {"name": name, "page": picture, "fields": tuple(fields), "rules": tuple(rules), "version": version}
        return _checked(lambda: cls.model_validate(values))

    @classmethod
    def from_json(cls, text: str | bytes) -> Template:
        """Return the template that a JSON text holds. Raises InvalidTemplate."""
        return _checked(lambda: cls.model_validate_json(text))

    @classmethod
    def load(cls, path: Path) -> Template:
        """Return the template of a file. Raises InvalidTemplate."""
        try:
            return cls.from_json(path.read_bytes())
        except OSError as error:
            raise InvalidTemplate("cannot read the template '{path}' ({why})", path=path, why=error.strerror) from None

    def to_json(self) -> str:
        """Return the template as JSON."""
        values = {"numink_form": self.numink_form, **self.model_dump(mode="json", exclude_defaults=True)}
        return json.dumps({**values, "page": values.pop("page")}, indent=1, ensure_ascii=False)

    @cached_property
    def reference(self) -> Grey:
        """The reference page, uint8 (H, W)."""
        picture = cv2.imdecode(np.frombuffer(base64.b64decode(self.page), np.uint8), cv2.IMREAD_GRAYSCALE)
        return np.asarray(picture, np.uint8)

    def field(self, name: str) -> TemplateField:
        """Return the field of that name. Raises KeyError."""
        for field in self.fields:
            if field.name == name:
                return field
        raise KeyError(name)

    @model_validator(mode="after")
    def _check(self) -> Self:
        height, width = self._size()
        names = [field.name for field in self.fields]
        if len(set(names)) < len(names):
            twice = next(name for name in names if names.count(name) > 1)
            raise ValueError(f"two fields have the name '{twice}': give each a name of its own")
        for field in self.fields:
            if field.area.x + field.area.w > width or field.area.y + field.area.h > height:
                raise ValueError(f"the field '{field.name}' lies outside the page of {width}x{height} pixels")
        for rule in self.rules:
            for name in rule.fields:
                if name not in names:
                    raise ValueError(f"a rule names the field '{name}', which the form does not have")
        return self

    def _size(self) -> tuple[int, int]:
        """Return the height and width of the reference page, from its header. Raises ValueError."""
        try:
            header = base64.b64decode(self.page[:64], validate=True)
        except (binascii.Error, ValueError):
            header = b""
        if not header.startswith(b"\x89PNG\r\n\x1a\n") or len(header) < 24:
            raise ValueError("the reference page is no PNG picture in base64")
        width, height = int.from_bytes(header[16:20], "big"), int.from_bytes(header[20:24], "big")
        if not 0 < max(width, height) <= MOST_REFERENCE_SIDE:
            raise ValueError(f"the reference page has more than {MOST_REFERENCE_SIDE} pixels on a side")
        return height, width


def _checked(make: Callable[[], Template]) -> Template:
    """Return what `make` returns, with the first of its errors as one sentence. Raises InvalidTemplate."""
    try:
        return make()
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        reason = first["msg"].removeprefix("Value error, ")
        sentence = f"{place}: {reason}" if place else reason
        raise InvalidTemplate("this is no template of a form that can be used: {reason}", reason=sentence) from None
