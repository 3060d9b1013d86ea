"""`numink history`: list and delete earlier readings."""

from __future__ import annotations

import json
from contextlib import closing

import click

from ..factories import open_store
from ..settings import read_environment
from ..store.reading import Reading


@click.group(invoke_without_command=True)
@click.option("--limit", type=click.IntRange(1), default=20, show_default=True, help="Number of readings.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object per reading, one per line.")
@click.pass_context
def history(context: click.Context, limit: int, *, as_json: bool) -> None:
    """List earlier readings, newest first."""
    if context.invoked_subcommand is not None:
        return
    settings = read_environment()
    with closing(open_store(settings.store, settings.store_timeouts)) as store:
        for reading in store.recent(settings.owner, None, limit):
            click.echo(_line(reading, as_json=as_json))


@history.command()
@click.argument("reading_id", metavar="ID")
def delete(reading_id: str) -> None:
    """Delete a reading, its picture and its corrections."""
    settings = read_environment()
    with closing(open_store(settings.store, settings.store_timeouts)) as store:
        store.delete(reading_id)
    click.echo(f"deleted {reading_id}", err=True)


def _line(reading: Reading, *, as_json: bool) -> str:
    if as_json:
        pages = [page.to_dict() for page in reading.pages]
        return json.dumps({"id": reading.id, "created": reading.created, "name": reading.name, "pages": pages})
    text = reading.text.replace("\n", " | ") or "-"
    return f"{reading.created}\t{reading.id}\t{text}\t{reading.name}"
