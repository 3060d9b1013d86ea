"""A made-up translation that puts each text in brackets: a text outside brackets is not marked for translation."""

from __future__ import annotations

import importlib.util
import io
import re
from html.parser import HTMLParser
from pathlib import Path
from types import ModuleType

from babel import Locale
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

from numink.recognition.constraints import CHECKS

CODE = "eo"
"""Code of the made-up language: Esperanto, which Babel knows and numink has no texts for."""
SILENT = {"script", "style", "code", "pre", "kbd", "template"}
EMPTY = {"meta", "link", "input", "br", "img", "hr"}
SPOKEN = ("aria-label", "title", "alt", "placeholder", "content")
SCRIPT_TEXTS = ("label", "said", "away", "strange", "denied", "done", "loading", "ready", "kept", "failed", "over",
                "under", "none", "some")  # fmt: skip
"""Names of the data attributes whose texts scripts show."""
WORD = re.compile(r"[A-Za-z]{2,}")
NAMES = (
    *CHECKS, *Locale(CODE).months["format"]["abbreviated"].values(), "UTC", "ms", "KB", "MB", "CSV", "JSON",
    "curl", "Python", "JavaScript", "GET", "POST", "DELETE",
)  # fmt: skip
DATA = re.compile(
    rf"\b({'|'.join(NAMES)})\b|numink_\w+|numink-?[\d.a-z]*|[\w.-]+\.(png|txt|zip)|[\w.]+@[\w.]+"
    r"|/[\w/-]*|width=device-width, initial-scale=\d|light dark|#\w{6}|https?://[\w.:/-]+"
)
"""Words that are not translated: names of files and people, days, units, formats, settings of the page itself."""


def tool() -> ModuleType:
    """Return deploy/texts.py as a module."""
    path = Path(__file__).parents[1] / "deploy" / "texts.py"
    spec = importlib.util.spec_from_file_location("texts", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def write_brackets(folder: Path) -> None:
    """Write the file of the made-up language, with every text of the source."""
    template = folder / "numink.pot"
    tool().extract(template)
    catalog: Catalog = read_po(io.BytesIO(template.read_bytes()))
    catalog.locale, catalog.fuzzy = CODE, False
    for message in catalog:
        if message.id:
            ids = message.id
            message.string = tuple(map(_bracketed, ids)) if isinstance(ids, tuple | list) else _bracketed(ids)
    out = io.BytesIO()
    write_po(out, catalog)
    (folder / f"{CODE}.po").write_bytes(out.getvalue())


def _bracketed(text: str) -> str:
    return f"⟦{text}⟧"


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.depth = 0
        self.open: list[tuple[str, bool]] = []
        self.bare: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        foreign = values.get("lang", CODE) != CODE
        if tag not in EMPTY:
            self.open.append((tag, tag in SILENT or foreign))
        for name in (*SPOKEN, *(f"data-{name}" for name in SCRIPT_TEXTS)):
            if name in values and not any(quiet for _, quiet in self.open):
                self._check(values[name], 0)

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if any(quiet for _, quiet in self.open):
            return
        self.depth = self._check(data, self.depth)

    def _check(self, text: str, depth: int) -> int:
        outside = ""
        for sign in text:
            depth += (sign == "⟦") - (sign == "⟧")
            outside += " " if depth or sign in "⟦⟧" else sign
        if WORD.search(DATA.sub(" ", outside)):
            self.bare.append(" ".join(outside.split()))
        return depth


def bare(page: str) -> list[str]:
    """Return the texts of a page, or parts of them, that are not in brackets."""
    reader = _Reader()
    reader.feed(page)
    return reader.bare
