"""Numbers with signs in a real browser: signs are corrected, whole numbers confirmed, other readings chosen."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from browser import EACH_SCREEN, PHONE, scrolls_sideways, shoot
from sign_material import save_signs
from web_client import Served


@pytest.fixture
def signs(server: Served) -> str:
    return save_signs(server.folder)


def texts(server: Served, reading: str) -> list[tuple[int, int | None, str]]:
    stored = server.client.get(f"/api/v1/readings/{reading}/corrections").json["corrections"]
    return [(correction["number"], correction["digit"], correction["text"]) for correction in stored]


def number(page: Page, index: int) -> Any:
    return page.locator(".answer .number").nth(index)


def expect_saved(page: Page) -> None:
    expect(page.locator(".saved")).to_contain_text("Correction saved")


@EACH_SCREEN
def test_a_sign_is_corrected_with_the_keypad(visit: Any, server: Served, signs: str, device: dict[str, Any]) -> None:
    page = visit(f"/readings/{signs}", **device)
    shoot(page, f"signs-{'phone' if device is PHONE else 'desk'}")
    press = "tap" if device is PHONE else "click"
    getattr(number(page, 0).locator(".digit").nth(2), press)()
    shoot(page, f"signs-keypad-{'phone' if device is PHONE else 'desk'}")
    getattr(page.get_by_role("button", name="point", exact=True), press)()
    expect_saved(page)

    expect(number(page, 0)).to_have_text("24.15")
    assert texts(server, signs) == [(0, 2, ".")]
    assert not scrolls_sideways(page)


def test_a_sign_is_confirmed_with_its_key(visit: Any, server: Served, signs: str) -> None:
    page = visit(f"/readings/{signs}")
    page.keyboard.press("n")
    page.keyboard.press("-")
    expect_saved(page)

    assert texts(server, signs) == [(1, 0, "-")]
    expect(number(page, 1).locator(".doubt")).to_have_count(0)


def test_a_number_that_is_doubtful_as_a_whole_is_confirmed(visit: Any, server: Served, signs: str) -> None:
    page = visit(f"/readings/{signs}")
    page.keyboard.press("n")
    page.keyboard.press("n")
    expect(number(page, 3).locator(".digit").first).to_be_focused()
    page.get_by_role("button", name="Number is right").click()
    expect_saved(page)

    assert texts(server, signs) == [(3, None, "6/2/98")]
    expect(page.get_by_text("Check the whole number")).to_have_count(0)


def test_a_number_is_edited_with_letters_and_signs(visit: Any, server: Served, signs: str) -> None:
    page = visit(f"/readings/{signs}")
    number(page, 0).locator(".digit").first.click()
    page.keyboard.press("Enter")
    page.keyboard.type("AB-12/€")
    page.keyboard.press("Enter")
    expect_saved(page)

    assert texts(server, signs) == [(0, None, "AB-12/€")]


def test_another_reading_is_chosen_in_the_review(visit: Any, server: Served, signs: str) -> None:
    page = visit("/review")
    shoot(page, "signs-review")
    page.goto(f"/readings/{signs}")
    page.locator("li", has_text="24,15").get_by_text("Edit").click()
    page.get_by_role("button", name="24,75").click()
    expect_saved(page)

    assert texts(server, signs) == [(0, None, "24,75")]


def test_the_options_of_a_picture_are_legible(visit: Any) -> None:
    page = visit("/")
    page.get_by_text("Signs, dates and words").click()
    expect(page.get_by_label("Decimal sign")).to_be_visible()
    shoot(page, "signs-options")
    assert not scrolls_sideways(page)
