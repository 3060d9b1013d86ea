"""`numink form read`: copies of forms as text, JSON Lines, CSV files or a workbook, a row a copy."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import click

from ..errors import InputError
from ..export.form_table import CsvFormat
from ..imaging.documents import open_pages
from ..recognition.number_readings import DecimalSign
from ..results.form import FormReading
from ..settings import Settings, read_environment
from ..structure.template import Template
from .form_tables import form_tables
from .progress import with_progress
from .read import EXIT_EMPTY, print_error
from .template_file import template_file

if TYPE_CHECKING:
    from ..forms.form import FormReader

SEPARATORS = {"comma": ",", "semicolon": ";", "tab": "\t"}
"""Separators of CSV files by name."""


@dataclass(frozen=True)
class Copy:
    """A copy of a form, or a file that cannot be read: its reading is then that of a copy that was set aside."""

    reading: FormReading
    error: InputError | None = None


@click.command()
@click.argument("template", type=template_file, metavar="TEMPLATE")
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option(
    "--template",
    "further",
    type=template_file,
    metavar="FILE",
    multiple=True,
    help="Another form that copies may be of; repeatable.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object per copy, one per line.")
@click.option(
    "--csv", "csv_path", type=click.Path(path_type=Path),
    help="Also write one row per copy to this file; of several forms to NAME.csv in this folder.",
)  # fmt: skip
@click.option(
    "--xlsx", "xlsx_path", type=click.Path(dir_okay=False, path_type=Path),
    help="Also write this workbook: a sheet per form, one row per copy, and one of the details of every value.",
)  # fmt: skip
@click.option(
    "--decimal", type=click.Choice(get_args(DecimalSign)),
    help="Decimal sign in CSV files [default: that of NUMINK_LANGUAGE, else point].",
)  # fmt: skip
@click.option(
    "--separator", type=click.Choice(tuple(SEPARATORS)),
    help="Separator in CSV files [default: semicolon where the decimal sign is a comma, else comma].",
)  # fmt: skip
@click.option(
    "--bom/--no-bom", default=None,
    help="Begin CSV files with a byte order mark [default: where the decimal sign is a comma].",
)  # fmt: skip
@click.option("--fail-empty", is_flag=True, help=f"Exit with {EXIT_EMPTY} where no field of any copy has content.")
def read(
    template: Template, files: tuple[str, ...], further: tuple[Template, ...], csv_path: Path | None,
    xlsx_path: Path | None, **options: Any,
) -> None:  # fmt: skip
    """Read the copies of a form, one per picture or page (PDF, TIFF stacks); - stands for standard input.

    Copies that do not fit the form are set aside with the reason, and not read. Exit codes: 0 all were read, 1 a file
    cannot be read or a copy was set aside, 2 wrong usage.

    Example: numink form read visit.json scans/*.jpg --xlsx visits.xlsx
    """
    templates = list({(form.name, form.version): form for form in (template, *further)}.values())
    settings = read_environment()
    layout = _csv_format(settings.language, options["decimal"], options["separator"], options["bom"])
    reader = form_reader(templates, settings)
    counts = Counter[str]()
    with form_tables(templates, csv_path, layout, xlsx_path) as add_row:
        for copy in with_progress(_copies(reader, settings, files, template), len(files)):
            _print(copy, as_json=options["as_json"])
            add_row(copy.reading)
            _count(counts, copy.reading)
    if counts["copies"] > 1:
        _print_counts(counts)
    if counts["set aside"]:
        raise click.exceptions.Exit(1)
    if options["fail_empty"] and not counts["with content"]:
        raise click.exceptions.Exit(EXIT_EMPTY)


def form_reader(templates: Sequence[Template], settings: Settings) -> FormReader:
    """Return a reader of forms by the settings."""
    from ..factories import classifier_from_settings
    from ..forms.form import FormReader
    from ..reader import Reader

    return FormReader(templates, Reader(classifier_from_settings(settings), settings.limits))


def _csv_format(language: str, decimal: DecimalSign | None, separator: str | None, bom: bool | None) -> CsvFormat:
    layout = CsvFormat.for_decimal(decimal) if decimal else CsvFormat.for_language(language)
    if separator is not None:
        layout = replace(layout, separator=SEPARATORS[separator])
    return layout if bom is None else replace(layout, byte_order_mark=bom)


def _copies(reader: FormReader, settings: Settings, files: Sequence[str], template: Template) -> Iterator[Copy]:
    for file in files:
        name, page = click.format_filename(file), 0
        try:
            source = sys.stdin.buffer.read(settings.max_bytes + 1) if file == "-" else file
            for page, picture in enumerate(open_pages(source, settings.limits), 1):
                yield Copy(reader.read(picture, file=name, page=page))
        except InputError as error:
            reading = FormReading(name, page + 1, template.name, template.version, fit=0.0, reason=str(error))
            yield Copy(reading, error)


def _count(counts: Counter[str], reading: FormReading) -> None:
    counts["copies"] += 1
    counts["set aside"] += reading.reason is not None
    counts["fields to check"] += sum(not field.accepted for field in reading.fields)
    counts["with content"] += any(field.text for field in reading.fields)


def _print_counts(counts: Counter[str]) -> None:
    shown = ", ".join(f"{name}: {counts[name]:,}" for name in ("copies", "set aside", "fields to check"))
    click.echo(f"numink: {shown}", err=True)


def _print(copy: Copy, *, as_json: bool) -> None:
    """Print a copy on one line, with a ? behind each value that needs a look; the reason where it was set aside."""
    reading = copy.reading
    place = reading.file if reading.page == 1 else f"{reading.file}, page {reading.page}"
    if copy.error is not None:
        print_error(reading.file, copy.error, as_json=as_json)
        return
    if as_json:
        click.echo(json.dumps(reading.to_dict(), ensure_ascii=False))
    if reading.reason is not None:
        click.echo(f"numink: {place}: set aside: {reading.reason}", err=True)
        return
    if not as_json:
        values = (
            f"{field.name}={field.text if field.value is None else field.value}{'' if field.accepted else '?'}"
            for field in reading.fields
        )
        click.echo(f"{place}: {', '.join(values)}")
    if reading.left_over:
        click.echo(f"numink: {place}: written outside all fields: {len(reading.left_over)}", err=True)
