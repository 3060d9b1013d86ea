"""A person with an account, stored as one document, so that every change is atomic."""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import asdict, dataclass, field
from typing import Any

from ..store.documents import Document
from .refusals import InvalidAccountData

PERSON_PREFIX = "person:"
PERSON_ID = re.compile("u[0-9a-f]{16}")
"""Format of a person's id; the owner of readings without accounts has another."""
EMAIL_FORMAT = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?")
"""Format of e-mail addresses in HTML forms, with the lengths of SMTP."""


@dataclass(frozen=True)
class Session:
    """A log-in of a browser; only the digest of its secret is stored."""

    digest: str
    created: str


@dataclass(frozen=True)
class Key:
    """An API key; only the digest of its secret is stored."""

    id: str
    name: str
    digest: str
    created: str
    used: str = ""
    """Time of its last use, to a minute; empty for a key that was never used."""


@dataclass(frozen=True)
class Person:
    """A person with an account."""

    id: str
    """Id of the person, and owner of their readings."""
    email: str
    created: str
    password: str = field(default="", repr=False)
    """Argon2 hash; empty for a sign-in with a provider only."""
    identities: tuple[str, ...] = field(default=(), repr=False)
    sessions: tuple[Session, ...] = field(default=(), repr=False)
    keys: tuple[Key, ...] = field(default=(), repr=False)
    admin: bool = False
    blocked: bool = False
    daily: int | None = None
    """Quota of readings per day; 0 is no limit; None: the quota of the server."""
    room: int | None = None
    """Quota of bytes of pictures; 0 is no limit; None: the quota of the server."""
    seen: str = ""
    """Time of the last activity."""
    mark: str = field(default="", repr=False, compare=False)
    """Version of the document, for the store."""

    @classmethod
    def of(cls, document: Document) -> Person:
        """Return the person stored in a document."""
        body: dict[str, Any] = dict(document.body)
        body["identities"] = tuple(body["identities"])
        body["sessions"] = tuple(Session(**session) for session in body["sessions"])
        body["keys"] = tuple(Key(**key) for key in body["keys"])
        return cls(id=document.id.removeprefix(PERSON_PREFIX), mark=document.revision, **body)

    def document(self) -> Document:
        """Return the document to store."""
        body = asdict(self)
        del body["id"], body["mark"]
        return Document(PERSON_PREFIX + self.id, body, self.mark)


def new_person_id() -> str:
    """Return a random id, which reveals nothing about the person."""
    return f"u{secrets.token_hex(8)}"


def new_token() -> str:
    """Return a secret of 256 bits for an address or a cookie."""
    return secrets.token_urlsafe(32)


def digest(token: str) -> str:
    """Return the digest of a secret, for storage; a secret of 256 bits needs no slow hash."""
    return hashlib.sha256(token.encode()).hexdigest()


def email_of(text: str) -> str:
    """Return an e-mail address in lower case, without spaces around it. Raises InvalidAccountData.

    Example:
        >>> email_of(" Anna@Example.org")
        'anna@example.org'
    """
    email = text.strip().lower()
    if not EMAIL_FORMAT.fullmatch(email) or ".." in email:
        raise InvalidAccountData("this is not an e-mail address: write it as anna@example.org")
    return email
