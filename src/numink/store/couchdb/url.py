"""URLs of stores in Cloudant: cloudant://DATABASE?service=NAME."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

from ...errors import SettingsError


def parse_url(url: str) -> tuple[str, str]:
    """Return the database and the service of a URL.

    Args:
        url: cloudant://DATABASE?service=NAME; the database is `numink` where none is named.

    Returns:
        Name of the database, and prefix of the variables with its credentials; empty where none is named.

    Raises:
        SettingsError: The URL is of another form. The message never repeats a part that may be a secret.
    """
    parts = urlsplit(url)
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    name = parts.netloc or "numink"
    if "@" in name:
        raise SettingsError("a cloudant:// URL has no name and no password: set them in CLOUDANT_APIKEY and the like")
    if parts.path.strip("/") or parts.fragment or set(options) - {"service"}:
        raise SettingsError("a store in Cloudant is cloudant://DATABASE, or cloudant://DATABASE?service=NAME")
    if not (
        name[0].isascii()
        and name[0].islower()
        and all(character.islower() or character in "0123456789_$()+-" for character in name)
    ):
        raise SettingsError(
            f"'{name}' cannot be a database of Cloudant: lower-case letters, digits and _ $ ( ) + - only"
        )
    return name, options.get("service", "")
