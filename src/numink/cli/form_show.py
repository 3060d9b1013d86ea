"""`numink form show`: the fields of a template as a table, and on its reference page."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from ..structure.template import FieldRule, RuleKind, Template, TemplateField
from .output_files import write_output
from .template_file import template_file

RULE_SIGNS = {RuleKind.ORDER: " <= ", RuleKind.EQUAL: " = "}


@click.command()
@click.argument("template", type=template_file, metavar="TEMPLATE")
@click.option(
    "--overlay",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Also write the reference page to this PNG file, with the boxes and names of the fields.",
)
def show(template: Template, overlay: Path | None) -> None:
    """Show the fields and rules of a form's template.

    Example: numink form show visit.json --overlay visit.png
    """
    if overlay is not None:
        from ..export.overlay import draw_template

        write_output(overlay, draw_template(template), "--overlay")
    height, width = template.reference.shape
    click.echo(f"{template.name}, version {template.version}, {width}x{height} pixels")
    rows = [("field", "kind", "box", "rules"), *map(_row, template.fields)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
    for rule in template.rules:
        click.echo(f"rule: {_rule(rule)}")


def _row(field: TemplateField) -> tuple[str, str, str, str]:
    return field.name, field.kind, ",".join(map(str, field.box)), ", ".join(_constraints(field))


def _constraints(field: TemplateField) -> Iterator[str]:
    """Yield the constraints of a field, as phrases."""
    if field.required:
        yield "required"
    if field.length is not None:
        yield f"length {field.length}"
    if field.least is not None:
        yield f"at least {field.least:.15g}"
    if field.greatest is not None:
        yield f"at most {field.greatest:.15g}"
    if field.pattern is not None:
        yield f"pattern {field.pattern}"
    if field.check is not None:
        yield f"check digit {field.check}"
    if field.among:
        yield f"one of {len(field.among)} values"
    if field.decimal is not None:
        yield f"decimal {field.decimal}"


def _rule(rule: FieldRule) -> str:
    """Write a rule as an equation or inequality of fields.

    >>> _rule(FieldRule(kind=RuleKind.SUM, fields=("net", "tax", "total")))
    'net + tax = total'
    """
    if rule.kind is RuleKind.SUM:
        *addends, total = rule.fields
        return f"{' + '.join(addends)} = {total}"
    return RULE_SIGNS[rule.kind].join(rule.fields)
