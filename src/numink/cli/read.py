"""`numink read`: pictures in, numbers out, as text, JSON Lines, CSV or drawn pictures."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TextIO

import click

from ..errors import InputError, InvalidConstraint, NuminkError
from ..export.csv_rows import COLUMNS, rows
from ..factories import classifier_from_settings
from ..imaging.decode import Picture
from ..imaging.documents import open_pages
from ..reader import Reader
from ..recognition.constraints import Constraints, read_valid_numbers
from ..results import Page
from ..settings import Settings, read_environment

MANY = 20
"""From this many pictures on there is a progress bar."""


@dataclass(frozen=True)
class Outcome:
    """One picture: its page, or the error that stood in the way."""

    file: str
    page: Page | None
    error: NuminkError | None = None
    picture: Picture | None = None


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a picture, a line each.")
@click.option(
    "--csv", "table", type=click.Path(dir_okay=False, path_type=Path), help="Also write a row a number to this file."
)
@click.option(
    "--annotate", type=click.Path(file_okay=False, path_type=Path), help="Also draw the answers into this folder."
)
@click.option("--hocr", type=click.Path(file_okay=False, path_type=Path), help="Also write hOCR into this folder.")
@click.option("--single", is_flag=True, help="Each picture holds exactly one digit: say which.")
@click.option("--strict", is_flag=True, help="? for each digit that is not sure.")
@click.option("--pattern", help=r"Every number is like this regular expression, such as '\d{6}'.")
@click.option("--check", help="Every number has this check digit: luhn, verhoeff, damm, isbn10, ean13, iban:DE ...")
@click.option("--among", type=click.Path(dir_okay=False, path_type=Path), help="Every number is one of this file's.")
def read(files: tuple[str, ...], table: Path | None, annotate: Path | None, hocr: Path | None, **options: Any) -> None:
    """Read the numbers on pictures and documents (PDF, TIFF stacks); - reads one from standard input.

    Example: numink read --json scan.png photo.jpg
    """
    known = _known(options["pattern"], options["check"], options["among"])
    settings = read_environment()
    reader = Reader(classifier_from_settings(settings), settings.limits)
    failed = False
    with _opened(table) as file, _Hocr(Taken(hocr, files)) as written:
        writer = _table(file)
        drawn = Taken(annotate, files)
        for outcome in _with_progress(_outcomes(reader, settings, files, known, single=options["single"]), len(files)):
            shown = replace(outcome, page=outcome.page.strict()) if options["strict"] and outcome.page else outcome
            _print(shown, as_json=options["as_json"], named=len(files) > 1)
            failed |= shown.error is not None
            if writer is not None and shown.page is not None:
                writer.writerows(rows(shown.page))
            if shown.page is not None and outcome.picture is not None:
                _annotate(outcome.picture, shown.page, drawn)
                written.add(shown.page)
    if failed:
        raise click.exceptions.Exit(1)


def _known(pattern: str | None, check: str | None, among: Path | None) -> Constraints | None:
    if pattern is None and check is None and among is None:
        return None
    try:
        return Constraints(pattern, check, None if among is None else read_valid_numbers(among))
    except InvalidConstraint as error:
        raise click.UsageError(str(error)) from None


def _outcomes(
    reader: Reader, settings: Settings, files: tuple[str, ...], known: Constraints | None, *, single: bool
) -> Iterator[Outcome]:
    for file in files:
        try:
            source = sys.stdin.buffer.read(settings.max_bytes + 1) if file == "-" else file
            for at, picture in enumerate(open_pages(source, settings.limits), 1):
                page = replace(reader.read(picture, single=single, constraints=known), file=file, page=at)
                yield Outcome(file, page, picture=picture)
        except InputError as error:
            yield Outcome(file, None, error)


def _with_progress(outcomes: Iterator[Outcome], count: int) -> Iterator[Outcome]:
    if count < MANY or not sys.stderr.isatty():
        yield from outcomes
        return
    from rich.console import Console
    from rich.progress import track

    yield from track(outcomes, "reading", total=count, console=Console(stderr=True), transient=True)


def _print(outcome: Outcome, *, as_json: bool, named: bool) -> None:
    if outcome.error is not None:
        if as_json:
            detail = {"type": outcome.error.kind, "detail": str(outcome.error)}
            click.echo(json.dumps({"file": outcome.file, "error": detail}, ensure_ascii=False))
        click.echo(f"numink: {outcome.file}: {outcome.error}", err=True)
    elif outcome.page is not None and as_json:
        click.echo(json.dumps(outcome.page.to_dict(), ensure_ascii=False))
    elif outcome.page is not None:
        for number in outcome.page.numbers:
            click.echo(f"{outcome.file}: {number.text}" if named else number.text)
            if number.satisfied is False:
                click.echo(f"numink: {outcome.file}: {number.text} is not as it must be: look at it", err=True)
        if not outcome.page.numbers:
            click.echo(f"numink: {outcome.file}: no number was found", err=True)


def _opened(table: Path | None) -> AbstractContextManager[TextIO | None]:
    if table is None:
        return nullcontext()
    try:
        return table.open("w", newline="", encoding="utf-8")
    except OSError as error:
        raise click.UsageError(f"{table} cannot be written ({error.strerror}): name another file with --csv") from None


def _table(file: TextIO | None) -> Any:
    if file is None:
        return None
    writer = csv.writer(file)
    writer.writerow(COLUMNS)
    return writer


class Taken:
    """Names of files in a folder of results: NAME.png, and NAME-2.png and so on where that is taken by an input or an
    earlier result. The pages of a document are NAME-page-2.png and so on. Without a folder there are none."""

    def __init__(self, folder: Path | None, files: Sequence[str]) -> None:
        self.folder = folder
        self._taken = {Path(file).resolve() for file in files}

    def path(self, page: Page, ending: str, *, by_page: bool) -> Path:
        """A path for what is made of `page`; the folder must be given."""
        assert self.folder is not None  # noqa: S101 - the caller looked
        stem = "standard-input" if page.file == "-" else Path(page.file).stem
        if by_page and page.page > 1:
            stem += f"-page-{page.page}"
        path, count = (self.folder / f"{stem}.{ending}").resolve(), 1
        while path in self._taken:
            count += 1
            path = path.with_name(f"{stem}-{count}.{ending}")
        self._taken.add(path)
        return path


def _annotate(picture: Picture, page: Page, drawn: Taken) -> None:
    if drawn.folder is None:
        return
    from ..export.overlay import draw

    _write(drawn.path(page, "png", by_page=True), draw(picture.turned(page.turned), page), "--annotate")


class _Hocr:
    """Gathers the pages of a document, and writes them when the next one begins, and in the end, come what may."""

    def __init__(self, written: Taken) -> None:
        self._written = written
        self._pages: list[Page] = []

    def __enter__(self) -> _Hocr:
        return self

    def __exit__(self, *_: object) -> None:
        self._write()

    def add(self, page: Page) -> None:
        if page.page == 1:
            self._write()
        self._pages.append(page)

    def _write(self) -> None:
        if self._written.folder is not None and self._pages:
            from ..export.hocr import to_hocr

            path = self._written.path(self._pages[0], "hocr", by_page=False)
            _write(path, to_hocr(self._pages).encode(), "--hocr")
        self._pages = []


def _write(path: Path, content: bytes, option: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    except OSError as error:
        raise click.UsageError(
            f"{path.parent} cannot be written ({error.strerror}): name another with {option}"
        ) from None
