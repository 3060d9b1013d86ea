"""Options of a reading as forms and API requests send them, shared by pages, API and batches."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import IO, Any, Protocol

from ..errors import InvalidConstraint
from ..recognition.constraints import Constraints, parse_constraints

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
    """Options of a reading: `single` for pictures of exactly one digit, and constraints; an empty one has no effect."""

    single: bool = False
    pattern: str = ""
    check: str = ""
    among: str = ""
    """Valid numbers, one per line or separated by commas."""

    @classmethod
    def from_form(cls, form: Mapping[str, str], files: Mapping[str, FormFile]) -> Options:
        """Read the options from a page's form, where the valid numbers may also be sent as the file `among_file`.

        Raises InvalidConstraint if that file is too large or is not text.
        """
        pattern, check, among = (form.get(name, "").strip() for name in ("pattern", "check", "among"))
        among_file = files.get("among_file")
        if among_file is not None and among_file.filename:
            among = f"{among}\n{_decode(among_file.stream)}"
        return cls("single" in form, pattern, check, among)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Options:
        """Restore options from the output of `to_dict`."""
        return cls(**values)

    def to_dict(self) -> dict[str, Any]:
        """Return the non-empty options as JSON values."""
        return {name: value for name, value in asdict(self).items() if value}

    def constraints(self) -> Constraints | None:
        """Return the constraints for the reader. Raises InvalidConstraint if they are not valid."""
        return _parse(self.pattern, self.check, self.among)


@lru_cache(maxsize=4)
def _parse(pattern: str, check: str, among: str) -> Constraints | None:
    """Parse once for all files of a batch: a list of 50,000 numbers takes as long as reading a picture."""
    return parse_constraints(pattern, check, among)


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
