"""Operations on accounts: registration, log-in, password reset, change of e-mail address, deletion.

No answer reveals whether an e-mail address has an account; only the e-mail sent to it differs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from ..store.documents import Document
from ..store.protocol import Store
from .links import LIFETIME_HOURS, LINK_GONE, LINK_PREFIX, Links
from .passwords import Passwords, normalised
from .people import People, identity_of
from .person import Person, digest, email_of, new_person_id
from .quotas import Quotas
from .refusals import AccountNotFound, LinkExpired, RegistrationClosed, WrongPassword

SITE_DOCUMENT_ID = "site"
"""Id of the document with the state that is not of one account."""


@dataclass(frozen=True)
class AccountMail:
    """An e-mail about an account, for the caller to send."""

    text: str
    """Name of its template."""
    email: str
    """Recipient's address."""
    token: str = field(default="", repr=False)
    """Secret of the link in it; empty for an e-mail without a link."""
    idle: bool = False
    """True for an e-mail that is composed but not sent, so that an address without an account takes as long."""


class Accounts:
    """All accounts of a store."""

    def __init__(self, store: Store, quotas: Quotas, secret: str) -> None:
        self._store = store
        self.quotas = quotas
        self.people = People(store.documents)
        self._links = Links(secret)
        self._passwords = Passwords()

    @property
    def open(self) -> bool:
        """True where registration is open."""
        site = self._store.documents.get(SITE_DOCUMENT_ID)
        return site is None or bool(site.body["open"])

    def set_open(self, is_open: bool) -> None:
        """Open or close registration."""
        site = self._store.documents.get(SITE_DOCUMENT_ID)
        self._store.documents.put(Document(SITE_DOCUMENT_ID, {"open": is_open}, site.revision if site else ""))

    def register(self, email: str, password: str) -> AccountMail:
        """Return an e-mail with a link to confirm, or one that says that there is an account.

        The account is created only when the link is opened and the password is entered again. Otherwise somebody
        could register another person's address, wait until that person confirms, and know their password. The link
        names the id of the account to be: it was used where there is one with that id, or was.

        Raises InvalidAccountData or RegistrationClosed.
        """
        self._require_open_registration()
        address = email_of(email)
        self._passwords.check(password, address)
        seal = self._links.seal(address, normalised(password))
        token = self._links.make("confirm", {"email": address, "person": new_person_id(), "password": seal})
        if self.people.by_email(address):
            return AccountMail("has_account", address)
        return AccountMail("confirm", address, token)

    def email_to_confirm(self, token: str) -> str:
        """Return the e-mail address that a link confirms. Raises LinkExpired."""
        return self._registration(token)["email"]

    def confirm(self, token: str, password: str) -> Person:
        """Create the account. Raises LinkExpired, WrongPassword, RegistrationClosed or InvalidAccountData."""
        self._require_open_registration()
        registration = self._registration(token)
        email = registration["email"]
        if registration["password"] != self._links.seal(email, normalised(password)):
            raise WrongPassword("this is not the password that you registered with: try again, or register again")
        return self.people.create(email, self._passwords.hash(password, email), person_id=registration["person"])

    def _registration(self, token: str) -> Mapping[str, str]:
        registration = self._links.look_up("confirm", token)
        person_id = registration["person"]
        if self.people.by_id(person_id) or self._store.documents.get(LINK_PREFIX + digest(person_id)):
            raise LinkExpired(LINK_GONE)
        return registration

    def log_in(self, email: str, password: str) -> Person | None:
        """Return the person; None alike for a wrong password, an unknown address and a blocked account."""
        person = self.people.by_email(email)
        matches = self._passwords.matches(person.password if person else "", password)
        return person if person and matches and not person.blocked else None

    def sign_in_with_provider(self, issuer: str, subject: str, email: str) -> Person:
        """Return the person that an OpenID Connect provider has authenticated; create one at their first sign-in.

        Args:
            issuer: Address of the provider.
            subject: The provider's id of the user.
            email: Address that the provider has verified.

        Returns:
            The person with that identity, else with that address, else a new one.

        Raises:
            RegistrationClosed: A new person cannot register.
            AccountNotFound: The account is blocked.
        """
        identity = identity_of(issuer, subject)
        person = self.people.by_identity(identity)
        if person is None:
            registered = self.people.by_email(email)
            if registered is None:
                self._require_open_registration()
                person = self.people.create(email, "", identity)
            else:
                person = self.people.add_identity(registered.id, identity)
        if person.blocked:
            raise AccountNotFound("this account is blocked: contact the server's administrator")
        return person

    def request_password_reset(self, email: str) -> AccountMail:
        """Return an e-mail with a link to reset the password; an idle one for an address without an account."""
        person = self.people.by_email(email)
        person_id, password_hash = (person.id, person.password) if person else ("", "")
        request = {"person": person_id, "state": self._links.seal(email, password_hash)}
        return AccountMail("reset", email, self._links.make("reset", request), idle=person is None)

    def person_to_reset(self, token: str) -> Person:
        """Return the person that a link to reset a password belongs to.

        Raises LinkExpired, also where password or address have changed since the link was sent.
        """
        request = self._links.look_up("reset", token)
        person = self.people.by_id(request["person"])
        if person is None or request["state"] != self._links.seal(person.email, person.password):
            raise LinkExpired(LINK_GONE)
        return person

    def reset(self, token: str, password: str) -> AccountMail:
        """Set a new password and end all sessions. Raises LinkExpired or InvalidAccountData."""
        person = self.person_to_reset(token)
        self._set_password(person, password)
        return AccountMail("password_changed", person.email)

    def change_password(self, person: Person, old: str, new: str) -> AccountMail:
        """Set a new password and end all sessions, given the old one. Raises WrongPassword or InvalidAccountData."""
        self.check_password(person, old)
        self._set_password(person, new)
        return AccountMail("password_changed", person.email)

    def request_email_change(self, person: Person, email: str, password: str) -> AccountMail:
        """Return an e-mail to a person's new address, with a link. Raises InvalidAccountData or WrongPassword."""
        self.check_password(person, password)
        address = email_of(email)
        since = self.people.claimed_at(person)
        token = self._links.make("email", {"person": person.id, "email": address, "since": since})
        if self.people.by_email(address):
            return AccountMail("has_account", address)
        return AccountMail("new_email", address, token)

    def requested_email(self, person: Person, token: str) -> str:
        """Return the new address that a link gives to a person. Raises LinkExpired."""
        request = self._links.look_up("email", token)
        if request["person"] != person.id:
            raise LinkExpired("this link is for another account: log out, log in to that account, and open it again")
        if request["since"] != self.people.claimed_at(person):
            raise LinkExpired(LINK_GONE)
        return request["email"]

    def change_email(self, person: Person, token: str) -> AccountMail:
        """Change a person's address; return an e-mail to the old one. Raises LinkExpired or InvalidAccountData."""
        self.people.change_email(person.id, self.requested_email(person, token))
        return AccountMail("email_changed", person.email)

    def check_password(self, person: Person, password: str) -> None:
        """Raise WrongPassword unless the password is right; accounts without one need none."""
        if person.password and not self._passwords.matches(person.password, password):
            raise WrongPassword("this is not your password: try again")

    def delete(self, person: Person) -> None:
        """Delete an account and its data; may be repeated after an interruption."""
        until = datetime.fromisoformat(person.created) + timedelta(hours=LIFETIME_HOURS["confirm"])
        if until > datetime.now(UTC):
            self._store.documents.put(Document(LINK_PREFIX + digest(person.id), {"until": until.isoformat()}))
        self.people.change(person.id, lambda current: replace(current, keys=(), sessions=()))
        self.quotas.forget(person.id)
        self.people.remove(person)
        # Once more for readings stored meanwhile; `Quotas.reading_saved` deletes those still in progress.
        self.quotas.forget(person.id)

    def _set_password(self, person: Person, password: str) -> None:
        password_hash = self._passwords.hash(password, person.email)
        self.people.change(person.id, lambda current: replace(current, password=password_hash, sessions=()))

    def _require_open_registration(self) -> None:
        if not self.open:
            raise RegistrationClosed("registration is closed at present: contact the server's administrator")


def open_accounts(store: Store, secret: str, daily: int = 0, room: int = 0) -> Accounts:
    """Return the accounts of a store.

    Args:
        store: Store of the accounts and their readings.
        secret: Secret that signs the links in e-mails.
        daily: Readings per day of accounts without a quota of their own; 0 is no limit.
        room: Bytes of pictures of such accounts; 0 is no limit.
    """
    return Accounts(store, Quotas(store, daily, room), secret)
