"""People with accounts: found by id, e-mail address or identity at a provider; created, changed, deleted.

E-mail addresses and identities are unique: each has a document of its own, a claim, that names the person. A claim is
valid where the person's document confirms it, or while it is new and the person is about to confirm it. So a claim
left behind by a process that died half-way can be taken over.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from ..errors import marked
from ..store.documents import Document, DocumentConflict, Documents
from ..store.ids import now
from .person import PERSON_PREFIX, Person, new_person_id
from .refusals import AccountNotFound, InvalidAccountData

EMAIL_PREFIX = "email:"
UNCONFIRMED_CLAIM_LIFETIME = timedelta(minutes=1)
"""Time for which a claim is valid that the person's document does not confirm yet."""
EMAIL_TAKEN = marked("there is an account with this e-mail address: log in, or reset its password")
MAX_UPDATE_ATTEMPTS = 20
"""Attempts at a change while others change the same person."""


class People:
    """People stored as documents."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def by_id(self, person_id: str) -> Person | None:
        """Return the person with an id."""
        document = self._documents.get(PERSON_PREFIX + person_id)
        return Person.of(document) if document else None

    def by_email(self, email: str) -> Person | None:
        """Return the person with an e-mail address, normalised by `email_of`."""
        return self._claimant(EMAIL_PREFIX + email)

    def by_identity(self, identity: str) -> Person | None:
        """Return the person with an identity at a provider, from `identity_of`."""
        return self._claimant(identity)

    def create(self, email: str, password: str = "", identity: str = "", person_id: str = "") -> Person:
        """Create a person.

        Args:
            email: E-mail address, normalised by `email_of`.
            password: Hash of the password; empty for a sign-in with a provider only.
            identity: Identity at a provider, from `identity_of`.
            person_id: Id that was reserved for the person; empty for any new one.

        Returns:
            The new person.

        Raises:
            InvalidAccountData: The address or identity has an account.
        """
        person = Person(person_id or new_person_id(), email, now(), password, (identity,) if identity else ())
        self._claim(EMAIL_PREFIX + email, person.id)
        if identity:
            self._claim(identity, person.id)
        return Person.of(self._documents.put(person.document()))

    def change(self, person_id: str, update: Callable[[Person], Person]) -> Person:
        """Store the result of `update`, which is called again where others change the person meanwhile.

        Raises AccountNotFound.
        """
        for attempts_left in reversed(range(MAX_UPDATE_ATTEMPTS)):
            person = self.by_id(person_id)
            if person is None:
                break
            changed = update(person)
            if changed == person:
                return person
            try:
                return Person.of(self._documents.put(changed.document()))
            except DocumentConflict:
                if not attempts_left:
                    raise
        raise AccountNotFound("this account does not exist any more")

    def change_email(self, person_id: str, email: str) -> Person:
        """Give a person another e-mail address. Raises InvalidAccountData where it is taken, or AccountNotFound."""
        before = self.by_id(person_id)
        self._claim(EMAIL_PREFIX + email, person_id)
        after = self.change(person_id, lambda person: replace(person, email=email))
        if before and before.email != email:
            self._documents.delete(Document(EMAIL_PREFIX + before.email, {}))
        return after

    def claimed_at(self, person: Person) -> str:
        """Return the time at which a person got their e-mail address: another one for the same address got again."""
        claim = self._documents.get(EMAIL_PREFIX + person.email)
        return str(claim.body["at"]) if claim else ""

    def add_identity(self, person_id: str, identity: str) -> Person:
        """Give a person an identity at a provider. Raises InvalidAccountData where it is taken, or AccountNotFound."""
        self._claim(identity, person_id)
        return self.change(person_id, lambda person: replace(person, identities=_with(person.identities, identity)))

    def remove(self, person: Person) -> None:
        """Delete a person and their claims."""
        for document_id in (*person.identities, EMAIL_PREFIX + person.email, PERSON_PREFIX + person.id):
            self._documents.delete(Document(document_id, {}))

    def by_email_prefix(self, prefix: str = "", after: str = "", limit: int = 50) -> Iterator[Person]:
        """Yield people with e-mail addresses that begin with `prefix` and sort after `after`, by address."""
        first = EMAIL_PREFIX + after if after else ""
        for claim in self._documents.with_prefix(EMAIL_PREFIX + prefix, first, limit):
            person = self._claimant(claim.id)
            if person:
                yield person

    def _claimant(self, claim_id: str) -> Person | None:
        claim = self._documents.get(claim_id)
        person = self.by_id(str(claim.body["person"])) if claim else None
        return person if person and _confirms(person, claim_id) else None

    def _claim(self, claim_id: str, person_id: str) -> None:
        claim = self._documents.get(claim_id)
        if claim and claim.body["person"] != person_id and (_is_new(claim) or self._claimant(claim_id)):
            raise InvalidAccountData(EMAIL_TAKEN)
        try:
            body = {"person": person_id, "at": now()}
            self._documents.put(Document(claim_id, body, claim.revision if claim else ""))
        except DocumentConflict:
            raise InvalidAccountData(EMAIL_TAKEN) from None


def identity_of(issuer: str, subject: str) -> str:
    """Return the id of the claim for a user of an OpenID Connect provider."""
    return f"identity:{hashlib.sha256(f'{issuer} {subject}'.encode()).hexdigest()}"


def _confirms(person: Person, claim_id: str) -> bool:
    return claim_id == EMAIL_PREFIX + person.email or claim_id in person.identities


def _is_new(claim: Document) -> bool:
    return datetime.fromisoformat(claim.body["at"]) > datetime.now(UTC) - UNCONFIRMED_CLAIM_LIFETIME


def _with(identities: tuple[str, ...], identity: str) -> tuple[str, ...]:
    return identities if identity in identities else (*identities, identity)
