"""Pictures of every page and of what an answer can show, light and dark: `make screenshots` keeps them in docs/.

Without that they go to test-results/. docs/pages.md is written with them.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Page

from accounts_world import PASSWORD, world
from browser import PHONE, choose, draw_with_mouse
from sheets import two_doubts
from site_pages import AccountPages, account_pages

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
    page.locator("#preview:not(:empty)").wait_for()


def with_new_key(page: Page) -> None:
    page.get_by_label("Name of the new key").fill("the till")
    page.get_by_role("button", name="Create key").click()
    page.locator("code.secret").wait_for()


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


ACCOUNT_STATES: dict[str, tuple[str, dict[str, Any], Callable[[Page], None]]] = {
    "account-new-key": ("A new API key is shown once", SCREEN, with_new_key),
    "phone-account": ("On a phone: the account", HAND, lambda page: None),
}
"""On the account's page."""
ADMINISTRATOR = "head@example.org"


@pytest.fixture(scope="module")
def with_accounts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AccountPages]:
    with world(tmp_path_factory.mktemp("world")) as running:
        yield account_pages(running, tmp_path_factory.mktemp("site"), ADMINISTRATOR)


class Album:
    """The pictures in a folder, and what they show."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.shown: dict[str, str] = {}
        folder.mkdir(parents=True, exist_ok=True)
        for old in folder.glob("*.webp"):
            old.unlink()

    def add(self, page: Page, name: str, look: str, words: str = "") -> None:
        self.shown[name] = words or page.title().removesuffix(": numink")
        shoot(page, self.folder / f"{name}-{look}.webp")

    def write(self) -> None:
        """The page of them all."""
        sections = [
            f"## {words}\n\n"
            + " ".join(f"![{words}, {look}]({self.folder.name}/{name}-{look}.webp)" for look in LOOKS)
            + "\n"
            for name, words in self.shown.items()
        ]
        (self.folder.parent / "pages.md").write_text("\n".join([HEAD, *sections]))


def shoot(page: Page, path: Path) -> None:
    """The window, small."""
    page.wait_for_load_state("networkidle")
    page.mouse.move(0, 0)
    picture = Image.open(io.BytesIO(page.screenshot(animations="disabled")))
    picture.thumbnail((WIDTH, WIDTH), Image.Resampling.LANCZOS)
    picture.save(path, quality=60, method=6)


def shoot_accounts(visit: Any, album: Album, look: str, there: AccountPages) -> None:
    """What is there with accounts only: first for nobody, then for an administrator."""
    at = f"http://127.0.0.1:{there.world.server.port}"
    page = visit(at, **SCREEN, color_scheme=look)
    for name, address in there.closed.items():
        page.goto(at + address)
        album.add(page, name, look, "The first page for who is not logged in" if name == "welcome" else "")
    log_in(page, at)
    for name, address in there.known.items():
        page.goto(at + address)
        album.add(page, name, look)
    for name, (words, device, act) in ACCOUNT_STATES.items():
        page = visit(at, **device, color_scheme=look)
        log_in(page, at)
        page.goto(f"{at}/account")
        act(page)
        album.add(page, name, look, words)


def log_in(page: Page, at: str) -> None:
    page.goto(f"{at}/log-in")
    page.get_by_label("E-mail address").fill(ADMINISTRATOR)
    page.locator("[name=password]").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Log in").click()
    page.locator("#drop").wait_for()


def test_every_page_has_its_picture(
    visit: Any, pages: dict[str, str], with_accounts: AccountPages, request: pytest.FixtureRequest
) -> None:
    album = Album(Path(request.config.getoption("--pictures")))
    for look in LOOKS:
        page = visit("/", **SCREEN, color_scheme=look)
        for name, address in pages.items():
            page.goto(address)
            album.add(page, name, look)
        for name, (words, device, act) in STATES.items():
            page = visit("/", **device, color_scheme=look)
            act(page)
            album.add(page, name, look, words)
        shoot_accounts(visit, album, look, with_accounts)
    album.write()

    assert sum(file.stat().st_size for file in album.folder.iterdir()) < ALL_TOGETHER


def test_the_pictures_in_docs_are_of_all_pages(pages: dict[str, str], with_accounts: AccountPages) -> None:
    names = (*pages, *STATES, *with_accounts.closed, *with_accounts.known, *ACCOUNT_STATES)
    wanted = {f"{name}-{look}.webp" for name in names for look in LOOKS}
    told = set(re.findall(r"\(pages/([^)]+)\)", (DOCS / "pages.md").read_text()))
    there = {file.name for file in (DOCS / "pages").iterdir()}

    assert wanted == told == there, "a page has no picture, or is gone: run 'make screenshots'"
    assert {"welcome", "entry-log_in", "entry-register", "entry-mail_sent", "account-index", "admin-index"} < {*names}
