"""Accessibility: axe-core finds no violation on any page, light and dark, on a desktop and a phone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

from axe import violations
from browser import EACH_SCREEN

EACH_SCHEME = pytest.mark.parametrize("scheme", ["light", "dark"])
OPEN_ALL = "document.querySelectorAll('main details').forEach((part) => { part.open = true; })"


@EACH_SCHEME
@EACH_SCREEN
def test_every_page_is_accessible(
    visit: Any, axe: str, pages: dict[str, str], scheme: str, device: dict[str, Any]
) -> None:
    page = visit("/", **device, color_scheme=scheme)
    violations_by_path = {}
    for path in pages.values():
        page.goto(path)
        page.evaluate(OPEN_ALL)
        if found_on_page := violations(page, axe):
            violations_by_path[path] = found_on_page

    assert violations_by_path == {}


def open_keypad(page: Page) -> None:
    page.keyboard.press("n")


def correct_digit(page: Page) -> None:
    page.keyboard.press("n")
    page.keyboard.press("3")
    page.get_by_role("button", name="Undo").wait_for()


def open_frame(page: Page) -> None:
    page.keyboard.press("m")


def open_help(page: Page) -> None:
    page.keyboard.press("?")


@EACH_SCHEME
@EACH_SCREEN
@pytest.mark.parametrize("prepare", [open_keypad, correct_digit, open_frame, open_help])
def test_every_state_of_a_result_is_accessible(
    visit: Any, axe: str, reading: str, scheme: str, device: dict[str, Any], prepare: Callable[[Page], None]
) -> None:
    page = visit(f"/readings/{reading}", **device, color_scheme=scheme)
    prepare(page)

    assert violations(page, axe) == []
