"""`numink evaluate`: accuracy of a model on digits, on pictures, or on all available data. Figures go to stdout."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..errors import DataError
from ..settings import read_environment

if TYPE_CHECKING:
    from ..datasets.collections import Collection
    from ..evaluation.digits import Report
    from ..evaluation.full_report import FullReport
    from ..evaluation.pictures import PictureReport
    from ..recognition.digit_model import Classifier
    from ..settings import Settings

FOLDER = click.Path(file_okay=False, path_type=Path)


@click.command()
@click.argument("model", required=False, type=click.Path(dir_okay=False, path_type=Path))
@click.option("--data", "name", default="mnist", show_default=True, metavar="NAME|FOLDER", help="Data to evaluate on.")
@click.option("--collections", type=FOLDER, help="Folder of the data set's file.  [default: NUMINK_COLLECTIONS]")
@click.option("--single", is_flag=True, help="Only pictures of single digits, read as such.")
@click.option("--all", "everything", is_flag=True, help="Full evaluation on all available data.")
@click.option("--card", is_flag=True, help="With --all: write report.json and MODEL_CARD.md beside the model file.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout.")
def evaluate(
    model: Path | None,
    name: str,
    collections: Path | None,
    *,
    single: bool,
    everything: bool,
    card: bool,
    as_json: bool,
) -> None:
    """Evaluate MODEL, or the shipped one, on labelled digits.

    NAME is mnist (the test set, in NUMINK_DATA or ./data), unipen, optdigits or usps (in --collections).
    FOLDER contains the MNIST files; or pictures of one digit each in sub-folders 0 to 9; or manifest.tsv or
    labels.tsv with the tab-separated columns file and label ('|' separates the lines of a label; kind
    'nondigit' marks pictures without a digit).

    Example: numink evaluate --data mnist --json
    """
    from ..evaluation import digits
    from ..evaluation.tables import picture_tables, report_tables
    from ..recognition.digit_model import Classifier
    from .training_progress import console

    settings = read_environment()
    classifier = Classifier(model or settings.model)
    if everything:
        full_report = _evaluate_all(classifier, settings, collections, as_json=as_json)
        if card:
            _write_card(classifier, full_report)
        return
    if card:
        raise click.UsageError("--card needs --all")
    collection = _collection(name, collections, settings)
    report: Report | PictureReport
    if collection is None:
        report = _evaluate_pictures(classifier, Path(name), settings, single=single)
    elif single:
        raise click.UsageError("--single is for a folder of pictures with manifest.tsv or labels.tsv")
    else:
        report = digits.evaluate(
            classifier,
            collection.images,
            collection.labels,
            data=collection.name,
            doubtful=collection.doubtful,
        )
    if as_json:
        click.echo(json.dumps(report.to_dict()))
    elif isinstance(report, digits.Report):
        console().print(report_tables(report))
    else:
        console().print(picture_tables(report))


def _evaluate_all(classifier: Classifier, settings: Settings, collections: Path | None, *, as_json: bool) -> FullReport:
    from ..evaluation.full_report import evaluate_all
    from ..evaluation.tables import full_tables
    from .training_progress import console

    def show_progress(text: str) -> None:
        click.echo(text, err=True)

    report = evaluate_all(classifier, settings.data, collections or settings.collections, show_progress)
    if as_json:
        click.echo(json.dumps(report.to_dict()))
    else:
        console().print(full_tables(report))
    return report


def _write_card(classifier: Classifier, report: FullReport) -> None:
    from ..evaluation.model_card import card, merged

    folder = classifier.path.parent
    file = folder / "report.json"
    try:
        values = merged(file.read_text() if file.is_file() else "", report.to_dict())
        if (lines := folder / "lines.report.json").is_file():
            values["lines"] = json.loads(lines.read_text())
        file.write_text(json.dumps(values, indent=1) + "\n")
        (folder / "MODEL_CARD.md").write_text(card(values, classifier.contract))
    except OSError as error:
        raise DataError(f"{folder} cannot be written ({error.strerror}): copy the model elsewhere first") from None
    click.echo(f"Wrote {file} and {folder / 'MODEL_CARD.md'}.", err=True)


def _collection(name: str, folder: Path | None, settings: Settings) -> Collection | None:
    """Load the glyphs of a data set; None where `name` is a folder of pictures."""
    from ..datasets.collections import COLLECTIONS, load_collection, mnist_test
    from ..datasets.mnist import holds_mnist

    if name == "mnist":
        return mnist_test(settings.data)
    if name in COLLECTIONS:
        return load_collection(name, folder or settings.collections)
    if not Path(name).is_dir():
        names = ", ".join(COLLECTIONS)
        raise DataError(f"'{name}' is neither a data set nor a folder: --data takes mnist, {names}, or a folder")
    return mnist_test(Path(name)) if holds_mnist(Path(name)) else None


def _evaluate_pictures(
    classifier: Classifier, folder: Path, settings: Settings, *, single: bool
) -> Report | PictureReport:
    from ..evaluation import pictures
    from ..reader import Reader
    from .training_progress import PictureProgress

    reader = Reader(classifier, settings.limits)
    with PictureProgress() as progress:
        if pictures.holds_classes(folder):
            return pictures.evaluate_classes(reader, folder, progress)
        return pictures.evaluate_table(reader, folder, progress, single=single)
