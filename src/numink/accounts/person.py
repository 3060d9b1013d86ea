"""A person with an account, as the store keeps him: one document, so that a change is whole or not at all."""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import asdict, dataclass, field
from typing import Any

from ..store.documents import Document
from .refusals import InvalidAccountData

PREFIX = "person:"
ID = re.compile("u[0-9a-f]{16}")
"""Of a person. Who read before there were accounts has another."""
EMAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?")
"""As HTML has it, and no more than SMTP takes."""


@dataclass(frozen=True)
class Session:
    """One log-in; of its secret only the digest is kept."""

    digest: str
    created: str


@dataclass(frozen=True)
class Key:
    """An API key; of its secret only the digest is kept. `used`: when last, to a minute; empty: never."""

    id: str
    name: str
    digest: str
    created: str
    used: str = ""


@dataclass(frozen=True)
class Person:
    """`id` is the owner of his readings. `password` is an Argon2 hash; empty: he signs in with a provider only.

    `daily` and `room` are his own quotas where they are not None: readings a day, bytes of pictures; 0: no limit.
    """

    id: str
    email: str
    created: str
    password: str = field(default="", repr=False)
    identities: tuple[str, ...] = field(default=(), repr=False)
    sessions: tuple[Session, ...] = field(default=(), repr=False)
    keys: tuple[Key, ...] = field(default=(), repr=False)
    admin: bool = False
    blocked: bool = False
    daily: int | None = None
    room: int | None = None
    seen: str = ""
    mark: str = field(default="", repr=False, compare=False)

    @classmethod
    def of(cls, document: Document) -> Person:
        """As it was kept."""
        body: dict[str, Any] = dict(document.body)
        body["identities"] = tuple(body["identities"])
        body["sessions"] = tuple(Session(**one) for one in body["sessions"])
        body["keys"] = tuple(Key(**one) for one in body["keys"])
        return cls(id=document.id.removeprefix(PREFIX), mark=document.mark, **body)

    def document(self) -> Document:
        """To be kept."""
        body = asdict(self)
        del body["id"], body["mark"]
        return Document(PREFIX + self.id, body, self.mark)


def new_person_id() -> str:
    """Tells nothing of the person."""
    return f"u{secrets.token_hex(8)}"


def new_token() -> str:
    """A secret of 256 bits, for an address or a cookie."""
    return secrets.token_urlsafe(32)


def digest(token: str) -> str:
    """What is kept of a secret. It has 256 bits, so that no slow hash is needed."""
    return hashlib.sha256(token.encode()).hexdigest()


def email_of(text: str) -> str:
    """An e-mail address as accounts know it: in small letters. Raises InvalidAccountData for what is none."""
    email = text.strip().lower()
    if not EMAIL.fullmatch(email) or ".." in email:
        raise InvalidAccountData("this is no e-mail address: write it as anna@example.org")
    return email
