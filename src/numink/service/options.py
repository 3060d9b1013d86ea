"""What a person or a program says about the numbers before they are read: one place for the pages, the API and batches.

Knows forms; nothing of reading.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any

from werkzeug.datastructures import FileStorage

from ..errors import InvalidConstraint
from ..recognition.constraints import Constraints, parse_constraints

MOST_CODES_BYTES = 500_000
"""Bytes of a file of valid numbers; as many as a text in a form may have."""


@dataclass(frozen=True)
class Options:
    """One digit only, and what is known of the numbers; empty is nothing."""

    single: bool = False
    pattern: str = ""
    check: str = ""
    among: str = ""
    """The valid numbers, one a line or with commas between."""

    @classmethod
    def from_form(cls, form: Mapping[str, str], files: Mapping[str, FileStorage]) -> Options:
        """From the form of a page; `among` may be a file too. Raises InvalidConstraint."""
        pattern, check, among = (form.get(name, "").strip() for name in ("pattern", "check", "among"))
        listed = files.get("among_file")
        if listed is not None and listed.filename:
            among = f"{among}\n{_text(listed)}"
        return cls("single" in form, pattern, check, among)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Options:
        """What `to_dict` gave."""
        return cls(**values)

    def to_dict(self) -> dict[str, Any]:
        """As JSON values, without what is empty."""
        return {name: value for name, value in asdict(self).items() if value}

    def constraints(self) -> Constraints | None:
        """For the reader. Raises InvalidConstraint where it makes no sense."""
        return _known(self.pattern, self.check, self.among)


@lru_cache(maxsize=4)
def _known(pattern: str, check: str, among: str) -> Constraints | None:
    """Made once for all files of a batch: a list of 50,000 numbers takes as long as a picture."""
    return parse_constraints(pattern, check, among)


def _text(file: FileStorage) -> str:
    content = file.stream.read(MOST_CODES_BYTES + 1)
    if len(content) > MOST_CODES_BYTES:
        raise InvalidConstraint(
            "the file of valid numbers has more than {most} KB: shorten it", most=MOST_CODES_BYTES // 1000
        )
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InvalidConstraint("the file of valid numbers is no text: give one number a line") from None
