"""Pictures of every page and of what an answer can show, light and dark: `make screenshots` keeps them in docs/.

Without that they go to test-results/. docs/pages.md is written with them.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Page

from browser import PHONE, choose, draw_with_mouse
from sheets import two_doubts

DOCS = Path(__file__).parents[1] / "docs"
ALL_TOGETHER = 1_000_000
"""Bytes that the pictures may take."""
SCREEN: dict[str, Any] = {"viewport": {"width": 1100, "height": 780}}
HAND: dict[str, Any] = {**PHONE, "device_scale_factor": 1}
WIDTH = 800
"""Longer side of a picture, in pixels."""
LOOKS = ("light", "dark")
HEAD = "# The pages\n\nMade by `make screenshots`; each light and dark.\n"


def answered(page: Page) -> None:
    choose(page, two_doubts(), "slip.png")
    page.locator("#answer .answer").wait_for()


def chosen(page: Page) -> None:
    answered(page)
    page.keyboard.press("n")


def mended(page: Page) -> None:
    chosen(page)
    page.keyboard.press("3")
    page.get_by_role("button", name="Undo").wait_for()


def missed(page: Page) -> None:
    answered(page)
    page.keyboard.press("m")


def helped(page: Page) -> None:
    answered(page)
    page.keyboard.press("?")


def drawn(page: Page) -> None:
    draw_with_mouse(page, "4")
    page.locator("#glance:not(:empty)").wait_for()


STATES: dict[str, tuple[str, dict[str, Any], Callable[[Page], None]]] = {
    "drawing": ("A drawing is read as it is drawn", SCREEN, drawn),
    "answer": ("An answer on the first page", SCREEN, answered),
    "choose": ("A doubtful digit is chosen: a key says what it is", SCREEN, chosen),
    "mended": ("After a correction, on to the next", SCREEN, mended),
    "missed": ("What was missed is marked", SCREEN, missed),
    "help": ("The keys", SCREEN, helped),
    "phone-home": ("On a phone", HAND, lambda page: None),
    "phone-choose": ("On a phone: a digit is chosen", HAND, chosen),
}


def shoot(page: Page, path: Path) -> None:
    """The window, small."""
    page.wait_for_load_state("networkidle")
    page.mouse.move(0, 0)
    picture = Image.open(io.BytesIO(page.screenshot(animations="disabled")))
    picture.thumbnail((WIDTH, WIDTH), Image.Resampling.LANCZOS)
    picture.save(path, quality=60, method=6)


def test_every_page_has_its_picture(visit: Any, pages: dict[str, str], request: pytest.FixtureRequest) -> None:
    folder = Path(request.config.getoption("--pictures"))
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.webp"):
        old.unlink()
    shown: dict[str, str] = {}
    for look in LOOKS:
        page = visit("/", **SCREEN, color_scheme=look)
        for name, address in pages.items():
            page.goto(address)
            shown[name] = page.title().removesuffix(": numink")
            shoot(page, folder / f"{name}-{look}.webp")
        for name, (words, device, act) in STATES.items():
            page = visit("/", **device, color_scheme=look)
            act(page)
            shown[name] = words
            shoot(page, folder / f"{name}-{look}.webp")
    sections = [
        f"## {words}\n\n" + " ".join(f"![{words}, {look}]({folder.name}/{name}-{look}.webp)" for look in LOOKS) + "\n"
        for name, words in shown.items()
    ]
    (folder.parent / "pages.md").write_text("\n".join([HEAD, *sections]))

    assert sum(file.stat().st_size for file in folder.iterdir()) < ALL_TOGETHER


def test_the_pictures_in_docs_are_of_all_pages(pages: dict[str, str]) -> None:
    wanted = {f"{name}-{look}.webp" for name in (*pages, *STATES) for look in LOOKS}
    told = set(re.findall(r"\(pages/([^)]+)\)", (DOCS / "pages.md").read_text()))
    there = {file.name for file in (DOCS / "pages").iterdir()}

    assert wanted == told == there, "a page has no picture, or is gone: run 'make screenshots'"
