"""Accounts over a store, without HTTP: what holds when a process dies half-way, when time passes, with two at once."""

from __future__ import annotations

import dataclasses
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from numink.accounts import keys, links, sessions
from numink.accounts.accounts import Accounts, open_accounts
from numink.accounts.people import People
from numink.accounts.person import Person, digest, email_of
from numink.accounts.refusals import AccountNotFound, InvalidAccountData, LinkExpired, RegistrationClosed
from numink.store.documents import Document
from numink.store.ids import new_id
from numink.store.protocol import Store

PASSWORD = "seven grey herons"
LONG_AGO = "2026-01-01T00:00:00.000+00:00"


@pytest.fixture
def accounts(store: Store) -> Accounts:
    return open_accounts(store)


def joined(accounts: Accounts, email: str = "anna@example.org") -> Person:
    return accounts.confirm(accounts.register(email, PASSWORD).token, PASSWORD)


def test_a_person_comes_back_as_he_was_and_his_id_owns_readings(store: Store) -> None:
    people = People(store.documents)
    made = people.create("anna@example.org", "a hash")
    sessions.begin_session(people, made.id)
    keys.make_key(people, made.id, "a program")
    kept = people.by_id(made.id)

    assert kept
    assert kept == people.by_email("anna@example.org")
    assert (len(kept.sessions), len(kept.keys)) == (1, 1)
    assert new_id(kept.id).startswith(f"{kept.id}:")


@pytest.mark.parametrize(
    "email",
    [
        "", "anna", "@example.org", "anna@", "a b@example.org", "a@b@c", "ä@example.org", "a..b@example.org",
        "anna@example.org\nBcc: eve@example.org", "a" * 65 + "@example.org",
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused(email: str) -> None:
    with pytest.raises(InvalidAccountData, match="no e-mail address"):
        email_of(email)


def test_an_address_is_there_once_however_many_ask_at_once(store: Store) -> None:
    def create(_: int) -> bool:
        try:
            People(store.documents).create("anna@example.org")
        except InvalidAccountData:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(create, range(12))) == 1


def test_an_address_that_was_claimed_by_who_died_half_way_is_free(store: Store) -> None:
    store.documents.put(Document("email:anna@example.org", {"person": "u0123456789abcdef", "at": LONG_AGO}))
    people = People(store.documents)
    assert people.by_email("anna@example.org") is None
    made = people.create("anna@example.org")

    assert people.by_email("anna@example.org") == made


def test_an_address_that_was_left_is_nobodys_though_its_claim_stayed(store: Store) -> None:
    people = People(store.documents)
    anna = people.create("anna@example.org")
    people.move(anna.id, "new@example.org")
    store.documents.put(
        Document("email:anna@example.org", {"person": anna.id, "at": LONG_AGO})
    )  # as if the process had died

    assert people.by_email("anna@example.org") is None
    assert [one.email for one in people.listed()] == ["new@example.org"]
    assert people.create("anna@example.org").id != anna.id


def test_changes_at_once_are_all_kept(store: Store) -> None:
    people = People(store.documents)
    anna = people.create("anna@example.org")
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda at: keys.make_key(people, anna.id, f"program {at}"), range(12)))
    kept = people.by_id(anna.id)

    assert kept
    assert len({key.id for key in kept.keys}) == 12


def test_a_person_who_went_is_not_changed_back_into_being(store: Store) -> None:
    people = People(store.documents)
    anna = people.create("anna@example.org")
    people.remove(anna)
    with pytest.raises(AccountNotFound):
        people.change(anna.id, lambda person: dataclasses.replace(person, admin=True))

    assert people.by_id(anna.id) is None


def test_keys_are_bounded_in_number(store: Store) -> None:
    people = People(store.documents)
    anna = people.create("anna@example.org")
    for at in range(keys.MOST):
        keys.make_key(people, anna.id, f"program {at}")
    with pytest.raises(InvalidAccountData, match="revoke one"):
        keys.make_key(people, anna.id, "one more")


