"""Screenshots of every page and every state of a result, light and dark; `make screenshots` writes them to docs/.

Otherwise they go to test-results/. docs/pages.md is written with them.
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
MAX_TOTAL_BYTES = 1_000_000
"""Size limit of all screenshots together."""
SCREEN: dict[str, Any] = {"viewport": {"width": 1100, "height": 780}}
PHONE_SCREEN: dict[str, Any] = {**PHONE, "device_scale_factor": 1}
MAX_SIDE = 800
"""Longer side of a screenshot in pixels."""
SCHEMES = ("light", "dark")
HEAD = "# Pages\n\nScreenshots of every page and every state of a result, light and dark, made by `make screenshots`.\n"


def read_picture(page: Page) -> None:
    choose(page, two_doubts(), "slip.png")
    page.locator("#answer .answer").wait_for()


def select_digit(page: Page) -> None:
    read_picture(page)
    page.keyboard.press("n")


def correct_digit(page: Page) -> None:
    select_digit(page)
    page.keyboard.press("3")
    page.get_by_role("button", name="Undo").wait_for()


def add_missing(page: Page) -> None:
    read_picture(page)
    page.keyboard.press("m")


def open_help(page: Page) -> None:
    read_picture(page)
    page.keyboard.press("?")


def draw_digit(page: Page) -> None:
    draw_with_mouse(page, "4")
    page.locator("#preview:not(:empty)").wait_for()


def create_key(page: Page) -> None:
    page.get_by_label("Name of the new key").fill("the till")
    page.get_by_role("button", name="Create key").click()
    page.locator("code.secret").wait_for()


STATES: dict[str, tuple[str, dict[str, Any], Callable[[Page], None]]] = {
    "drawing": ("Preview of a drawing", SCREEN, draw_digit),
    "answer": ("Result on the start page", SCREEN, read_picture),
    "selected": ("A doubtful digit is selected", SCREEN, select_digit),
    "corrected": ("After a correction, the next digit is selected", SCREEN, correct_digit),
    "add-missing": ("A missing number is added", SCREEN, add_missing),
    "help": ("Keyboard shortcuts", SCREEN, open_help),
    "phone-home": ("Start page on a phone", PHONE_SCREEN, lambda page: None),
    "phone-selected": ("A selected digit on a phone", PHONE_SCREEN, select_digit),
}


ACCOUNT_STATES: dict[str, tuple[str, dict[str, Any], Callable[[Page], None]]] = {
    "account-new-key": ("A new API key", SCREEN, create_key),
    "phone-account": ("Account on a phone", PHONE_SCREEN, lambda page: None),
}
"""States of the account page."""
ADMINISTRATOR = "head@example.org"


@pytest.fixture(scope="module")
def with_accounts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AccountPages]:
    with world(tmp_path_factory.mktemp("world")) as running:
        yield account_pages(running, tmp_path_factory.mktemp("site"), ADMINISTRATOR)


class Album:
    """Screenshots in a folder, with their captions."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.captions: dict[str, str] = {}
        folder.mkdir(parents=True, exist_ok=True)
        for old in folder.glob("*.webp"):
            old.unlink()

    def add(self, page: Page, name: str, scheme: str, caption: str = "") -> None:
        self.captions[name] = caption or page.title().removesuffix(": numink")
        shoot(page, self.folder / f"{name}-{scheme}.webp")

    def write(self) -> None:
        """Write the Markdown page of all screenshots."""
        sections = [
            f"## {caption}\n\n"
            + " ".join(f"![{caption}, {scheme}]({self.folder.name}/{name}-{scheme}.webp)" for scheme in SCHEMES)
            + "\n"
            for name, caption in self.captions.items()
        ]
        (self.folder.parent / "pages.md").write_text("\n".join([HEAD, *sections]))


def shoot(page: Page, path: Path) -> None:
    """Save a reduced screenshot of the window."""
    page.wait_for_load_state("networkidle")
    page.mouse.move(0, 0)
    picture = Image.open(io.BytesIO(page.screenshot(animations="disabled")))
    picture.thumbnail((MAX_SIDE, MAX_SIDE), Image.Resampling.LANCZOS)
    picture.save(path, quality=60, method=6)


def shoot_accounts(visit: Any, album: Album, scheme: str, site: AccountPages) -> None:
    """Take screenshots of the pages with accounts, first logged out, then as an administrator."""
    origin = f"http://127.0.0.1:{site.world.server.port}"
    page = visit(origin, **SCREEN, color_scheme=scheme)
    for name, address in site.logged_out.items():
        page.goto(origin + address)
        album.add(page, name, scheme, "Start page before logging in" if name == "welcome" else "")
    log_in(page, origin)
    for name, address in site.logged_in.items():
        page.goto(origin + address)
        album.add(page, name, scheme)
    for name, (caption, device, prepare) in ACCOUNT_STATES.items():
        page = visit(origin, **device, color_scheme=scheme)
        log_in(page, origin)
        page.goto(f"{origin}/account")
        prepare(page)
        album.add(page, name, scheme, caption)


def log_in(page: Page, origin: str) -> None:
    page.goto(f"{origin}/log-in")
    page.get_by_label("E-mail address").fill(ADMINISTRATOR)
    page.locator("[name=password]").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Log in").click()
    page.locator("#drop").wait_for()


def test_every_page_has_a_screenshot(
    visit: Any, pages: dict[str, str], with_accounts: AccountPages, request: pytest.FixtureRequest
) -> None:
    album = Album(Path(request.config.getoption("--pictures")))
    for scheme in SCHEMES:
        page = visit("/", **SCREEN, color_scheme=scheme)
        for name, address in pages.items():
            page.goto(address)
            album.add(page, name, scheme)
        for name, (caption, device, prepare) in STATES.items():
            page = visit("/", **device, color_scheme=scheme)
            prepare(page)
            album.add(page, name, scheme, caption)
        shoot_accounts(visit, album, scheme, with_accounts)
    album.write()

    assert sum(file.stat().st_size for file in album.folder.iterdir()) < MAX_TOTAL_BYTES


def test_docs_have_a_screenshot_of_every_page(pages: dict[str, str], with_accounts: AccountPages) -> None:
    names = (*pages, *STATES, *with_accounts.logged_out, *with_accounts.logged_in, *ACCOUNT_STATES)
    wanted = {f"{name}-{scheme}.webp" for name in names for scheme in SCHEMES}
    linked = set(re.findall(r"\(pages/([^)]+)\)", (DOCS / "pages.md").read_text()))
    stored = {file.name for file in (DOCS / "pages").iterdir()}

    assert wanted == linked == stored, "screenshots are out of date: run 'make screenshots'"
    assert {"welcome", "entry-log_in", "entry-register", "entry-mail_sent", "account-index", "admin-index"} < {*names}
