"""`numink read`: numbers on pictures as text, JSON Lines, CSV, workbooks, hOCR or annotated pictures."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, get_args

import click

from ..errors import InputError, InvalidConstraint, InvalidRegion, NuminkError
from ..export.table_text import table_lines
from ..factories import classifier_from_settings
from ..imaging.decode import Picture
from ..imaging.documents import open_pages
from ..reader import Reader
from ..recognition.constraints import Constraints, read_valid_numbers
from ..recognition.number_grammar import DecimalSign
from ..recognition.options import ReadOptions
from ..recognition.page_reading import parse_region
from ..results import Box, Page
from ..settings import Settings, read_environment
from .output_files import HocrWriter, OutputPaths, write_annotated
from .progress import with_progress
from .tables import page_tables

LETTERS_SET = "letters"
"""With --single, the set of characters that asks which letter a picture holds."""
EXIT_EMPTY = 3
"""Exit code where nothing was found, and that was to be a failure."""


@dataclass(frozen=True)
class Request:
    """The options of reading that hold for every picture."""

    single: bool
    constraints: Constraints | None
    options: ReadOptions
    regions: tuple[Box, ...] = ()


@dataclass(frozen=True)
class Outcome:
    """Result of one picture: its page, or an error."""

    file: str
    page: Page | None
    error: NuminkError | None = None
    picture: Picture | None = None


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option("--json", "as_json", is_flag=True, help="One JSON object per picture, one per line.")
@click.option(
    "--csv",
    "csv_path",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Also write one row per number to this file.",
)
@click.option(
    "--xlsx",
    "xlsx_path",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Also write one row per number to this workbook.",
)
@click.option(
    "--annotate", type=click.Path(file_okay=False, path_type=Path), help="Also write annotated pictures to this folder."
)
@click.option("--hocr", type=click.Path(file_okay=False, path_type=Path), help="Also write hOCR files to this folder.")
@click.option("--single", is_flag=True, help="Each picture holds exactly one digit.")
@click.option("--strict", is_flag=True, help="Print ? for each digit that is not accepted.")
@click.option("--pattern", help=r"Regular expression of every number, such as '\d{6}'.")
@click.option("--check", help="Check digit of every number: luhn, verhoeff, damm, isbn10, ean13, iban ...")
@click.option("--among", type=click.Path(dir_okay=False, path_type=Path), help="File of valid numbers or codes.")
@click.option(
    "--characters", metavar="SET", help="Characters of every number: digits, letters, code, or such as 0-9A-F."
)
@click.option("--decimal", type=click.Choice(get_args(DecimalSign)), help="Decimal sign of numbers such as 1.234.")
@click.option("--digits", is_flag=True, help="Print digits only: leave out signs, and split sums into their numbers.")
@click.option(
    "--region", "regions", multiple=True, metavar="X,Y,W,H", help="Read only this part, in pixels; repeatable."
)
@click.option("--table", is_flag=True, help="Print tables as rows of cells with tabs between them.")
@click.option("--text", is_flag=True, help="Print words, too.")
@click.option("--printed", is_flag=True, help="Print printed numbers, too, not only handwritten ones.")
@click.option("--fail-empty", is_flag=True, help=f"Exit with {EXIT_EMPTY} where no number is found on any picture.")
def read(
    files: tuple[str, ...], csv_path: Path | None, xlsx_path: Path | None, annotate: Path | None, hocr: Path | None,
    **options: Any,
) -> None:  # fmt: skip
    """Read the numbers on pictures and documents (PDF, TIFF stacks); - stands for standard input.

    Example: numink read --json scan.png photo.jpg
    """
    request = _request(options)
    settings = read_environment()
    reader = Reader(classifier_from_settings(settings), settings.limits)
    failed, has_numbers = False, False
    with page_tables(csv_path, xlsx_path) as add_rows, HocrWriter(OutputPaths(hocr, files)) as hocr_writer:
        annotated = OutputPaths(annotate, files)
        outcomes = _outcomes(reader, settings, files, request)
        for outcome in with_progress(outcomes, len(files)):
            shown = replace(outcome, page=outcome.page.strict()) if options["strict"] and outcome.page else outcome
            _print(shown, as_json=options["as_json"], as_table=options["table"], with_name=len(files) > 1)
            failed |= shown.error is not None
            if shown.page is not None and outcome.picture is not None:
                has_numbers |= bool(shown.page.numbers)
                add_rows(shown.page)
                write_annotated(outcome.picture, shown.page, annotated)
                hocr_writer.add(shown.page)
    if failed:
        raise click.exceptions.Exit(1)
    if options["fail_empty"] and not has_numbers:
        raise click.exceptions.Exit(EXIT_EMPTY)


def _request(options: Mapping[str, Any]) -> Request:
    if options["digits"] and options["text"]:
        raise click.UsageError("--digits leaves out words and --text prints them: give one of the two")
    constraints = _constraints(options["pattern"], options["check"], options["among"], options["characters"])
    letters = options["single"] and options["characters"] == LETTERS_SET
    read_options = ReadOptions(
        options["decimal"], digits_only=options["digits"], words=options["text"], letters=letters,
        printed=options["printed"],
    )  # fmt: skip
    try:
        regions = tuple(parse_region(text) for text in options["regions"])
    except InvalidRegion as error:
        raise click.UsageError(str(error)) from None
    return Request(options["single"], None if letters else constraints, read_options, regions)


def _constraints(
    pattern: str | None, check: str | None, among: Path | None, characters: str | None
) -> Constraints | None:
    if pattern is None and check is None and among is None and characters is None:
        return None
    try:
        return Constraints(pattern, check, None if among is None else read_valid_numbers(among), characters)
    except InvalidConstraint as error:
        raise click.UsageError(str(error)) from None


def _outcomes(reader: Reader, settings: Settings, files: tuple[str, ...], request: Request) -> Iterator[Outcome]:
    for file in files:
        try:
            source = sys.stdin.buffer.read(settings.max_bytes + 1) if file == "-" else file
            for page_number, picture in enumerate(open_pages(source, settings.limits), 1):
                page = reader.read(
                    picture, single=request.single, constraints=request.constraints, options=request.options,
                    regions=request.regions,
                )  # fmt: skip
                page = replace(page, file=click.format_filename(file), page=page_number)
                yield Outcome(file, page, picture=picture)
        except InputError as error:
            yield Outcome(file, None, error)


def _print(outcome: Outcome, *, as_json: bool, as_table: bool, with_name: bool) -> None:
    if outcome.error is not None:
        print_error(outcome.file, outcome.error, as_json=as_json)
    elif outcome.page is not None and as_json:
        click.echo(json.dumps(outcome.page.to_dict(), ensure_ascii=False))
    elif outcome.page is not None:
        if as_table:
            click.echo(
                "".join(f"{line}\n" for line in (*([outcome.file] * with_name), *table_lines(outcome.page))), nl=False
            )
        for number in outcome.page.numbers:
            if not as_table:
                click.echo(f"{outcome.file}: {number.text}" if with_name else number.text)
            if number.satisfied is False:
                click.echo(f"numink: {outcome.file}: {number.text} violates the constraints: check it", err=True)
        if not outcome.page.numbers:
            click.echo(f"numink: {outcome.file}: no numbers found: {outcome.page.reason}", err=True)
        if count := outcome.page.printed_left_out:
            click.echo(f"numink: {outcome.file}: printed numbers left out: {count}; --printed reads them", err=True)


def print_error(file: str, error: NuminkError, *, as_json: bool) -> None:
    """Report a file that cannot be read, on stderr; with `as_json` on stdout, too."""
    if as_json:
        detail = {"type": error.kind, "detail": str(error)}
        click.echo(json.dumps({"file": file, "error": detail}, ensure_ascii=False))
    click.echo(f"numink: {file}: {error}", err=True)
