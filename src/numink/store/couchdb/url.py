"""What a URL of a store in Cloudant says: cloudant://DATABASE?service=NAME."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

from ...errors import SettingsError


def named(url: str) -> tuple[str, str]:
    """Database and service of a URL. Raises SettingsError, which never repeats what may be a secret."""
    parts = urlsplit(url)
    asked = dict(parse_qsl(parts.query, keep_blank_values=True))
    name = parts.netloc or "numink"
    if "@" in name:
        raise SettingsError("a cloudant:// URL has no name and no password: they stand in CLOUDANT_APIKEY and the like")
    if parts.path.strip("/") or parts.fragment or set(asked) - {"service"}:
        raise SettingsError("a store in Cloudant is cloudant://DATABASE, or cloudant://DATABASE?service=NAME")
    if not (
        name[0].isascii() and name[0].islower() and all(sign.islower() or sign in "0123456789_$()+-" for sign in name)
    ):
        raise SettingsError(f"'{name}' cannot be a database of Cloudant: small letters, digits and _ $ ( ) + - only")
    return name, asked.get("service", "")
