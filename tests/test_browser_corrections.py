"""Corrections in a real browser, on a desktop and a phone: two actions per digit."""

from __future__ import annotations

from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from browser import DESKTOP, EACH_SCREEN, PHONE, choose, choose_by_keyboard, expect_answer, scrolls_sideways, shoot
from pictures import Sheet, as_file, blank, one_digit
from sheets import two_doubts
from web_client import Served
from web_pictures import digits, scribble


def corrections(server: Served, reading: str) -> list[dict[str, Any]]:
    stored: list[dict[str, Any]] = server.client.get(f"/api/v1/readings/{reading}/corrections").json["corrections"]
    return stored


@pytest.fixture
def scrawl(server: Served) -> str:
    """Id of a reading of one doubtful digit."""
    return str(server.client.read(scribble(), "scrawl.png", single="on").json["id"])


def digit(page: Page, index: int) -> Any:
    """Locate a digit of the result by its position."""
    return page.locator(".answer .digit").nth(index)


def expect_status(page: Page, words: str = "Correction saved") -> None:
    expect(page.locator(".saved")).to_contain_text(words)


def test_tab_and_a_key_correct_a_doubtful_digit(visit: Any, server: Served, scrawl: str) -> None:
    page = visit(f"/readings/{scrawl}")
    page.get_by_role("link", name="Model").focus()
    for _ in range(6):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('.answer .digit')"):
            break
    page.keyboard.press("5")
    expect_status(page)

    expect(page.locator(".answer")).to_have_text("5")
    expect(page.get_by_text("Needs review")).to_have_count(0)
    assert [(entry["number"], entry["digit"], entry["text"]) for entry in corrections(server, scrawl)] == [(0, 0, "5")]


@EACH_SCREEN
def test_digit_in_the_picture_is_corrected_in_two_actions(
    visit: Any, server: Served, lines: str, device: dict[str, Any]
) -> None:
    page = visit(f"/readings/{lines}", **device)
    press = "tap" if device is PHONE else "click"
    getattr(page.locator(".overlay .digit-box").nth(4), press)()
    expect(digit(page, 4)).to_be_focused()
    expect(page.locator(".keypad")).to_be_in_viewport()
    getattr(page.locator(".keypad .key", has_text="7"), press)()
    expect_status(page)

    expect(page.locator(".answer .number").nth(1)).to_have_text("728")
    assert [entry["whole"] for entry in corrections(server, lines)] == ["728"]
    assert not scrolls_sideways(page)
    shoot(page, f"corrected-{'phone' if device is PHONE else 'desk'}")


def test_result_on_the_start_page_is_corrected_in_place(visit: Any) -> None:
    page = visit()
    choose(page, digits("472"), "in-place.png")
    expect_answer(page, "472")
    digit(page, 1).click()
    page.keyboard.press("1")
    expect(page.locator("#answer .answer")).to_have_text("412")
    assert page.url.endswith("/")
    expect(digit(page, 1)).to_be_focused()
    page.reload()
    page.goto("/history?text=412")
    expect(page.get_by_text("in-place.png")).to_be_visible()


def test_typing_selects_the_next_doubtful_digit(visit: Any, server: Served) -> None:
    reading = server.client.read(two_doubts(), "doubts.png").json["id"]
    page = visit(f"/readings/{reading}")
    expect(page.get_by_text("the 2 marked digits")).to_be_visible()
    page.keyboard.press("n")
    page.keyboard.press("3")
    page.keyboard.press("5")
    expect(page.locator(".answer .digit.doubt")).to_have_count(0)
    expect(page.locator(".answer .number").first).to_have_text("4171325")
    assert [(entry["digit"], entry["text"]) for entry in corrections(server, reading)] == [(4, "3"), (6, "5")]


def test_not_a_digit_and_no_number_are_marked_and_undone(visit: Any, lines: str) -> None:
    page = visit(f"/readings/{lines}")
    digit(page, 0).focus()
    page.keyboard.press("Delete")
    expect_status(page)
    expect(digit(page, 0)).to_have_accessible_name("not a digit, corrected, was 4")
    digit(page, 4).click()
    page.get_by_role("button", name="No number").click()
    expect(page.locator(".answer .number").nth(1)).to_have_text("–")
    assert page.locator("button.copy").get_attribute("data-text") == "071\n3550"
    page.keyboard.press("u")
    expect_status(page, "correction undone")
    expect(page.locator(".answer .number").nth(1)).to_have_text("228")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".answer .number").first).to_have_text("4071")
    expect(page.get_by_role("button", name="Undo")).to_have_count(0)


def test_missing_number_is_added_with_the_keyboard_alone(visit: Any, server: Served, lines: str) -> None:
    page = visit(f"/readings/{lines}")
    page.keyboard.press("m")
    for key in ["ArrowRight"] * 9 + ["ArrowDown"] * 4 + ["Shift+ArrowRight"] * 2 + ["Enter"]:
        page.keyboard.press(key)
    expect(page.get_by_label("Missing number")).to_be_focused()
    shoot(page, "missed")
    page.keyboard.type("96")
    page.keyboard.press("Enter")
    expect_status(page)

    expect(page.locator(".answer .number").nth(3)).to_have_text("96")
    (stored,) = corrections(server, lines)
    x, y, w, h = stored["box"]
    assert x > 500
    assert w > h
    assert y + h <= 520
    page.keyboard.press("m")
    page.keyboard.press("Escape")
    expect(page.locator(".frame")).to_have_count(0)


