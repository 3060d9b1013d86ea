"""`python -m numink` is the command `numink`."""

from .cli import main

main()
