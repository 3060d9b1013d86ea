"""Sessions of browsers: each has a secret in a cookie, and the secret's digest is stored with the person.

So logging out ends a session even if the cookie was copied, and a new password ends all sessions.
"""

from __future__ import annotations

import hmac
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from ..store.ids import now
from .people import People
from .person import Person, Session, digest, new_token
from .refusals import AccountNotFound

MAX_SESSIONS = 20
"""Sessions of one person; one more ends the oldest."""


def begin_session(people: People, person_id: str) -> str:
    """Begin a session; return its secret."""
    token = new_token()
    session = Session(digest(token), now())
    people.change(
        person_id, lambda person: replace(person, seen=now(), sessions=(*person.sessions, session)[-MAX_SESSIONS:])
    )
    return token


def end_session(people: People, person_id: str, token: str) -> None:
    """End a session; those of a deleted account have ended."""
    ended = digest(token)
    with suppress(AccountNotFound):
        people.change(
            person_id, lambda person: replace(person, sessions=tuple(s for s in person.sessions if s.digest != ended))
        )


def session_owner(people: People, person_id: str, token: str, days: int) -> Person | None:
    """Return the owner of a session; None where it ended, is older than `days`, or the account is blocked."""
    person = people.by_id(person_id)
    if person is None or person.blocked:
        return None
    presented = digest(token)
    session = next((s for s in person.sessions if hmac.compare_digest(s.digest, presented)), None)
    oldest = datetime.now(UTC) - timedelta(days=days)
    return person if session and datetime.fromisoformat(session.created) > oldest else None
