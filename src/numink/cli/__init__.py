"""The command `numink`: a thin door. Data goes to stdout, talk to stderr; exit 0 all well, 1 something failed, 2 usage.

Commands are loaded when they are named, so that `numink read` loads neither Flask nor torch.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module
from importlib.metadata import version

import click

from ..errors import NuminkError, SettingsError

COMMANDS = {
    "read": "read", "serve": "serve", "settings": "serve", "history": "history", "store": "store",
    "accounts": "accounts",
    "train": "training", "evaluate": "evaluate", "data": "training",
    "watson": "watson",
}  # fmt: skip
"""Each command and the file that it is in, in the order of the help."""


class Commands(click.Group):
    """Loads the file of a command when it is asked for."""

    def list_commands(self, _: click.Context) -> list[str]:
        """In the order of COMMANDS."""
        return list(COMMANDS)

    def get_command(self, _: click.Context, name: str) -> click.Command | None:
        """None where there is no such command."""
        if name not in COMMANDS:
            return None
        command: click.Command = getattr(import_module(f".{COMMANDS[name]}", __package__), name)
        return command


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(version("numink"), prog_name="numink")
def numink() -> None:
    """Reads handwritten digits from pictures.

    Example: numink read digit.png
    """


def main() -> None:
    """Runs the command; numink's own errors become a sentence on stderr and an exit code."""
    try:
        sys.exit(numink.main(standalone_mode=False) or 0)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(130)
    except BrokenPipeError:  # the reader of our output has gone; nobody is left to tell
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115, PTH123 - stays open to the end
        sys.exit(1)
    except NuminkError as error:
        click.echo(f"numink: {error}", err=True)
        sys.exit(2 if isinstance(error, SettingsError) else 1)
