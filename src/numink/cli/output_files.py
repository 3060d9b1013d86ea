"""Files that commands write beside their answer: annotated pictures and hOCR."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from ..imaging.decode import Picture
from ..results import Page


class OutputPaths:
    """Paths of output files in a folder, which overwrite neither an input nor an earlier output.

    They are NAME.png, or NAME-2.png and so on where that exists; for the pages of a document NAME-page-2.png and so on.
    """

    def __init__(self, folder: Path | None, inputs: Sequence[str]) -> None:
        """Take a folder, or None where there is no output, and the names of the inputs."""
        self.folder = folder
        self._used = {Path(file).resolve() for file in inputs}

    def path(self, page: Page, suffix: str, *, corrected_pages: bool) -> Path:
        """Return an unused path for an output of `page`; the folder must not be None."""
        assert self.folder is not None  # noqa: S101 - callers check it
        stem = "standard-input" if page.file == "-" else Path(page.file).stem
        if corrected_pages and page.page > 1:
            stem += f"-page-{page.page}"
        path, count = (self.folder / f"{stem}.{suffix}").resolve(), 1
        while path in self._used:
            count += 1
            path = path.with_name(f"{stem}-{count}.{suffix}")
        self._used.add(path)
        return path


def write_annotated(picture: Picture, page: Page, outputs: OutputPaths) -> None:
    """Write the picture with its numbers marked, where there is a folder for it."""
    if outputs.folder is None:
        return
    from ..export.overlay import draw

    write_output(outputs.path(page, "png", corrected_pages=True), draw(picture.turned(page.turned), page), "--annotate")


class HocrWriter:
    """Collects the pages of a document; writes them when the next document begins, and on exit."""

    def __init__(self, outputs: OutputPaths) -> None:
        self._outputs = outputs
        self._pages: list[Page] = []

    def __enter__(self) -> HocrWriter:
        return self

    def __exit__(self, *_: object) -> None:
        self._write()

    def add(self, page: Page) -> None:
        """Add a page to its document."""
        if page.page == 1:
            self._write()
        self._pages.append(page)

    def _write(self) -> None:
        if self._outputs.folder is not None and self._pages:
            from ..export.hocr import to_hocr

            path = self._outputs.path(self._pages[0], "hocr", corrected_pages=False)
            write_output(path, to_hocr(self._pages).encode(), "--hocr")
        self._pages = []


def write_output(path: Path, content: bytes, option: str) -> None:
    """Write a file, whose folder is made. Raises click.UsageError that names the option where it cannot be written."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    except OSError as error:
        raise click.UsageError(
            f"{path.parent} cannot be written ({error.strerror}): name another folder with {option}"
        ) from None
