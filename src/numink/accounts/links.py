"""Links that mails carry: a secret that is good for one purpose, once, for some hours. Only its digest is kept."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from ..store.documents import Document, Documents, all_starting
from .person import digest, new_token
from .refusals import LinkExpired

PREFIX = "link:"
HOURS = {"confirm": 24, "reset": 2, "email": 24}
"""Hours that a link is good for, by its purpose."""
TIDY_EVERY = timedelta(minutes=10)
"""How often links that are too old are removed."""


class Links:
    """Over documents."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents
        self._next_tidying = datetime.min.replace(tzinfo=UTC)

    def make(self, purpose: str, said: Mapping[str, str]) -> str:
        """The secret of a new link, which stands for what is `said`."""
        self._tidy()
        token = new_token()
        until = (datetime.now(UTC) + timedelta(hours=HOURS[purpose])).isoformat()
        self._documents.put(Document(PREFIX + digest(token), {**said, "purpose": purpose, "until": until}))
        return token

    def look(self, purpose: str, token: str) -> Mapping[str, str]:
        """What a link stands for. Raises LinkExpired."""
        found = self._documents.get(PREFIX + digest(token))
        if found is None or found.body["purpose"] != purpose or _is_old(found):
            raise LinkExpired("this link was used already, or is too old: ask for a new one")
        return found.body

    def spend(self, token: str) -> None:
        """The link is good for nothing any more."""
        self._documents.delete(Document(PREFIX + digest(token), {}))

    def _tidy(self) -> None:
        now = datetime.now(UTC)
        if now < self._next_tidying:
            return
        self._next_tidying = now + TIDY_EVERY
        for one in all_starting(self._documents, PREFIX):
            if _is_old(one):
                self._documents.delete(one)


def _is_old(link: Document) -> bool:
    return datetime.fromisoformat(str(link.body["until"])) < datetime.now(UTC)
