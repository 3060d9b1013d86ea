"""Links in e-mails: a secret for one purpose, valid once and for some hours. Only its digest is stored."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from ..store.documents import Document, Documents, all_with_prefix
from .person import digest, new_token
from .refusals import LinkExpired

LINK_PREFIX = "link:"
LIFETIME_HOURS = {"confirm": 24, "reset": 2, "email": 24}
"""Hours for which a link is valid, by purpose."""
LINK_CLEANUP_INTERVAL = timedelta(minutes=10)
"""Time between deletions of expired links."""


class Links:
    """Links stored as documents."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents
        self._next_cleanup = datetime.min.replace(tzinfo=UTC)

    def make(self, purpose: str, values: Mapping[str, str]) -> str:
        """Create a link that stands for `values`; return its secret."""
        self._clean_up()
        token = new_token()
        until = (datetime.now(UTC) + timedelta(hours=LIFETIME_HOURS[purpose])).isoformat()
        self._documents.put(Document(LINK_PREFIX + digest(token), {**values, "purpose": purpose, "until": until}))
        return token

    def look_up(self, purpose: str, token: str) -> Mapping[str, str]:
        """Return the values that a link stands for. Raises LinkExpired."""
        link = self._documents.get(LINK_PREFIX + digest(token))
        if link is None or link.body["purpose"] != purpose or _is_expired(link):
            raise LinkExpired("this link was used already, or is too old: request a new one")
        return link.body

    def revoke(self, token: str) -> None:
        """Delete a link."""
        self._documents.delete(Document(LINK_PREFIX + digest(token), {}))

    def _clean_up(self) -> None:
        now = datetime.now(UTC)
        if now < self._next_cleanup:
            return
        self._next_cleanup = now + LINK_CLEANUP_INTERVAL
        for link in all_with_prefix(self._documents, LINK_PREFIX):
            if _is_expired(link):
                self._documents.delete(link)


def _is_expired(link: Document) -> bool:
    return datetime.fromisoformat(str(link.body["until"])) < datetime.now(UTC)
