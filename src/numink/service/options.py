"""Options of a reading as forms and API requests send them, shared by pages, API and batches."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from functools import lru_cache
from typing import IO, Any, Protocol, cast, get_args

from ..errors import InvalidConstraint
from ..recognition.constraints import VALID_NUMBER_SEPARATORS, Constraints, parse_constraints
from ..recognition.number_grammar import DecimalSign
from ..recognition.options import ReadOptions
from ..recognition.page_reading import parse_regions
from ..results import Box

DIGITS = "digits"
"""Name of a set of characters without letters; all other names of `Constraints` have letters."""
DATE_ORDERS = {"day-first": True, "month-first": False}
"""Values of `dates`, and whether the day comes first."""
MAX_VALID_NUMBERS_BYTES = 500_000
"""Size limit of a file of valid numbers, the same as for a text field of a form."""


class FormFile(Protocol):
    """A file sent with a form, such as werkzeug's `FileStorage`."""

    filename: str | None

    @property
    def stream(self) -> IO[bytes]:
        """Content of the file."""


@dataclass(frozen=True)
class Options:
    """Options of a reading; an empty one has no effect."""

    single: bool = False
    """The picture holds exactly one digit."""
    pattern: str = ""
    check: str = ""
    among: str = ""
    """Valid numbers, one per line or separated by commas."""
    characters: str = ""
    """Characters that occur: the name of a set, or such as 0-9A-F."""
    decimal: str = ""
    """The decimal sign: 'point' or 'comma'."""
    dates: str = ""
    """The order in dates: 'day-first' or 'month-first'."""
    regions: str = ""
    """Parts of the picture to be read, each X,Y,W,H in pixels, separated by semicolons or lines."""
    digits: bool = False
    """Only digits are answered, without signs."""
    text: bool = False
    """Words are answered, too."""
    printed: bool = False
    """Printed numbers are answered, too."""

    @classmethod
    def from_form(cls, form: Mapping[str, str], files: Mapping[str, FormFile]) -> Options:
        """Read the options from a page's form, where the valid numbers may also be sent as the file `among_file`.

        Raises InvalidConstraint if that file is too large or is not text.
        """
        texts = {name: form.get(name, "").strip() for name in _TEXT_OPTIONS}
        among_file = files.get("among_file")
        if among_file is not None and among_file.filename:
            texts["among"] = f"{texts['among']}\n{_decode(among_file.stream)}"
        return cls(**texts, **{name: name in form for name in _SWITCHES})  # type: ignore[arg-type]

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Options:
        """Restore options from the output of `to_dict`."""
        return cls(**values)

    def to_dict(self) -> dict[str, Any]:
        """Return the non-empty options as JSON values."""
        return {name: value for name, value in asdict(self).items() if value}

    def validate(self, most_valid_numbers: int) -> None:
        """Raise InvalidConstraint or InvalidRegion if an option is not valid, or there are more valid numbers."""
        if sum(map(self.among.count, VALID_NUMBER_SEPARATORS)) >= most_valid_numbers:
            raise InvalidConstraint("the list has more than {most:,} numbers: split it", most=most_valid_numbers)
        self.constraints()
        self.read_options()
        self.boxes()

    def constraints(self) -> Constraints | None:
        """Return the constraints for the reader. Raises InvalidConstraint if they are not valid."""
        return _parse(self.pattern, self.check, self.among, self.characters)

    def with_region(self, box: Box) -> Options:
        """Return the options with one region, in place of others."""
        return replace(self, regions=",".join(map(str, box)))

    def boxes(self) -> tuple[Box, ...]:
        """Return the regions for the reader. Raises InvalidRegion if they are not valid."""
        return parse_regions(self.regions)

    def read_options(self) -> ReadOptions:
        """Return the other options for the reader. Raises InvalidConstraint if an option has no such value."""
        if self.decimal not in ("", *get_args(DecimalSign)):
            raise InvalidConstraint("the decimal sign is 'point' or 'comma', not '{sign}'", sign=self.decimal[:40])
        if self.dates not in ("", *DATE_ORDERS):
            raise InvalidConstraint(
                "the order in dates is 'day-first' or 'month-first', not '{order}'", order=self.dates[:40]
            )
        if self.digits and self.text:
            raise InvalidConstraint("digits only leaves out words: choose one of the two")
        decimal = cast(DecimalSign, self.decimal) if self.decimal else None
        has_letters = self.characters != DIGITS and any(character.isalpha() for character in self.characters)
        return ReadOptions(
            decimal, DATE_ORDERS.get(self.dates), self.digits, self.text, letters=has_letters, printed=self.printed
        )


_SWITCHES = tuple(field.name for field in fields(Options) if field.default is False)
_TEXT_OPTIONS = tuple(field.name for field in fields(Options) if field.default == "")


@lru_cache(maxsize=4)
def _parse(pattern: str, check: str, among: str, characters: str) -> Constraints | None:
    """Parse once for all files of a batch: a list of 50,000 numbers takes as long as reading a picture."""
    return parse_constraints(pattern, check, among, characters)


def _decode(stream: IO[bytes]) -> str:
    content = stream.read(MAX_VALID_NUMBERS_BYTES + 1)
    if len(content) > MAX_VALID_NUMBERS_BYTES:
        raise InvalidConstraint(
            "the file of valid numbers has more than {most} KB: shorten it", most=MAX_VALID_NUMBERS_BYTES // 1000
        )
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InvalidConstraint("the file of valid numbers is not a text file: write one number per line") from None
