"""API keys: `numink_<person>_<key>_<secret>`, of which only the secret's digest is kept."""

from __future__ import annotations

import hmac
import re
import secrets
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from ..store.ids import now
from .people import People
from .person import ID, Key, Person, digest, new_token
from .refusals import InvalidAccountData

TEXT = re.compile(rf"numink_({ID.pattern})_([0-9a-f]{{8}})_([A-Za-z0-9_-]{{43}})")
MOST = 20
"""Keys of one person."""
NAME = 60
"""Signs of a key's name."""
USED_EVERY = timedelta(minutes=1)
"""How exactly is kept when a key was used last."""


def make_key(people: People, person_id: str, name: str) -> tuple[Key, str]:
    """A new key, and its text, which is known now and never again. Raises InvalidAccountData."""
    name = " ".join(name.split())
    if not 1 <= len(name) <= NAME or not name.isprintable():
        raise InvalidAccountData(
            "give the key a name of at most {most} signs, such as the program that will use it", most=NAME
        )
    secret = new_token()
    key = Key(secrets.token_hex(4), name, digest(secret), now())

    def add(person: Person) -> Person:
        if len(person.keys) >= MOST:
            raise InvalidAccountData("there are {most} keys already: revoke one that is not used any more", most=MOST)
        return replace(person, keys=(*person.keys, key))

    people.change(person_id, add)
    return key, f"numink_{person_id}_{key.id}_{secret}"


def revoke_key(people: People, person_id: str, key_id: str) -> None:
    """The key opens nothing any more. One that is not there is revoked already."""
    people.change(person_id, lambda person: replace(person, keys=tuple(k for k in person.keys if k.id != key_id)))


def key_owner(people: People, text: str) -> Person | None:
    """None for a key that is none, was revoked, or is of somebody who is blocked."""
    found = TEXT.fullmatch(text)
    person = people.by_id(found[1]) if found else None
    if found is None or person is None or person.blocked:
        return None
    key = next((one for one in person.keys if one.id == found[2]), None)
    if not hmac.compare_digest(key.digest if key else digest(""), digest(found[3])):
        return None
    return _used(people, person, found[2])


def _used(people: People, person: Person, key_id: str) -> Person:
    """Keeps when the key was used, unless that is known closely enough."""
    used = next(key.used for key in person.keys if key.id == key_id)
    if used and datetime.now(UTC) - datetime.fromisoformat(used) < USED_EVERY:
        return person
    stamp = now()
    return people.change(
        person.id,
        lambda one: replace(
            one, seen=stamp, keys=tuple(replace(key, used=stamp) if key.id == key_id else key for key in one.keys)
        ),
    )
