"""`numink watson`: the model taken to IBM, asked there, listed and removed. Data to stdout, talk to stderr."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from ..errors import InputError, NuminkError
from ..factories import watson_account, watson_classifier
from ..settings import Settings, read_environment

if TYPE_CHECKING:
    from rich.status import Status

    from ..watson.deployment import Deployments

NAME = click.option("--name", default="numink", show_default=True, help="The deployment's name, or its id.")


@click.group()
def watson() -> None:
    """The model at IBM Watson (watsonx.ai Runtime): deploy it, ask it, list and remove it.

    The key and the space are NUMINK_WATSON_APIKEY and NUMINK_WATSON_SPACE; docs/ibm.md says where to find them.
    """


@watson.command()
@NAME
def deploy(name: str) -> None:
    """Store the model, create or update its online deployment, and check that it answers as here.

    Prints the scoring URL. It costs as long as it is there: 'numink watson remove' ends that.

    Example: numink watson deploy
    """
    from ..recognition.digit_model import Classifier
    from ..watson.deployment import Specification

    settings = read_environment()
    local = Classifier(settings.model)
    wanted = Specification(settings.watson_type, settings.watson_specification, settings.watson_hardware)
    with _status("signing in") as status:
        ready = _deployments(settings).deploy(
            local.path, name, local.contract.name, wanted, lambda text: _step(status, text)
        )
        _step(status, "scoring the check digit")
        said = _compare(settings, ready.id)
    click.echo(said, err=True)
    click.echo(f"NUMINK_CLASSIFIER=watson NUMINK_WATSON_DEPLOYMENT={ready.id} reads with it.", err=True)
    click.echo(ready.url)


@watson.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@NAME
@click.option("--single", is_flag=True, help="Each picture holds exactly one digit: say which.")
def score(files: tuple[str, ...], name: str, *, single: bool) -> None:
    """Read pictures with the deployment, and compare with the model here.

    Asks NUMINK_WATSON_DEPLOYMENT where that is set, else the deployment of that name.

    Example: numink watson score digit.png
    """
    from ..reader import Reader

    settings = read_environment()
    deployment = settings.watson_deployment or _deployments(settings).find(name).id
    there = watson_classifier(settings, deployment, falls_back=False)
    far, near = Reader(there, settings.limits), Reader(there.local, settings.limits)
    failed = False
    for file in files:
        try:
            page, here = far.read(file, single=single), near.read(file, single=single)
        except InputError as error:
            click.echo(f"numink: {file}: {error}", err=True)
            failed = True
            continue
        click.echo(f"{file}: {page.text}" if len(files) > 1 else page.text)
        if page.text != here.text:
            click.echo(f"numink: {file}: the model here reads {here.text!r}", err=True)
            failed = True
    if failed:
        raise click.exceptions.Exit(1)


@watson.command(name="list")
def list_() -> None:
    """List the deployments of the space: name, id, state, scoring URL."""
    from rich.console import Console
    from rich.table import Table

    rows = [(one.name, one.id, one.state, one.url) for one in _deployments(read_environment()).all()]
    console = Console()
    table = Table("name", "id", "state", "scoring URL", box=None)
    for row in rows:
        table.add_row(*row)
    if console.is_terminal:
        console.print(table)
        return
    for row in rows:
        click.echo("\t".join(row))


@watson.command()
@NAME
def remove(name: str) -> None:
    """Remove the deployment and its stored model; it costs nothing any more."""
    with _status("removing"):
        gone = _deployments(read_environment()).remove(name)
    click.echo(f"removed {gone.name} ({gone.id}) and its model", err=True)


def _deployments(settings: Settings) -> Deployments:
    try:
        from ..watson.deployment import Deployments
    except ImportError as error:
        raise NuminkError(f"this needs {error.name}: pip install 'numink[watson]'") from None
    return Deployments(watson_account(settings))


def _compare(settings: Settings, deployment: str) -> str:
    """What both say of the check digit. Raises WatsonRefused where they do not agree."""
    from ..watson.payload import CHECK_DIGIT, check_glyph

    there = watson_classifier(settings, deployment, falls_back=False)
    far, near = there.predict(check_glyph())[0], there.local.predict(check_glyph())[0]
    return (
        f"check digit {CHECK_DIGIT}: Watson says {far.argmax()}, the model here {near.argmax()}; "
        f"their probabilities differ by {abs(far - near).max():.1e} at most"
    )


@contextmanager
def _status(first: str) -> Iterator[Status]:
    from rich.console import Console

    with Console(stderr=True).status(first) as status:
        yield status


def _step(status: Status, text: str) -> None:
    """On a terminal the line turns; elsewhere each step is a line of its own."""
    status.update(text)
    if not status.console.is_terminal:
        click.echo(text, err=True)
