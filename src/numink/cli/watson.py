"""`numink watson`: deploy the model at IBM Watson, read with it, list and remove deployments."""

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

NAME = click.option("--name", default="numink", show_default=True, help="Name or id of the deployment.")


@click.group()
def watson() -> None:
    """Deploy the model at IBM Watson (watsonx.ai Runtime), read with it, list and remove deployments.

    NUMINK_WATSON_APIKEY and NUMINK_WATSON_SPACE are the API key and the deployment space; see docs/ibm.md.
    """


@watson.command()
@NAME
def deploy(name: str) -> None:
    """Store the model, create or update its online deployment, and compare it with the local model.

    Prints the scoring URL. A deployment costs money until 'numink watson remove' deletes it.

    Example: numink watson deploy
    """
    from ..recognition.digit_model import Classifier
    from ..watson.deployment import Specification

    settings = read_environment()
    local = Classifier(settings.model)
    specification = Specification(settings.watson_type, settings.watson_specification, settings.watson_hardware)
    with _status("signing in") as status:
        ready = _deployments(settings).deploy(
            local.path, name, local.contract.name, specification, lambda text: _show_step(status, text)
        )
        _show_step(status, "scoring the check digit")
        comparison = _comparison(settings, ready.id)
    click.echo(comparison, err=True)
    click.echo(f"To read with it, set NUMINK_CLASSIFIER=watson NUMINK_WATSON_DEPLOYMENT={ready.id}.", err=True)
    click.echo(ready.url)


@watson.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@NAME
@click.option("--single", is_flag=True, help="Each picture holds exactly one digit.")
def score(files: tuple[str, ...], name: str, *, single: bool) -> None:
    """Read pictures with the deployment, and compare the answers with those of the local model.

    The deployment is NUMINK_WATSON_DEPLOYMENT where that is set, else --name.

    Example: numink watson score digit.png
    """
    from ..reader import Reader

    settings = read_environment()
    deployment = settings.watson_deployment or _deployments(settings).find(name).id
    remote = watson_classifier(settings, deployment, falls_back=False)
    remote_reader, local_reader = Reader(remote, settings.limits), Reader(remote.local, settings.limits)
    failed = False
    for file in files:
        try:
            page, local_page = remote_reader.read(file, single=single), local_reader.read(file, single=single)
        except InputError as error:
            click.echo(f"numink: {file}: {error}", err=True)
            failed = True
            continue
        click.echo(f"{file}: {page.text}" if len(files) > 1 else page.text)
        if page.text != local_page.text:
            click.echo(f"numink: {file}: the local model reads {local_page.text!r}", err=True)
            failed = True
    if failed:
        raise click.exceptions.Exit(1)


@watson.command(name="list")
def list_() -> None:
    """List the deployments of the space: name, id, state, scoring URL."""
    from rich.console import Console
    from rich.table import Table

    deployments = _deployments(read_environment()).all()
    rows = [(deployment.name, deployment.id, deployment.state, deployment.url) for deployment in deployments]
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
    """Delete the deployment and its stored model."""
    with _status("removing"):
        removed = _deployments(read_environment()).remove(name)
    click.echo(f"removed {removed.name} ({removed.id}) and its model", err=True)


def _deployments(settings: Settings) -> Deployments:
    try:
        from ..watson.deployment import Deployments
    except ImportError as error:
        raise NuminkError(f"deployment needs {error.name}: run pip install 'numink[watson]'") from None
    return Deployments(watson_account(settings))


def _comparison(settings: Settings, deployment: str) -> str:
    """Return a text on both models' answers to the check digit. Raises WatsonRefused where they differ."""
    from ..watson.payload import CHECK_DIGIT, check_glyph

    classifier = watson_classifier(settings, deployment, falls_back=False)
    remote, local = classifier.predict(check_glyph())[0], classifier.local.predict(check_glyph())[0]
    return (
        f"check digit {CHECK_DIGIT}: Watson reads {remote.argmax()}, the local model {local.argmax()}; "
        f"their probabilities differ by at most {abs(remote - local).max():.1e}"
    )


@contextmanager
def _status(first_step: str) -> Iterator[Status]:
    from rich.console import Console

    with Console(stderr=True).status(first_step) as status:
        yield status


def _show_step(status: Status, text: str) -> None:
    """Update the status line on a terminal; print a line elsewhere."""
    status.update(text)
    if not status.console.is_terminal:
        click.echo(text, err=True)
