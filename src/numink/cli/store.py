"""`numink store`: all of a store moved to another, and what a store says of itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace

import click

from ..accounts.person import PERSON_PREFIX
from ..errors import StoreError
from ..factories import open_store
from ..settings import Settings, read_environment
from ..store.correction import Correction
from ..store.documents import Document, all_starting
from ..store.protocol import Store
from ..store.reading import Reading, ReadingQuery
from ..timeouts import Timeouts

PAGE = 100
LONG = 60.0
"""Seconds that a store elsewhere is waited for, where nobody waits for an answer."""


@dataclass
class Done:
    """What was there before, and what was sent."""

    sent: int = 0
    there: int = 0


@click.group()
def store() -> None:
    """Work on stores as a whole."""


@store.command()
@click.argument("source", metavar="FROM")
@click.argument("target", metavar="TO")
def copy(source: str, target: str) -> None:
    """Copy readings, corrections and accounts from one store to another; may be stopped and run again.

    What is there already is not sent again. Batches stay where they are, and so do counts of what was deleted.

    Example: numink store copy sqlite:///instance/numink.db cloudant://numink
    """
    from rich.console import Console
    from rich.progress import Progress

    own = read_environment()
    patience = _long(own)
    with closing(open_store(source, patience)) as old, closing(open_store(target, patience)) as new:
        documents = _copy_documents(old, new)
        owners = [
            own.owner,
            *(one.id.removeprefix(PERSON_PREFIX) for one in all_starting(old.documents, PERSON_PREFIX)),
        ]
        total = sum(old.count(one, ReadingQuery()) for one in owners)
        done = Done()
        with Progress(console=Console(stderr=True), transient=True) as progress:
            bar = progress.add_task("copying", total=total)
            for owner in owners:
                for page in _pages(old, owner):
                    _copy_page(old, new, owner, page, done)
                    progress.advance(bar, len(page))
        there = sum(new.count(one, ReadingQuery()) for one in owners)
        kept = sum(1 for _ in all_starting(new.documents))
    kind = target.partition(":")[0]
    click.echo(
        f"copied {done.sent:,} readings, {done.there:,} were there already; {there:,} are in {kind} now, "
        f"with {kept:,} documents beside",
        err=True,
    )
    if there < done.sent + done.there or kept < documents:
        raise click.ClickException("fewer arrived than were sent: run the same command again")


@store.command()
@click.argument("url", metavar="[URL]", default="")
def check(url: str) -> None:
    """Tell whether a store can be reached, what is in it, and what waits for it here; without URL, NUMINK_STORE."""
    settings = read_environment()
    url = url or settings.store
    with closing(open_store(url, settings.store_timeouts)) as opened:
        try:
            rows = {
                **opened.describe(),
                f"readings of {settings.owner}": f"{opened.count(settings.owner, ReadingQuery()):,}",
            }
        except StoreError as error:
            _say_outbox(url, settings)
            raise click.ClickException(str(error)) from None
    for name, value in rows.items():
        click.echo(f"{name}: {value}")
    _say_outbox(url, settings)


def _say_outbox(url: str, settings: Settings) -> None:
    if url.startswith("sqlite:") or not settings.outbox.exists():
        return
    from ..store.outbox.queue import Outbox

    with closing(Outbox(settings.outbox, settings.outbox_bytes)) as outbox:
        held = outbox.held()
    why = f"; not taken: {held.said}" if held.said else ""
    click.echo(f"outbox {settings.outbox}: {held.readings:,} readings wait, {held.bytes:,} bytes{why}")


def _long(settings: Settings) -> Timeouts:
    return replace(settings.store_timeouts, answer=max(settings.store_timeouts.answer, LONG), whole=LONG)


def _pages(kept: Store, owner: str) -> Iterator[Sequence[Reading]]:
    before: str | None = None
    while page := kept.recent(owner, before, PAGE):
        yield page
        before = page[-1].id


def _copy_page(old: Store, new: Store, owner: str, page: Sequence[Reading], done: Done) -> None:
    """Sends what is not there of a page of readings and of their corrections."""
    there = _there(new, owner, page)
    for reading in page:
        if reading.id in there:
            done.there += 1
        else:
            new.save(old.get(reading.id))
            done.sent += 1
    ids = [one.id for one in page]
    known = {one.id for one in new.corrections_of(ids)}
    fresh: dict[str, list[Correction]] = {}
    for correction in old.corrections_of(ids):
        if correction.id not in known:
            fresh.setdefault(correction.reading_id, []).append(correction)
    for reading_id, corrections in fresh.items():
        new.correct(reading_id, corrections)


def _there(new: Store, owner: str, page: Sequence[Reading]) -> set[str]:
    """Which of a page, newest first, are in the other store."""
    found: set[str] = set()
    before: str | None = f"{page[0].id}~"  # the page's first is among those that are older than this
    while before and (part := new.recent(owner, before, PAGE)):
        found |= {one.id for one in part}
        before = part[-1].id if len(part) == PAGE and part[-1].id > page[-1].id else None
    return found


def _copy_documents(old: Store, new: Store) -> int:
    """How many."""
    count = 0
    for count, one in enumerate(all_starting(old.documents), 1):  # noqa: B007 - how many there were
        there = new.documents.get(one.id)
        if there is None or there.body != one.body:
            new.documents.put(Document(one.id, one.body, there.mark if there else ""))
    return count
