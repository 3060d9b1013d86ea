"""`numink serve` and `numink settings`."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import click

from ..settings import read_environment, table


@click.command()
@click.option("--host", help="Address to listen on.  [default: NUMINK_HOST, or 127.0.0.1]")
@click.option("--port", type=click.IntRange(0, 65535), help="Port to listen on.  [default: NUMINK_PORT, or 8000]")
@click.option("--workers", type=click.IntRange(1, 64), help="Worker processes.  [default: NUMINK_WORKERS, or 1]")
def serve(**options: Any) -> None:
    """Serve the web application and the HTTP API until stopped.

    `numink settings` lists all other settings.
    """
    from ..web.serving.server import serve as run_server

    given = {name: value for name, value in options.items() if value is not None}
    run_server(replace(read_environment(), **given))


@click.command()
def settings() -> None:
    """List every NUMINK_* variable with its default and its description."""
    from rich.console import Console
    from rich.table import Table

    console = Console()
    listing = Table("variable", "default", "meaning", box=None)
    for row in table():
        listing.add_row(*row)
    console.print(listing if console.is_terminal else "\n".join("\t".join(row) for row in table()))