@EACH_SCREEN
def test_missing_number_is_framed_on_the_picture(
    visit: Any, server: Served, lines: str, device: dict[str, Any]
) -> None:
    page = visit(f"/readings/{lines}", **device)
    page.get_by_role("button", name="Add a missing number").click()
    bounds = page.locator(".picture svg").bounding_box()
    assert bounds
    scale = bounds["width"] / 1000
    page.mouse.move(bounds["x"] + 600 * scale, bounds["y"] + 300 * scale)
    page.mouse.down()
    page.mouse.move(bounds["x"] + 800 * scale, bounds["y"] + 420 * scale, steps=4)
    page.mouse.up()
    page.get_by_label("Missing number").fill("96")
    page.get_by_role("button", name="Save").last.click()
    expect(page.locator(".answer .number").nth(3)).to_have_text("96")
    (stored,) = corrections(server, lines)
    assert stored["box"] == pytest.approx([600, 300, 200, 120], abs=12)


def test_order_is_corrected_with_keys_and_buttons(visit: Any, lines: str) -> None:
    page = visit(f"/readings/{lines}")
    numbers = page.locator(".answer .number")
    digit(page, 4).focus()
    page.keyboard.press("Alt+ArrowLeft")
    expect(numbers.first).to_have_text("228")
    expect(digit(page, 0)).to_be_focused()
    page.get_by_role("button", name="Move later").click()
    expect(numbers.nth(1)).to_have_text("228")
    page.get_by_role("button", name="Move later").click()
    expect(numbers.nth(2)).to_have_text("228")


def test_whole_number_is_edited_after_enter(visit: Any, lines: str) -> None:
    page = visit(f"/readings/{lines}")
    digit(page, 5).focus()
    page.keyboard.press("Enter")
    page.keyboard.type("12345")
    page.keyboard.press("Enter")
    expect(page.locator(".answer .number").nth(1)).to_have_text("12345")


def test_help_lists_the_shortcuts_and_can_disable_them(visit: Any, lines: str) -> None:
    page = visit(f"/readings/{lines}")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    page.get_by_role("checkbox").uncheck()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.keyboard.press("m")
    expect(page.locator(".frame")).to_have_count(0)
    page.get_by_role("button", name="Shortcuts").click()
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="Close").click()
    page.keyboard.press("m")
    expect(page.locator(".frame")).to_have_count(1)


def test_failed_correction_is_reported_and_the_digit_stays(visit: Any, lines: str) -> None:
    page = visit(f"/readings/{lines}")
    digit(page, 0).focus()
    page.context.set_offline(True)
    page.keyboard.press("9")
    expect_status(page, "cannot be reached")
    expect(digit(page, 0)).to_have_text("4")
    page.context.set_offline(False)
    digit(page, 0).focus()  # the next digit to review was selected
    page.keyboard.press("9")
    expect(page.locator(".answer .number").first).to_have_text("9071")


def test_keyboard_alone_reads_corrects_copies_and_continues(visit: Any) -> None:
    page = visit("/", **DESKTOP, permissions=["clipboard-read", "clipboard-write"])
    choose_by_keyboard(page, two_doubts(), "keys.png")
    expect(page.get_by_role("button", name="Read another picture")).to_be_focused(timeout=20_000)
    for key in ("n", "3", "5"):
        page.keyboard.press(key)
    expect(page.locator(".answer .digit.doubt")).to_have_count(0)
    page.keyboard.press("Escape")
    page.keyboard.press("c")
    page.wait_for_function("async () => (await navigator.clipboard.readText()).startsWith('4171325')")
    page.keyboard.press("Shift+Tab")
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "read-another":
            break
    page.keyboard.press("Enter")
    expect(page.locator("#file")).to_be_focused()


def test_missing_number_is_added_where_none_was_read(visit: Any, server: Served) -> None:
    reading = server.client.read(as_file(blank(Sheet(400, 300))), "blank.png").json["id"]
    page = visit(f"/readings/{reading}")
    page.keyboard.press("m")
    page.keyboard.press("Enter")
    page.keyboard.type("42")
    page.keyboard.press("Enter")
    expect(page.locator(".answer")).to_have_text("42")
    expect(page.get_by_text("Originally read: no number.")).to_be_visible()
    page.keyboard.press("u")
    expect(page.locator(".answer")).to_have_text("No numbers found")


def test_digit_on_the_second_page_of_a_document_is_corrected(visit: Any, server: Served) -> None:
    document = as_file(
        Image.fromarray(one_digit("7")), "PDF", save_all=True, append_images=[Image.fromarray(one_digit("2"))]
    )
    reading = server.client.read(document, "two.pdf").json["id"]
    page = visit(f"/readings/{reading}")
    expect(page.locator(".picture image")).to_have_count(2)
    page.locator(".answer .digit").nth(1).click()
    page.keyboard.press("9")
    expect(page.locator(".answer")).to_have_text(["7", "9"])
    assert [(entry["page"], entry["text"]) for entry in corrections(server, reading)] == [(1, "9")]
