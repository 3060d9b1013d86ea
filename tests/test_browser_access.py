"""Nobody is kept out: axe-core finds nothing on any page, light and dark, on a desk and on a phone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

from axe import violations
from browser import EACH_SCREEN

EACH_LOOK = pytest.mark.parametrize("scheme", ["light", "dark"])
OPEN_ALL = "document.querySelectorAll('main details').forEach((part) => { part.open = true; })"


@EACH_LOOK
@EACH_SCREEN
def test_no_page_keeps_anybody_out(
    visit: Any, axe: str, pages: dict[str, str], scheme: str, device: dict[str, Any]
) -> None:
    page = visit("/", **device, color_scheme=scheme)
    wrong = {}
    for path in pages.values():
        page.goto(path)
        page.evaluate(OPEN_ALL)
        if found := violations(page, axe):
            wrong[path] = found

    assert wrong == {}


def the_pad(page: Page) -> None:
    page.keyboard.press("n")


def a_correction(page: Page) -> None:
    page.keyboard.press("n")
    page.keyboard.press("3")
    page.get_by_role("button", name="Undo").wait_for()


def the_frame(page: Page) -> None:
    page.keyboard.press("m")


def the_help(page: Page) -> None:
    page.keyboard.press("?")


@EACH_LOOK
@EACH_SCREEN
@pytest.mark.parametrize("opened", [the_pad, a_correction, the_frame, the_help])
def test_no_state_of_an_answer_keeps_anybody_out(
    visit: Any, axe: str, reading: str, scheme: str, device: dict[str, Any], opened: Callable[[Page], None]
) -> None:
    page = visit(f"/readings/{reading}", **device, color_scheme=scheme)
    opened(page)

    assert violations(page, axe) == []
