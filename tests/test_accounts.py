"""Accounts over a store, without HTTP: interrupted processes, expiry, concurrent changes, secrets."""

from __future__ import annotations

import dataclasses
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from numink.accounts import keys, sessions
from numink.accounts.accounts import Accounts, open_accounts
from numink.accounts.people import People
from numink.accounts.person import Person, email_of
from numink.accounts.refusals import AccountNotFound, InvalidAccountData, RegistrationClosed
from numink.store.documents import Document
from numink.store.ids import new_id
from numink.store.protocol import Store

PASSWORD = "seven grey herons"
SECRET = "signs links"
LONG_AGO = "2026-01-01T00:00:00.000+00:00"


@pytest.fixture
def accounts(store: Store) -> Accounts:
    return open_accounts(store, SECRET)


def registered(accounts: Accounts, email: str = "anna@example.org") -> Person:
    return accounts.confirm(accounts.register(email, PASSWORD).token, PASSWORD)


def test_a_person_is_stored_with_sessions_and_keys_and_owns_readings(store: Store) -> None:
    people = People(store.documents)
    made = people.create("anna@example.org", "a hash")
    sessions.begin_session(people, made.id)
    keys.make_key(people, made.id, "a program")
    stored = people.by_id(made.id)

    assert stored
    assert stored == people.by_email("anna@example.org")
    assert (len(stored.sessions), len(stored.keys)) == (1, 1)
    assert new_id(stored.id).startswith(f"{stored.id}:")


@pytest.mark.parametrize(
    "email",
    [
        "", "anna", "@example.org", "anna@", "a b@example.org", "a@b@c", "ä@example.org", "a..b@example.org",
        "anna@example.org\nBcc: eve@example.org", "a" * 65 + "@example.org",
    ],
)  # fmt: skip
def test_an_invalid_e_mail_address_is_refused(email: str) -> None:
    with pytest.raises(InvalidAccountData, match="not an e-mail address"):
        email_of(email)


def test_concurrent_registrations_of_an_address_create_one_account(store: Store) -> None:
    def create(_: int) -> bool:
        try:
            People(store.documents).create("anna@example.org")
        except InvalidAccountData:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(create, range(12))) == 1


def test_an_address_claimed_by_an_interrupted_process_is_free(store: Store) -> None:
    store.documents.put(Document("email:anna@example.org", {"person": "u0123456789abcdef", "at": LONG_AGO}))
    people = People(store.documents)
    assert people.by_email("anna@example.org") is None
    made = people.create("anna@example.org")

    assert people.by_email("anna@example.org") == made


def test_an_address_that_was_changed_is_free_even_if_its_claim_remains(store: Store) -> None:
    people = People(store.documents)
    anna = people.create("anna@example.org")
    people.change_email(anna.id, "new@example.org")
    store.documents.put(
        Document("email:anna@example.org", {"person": anna.id, "at": LONG_AGO})
    )  # as if the process had died

    assert people.by_email("anna@example.org") is None
    assert [person.email for person in people.by_email_prefix()] == ["new@example.org"]
    assert people.create("anna@example.org").id != anna.id


def test_concurrent_changes_are_all_stored(store: Store) -> None:
    people = People(store.documents)
    anna = people.create("anna@example.org")
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda index: keys.make_key(people, anna.id, f"program {index}"), range(12)))
    stored = people.by_id(anna.id)

    assert stored
    assert len({key.id for key in stored.keys}) == 12


def test_a_change_does_not_bring_a_deleted_person_back(store: Store) -> None:
    people = People(store.documents)
    anna = people.create("anna@example.org")
    people.remove(anna)
    with pytest.raises(AccountNotFound):
        people.change(anna.id, lambda person: dataclasses.replace(person, admin=True))

    assert people.by_id(anna.id) is None


def test_the_number_of_keys_is_limited(store: Store) -> None:
    people = People(store.documents)
    anna = people.create("anna@example.org")
    for index in range(keys.MAX_KEYS):
        keys.make_key(people, anna.id, f"program {index}")
    with pytest.raises(InvalidAccountData, match="revoke one"):
        keys.make_key(people, anna.id, "one more")


def test_sessions_expire_and_the_oldest_ends_when_there_are_too_many(store: Store) -> None:
    people = People(store.documents)
    anna = people.create("anna@example.org")
    tokens = [sessions.begin_session(people, anna.id) for _ in range(sessions.MAX_SESSIONS + 1)]
    assert sessions.session_owner(people, anna.id, tokens[0], 30) is None
    assert sessions.session_owner(people, anna.id, tokens[1], 30)
    old = (datetime.now(UTC) - timedelta(days=31)).isoformat()
    people.change(
        anna.id,
        lambda person: dataclasses.replace(
            person, sessions=tuple(dataclasses.replace(session, created=old) for session in person.sessions)
        ),
    )
    assert sessions.session_owner(people, anna.id, tokens[1], 30) is None
    assert sessions.session_owner(people, anna.id, tokens[1], 32)
    assert sessions.session_owner(people, anna.id, "", 32) is None


def test_the_store_has_no_passwords_links_or_keys_in_clear(store: Store, accounts: Accounts) -> None:
    anna = registered(accounts)
    _, key = keys.make_key(accounts.people, anna.id, "a program")
    mail = accounts.request_password_reset("anna@example.org")
    session = sessions.begin_session(accounts.people, anna.id)
    stored = repr([dict(document.body) | {"id": document.id} for document in store.documents.with_prefix("")])

    assert anna.password.startswith("$argon2id$")
    assert [secret for secret in (PASSWORD, key.split("_", 3)[3], mail.token, session) if secret in stored] == []
    assert PASSWORD not in repr(anna)
    assert anna.password not in repr(anna)
    assert mail.token not in repr(mail)


@pytest.mark.parametrize(
    "password", ["password123", "1234567890", "qwertyuiop", "anna@example.org", "annaannaanna", "aaaaaaaaaaaaaaa"]
)
def test_a_password_that_is_easy_to_guess_is_refused(accounts: Accounts, password: str) -> None:
    with pytest.raises(InvalidAccountData, match="several words in a row"):
        accounts.register("anna@example.org", password)


def test_a_password_matches_in_any_unicode_form(accounts: Accounts) -> None:
    mail = accounts.register("anna@example.org", "sch\u00f6ner grauer Reiher")
    accounts.confirm(mail.token, "scho\u0308ner grauer Reiher")

    assert accounts.log_in("anna@example.org", "sch\u00f6ner grauer Reiher")
    assert accounts.log_in("anna@example.org", "schoner grauer Reiher") is None


def test_a_provider_signs_in_known_people_but_no_new_ones_while_registration_is_closed(accounts: Accounts) -> None:
    anna = registered(accounts)
    accounts.set_open(False)
    with pytest.raises(RegistrationClosed):
        accounts.sign_in_with_provider("https://issuer", "17", "new@example.org")
    assert accounts.sign_in_with_provider("https://issuer", "18", anna.email).id == anna.id
    accounts.people.change(anna.id, lambda person: dataclasses.replace(person, blocked=True))
    with pytest.raises(AccountNotFound, match="blocked"):
        accounts.sign_in_with_provider("https://issuer", "18", anna.email)
