"""`numink history` and `numink store copy`: what was read, and moving it to another store."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import closing

import click

from ..accounts.person import PREFIX
from ..settings import read_environment
from ..store import Reading, Store, open_store
from ..store.documents import Document

PAGE = 100


@click.group(invoke_without_command=True)
@click.option("--limit", type=click.IntRange(1), default=20, show_default=True, help="How many, newest first.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a reading, a line each.")
@click.pass_context
def history(context: click.Context, limit: int, *, as_json: bool) -> None:
    """List earlier readings, newest first."""
    if context.invoked_subcommand is not None:
        return
    settings = read_environment()
    with closing(open_store(settings.store)) as store:
        for reading in store.recent(settings.owner, None, limit):
            click.echo(_line(reading, as_json=as_json))


@history.command()
@click.argument("reading_id", metavar="ID")
def delete(reading_id: str) -> None:
    """Delete a reading, its picture and its corrections."""
    with closing(open_store(read_environment().store)) as store:
        store.delete(reading_id)
    click.echo(f"deleted {reading_id}", err=True)


def _line(reading: Reading, *, as_json: bool) -> str:
    if as_json:
        pages = [page.to_dict() for page in reading.pages]
        return json.dumps({"id": reading.id, "created": reading.created, "name": reading.name, "pages": pages})
    text = reading.text.replace("\n", " | ") or "-"
    return f"{reading.created}\t{reading.id}\t{text}\t{reading.name}"


@click.group()
def store() -> None:
    """Work on stores as a whole."""


@store.command()
@click.argument("source", metavar="FROM")
@click.argument("target", metavar="TO")
def copy(source: str, target: str) -> None:
    """Copy readings, corrections and accounts from one store to another; may be stopped and run again.

    Example: numink store copy sqlite:///instance/numink.db sqlite:///backup.db
    """
    from rich.console import Console
    from rich.progress import track

    own = read_environment().owner
    with closing(open_store(source)) as old, closing(open_store(target)) as new:
        _copy_documents(old, new)
        owners = [own, *(one.id.removeprefix(PREFIX) for one in _documents(old, PREFIX))]
        readings = track(_all(old, owners), "copying", console=Console(stderr=True), transient=True)
        count = 0
        for reading in readings:
            new.save(old.get(reading.id))
            count += 1
        for correction in old.corrections():
            new.correct(correction.reading, [correction])
        there = sum(1 for _ in _all(new, owners))
    click.echo(f"copied {count} readings; {there} are in {target.partition(':')[0]} now", err=True)
    if there < count:
        raise click.ClickException("fewer readings arrived than were sent: run the same command again")


def _all(kept: Store, owners: Sequence[str]) -> Iterator[Reading]:
    for owner in owners:
        before: str | None = None
        while page := kept.recent(owner, before, PAGE):
            yield from page
            before = page[-1].id


def _documents(kept: Store, beginning: str = "") -> Iterator[Document]:
    last = ""
    while page := kept.documents.starting(beginning, last, PAGE):
        yield from page
        last = page[-1].id


def _copy_documents(old: Store, new: Store) -> None:
    for one in _documents(old):
        there = new.documents.get(one.id)
        new.documents.put(Document(one.id, one.body, there.mark if there else ""))
