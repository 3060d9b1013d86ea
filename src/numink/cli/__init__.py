"""The command `numink`. Data goes to stdout, messages to stderr; exit codes: 0 success, 1 failure, 2 wrong usage.

Subcommands are imported when they are used, so that `numink read` loads neither Flask nor torch.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module
from importlib.metadata import version

import click

from ..errors import NuminkError, SettingsError

COMMANDS = {
    "read": "read", "form": "form", "serve": "serve", "settings": "serve", "history": "history", "store": "store",
    "accounts": "accounts",
    "train": "training", "evaluate": "evaluate", "data": "training",
    "watson": "watson",
}  # fmt: skip
"""Module of each subcommand, in the order of the help."""


class Commands(click.Group):
    """Group that imports the module of a subcommand when it is used."""

    def list_commands(self, _: click.Context) -> list[str]:
        """Return the names of the subcommands, in the order of COMMANDS."""
        return list(COMMANDS)

    def get_command(self, _: click.Context, name: str) -> click.Command | None:
        """Import a subcommand; None where there is none of that name."""
        if name not in COMMANDS:
            return None
        command: click.Command = getattr(import_module(f".{COMMANDS[name]}", __package__), name)
        return command


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(version("numink"), prog_name="numink")
def numink() -> None:
    """Read handwritten digits from pictures.

    Example: numink read digit.png
    """


def main() -> None:
    """Run the command; errors of numink become a message on stderr and an exit code."""
    try:
        sys.exit(numink.main(standalone_mode=False) or 0)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(130)
    except BrokenPipeError:  # the program that reads the output has ended
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115, PTH123 - stays open to the end
        sys.exit(1)
    except NuminkError as error:
        click.echo(f"numink: {error}", err=True)
        sys.exit(2 if isinstance(error, SettingsError) else 1)
