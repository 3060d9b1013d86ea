"""Reading a picture in a real browser: choosing, dropping, pasting, drawing, waiting, errors."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Route, expect

from browser import choose, draw_with_mouse, expect_answer, give, shoot
from web_client import Served
from web_pictures import digits, draw, encoded


def test_chosen_picture_is_read_on_the_same_page(visit: Any) -> None:
    page = visit()
    shoot(page, "home")
    choose(page, digits("7"))
    expect_answer(page, "7")
    assert page.url.endswith("/")
    expect(page.locator("#answer svg .number-box")).to_have_count(1)
    expect(page.locator("#answer .bars").first).to_be_visible()
    expect(page.locator("#announcement")).to_contain_text("Read 7")
    expect(page.locator("#read")).to_be_hidden()
    shoot(page, "answer-one")
    page.get_by_role("button", name="Read another picture").click()
    expect(page.locator("#read")).to_be_visible()
    expect(page.locator("#answer")).to_be_hidden()
    choose(page, digits("4"))
    expect_answer(page, "4")


def test_numbers_are_boxed_and_highlighted_with_the_list(visit: Any) -> None:
    from PIL import Image

    sheet = Image.new("RGB", (1100, 700), (240, 240, 240))
    sheet.paste(draw("74", 160), (20, 20))
    sheet.paste(draw("172", 160), (440, 20))
    sheet.paste(draw("4271", 160), (60, 380))
    page = visit()
    choose(page, encoded(sheet), "numbers.png")
    expect(page.locator("#answer .answer")).to_be_visible(timeout=20_000)
    count = page.locator("#answer .numbers li").count()
    assert count >= 2
    expect(page.locator("#answer svg .number-box")).to_have_count(count)
    page.locator("#answer .numbers li").nth(1).hover()
    expect(page.locator("#answer svg .number-box.highlighted")).to_have_count(1)
    page.get_by_text("Alternatives").first.click()
    expect(page.locator("#answer .bars").first).to_be_visible()
    shoot(page, "answer-several")


def test_preview_of_a_drawing_is_not_stored(visit: Any, server: Served) -> None:
    stored = len(server.client.get("/api/v1/readings").json["readings"])
    page = visit()
    draw_with_mouse(page, "4")
    expect(page.locator("#preview")).to_have_text("4", timeout=10_000)
    shoot(page, "drawing")
    page.get_by_role("button", name="Clear").click()
    expect(page.locator("#preview")).to_have_text("")
    draw_with_mouse(page, "7")
    expect(page.locator("#preview")).to_have_text("7", timeout=10_000)
    assert len(server.client.get("/api/v1/readings").json["readings"]) == stored


def test_dropped_picture_is_read(visit: Any) -> None:
    page = visit()
    give(page, "drop", "dataTransfer")
    expect_answer(page, "7")


def test_pasted_picture_is_read(visit: Any) -> None:
    page = visit()
    give(page, "paste", "clipboardData")
    expect_answer(page, "7")


def test_drawing_is_read(visit: Any) -> None:
    page = visit()
    button = page.locator("#read-drawing")
    expect(button).to_be_disabled()
    draw_with_mouse(page, "7")
    expect(button).to_be_enabled()
    shoot(page, "drawing")
    button.click()
    expect_answer(page, "7")


def test_strokes_are_undone_and_cleared(visit: Any) -> None:
    page = visit()
    blank = page.locator("#paper").evaluate("paper => paper.toDataURL()")
    draw_with_mouse(page, "4")
    page.locator("#undo").click()
    one_left = page.locator("#paper").evaluate("paper => paper.toDataURL()")
    assert one_left != blank
    page.locator("#undo").click()
    assert page.locator("#paper").evaluate("paper => paper.toDataURL()") == blank
    expect(page.locator("#undo")).to_be_disabled()
    draw_with_mouse(page, "1")
    page.locator("#clear").click()
    assert page.locator("#paper").evaluate("paper => paper.toDataURL()") == blank


def test_single_digit_option_is_sent(visit: Any) -> None:
    page = visit()
    page.check("#single")
    choose(page, digits("4"))
    expect_answer(page, "4")
    expect(page.locator("#answer .probability-chart")).to_have_count(1)


def test_error_is_shown_and_another_picture_can_be_read(visit: Any) -> None:
    page = visit()
    choose(page, b"this is no picture", "notes.png")
    expect(page.locator("#error-text")).to_contain_text("not a picture", timeout=20_000)
    expect(page.locator("#announcement")).to_contain_text("not a picture")
    shoot(page, "trouble")
    choose(page, digits("7"))
    expect_answer(page, "7")
    expect(page.locator("#error")).to_be_hidden()


def test_unreachable_server_is_reported(visit: Any) -> None:
    page = visit()
    page.context.set_offline(True)
    choose(page, digits("7"))
    expect(page.locator("#error-text")).to_contain_text("cannot be reached")


def test_progress_is_shown_while_reading(visit: Any) -> None:
    page = visit()
    held: list[Route] = []
    page.route("**/", lambda route: held.append(route))  # noqa: PLW0108 - Playwright takes functions only
    choose(page, digits("7"))
    expect(page.locator("#wait")).to_be_visible()
    expect(page.locator("#announcement")).to_contain_text("Reading")
    held[0].continue_()
    expect_answer(page, "7")
