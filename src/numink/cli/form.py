"""`numink form`: forms, from a blank copy to a table of all copies."""

from __future__ import annotations

import click

from .form_blank import blank
from .form_new import new
from .form_read import read
from .form_show import show

form = click.Group(
    "form", commands=[new, blank, read, show], help="Read copies of forms into tables, by a template of the form."
)
