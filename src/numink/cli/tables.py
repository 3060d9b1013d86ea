"""Tables that commands write beside their answer: CSV files and workbooks, row by row as pictures are read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, TextIO, TypeVar

import click

from ..export.csv_rows import COLUMNS, csv_line, rows
from ..results import Page

Written = TypeVar("Written")


@contextmanager
def page_tables(csv_path: Path | None, xlsx_path: Path | None) -> Iterator[Callable[[Page], None]]:
    """Open the tables of numbers at the paths that are not None; yield a function that adds a page to them.

    Raises click.UsageError where a file cannot be written.
    """
    with ExitStack() as stack:
        writers: list[Callable[[Page], object]] = []
        if csv_path is not None:
            file = open_text(stack, csv_path)
            file.write(csv_line(COLUMNS))
            writers.append(lambda page: file.writelines(map(csv_line, rows(page))))
        if xlsx_path is not None:
            from ..export.page_sheet import PageSheet
            from ..export.workbook import Workbook

            book = stack.enter_context(Workbook(open_binary(stack, xlsx_path)))
            writers.append(PageSheet(book).add)
        yield lambda page: call_all(writers, page)


def open_text(stack: ExitStack, path: Path) -> TextIO:
    """Open a CSV file to write, until the stack is left. Raises click.UsageError."""
    try:
        return stack.enter_context(path.open("w", newline="", encoding="utf-8"))
    except OSError as error:
        raise refusal(path, "--csv", error) from None


def open_binary(stack: ExitStack, path: Path) -> IO[bytes]:
    """Open the file of a workbook to write, until the stack is left. Raises click.UsageError."""
    try:
        return stack.enter_context(path.open("wb"))
    except OSError as error:
        raise refusal(path, "--xlsx", error) from None


def refusal(path: Path, option: str, error: OSError) -> click.UsageError:
    """Return the error for a file that cannot be written, which names the option to give another one with."""
    return click.UsageError(f"{path} cannot be written ({error.strerror}): name another file with {option}")


def call_all(writers: Sequence[Callable[[Written], object]], value: Written) -> None:
    """Call all functions with a value."""
    for write in writers:
        write(value)
