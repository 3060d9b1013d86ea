"""`numink store`: back up, restore, copy and check a store."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import click

from ..accounts.person import PERSON_PREFIX
from ..errors import StoreError
from ..factories import history_file, open_store
from ..settings import Settings, read_environment
from ..store.correction import Correction
from ..store.documents import Document, all_with_prefix
from ..store.outbox.queue import WriteQueue
from ..store.protocol import Store
from ..store.reading import Reading, ReadingQuery
from ..timeouts import Timeouts

PAGE_SIZE = 100
"""Readings that are fetched at a time."""
COPY_TIMEOUT = 60.0
"""Seconds for one call of a remote store during a copy."""


@dataclass
class CopyCounts:
    """Readings that were copied, and those that the target had already."""

    copied: int = 0
    present: int = 0


@click.group()
def store() -> None:
    """Back up, restore, copy and check stores."""


@store.command()
@click.argument("source", metavar="FROM")
@click.argument("target", metavar="TO")
def copy(source: str, target: str) -> None:
    """Copy readings, corrections and accounts from one store to another; may be interrupted and repeated.

    Data that the target has is not copied again. Batches and statistics of deleted readings are not copied.

    Example: numink store copy sqlite:///instance/numink.db cloudant://numink
    """
    from rich.console import Console
    from rich.progress import Progress

    settings = read_environment()
    timeouts = _copy_timeouts(settings)
    with closing(open_store(source, timeouts)) as old, closing(open_store(target, timeouts)) as new:
        documents = _copy_documents(old, new)
        people = all_with_prefix(old.documents, PERSON_PREFIX)
        owners = [settings.owner, *(document.id.removeprefix(PERSON_PREFIX) for document in people)]
        total = sum(old.count(owner, ReadingQuery()) for owner in owners)
        counts = CopyCounts()
        with Progress(console=Console(stderr=True), transient=True) as progress:
            task = progress.add_task("copying", total=total)
            for owner in owners:
                for page in _pages(old, owner):
                    _copy_page(old, new, owner, page, counts)
                    progress.advance(task, len(page))
        target_readings = sum(new.count(owner, ReadingQuery()) for owner in owners)
        target_documents = sum(1 for _ in all_with_prefix(new.documents))
    scheme = target.partition(":")[0]
    click.echo(
        f"copied {counts.copied:,} readings, {counts.present:,} were there already; "
        f"{scheme} now has {target_readings:,} readings and {target_documents:,} other documents",
        err=True,
    )
    if target_readings < counts.copied + counts.present or target_documents < documents:
        raise click.ClickException("the target has less data than the source: run the same command again")


@store.command()
@click.argument("url", metavar="[URL]", default="")
def check(url: str) -> None:
    """Check whether a store is available; show its content and its outbox. URL defaults to NUMINK_STORE."""
    settings = read_environment()
    url = url or settings.store
    with closing(open_store(url, settings.store_timeouts)) as opened:
        try:
            rows = {
                **opened.describe(),
                f"readings of {settings.owner}": f"{opened.count(settings.owner, ReadingQuery()):,}",
            }
        except StoreError as error:
            _show_outbox(url, settings)
            raise click.ClickException(str(error)) from None
    for name, value in rows.items():
        click.echo(f"{name}: {value}")
    _show_outbox(url, settings)


@store.command()
@click.argument("file", type=click.Path(path_type=Path))
def backup(file: Path) -> None:
    """Write a backup of NUMINK_STORE to FILE, while numink serves. A FILE that exists is replaced as a whole.

    docs/backup.md has a schedule, and says what to do for Cloudant.
    """
    from ..store.sqlite.backup import write_backup

    readings = write_backup(_required_file(), file)
    click.echo(f"backed up {readings:,} readings to {file}, {file.stat().st_size:,} bytes", err=True)


@store.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--replace", "replaces", is_flag=True, help="Replace a history that has readings, or that is damaged.")
def restore(file: Path, *, replaces: bool) -> None:
    """Make NUMINK_STORE what the backup FILE has. Stop numink first: what it stores meanwhile would be lost."""
    from ..store.sqlite.backup import restore_backup

    history = _required_file()
    readings = restore_backup(file, history, replace=replaces)
    click.echo(f"restored {readings:,} readings to {history}", err=True)


def _required_file() -> Path:
    """Return the file of the store. Raises ClickException with advice for a store that is none."""
    url = read_environment().store
    if path := history_file(url):
        return path
    raise click.ClickException(
        f"{url} is no file: back up its database by replication, as docs/backup.md says, or copy readings, corrections "
        f"and accounts to a file and back: numink store copy {url} sqlite:///FILE"
    )


def _show_outbox(url: str, settings: Settings) -> None:
    if history_file(url) or not settings.outbox.exists():
        return
    with closing(WriteQueue(settings.outbox, settings.outbox_bytes)) as outbox:
        held = outbox.status()
    refusal = f"; refused: {held.refusal}" if held.refusal else ""
    click.echo(f"outbox {settings.outbox}: {held.readings:,} readings wait, {held.bytes:,} bytes{refusal}")


def _copy_timeouts(settings: Settings) -> Timeouts:
    timeouts = settings.store_timeouts
    return replace(timeouts, answer=max(timeouts.answer, COPY_TIMEOUT), total=COPY_TIMEOUT)


def _pages(store: Store, owner: str) -> Iterator[Sequence[Reading]]:
    before: str | None = None
    while page := store.recent(owner, before, PAGE_SIZE):
        yield page
        before = page[-1].id


def _copy_page(old: Store, new: Store, owner: str, page: Sequence[Reading], counts: CopyCounts) -> None:
    """Copy the readings of a page, and their corrections, that the target does not have."""
    present_ids = _present_ids(new, owner, page)
    for reading in page:
        if reading.id in present_ids:
            counts.present += 1
        else:
            new.save(old.get(reading.id))
            counts.copied += 1
    reading_ids = [reading.id for reading in page]
    present_corrections = {correction.id for correction in new.corrections_of(reading_ids)}
    missing: dict[str, list[Correction]] = {}
    for correction in old.corrections_of(reading_ids):
        if correction.id not in present_corrections:
            missing.setdefault(correction.reading_id, []).append(correction)
    for reading_id, corrections in missing.items():
        new.correct(reading_id, corrections)


def _present_ids(new: Store, owner: str, page: Sequence[Reading]) -> set[str]:
    """Return the ids of readings in the target from the time of a page, which is newest first."""
    ids: set[str] = set()
    before: str | None = f"{page[0].id}~"  # sorts just after the page's first id
    while before and (part := new.recent(owner, before, PAGE_SIZE)):
        ids |= {reading.id for reading in part}
        before = part[-1].id if len(part) == PAGE_SIZE and part[-1].id > page[-1].id else None
    return ids


def _copy_documents(old: Store, new: Store) -> int:
    """Copy the documents that differ; return the number of documents in the source."""
    count = 0
    for document in all_with_prefix(old.documents):
        count += 1
        present = new.documents.get(document.id)
        if present is None or present.body != document.body:
            new.documents.put(Document(document.id, document.body, present.revision if present else ""))
    return count