def test_sessions_end_after_their_days_and_the_oldest_when_there_are_many(store: Store) -> None:
    people = People(store.documents)
    anna = people.create("anna@example.org")
    tokens = [sessions.begin_session(people, anna.id) for _ in range(sessions.MOST + 1)]
    assert sessions.session_owner(people, anna.id, tokens[0], 30) is None
    assert sessions.session_owner(people, anna.id, tokens[1], 30)
    old = (datetime.now(UTC) - timedelta(days=31)).isoformat()
    people.change(
        anna.id,
        lambda one: dataclasses.replace(
            one, sessions=tuple(dataclasses.replace(session, created=old) for session in one.sessions)
        ),
    )
    assert sessions.session_owner(people, anna.id, tokens[1], 30) is None
    assert sessions.session_owner(people, anna.id, tokens[1], 32)
    assert sessions.session_owner(people, anna.id, "", 32) is None


def test_a_link_is_for_one_purpose_and_dies_with_time(store: Store) -> None:
    made = links.Links(store.documents)
    token = made.make("reset", {"person": "x"})
    assert made.look("reset", token)["person"] == "x"
    with pytest.raises(LinkExpired, match="ask for a new one"):
        made.look("confirm", token)
    there = store.documents.get(f"link:{digest(token)}")
    assert there
    old = (datetime.now(UTC) - timedelta(seconds=1)).isoformat()
    store.documents.put(dataclasses.replace(there, body={**there.body, "until": old}))
    with pytest.raises(LinkExpired):
        made.look("reset", token)
    links.Links(store.documents).make("reset", {"person": "y"})  # the first of a process tidies

    assert store.documents.get(f"link:{digest(token)}") is None


def test_neither_passwords_nor_links_nor_keys_stand_in_the_store(store: Store, accounts: Accounts) -> None:
    anna = joined(accounts)
    _, key = keys.make_key(accounts.people, anna.id, "a program")
    mail = accounts.forgot("anna@example.org")
    session = sessions.begin_session(accounts.people, anna.id)
    kept = repr([dict(one.body) | {"id": one.id} for one in store.documents.starting("")])

    assert anna.password.startswith("$argon2id$")
    assert [one for one in (PASSWORD, key.split("_", 3)[3], mail.token, session) if one in kept] == []
    assert PASSWORD not in repr(anna)
    assert anna.password not in repr(anna)
    assert mail.token not in repr(mail)


def links_in(store: Store) -> int:
    return len(store.documents.starting("link:"))


def test_as_much_is_written_for_an_address_without_an_account(store: Store, accounts: Accounts) -> None:
    anna = joined(accounts)
    for email, idle in ((anna.email, False), ("nobody@example.org", True)):
        before = links_in(store)
        assert accounts.forgot(email).idle == idle
        assert links_in(store) == before + 1
        accounts.register(email, PASSWORD)
        accounts.ask_email(anna, email, PASSWORD)
        assert links_in(store) == before + 3
    nobodys = accounts.forgot("nobody@example.org")
    with pytest.raises(LinkExpired):
        accounts.reset(nobodys.token, PASSWORD)


@pytest.mark.parametrize(
    "password", ["password123", "1234567890", "qwertyuiop", "anna@example.org", "annaannaanna", "aaaaaaaaaaaaaaa"]
)
def test_a_password_that_is_guessed_soon_is_refused(accounts: Accounts, password: str) -> None:
    with pytest.raises(InvalidAccountData, match="several words in a row"):
        accounts.register("anna@example.org", password)


def test_a_password_is_the_same_however_its_signs_are_typed(accounts: Accounts) -> None:
    mail = accounts.register("anna@example.org", "sch\u00f6ner grauer Reiher")
    accounts.confirm(mail.token, "scho\u0308ner grauer Reiher")

    assert accounts.log_in("anna@example.org", "sch\u00f6ner grauer Reiher")
    assert accounts.log_in("anna@example.org", "schoner grauer Reiher") is None


def test_a_provider_brings_in_whom_it_knows_and_nobody_new_while_registration_is_closed(accounts: Accounts) -> None:
    anna = joined(accounts)
    accounts.set_open(False)
    with pytest.raises(RegistrationClosed):
        accounts.of_provider("https://issuer", "17", "new@example.org")
    assert accounts.of_provider("https://issuer", "18", anna.email).id == anna.id
    accounts.people.change(anna.id, lambda one: dataclasses.replace(one, blocked=True))
    with pytest.raises(AccountNotFound, match="blocked"):
        accounts.of_provider("https://issuer", "18", anna.email)
