"""`numink form blank`: an own form to print, with its template."""

from __future__ import annotations

from pathlib import Path

import click

from ..forms.blank import make_blank
from ..forms.blank_spec import Paper, read_blank_form
from .form_new import PATH, write_files


@click.command()
@click.argument("spec", type=PATH, metavar="SPEC")
@click.option("--out", type=PATH, help="The PDF document; SPEC's name with .pdf by default.")
@click.option("--title", help="Title of the form, instead of that in SPEC.")
@click.option("--paper", type=click.Choice([paper.value for paper in Paper]), help="Size of the paper; a4 by default.")
def blank(spec: Path, out: Path | None, title: str | None, paper: str | None) -> None:
    """Make a form of your own to print, and its template.

    SPEC is a CSV file with the columns caption, kind, length and choices, or JSON with a title and fields of these.

    Example: numink form blank visit.csv
    """
    form = read_blank_form(spec, title, None if paper is None else Paper(paper))
    made = make_blank(form)
    out = out or Path(f"{spec.stem}.pdf")
    template = out.with_suffix(".json")
    if template.resolve() == spec.resolve():
        template = out.with_name(f"{out.stem}-template.json")
    write_files({"--out": (out, made.to_pdf()), "--out for the template": (template, made.template.to_json().encode())})
    click.echo(f"{out}\n{template}")
    click.echo(
        f"numink: print {out} at its actual size, let people fill it in with a pen, then: "
        f"numink form read {template} FILE...",
        err=True,
    )
