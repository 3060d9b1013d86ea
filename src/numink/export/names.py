"""Names of files and sheets, made from names that people gave to their forms."""

from __future__ import annotations

import re
from collections.abc import Collection
from itertools import chain, count

_REFUSED = re.compile(r"[\[\]\\/:*?\"<>|\x00-\x1f\x7f]")
"""Characters that names of files or of sheets must not have, on one system or another."""


def free_name(wanted: str, taken: Collection[str], longest: int) -> str:
    """Return a name for a file or a sheet, as near to the wanted one as may be.

    Args:
        wanted: A name of any characters and length.
        taken: Names in use, casefolded: no system may take the new one for one of them.
        longest: The most characters of the name; at least 8.

    >>> free_name("Visit 3/4", {"visit 3_4"}, 31)
    'Visit 3_4-2'
    """
    name = _REFUSED.sub("_", wanted)[:longest].strip(" .'") or "form"
    numbered = (f"{name[: longest - 6]}-{number}" for number in count(2))
    return next(candidate for candidate in chain([name], numbered) if candidate.casefold() not in taken)
