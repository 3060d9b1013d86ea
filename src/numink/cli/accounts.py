"""`numink accounts`: who has an account, and who administers them."""

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

PART = 100


@click.group()
def accounts() -> None:
    """Work on accounts, where there are some (NUMINK_ACCOUNTS=on)."""


@accounts.command("list")
def show() -> None:
    """List who has an account, by e-mail address."""
    with _people() as people:
        after = ""
        while part := list(people.by_email_prefix("", after, PART)):
            for one in part:
                words = [word for word, true in (("administrator", one.admin), ("blocked", one.blocked)) if true]
                click.echo("\t".join((one.email, one.id, one.created, ", ".join(words))))
            after = part[-1].email


@accounts.command()
@click.argument("email")
@click.option("--remove", is_flag=True, help="Make an administrator an ordinary user again.")
def admin(email: str, *, remove: bool) -> None:
    """Make who has registered with EMAIL an administrator.

    Example: numink accounts admin anna@example.org
    """
    with _people() as people:
        one = _known(people, email)
        people.change(one.id, lambda person: replace(person, admin=not remove))
    click.echo(f"{one.email} is {'no' if remove else 'an'} administrator{' any more' if remove else ''}", err=True)


@accounts.command()
@click.argument("email")
def give(email: str) -> None:
    """Give what was read here before there were accounts to who has registered with EMAIL; may be run again.

    Example: numink accounts give anna@example.org
    """
    settings = read_environment()
    with closing(open_store(settings.store, settings.store_timeouts)) as store:
        one = _known(People(store.documents), email)
        count = 0
        while part := store.recent(settings.owner, None, PART):
            for reading in part:
                _move(store, reading.id, one.id)
                count += 1
    click.echo(f"gave {count} readings to {one.email}", err=True)


def _move(store: Store, reading_id: str, owner: str) -> None:
    """What is there twice when this is cut off is there once when it is run again: the new ids are the old ones."""
    moved = replace(store.get(reading_id), id=_of(owner, reading_id))
    store.save(moved)
    corrections = store.corrections_of([reading_id])
    store.correct(moved.id, [replace(one, id=_of(owner, one.id), reading_id=moved.id) for one in corrections])
    store.delete(reading_id)


def _of(owner: str, one: str) -> str:
    return f"{owner}:{one.rpartition(':')[2]}"


@contextmanager
def _people() -> Iterator[People]:
    settings = read_environment()
    with closing(open_store(settings.store, settings.store_timeouts)) as store:
        yield People(store.documents)


def _known(people: People, email: str) -> Person:
    found = people.by_email(email_of(email))
    if found is None:
        raise AccountNotFound(
            f"nobody has registered with {email} yet: register on the page first, then run this again"
        )
    return found
