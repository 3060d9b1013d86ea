"""Templates of forms as arguments and options of commands."""

from __future__ import annotations

from pathlib import Path

import click

from ..errors import InvalidTemplate
from ..structure.template import Template


def template_file(path: str) -> Template:
    """Return the template of a file. Raises click.BadParameter, since one that cannot be used is wrong usage."""
    try:
        return Template.load(Path(path))
    except InvalidTemplate as error:
        raise click.BadParameter(f"{path}: {error}") from None
