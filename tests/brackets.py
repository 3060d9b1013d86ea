"""A made-up language that puts each text of the source in brackets: what a page shows outside of them is not marked."""

from __future__ import annotations

import importlib.util
import io
import re
from html.parser import HTMLParser
from pathlib import Path
from types import ModuleType

from babel import Locale
from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po

from numink.recognition.constraints import CHECKS

CODE = "eo"
"""Esperanto lends its name and its days; it has no texts here."""
SILENT = {"script", "style", "code", "pre", "kbd", "template"}
EMPTY = {"meta", "link", "input", "br", "img", "hr"}
SPOKEN = ("aria-label", "title", "alt", "placeholder", "content")
TOLD = ("label", "said", "away", "strange", "denied", "done", "loading", "ready", "kept", "failed", "over", "under",
        "none", "some")  # fmt: skip
"""Data that scripts show."""
WORD = re.compile(r"[A-Za-z]{2,}")
NAMES = (
    *CHECKS, *Locale(CODE).months["format"]["abbreviated"].values(), "UTC", "ms", "KB", "MB", "CSV", "JSON",
    "curl", "Python", "JavaScript", "GET", "POST", "DELETE",
)  # fmt: skip
DATA = re.compile(
    rf"\b({'|'.join(NAMES)})\b|numink_\w+|numink-?[\d.a-z]*|[\w.-]+\.(png|txt|zip)|[\w.]+@[\w.]+"
    r"|/[\w/-]*|width=device-width, initial-scale=\d|light dark|#\w{6}|https?://[\w.:/-]+"
)
"""What is no text: names of files and people, days, units, formats, settings of the page itself."""


def tool() -> ModuleType:
    """deploy/texts.py."""
    path = Path(__file__).parents[1] / "deploy" / "texts.py"
    spec = importlib.util.spec_from_file_location("texts", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def write_brackets(folder: Path) -> None:
    """Its file, made of all texts that there are."""
    catalog: Catalog = tool().found()
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
        told = {name: value or "" for name, value in attrs}
        foreign = told.get("lang", CODE) != CODE
        if tag not in EMPTY:
            self.open.append((tag, tag in SILENT or foreign))
        for name in (*SPOKEN, *(f"data-{one}" for one in TOLD)):
            if name in told and not any(quiet for _, quiet in self.open):
                self._look(told[name], 0)

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if any(quiet for _, quiet in self.open):
            return
        self.depth = self._look(data, self.depth)

    def _look(self, text: str, depth: int) -> int:
        outside = ""
        for sign in text:
            depth += (sign == "⟦") - (sign == "⟧")
            outside += " " if depth or sign in "⟦⟧" else sign
        if WORD.search(DATA.sub(" ", outside)):
            self.bare.append(" ".join(outside.split()))
        return depth


def bare(page: str) -> list[str]:
    """The texts of a page, or parts of them, that stand outside of the brackets."""
    reader = _Reader()
    reader.feed(page)
    return reader.bare
