"""The pages in a real browser: correction; without script, on a phone, by keyboard, in the dark."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import expect

from browser import DESK, PHONE, choose, draw_with_mouse, expect_answer, goes_beyond_the_screen, shoot
from web_pictures import digits


def test_a_wrong_number_is_corrected_in_two_clicks(visit: Any) -> None:
    page = visit()
    choose(page, digits("7"), "wrong.png")
    expect_answer(page, "7")
    page.get_by_text("Not right?").click()
    page.get_by_label("It says").fill("1")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".answer")).to_have_text("1")
    expect(page.get_by_text("your correction is kept")).to_be_visible()
    shoot(page, "corrected")


def test_the_numbers_are_copied_with_a_button_or_one_key(visit: Any) -> None:
    page = visit("/", **DESK, permissions=["clipboard-read", "clipboard-write"])
    choose(page, digits("472"), "copy.png")
    expect_answer(page, "472")
    page.get_by_role("button", name="Copy").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == "472"
    page.evaluate("navigator.clipboard.writeText('')")
    page.keyboard.press("c")
    page.wait_for_function("async () => await navigator.clipboard.readText() === '472'")


def test_what_is_known_is_said_in_the_form_and_what_does_not_fit_is_shown(visit: Any) -> None:
    page = visit()
    page.get_by_text("I know more about the numbers").click()
    page.get_by_label("Each is like this").fill(r"\d{4}")
    choose(page, digits("472"), "short.png")
    expect_answer(page, "472")
    expect(page.get_by_text("Does not fit")).to_be_visible()
    shoot(page, "does-not-fit")


def test_everything_works_without_script(visit: Any) -> None:
    page = visit("/", **DESK, java_script_enabled=False)
    expect(page.locator("#draw")).to_be_hidden()
    shoot(page, "home-no-script")
    choose(page, digits("7"), "plain.png")
    page.check("#single")
    page.get_by_role("button", name="Read it").click()
    expect(page.locator(".answer")).to_have_text("7")
    assert "/readings/" in page.url
    page.get_by_role("link", name="Try another").click()
    expect(page.locator("#file")).to_be_visible()


def test_on_a_phone_nothing_is_cut_off_and_fingers_draw(visit: Any) -> None:
    page = visit("/", **PHONE)
    for path in ("/history", "/model", "/"):
        page.goto(path)
        assert not goes_beyond_the_screen(page), path
    assert page.locator("#paper").evaluate("paper => getComputedStyle(paper).touchAction") == "none"
    shoot(page, "phone-home")
    page.locator("#paper").tap()
    expect(page.locator("#clear")).to_be_enabled()
    page.locator("#clear").click()
    draw_with_mouse(page, "7")
    page.locator("#read-drawing").click()
    expect_answer(page, "7")
    assert not goes_beyond_the_screen(page)
    shoot(page, "phone-answer")


def test_the_keyboard_alone_is_enough(visit: Any) -> None:
    page = visit()
    page.keyboard.press("Tab")
    expect(page.get_by_text("Skip to the content")).to_be_focused()
    reached = set()
    for _ in range(12):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.id || document.activeElement.textContent.trim()"))
    assert {"numink", "Read", "History", "Model", "file", "single"} <= reached


def test_help_begins_at_its_first_line_on_a_small_screen_too(visit: Any, lines: str) -> None:
    page = visit(f"/readings/{lines}", **{**PHONE, "viewport": {"width": 390, "height": 500}})
    page.get_by_role("button", name="Keys").click()
    dialog = page.get_by_role("dialog", name="Keys")
    expect(dialog.get_by_role("heading")).to_be_in_viewport()
    assert dialog.evaluate("one => one.scrollHeight > one.clientHeight")  # else this shows nothing
