"""Tables of the copies of forms that commands write beside their answer, row by row as copies are read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TextIO

import click

from ..export.form_table import CsvFormat, FormCsv, FormKey, file_names
from ..results.form import FormReading
from ..structure.template import Template
from .tables import call_all, open_binary, open_text, refusal


@contextmanager
def form_tables(
    templates: Sequence[Template], csv_path: Path | None, layout: CsvFormat, xlsx_path: Path | None
) -> Iterator[Callable[[FormReading], None]]:
    """Open the tables of forms at the paths that are not None; yield a function that adds a copy to them.

    Args:
        templates: The forms.
        csv_path: A CSV file; a folder for NAME.csv of each form where there are several.
        layout: How CSV files are written.
        xlsx_path: A workbook, with a sheet for each form and one of details.

    Raises:
        click.UsageError: A file cannot be written.
    """
    with ExitStack() as stack:
        writers: list[Callable[[FormReading], object]] = []
        if csv_path is not None:
            files: dict[FormKey, tuple[FormCsv, TextIO]] = {}
            for template, path in zip(templates, _csv_paths(templates, csv_path), strict=True):
                table, file = FormCsv(template, layout), open_text(stack, path)
                file.write(table.header)
                files[template.name, template.version] = table, file

            def add_line(reading: FormReading) -> None:
                table, file = files[reading.form, reading.version]
                file.write(table.line(reading))

            writers.append(add_line)
        if xlsx_path is not None:
            from ..export.form_sheets import FormSheets
            from ..export.workbook import Workbook

            book = stack.enter_context(Workbook(open_binary(stack, xlsx_path)))
            writers.append(FormSheets(book, templates).add)
        yield lambda reading: call_all(writers, reading)


def _csv_paths(templates: Sequence[Template], path: Path) -> list[Path]:
    """Return the path of each form's CSV file. Raises click.UsageError for a file where a folder is needed."""
    if len(templates) == 1:
        return [path]
    if path.is_file() or path.suffix.lower() == ".csv":
        raise click.UsageError(f"several forms have a CSV file each: name a folder with --csv, instead of {path}")
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise refusal(path, "--csv", error) from None
    return [path / name for name in file_names(templates).values()]
