"""Links in e-mails: valid once and for some hours, whatever happens to the account meanwhile."""

from __future__ import annotations

import contextlib
import dataclasses
import time
from unittest.mock import Mock

import pytest
from itsdangerous import TimestampSigner

from numink.accounts import links
from numink.accounts.accounts import Accounts, open_accounts
from numink.accounts.refusals import InvalidAccountData, LinkExpired
from numink.errors import StoreBusy
from numink.store.documents import Document
from numink.store.protocol import Store
from test_accounts import LONG_AGO, PASSWORD, SECRET, registered


@pytest.fixture
def accounts(store: Store) -> Accounts:
    return open_accounts(store, SECRET)


def test_a_link_is_for_one_purpose_and_one_secret_and_expires(monkeypatch: pytest.MonkeyPatch) -> None:
    reset_links = links.Links(SECRET)
    token = reset_links.make("reset", {"person": "x"})
    assert links.Links(SECRET).look_up("reset", token) == {"person": "x"}
    for other, purpose in ((reset_links, "confirm"), (links.Links("another secret"), "reset")):
        with pytest.raises(LinkExpired, match="request a new one"):
            other.look_up(purpose, token)
    for changed in ("", "x", token[:-1], f"x{token}", f"{token}x"):
        with pytest.raises(LinkExpired):
            reset_links.look_up("reset", changed)
    in_two_hours = int(time.time()) + 2 * 3600
    for now, is_valid in ((in_two_hours - 60, True), (in_two_hours + 60, False)):
        monkeypatch.setattr(TimestampSigner, "get_timestamp", lambda _, now=now: now)
        with contextlib.nullcontext() if is_valid else pytest.raises(LinkExpired):
            reset_links.look_up("reset", token)


def test_a_registration_is_valid_once_even_if_its_account_is_moved_or_deleted(
    store: Store, accounts: Accounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = accounts.register("anna@example.org", PASSWORD).token
    second = accounts.register("anna@example.org", PASSWORD).token
    anna = accounts.confirm(token, PASSWORD)
    with pytest.raises(LinkExpired):
        accounts.email_to_confirm(token)
    with pytest.raises(InvalidAccountData, match="there is an account"):
        accounts.confirm(second, PASSWORD)
    moved = accounts.people.change_email(anna.id, "new@example.org")
    with pytest.raises(LinkExpired):
        accounts.confirm(token, PASSWORD)
    with monkeypatch.context() as patch:
        patch.setattr(accounts.quotas, "forget", Mock(side_effect=StoreBusy))
        with pytest.raises(StoreBusy):
            accounts.delete(moved)
    accounts.delete(moved)
    with pytest.raises(LinkExpired):
        accounts.confirm(token, PASSWORD)
    assert accounts.confirm(second, PASSWORD).email == "anna@example.org"
    assert anna.id not in repr(store.documents.with_prefix("link:"))


def test_a_registration_ends_with_its_hours_and_then_leaves_nothing_of_a_deleted_account(
    store: Store, accounts: Accounts
) -> None:
    anna = registered(accounts)
    accounts.people.change(anna.id, lambda person: dataclasses.replace(person, created=LONG_AGO))
    changed = accounts.people.by_id(anna.id)
    assert changed
    accounts.delete(changed)

    assert store.documents.with_prefix("") == []


def test_a_reset_is_valid_once_even_for_the_same_password(accounts: Accounts) -> None:
    registered(accounts)
    tokens = [accounts.request_password_reset("anna@example.org").token for _ in range(2)]
    accounts.reset(tokens[0], PASSWORD)
    for token in tokens:
        with pytest.raises(LinkExpired):
            accounts.reset(token, PASSWORD)


def test_a_change_of_address_is_valid_once_even_if_it_is_undone(accounts: Accounts) -> None:
    anna = registered(accounts)
    outward = accounts.request_email_change(anna, "new@example.org", PASSWORD).token
    accounts.change_email(anna, outward)
    moved = accounts.people.by_id(anna.id)
    assert moved
    time.sleep(0.002)  # times are stored to a millisecond
    accounts.change_email(moved, accounts.request_email_change(moved, "anna@example.org", PASSWORD).token)
    with pytest.raises(LinkExpired):
        accounts.change_email(anna, outward)
    assert accounts.people.by_email("anna@example.org")


def test_links_that_numink_1_0_0_stored_are_deleted_once_they_have_expired(store: Store, accounts: Accounts) -> None:
    anna = registered(accounts)
    for name, until in (("old", LONG_AGO), ("new", "2099-01-01T00:00:00.000000+00:00")):
        body = {"email": "x@example.org", "password": "$argon2id$", "purpose": "confirm", "until": until}
        store.documents.put(Document(f"link:{name}", body))
    accounts.quotas.charge_reading(anna.id)

    assert [link.id for link in store.documents.with_prefix("link:")] == ["link:new"]


def test_a_request_for_an_e_mail_writes_nothing_whether_the_address_has_an_account(
    store: Store, accounts: Accounts
) -> None:
    anna = registered(accounts)
    before = store.documents.with_prefix("")
    for email, idle in ((anna.email, False), ("nobody@example.org", True)):
        assert accounts.request_password_reset(email).idle == idle
        accounts.register(email, PASSWORD)
        accounts.request_email_change(anna, email, PASSWORD)
    assert store.documents.with_prefix("") == before
    mail = accounts.request_password_reset("nobody@example.org")
    with pytest.raises(LinkExpired):
        accounts.reset(mail.token, PASSWORD)
