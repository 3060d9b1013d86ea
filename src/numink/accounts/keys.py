"""API keys `numink_<person>_<key>_<secret>`; only the digest of the secret is stored."""

from __future__ import annotations

import hmac
import re
import secrets
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from ..store.ids import now
from .people import People
from .person import PERSON_ID, Key, Person, digest, new_token
from .refusals import InvalidAccountData

KEY_FORMAT = re.compile(rf"numink_({PERSON_ID.pattern})_([0-9a-f]{{8}})_([A-Za-z0-9_-]{{43}})")
MAX_KEYS = 20
"""Keys of one person."""
MAX_KEY_NAME_LENGTH = 60
"""Characters of a key's name."""
LAST_USE_PRECISION = timedelta(minutes=1)
"""Age from which the stored time of a key's last use is updated."""


def make_key(people: People, person_id: str, name: str) -> tuple[Key, str]:
    """Create a key; return it and its text, which cannot be recovered later. Raises InvalidAccountData."""
    name = " ".join(name.split())
    if not 1 <= len(name) <= MAX_KEY_NAME_LENGTH or not name.isprintable():
        raise InvalidAccountData(
            "give the key a name of at most {most} characters, such as the program that will use it",
            most=MAX_KEY_NAME_LENGTH,
        )
    secret = new_token()
    key = Key(secrets.token_hex(4), name, digest(secret), now())

    def with_key(person: Person) -> Person:
        if len(person.keys) >= MAX_KEYS:
            raise InvalidAccountData("there are {most} keys already: revoke one that is no longer used", most=MAX_KEYS)
        return replace(person, keys=(*person.keys, key))

    people.change(person_id, with_key)
    return key, f"numink_{person_id}_{key.id}_{secret}"


def revoke_key(people: People, person_id: str, key_id: str) -> None:
    """Revoke a key; a key that does not exist counts as revoked."""
    people.change(person_id, lambda person: replace(person, keys=tuple(key for key in person.keys if key.id != key_id)))


def key_owner(people: People, text: str) -> Person | None:
    """Return the owner of a key; None for an invalid or revoked key and for a blocked account."""
    match = KEY_FORMAT.fullmatch(text)
    person = people.by_id(match[1]) if match else None
    if match is None or person is None or person.blocked:
        return None
    key = next((key for key in person.keys if key.id == match[2]), None)
    if not hmac.compare_digest(key.digest if key else digest(""), digest(match[3])):
        return None
    return _with_last_use(people, person, match[2])


def key_label(text: str) -> str:
    """Return the part of a key that names it and is no secret; empty for a text that is no key."""
    match = KEY_FORMAT.fullmatch(text)
    return f"{match[1]}_{match[2]}" if match else ""


def _with_last_use(people: People, person: Person, key_id: str) -> Person:
    """Store the time of the key's use, unless the stored one is recent."""
    last_use = next(key.used for key in person.keys if key.id == key_id)
    if last_use and datetime.now(UTC) - datetime.fromisoformat(last_use) < LAST_USE_PRECISION:
        return person
    time = now()
    return people.change(
        person.id,
        lambda current: replace(
            current,
            seen=time,
            keys=tuple(replace(key, used=time) if key.id == key_id else key for key in current.keys),
        ),
    )
