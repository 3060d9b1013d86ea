"""Pages in a real browser: correction, copying, without script, on a phone, by keyboard."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import expect

from browser import DESKTOP, PHONE, choose, draw_with_mouse, expect_answer, scrolls_sideways, shoot
from web_pictures import digits


def test_wrong_number_is_corrected_in_two_clicks(visit: Any) -> None:
    page = visit()
    choose(page, digits("7"), "wrong.png")
    expect_answer(page, "7")
    page.get_by_text("Edit", exact=True).click()
    page.get_by_label("Correct value").fill("1")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".answer")).to_have_text("1")
    expect(page.get_by_text("Correction saved")).to_be_visible()
    shoot(page, "corrected")


def test_numbers_are_copied_with_a_button_or_one_key(visit: Any) -> None:
    page = visit("/", **DESKTOP, permissions=["clipboard-read", "clipboard-write"])
    choose(page, digits("472"), "copy.png")
    expect_answer(page, "472")
    page.get_by_role("button", name="Copy").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == "472"
    page.evaluate("navigator.clipboard.writeText('')")
    page.keyboard.press("c")
    page.wait_for_function("async () => await navigator.clipboard.readText() === '472'")


def test_unmet_constraints_of_the_form_are_shown(visit: Any) -> None:
    page = visit()
    page.get_by_text("Constraints on the numbers").click()
    page.get_by_label("Pattern").fill(r"\d{4}")
    choose(page, digits("472"), "short.png")
    expect_answer(page, "472")
    expect(page.get_by_text("Constraints not met")).to_be_visible()
    shoot(page, "does-not-fit")


def test_pages_work_without_script(visit: Any) -> None:
    page = visit("/", **DESKTOP, java_script_enabled=False)
    expect(page.locator("#draw")).to_be_hidden()
    shoot(page, "home-no-script")
    choose(page, digits("7"), "plain.png")
    page.check("#single")
    page.get_by_role("button", name="Read picture").click()
    expect(page.locator(".answer")).to_have_text("7")
    assert "/readings/" in page.url
    page.get_by_role("link", name="Read another picture").click()
    expect(page.locator("#file")).to_be_visible()


def test_pages_fit_a_phone_and_fingers_draw(visit: Any) -> None:
    page = visit("/", **PHONE)
    for path in ("/history", "/model", "/"):
        page.goto(path)
        assert not scrolls_sideways(page), path
    assert page.locator("#paper").evaluate("paper => getComputedStyle(paper).touchAction") == "none"
    shoot(page, "phone-home")
    page.locator("#paper").tap()
    expect(page.locator("#clear")).to_be_enabled()
    page.locator("#clear").click()
    draw_with_mouse(page, "7")
    page.locator("#read-drawing").click()
    expect_answer(page, "7")
    assert not scrolls_sideways(page)
    shoot(page, "phone-answer")


def test_start_page_works_with_the_keyboard_alone(visit: Any) -> None:
    page = visit()
    page.keyboard.press("Tab")
    expect(page.get_by_text("Skip to content")).to_be_focused()
    reached = set()
    for _ in range(12):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.id || document.activeElement.textContent.trim()"))
    assert {"numink", "Read", "History", "Model", "file", "single"} <= reached


def test_help_starts_at_its_top_on_a_small_screen(visit: Any, lines: str) -> None:
    page = visit(f"/readings/{lines}", **{**PHONE, "viewport": {"width": 390, "height": 500}})
    page.get_by_role("button", name="Shortcuts").click()
    dialog = page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(dialog.get_by_role("heading")).to_be_in_viewport()
    assert dialog.evaluate("one => one.scrollHeight > one.clientHeight")  # else this shows nothing
