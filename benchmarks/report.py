"""Output shared by the benchmarks: a description of the machine, and tables in Markdown."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

COLLECTIONS = Path("../shared/data")
"""Folder of the handwriting and pictures that are measured on; it is no part of the project."""


def machine() -> str:
    """Return one line about the machine and its load."""
    load = os.getloadavg()[0]
    return (
        f"numink {version('numink')}, Python {platform.python_version()}, {platform.machine()}, "
        f"{os.cpu_count()} cores, load {load:.1f} at the start"
    )


def table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Return a Markdown table with aligned columns."""
    cells = [[str(cell) for cell in row] for row in (head, *rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(head))]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |" for row in cells
    ]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(lines)


def folder_bytes(folder: Path) -> int:
    """Return the disk space of a folder's files in bytes, each file once, as du counts."""
    sizes = {(entry.st_dev, entry.st_ino): entry.st_blocks * 512 for entry in map(Path.lstat, folder.rglob("*"))}
    return sum(sizes.values())
