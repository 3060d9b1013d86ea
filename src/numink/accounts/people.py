"""All persons: found by id, e-mail address or what a provider calls them, made, changed, removed.

What may be there once only (an e-mail address, a provider's name for somebody) is a document of its own, a claim, that
names the person. A claim counts where the person says the same, or while it is new and he will say so in a moment; so
that one that was left behind when a process died half-way is taken over by the next.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from ..errors import marked
from ..store.documents import Changed, Document, Documents
from ..store.ids import now
from .person import PREFIX, Person, new_person_id
from .refusals import AccountNotFound, InvalidAccountData

EMAILS = "email:"
NEW = timedelta(minutes=1)
"""How long a claim counts of which the person does not say the same yet."""
TAKEN = marked("there is an account with this e-mail address: log in, or reset its password")
TRIES = 20
"""Changes that are tried again where somebody else changed the same person at the same time."""


class People:
    """Over documents."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def by_id(self, person_id: str) -> Person | None:
        """None where there is none."""
        found = self._documents.get(PREFIX + person_id)
        return Person.of(found) if found else None

    def by_email(self, email: str) -> Person | None:
        """`email` as `email_of` gives it."""
        return self._claimant(EMAILS + email)

    def by_identity(self, identity: str) -> Person | None:
        """Who a provider calls so; `identity` as `identity_of` gives it."""
        return self._claimant(identity)

    def create(self, email: str, password: str = "", identity: str = "") -> Person:  # the hash; none is an empty one
        """A new person. Raises InvalidAccountData where the address has an account."""
        person = Person(new_person_id(), email, now(), password, (identity,) if identity else ())
        self._claim(EMAILS + email, person.id)
        if identity:
            self._claim(identity, person.id)
        return Person.of(self._documents.put(person.document()))

    def change(self, person_id: str, how: Callable[[Person], Person]) -> Person:
        """Keeps what `how` makes of a person; it may be asked more than once. Raises AccountNotFound."""
        for left in reversed(range(TRIES)):
            person = self.by_id(person_id)
            if person is None:
                break
            changed = how(person)
            if changed == person:
                return person
            try:
                return Person.of(self._documents.put(changed.document()))
            except Changed:
                if not left:
                    raise
        raise AccountNotFound("there is no such account any more")

    def move(self, person_id: str, email: str) -> Person:
        """Gives a person another e-mail address. Raises InvalidAccountData where that has an account, NobodyThere."""
        before = self.by_id(person_id)
        self._claim(EMAILS + email, person_id)
        after = self.change(person_id, lambda person: replace(person, email=email))
        if before and before.email != email:
            self._documents.delete(Document(EMAILS + before.email, {}))
        return after

    def identify(self, person_id: str, identity: str) -> Person:
        """Keeps what a provider calls a person. Raises InvalidAccountData where it calls another so, NobodyThere."""
        self._claim(identity, person_id)
        return self.change(person_id, lambda person: replace(person, identities=_with(person.identities, identity)))

    def remove(self, person: Person) -> None:
        """And all that names him."""
        for claim in (*person.identities, EMAILS + person.email, PREFIX + person.id):
            self._documents.delete(Document(claim, {}))

    def listed(self, beginning: str = "", after: str = "", limit: int = 50) -> Iterator[Person]:
        """Persons whose e-mail addresses begin so and come after `after`, by address."""
        for claim in self._documents.starting(EMAILS + beginning, EMAILS + after if after else "", limit):
            person = self._claimant(claim.id)
            if person:
                yield person

    def _claimant(self, claim: str) -> Person | None:
        found = self._documents.get(claim)
        person = self.by_id(str(found.body["person"])) if found else None
        return person if person and _says(person, claim) else None

    def _claim(self, claim: str, person_id: str) -> None:
        there = self._documents.get(claim)
        if there and there.body["person"] != person_id and (_is_new(there) or self._claimant(claim)):
            raise InvalidAccountData(TAKEN)
        try:
            self._documents.put(Document(claim, {"person": person_id, "at": now()}, there.mark if there else ""))
        except Changed:
            raise InvalidAccountData(TAKEN) from None


def identity_of(issuer: str, subject: str) -> str:
    """The id of the claim for what a provider calls somebody."""
    return f"identity:{hashlib.sha256(f'{issuer} {subject}'.encode()).hexdigest()}"


def _says(person: Person, claim: str) -> bool:
    return claim == EMAILS + person.email or claim in person.identities


def _is_new(claim: Document) -> bool:
    return datetime.fromisoformat(claim.body["at"]) > datetime.now(UTC) - NEW


def _with(identities: tuple[str, ...], identity: str) -> tuple[str, ...]:
    return identities if identity in identities else (*identities, identity)
