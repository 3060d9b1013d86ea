"""`numink form new`: a template of a picture of a form."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

import click

from ..export.overlay import draw_template
from ..forms.field_files import read_fields
from ..forms.new_template import new_template
from ..imaging.documents import open_pages
from ..settings import read_environment
from ..structure.template import MOST_NAME, Template

PATH = click.Path(dir_okay=False, path_type=Path)


@click.command()
@click.argument("reference", metavar="REFERENCE")
@click.option("--filled", is_flag=True, help="REFERENCE is filled in: handwriting in it is part of no caption.")
@click.option("--fields", type=PATH, help="Take the fields from this file, JSON or CSV, instead of proposing them.")
@click.option("--name", help="Name of the form; that of the file by default.")
@click.option("--out", type=PATH, help="File of the template; REFERENCE's name with .json by default.")
@click.option("--overlay", type=PATH, help="Picture of the fields to look at; beside the template by default.")
def new(
    reference: str, fields: Path | None, name: str | None, out: Path | None, overlay: Path | None, *, filled: bool
) -> None:
    """Make a template of a form from a picture of it, or from the first page of a document.

    REFERENCE is a blank copy, or with --filled, one that is filled in; - stands for standard input. The form fields of
    a PDF document are taken over; else boxes, combs, boxes to tick, empty cells of tables, and lines to fill in are
    proposed.

    Example: numink form new blank.png
    """
    limits = read_environment().limits
    pages = open_pages(sys.stdin.buffer.read(limits.max_bytes + 1) if reference == "-" else reference, limits)
    picture = next(pages)
    stem = "form" if reference == "-" else Path(reference).stem
    given = None if fields is None else read_fields(fields)
    template = new_template(picture, (name or stem)[:MOST_NAME], given, filled=filled)
    out = out or Path(f"{stem}.json")
    overlay = overlay or out.with_name(f"{out.stem}-fields.png")
    write_files({"--out": (out, template.to_json().encode()), "--overlay": (overlay, draw_template(template))})
    for line in field_table(template):
        click.echo(line)
    if next(pages, None) is not None:
        click.echo("numink: only the first page was taken: save the other pages as files of their own", err=True)
    click.echo(_advice(template, out, overlay, proposed=fields is None), err=True)


def field_table(template: Template) -> list[str]:
    """Return the fields of a template as lines of aligned columns, below a head."""
    head = ("name", "kind", "length", "x", "y", "w", "h")
    rows = ((field.name, field.kind.value, str(field.length or ""), *map(str, field.box)) for field in template.fields)
    table = [head, *rows]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    return ["  ".join(f"{cell:{width}}" for cell, width in zip(row, widths, strict=True)).rstrip() for row in table]


def write_files(files: Mapping[str, tuple[Path, bytes]]) -> None:
    """Write files, none of which may exist yet, by the options that name them. Raises click.UsageError."""
    for option, (path, _) in files.items():
        if path.exists():
            raise click.UsageError(f"{path} exists: remove it, or name another file with {option}")
    for option, (path, content) in files.items():
        try:
            path.write_bytes(content)
        except OSError as error:
            why = f"{path} cannot be written ({error.strerror}): name another file with {option}"
            raise click.UsageError(why) from None


def _advice(template: Template, out: Path, overlay: Path, *, proposed: bool) -> str:
    if not template.fields:
        return (
            f"numink: {out} has no fields, since no boxes, combs, tables or lines to fill in were found: "
            f"give it some with --fields, in pixels of {overlay}"
        )
    check = f"look at {overlay}, and name the fields and set their kinds in {out}" if proposed else f"look at {overlay}"
    return f"numink: {out} has {len(template.fields)} fields: {check}; then: numink form read {out} FILE..."
