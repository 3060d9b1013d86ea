"""What people do with their accounts: register, confirm, log in, reset, change, leave.

Where an answer would tell whether an e-mail address has an account, there is only one answer; what differs is the
mail, which the door sends.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from ..store.documents import Document
from ..store.protocol import Store
from .links import Links
from .passwords import Passwords
from .people import People, identity_of
from .person import Person, email_of
from .quotas import Quotas
from .refusals import AccountNotFound, LinkExpired, RegistrationClosed, WrongPassword

SITE = "site"
"""The document of what holds for all."""


@dataclass(frozen=True)
class ToMail:
    """A mail to send: a name of its text, to whom, and the link's secret where it has one.

    One that is `idle` is made and not sent, so that it takes as long where there is nobody to send it to.
    """

    text: str
    email: str
    token: str = field(default="", repr=False)
    idle: bool = False


class Accounts:
    """All accounts of a store."""

    def __init__(self, store: Store, quotas: Quotas) -> None:
        self._store = store
        self.quotas = quotas
        self.people = People(store.documents)
        self._links = Links(store.documents)
        self._passwords = Passwords()

    @property
    def open(self) -> bool:
        """Whether people may register."""
        site = self._store.documents.get(SITE)
        return site is None or bool(site.body["open"])

    def set_open(self, open_: bool) -> None:
        """Whether people may register."""
        site = self._store.documents.get(SITE)
        self._store.documents.put(Document(SITE, {"open": open_}, site.mark if site else ""))

    def register(self, email: str, password: str) -> ToMail:
        """What to mail: a link to confirm with, or that there is an account. Raises InvalidAccountData, Closed.

        Nothing is made before the link is opened and the password given once more, so that who registers with
        another's address, and is confirmed by mistake, has not got an account of which he knows the password.
        """
        self._must_be_open()
        address = email_of(email)
        kept = self._passwords.hash(password, address)
        token = self._links.make("confirm", {"email": address, "password": kept})
        return ToMail("has_account", address) if self.people.by_email(address) else ToMail("confirm", address, token)

    def awaits(self, token: str) -> str:
        """The e-mail address that a link confirms. Raises LinkExpired."""
        return self._links.look("confirm", token)["email"]

    def confirm(self, token: str, password: str) -> Person:
        """Makes the account. Raises LinkExpired, WrongPassword, Closed, Refused."""
        self._must_be_open()
        said = self._links.look("confirm", token)
        if not self._passwords.fits(said["password"], password):
            raise WrongPassword("this is not the password that you registered with: try again, or register again")
        person = self.people.create(said["email"], said["password"])
        self._links.spend(token)
        return person

    def log_in(self, email: str, password: str) -> Person | None:
        """None for a wrong password, an address without an account, and somebody who is blocked alike."""
        person = self.people.by_email(email)
        fits = self._passwords.fits(person.password if person else "", password)
        return person if person and fits and not person.blocked else None

    def of_provider(self, issuer: str, subject: str, email: str) -> Person:
        """Who a provider says it is, by its name for him or the address that it has verified; else somebody new.

        Raises RegistrationClosed where somebody new cannot register, NobodyThere for somebody who is blocked.
        """
        identity = identity_of(issuer, subject)
        person = self.people.by_identity(identity)
        if person is None:
            known = self.people.by_email(email)
            if known is None:
                self._must_be_open()
            person = self.people.identify(known.id, identity) if known else self.people.create(email, "", identity)
        if person.blocked:
            raise AccountNotFound("this account is blocked: ask who runs this server")
        return person

    def forgot(self, email: str) -> ToMail:
        """What to mail to somebody who forgot his password; idle where there is no account."""
        person = self.people.by_email(email)
        known = (person.id, person.password) if person else ("", "")
        said = {"email": email, "person": known[0], "password": known[1]}
        return ToMail("reset", email, self._links.make("reset", said), idle=person is None)

    def may_reset(self, token: str) -> Person:
        """Whose password a link resets. Raises LinkExpired, also where password or address have changed since."""
        said = self._links.look("reset", token)
        person = self.people.by_id(said["person"])
        if person is None or person.email != said["email"] or person.password != said["password"]:
            raise LinkExpired("this link is too old: ask for a new one")
        return person

    def reset(self, token: str, password: str) -> ToMail:
        """Sets a new password, and ends all log-ins. Raises LinkExpired, Refused."""
        person = self.may_reset(token)
        self._set_password(person, password)
        self._links.spend(token)
        return ToMail("password_changed", person.email)

    def change_password(self, person: Person, old: str, new: str) -> ToMail:
        """The same, by who knows the old one (or has none). Raises WrongPassword, Refused."""
        self.prove(person, old)
        self._set_password(person, new)
        return ToMail("password_changed", person.email)

    def ask_email(self, person: Person, email: str, password: str) -> ToMail:
        """What to mail to another address of somebody's. Raises InvalidAccountData, WrongPassword."""
        self.prove(person, password)
        address = email_of(email)
        token = self._links.make("email", {"person": person.id, "email": address})
        return ToMail("has_account", address) if self.people.by_email(address) else ToMail("new_email", address, token)

    def new_email(self, person: Person, token: str) -> str:
        """The address that a link would give to a person. Raises LinkExpired."""
        said = self._links.look("email", token)
        if said["person"] != person.id:
            raise LinkExpired("this link is for another account: log out, log in with that one, and open it again")
        return said["email"]

    def take_email(self, person: Person, token: str) -> ToMail:
        """Changes the address; what to mail to the old one. Raises LinkExpired, Refused."""
        self.people.move(person.id, self.new_email(person, token))
        self._links.spend(token)
        return ToMail("email_changed", person.email)

    def prove(self, person: Person, password: str) -> None:
        """Raises WrongPassword, unless it is a person's password, or he has none."""
        if person.password and not self._passwords.fits(person.password, password):
            raise WrongPassword("this is not your password: try again")

    def leave(self, person: Person) -> None:
        """Removes an account with all that belongs to it; may be asked again where it was cut off."""
        self.people.change(person.id, lambda one: replace(one, keys=(), sessions=()))
        self.quotas.forget(person.id)
        self.people.remove(person)
        self.quotas.forget(person.id)  # what came meanwhile; what is still under way goes with `Quotas.settle`

    def _set_password(self, person: Person, password: str) -> None:
        kept = self._passwords.hash(password, person.email)
        self.people.change(person.id, lambda one: replace(one, password=kept, sessions=()))

    def _must_be_open(self) -> None:
        if not self.open:
            raise RegistrationClosed("nobody can register here at present: ask who runs this server")


def open_accounts(store: Store, daily: int = 0, room: int = 0) -> Accounts:
    """The accounts of a store, with the quotas of who has none of his own."""
    return Accounts(store, Quotas(store, daily, room))
