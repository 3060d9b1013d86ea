"""The options of a client's request, as fields of a form."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, TypedDict, Unpack


class RequestOptions(TypedDict, total=False):
    """Options of a request; those that are left out, None or empty have no effect."""

    single: bool
    """Each page holds exactly one digit."""
    pattern: str | None
    """Regular expression that every number matches."""
    check: str | None
    """Check digit that every number has, such as "luhn"."""
    among: Iterable[str] | None
    """Valid numbers."""
    characters: str | None
    """Characters that occur: "digits", "letters", "code", or such as "0-9A-F"."""
    decimal: Literal["point", "comma"] | None
    """Decimal sign."""
    dates: Literal["day-first", "month-first"] | None
    """Order in dates."""
    regions: Iterable[tuple[int, int, int, int]] | None
    """Parts of each page to be read, as `Box`es in pixels."""
    digits: bool
    """Only digits are answered, without signs."""
    text: bool
    """Words are answered, too."""
    printed: bool
    """Printed numbers are answered, too."""


def form_fields(**options: Unpack[RequestOptions]) -> dict[str, str]:
    """Return the options as texts, without those that have no effect."""
    if unknown := options.keys() - RequestOptions.__annotations__.keys():
        raise TypeError(f"there is no option {', '.join(sorted(unknown))}")
    among, regions = options.get("among"), options.get("regions")
    values = {
        **options,
        "among": None if among is None else "\n".join(among),
        "regions": ";".join(",".join(map(str, region)) for region in regions or ()),
    }
    return {name: "true" if value is True else str(value) for name, value in values.items() if value}
