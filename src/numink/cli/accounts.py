"""`numink accounts`: list accounts, appoint administrators, assign earlier readings."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace

import click

from ..accounts.people import People
from ..accounts.person import Person, email_of
from ..accounts.refusals import AccountNotFound
from ..factories import open_store
from ..settings import read_environment
from ..store.protocol import Store

PAGE_SIZE = 100
"""People or readings that are fetched at a time."""


@click.group()
def accounts() -> None:
    """Manage accounts (with NUMINK_ACCOUNTS=on)."""


@accounts.command("list")
def list_accounts() -> None:
    """List the accounts by e-mail address."""
    with _people() as people:
        after = ""
        while page := list(people.by_email_prefix("", after, PAGE_SIZE)):
            for person in page:
                roles = [
                    role for role, applies in (("administrator", person.admin), ("blocked", person.blocked)) if applies
                ]
                click.echo("\t".join((person.email, person.id, person.created, ", ".join(roles))))
            after = page[-1].email


@accounts.command()
@click.argument("email")
@click.option("--remove", is_flag=True, help="Make an administrator an ordinary user again.")
def admin(email: str, *, remove: bool) -> None:
    """Make the person with the e-mail address EMAIL an administrator.

    Example: numink accounts admin anna@example.org
    """
    with _people() as people:
        person = _registered(people, email)
        people.change(person.id, lambda current: replace(current, admin=not remove))
    click.echo(f"{person.email} is {'no longer' if remove else 'now'} an administrator", err=True)


@accounts.command()
@click.argument("email")
def give(email: str) -> None:
    """Give the readings from before accounts to the person with the e-mail address EMAIL; may be repeated.

    Example: numink accounts give anna@example.org
    """
    settings = read_environment()
    with closing(open_store(settings.store, settings.store_timeouts)) as store:
        person = _registered(People(store.documents), email)
        count = 0
        while page := store.recent(settings.owner, None, PAGE_SIZE):
            for reading in page:
                _move(store, reading.id, person.id)
                count += 1
    click.echo(f"gave {count} readings to {person.email}", err=True)


def _move(store: Store, reading_id: str, owner: str) -> None:
    # The new ids are made from the old ones, so that repeating an interrupted move leaves no duplicates.
    moved = replace(store.get(reading_id), id=_id_of_owner(owner, reading_id))
    store.save(moved)
    corrections = [
        replace(correction, id=_id_of_owner(owner, correction.id), reading_id=moved.id)
        for correction in store.corrections_of([reading_id])
    ]
    store.correct(moved.id, corrections)
    store.delete(reading_id)


def _id_of_owner(owner: str, old_id: str) -> str:
    return f"{owner}:{old_id.rpartition(':')[2]}"


@contextmanager
def _people() -> Iterator[People]:
    settings = read_environment()
    with closing(open_store(settings.store, settings.store_timeouts)) as store:
        yield People(store.documents)


def _registered(people: People, email: str) -> Person:
    person = people.by_email(email_of(email))
    if person is None:
        raise AccountNotFound(
            f"there is no account with the e-mail address {email}: register in the web application first"
        )
    return person
