"""Links in e-mails: signed values for one purpose, valid for some hours. They are not stored.

A link is valid once because it names, or carries a seal of, something that its use changes, as Django's links to reset
a password do; `Accounts` checks that. Only a deleted account leaves a document, until its first link expires.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from itsdangerous import BadData, Signer, URLSafeTimedSerializer

from ..errors import marked
from .refusals import LinkExpired

LINK_PREFIX = "link:"
"""Ids of documents about used links; numink 1.0.0 stored all links."""
LIFETIME_HOURS = {"confirm": 24, "reset": 2, "email": 24}
"""Hours for which a link is valid, by purpose."""
LINK_GONE = marked("this link was used already, or is too old: request a new one")
SIGNING: dict[str, Any] = {"key_derivation": "hmac", "digest_method": hashlib.sha256}


class Links:
    """Links signed with the secret of the server, which all its processes and instances share."""

    def __init__(self, secret: str) -> None:
        self._secret = secret

    def make(self, purpose: str, values: Mapping[str, str]) -> str:
        """Return the token of a link that stands for `values`; whoever has it can read them, but not change them."""
        return str(self._serializer(purpose).dumps(dict(values)))

    def look_up(self, purpose: str, token: str) -> Mapping[str, str]:
        """Return the values that a link stands for. Raises LinkExpired."""
        try:
            values: Mapping[str, str] = self._serializer(purpose).loads(token, LIFETIME_HOURS[purpose] * 3600)
        except BadData:
            raise LinkExpired(LINK_GONE) from None
        return values

    def seal(self, *texts: str) -> str:
        """Return a keyed digest of texts, from which nobody without the secret can guess them."""
        return Signer(self._secret, "seal", **SIGNING).get_signature("\0".join(texts)).decode()

    def _serializer(self, purpose: str) -> URLSafeTimedSerializer:
        return URLSafeTimedSerializer(self._secret, f"link {purpose}", signer_kwargs=SIGNING)
