"""Entry point of `python -m numink`, the same as the command `numink`."""

from .cli import main

main()
