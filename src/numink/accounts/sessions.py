"""Log-ins that last: each has a secret, which the browser holds and of which the digest is kept with the person.

So a log-out ends it whatever copies of the cookie there are, and a new password ends all of them.
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

MOST = 20
"""Log-ins of one person; the oldest ends where there is one more."""


def begin_session(people: People, person_id: str) -> str:
    """The secret of a new log-in."""
    token = new_token()
    session = Session(digest(token), now())
    people.change(
        person_id, lambda person: replace(person, seen=now(), sessions=(*person.sessions, session)[-MOST:])
    )  # fmt: skip
    return token


def end_session(people: People, person_id: str, token: str) -> None:
    """That log-in is over; those of somebody who has gone are."""
    spent = digest(token)
    with suppress(AccountNotFound):
        people.change(
            person_id, lambda person: replace(person, sessions=tuple(s for s in person.sessions if s.digest != spent))
        )  # fmt: skip


def session_owner(people: People, person_id: str, token: str, days: int) -> Person | None:
    """None for a log-in that is over, or began more than `days` ago, or is of somebody who is blocked."""
    person = people.by_id(person_id)
    if person is None or person.blocked:
        return None
    shown = digest(token)
    session = next((one for one in person.sessions if hmac.compare_digest(one.digest, shown)), None)
    oldest = datetime.now(UTC) - timedelta(days=days)
    return person if session and datetime.fromisoformat(session.created) > oldest else None
