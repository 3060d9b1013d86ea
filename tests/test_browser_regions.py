"""Parts of a picture that people frame on the page, and tables, in a real browser."""

from __future__ import annotations

from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from axe import violations
from browser import DESKTOP, EACH_SCREEN, PHONE, choose, scrolls_sideways, shoot
from paper_forms import number_table
from pictures import as_file
from web_client import Served
from web_pictures import digits, encoded

FIRST, SECOND = (40, 30, 400, 170), (40, 270, 500, 190)
"""Left, top, width and height around 4071 and 3550 on the picture of `lines`, 1000 x 520 pixels."""


def draw_frame(page: Page, box: tuple[int, int, int, int], width: int = 1000) -> None:
    """Draw a frame with the mouse, in pixels of a picture of `width` pixels."""
    bounds = page.locator(".picture svg").bounding_box()
    assert bounds
    scale = bounds["width"] / width
    left, top = bounds["x"] + box[0] * scale, bounds["y"] + box[1] * scale
    page.mouse.move(left, top)
    page.mouse.down()
    page.mouse.move(left + box[2] * scale, top + box[3] * scale, steps=4)
    page.mouse.up()


def texts_of(page: Page) -> list[str]:
    return [" ".join(text.split()) for text in page.locator(".parts .part-text").all_inner_texts()]


def open_frame(page: Page) -> None:
    page.locator(".read-region summary").click()
    expect(page.locator(".frame")).to_have_count(1)


@EACH_SCREEN
def test_framed_parts_are_read_at_once_one_after_another(
    visit: Any, server: Served, lines: str, device: dict[str, Any]
) -> None:
    page = visit(f"/readings/{lines}", **device)
    open_frame(page)
    page.locator(".canvas").scroll_into_view_if_needed()
    draw_frame(page, FIRST)
    expect(page.locator(".parts a:visible")).to_have_count(1, timeout=20_000)
    draw_frame(page, SECOND)
    expect(page.locator(".parts a:visible")).to_have_count(2, timeout=20_000)

    assert texts_of(page) == ["4071", "3550"]
    expect(page.locator(".part-layer .number-box")).to_have_count(2)
    expect(page.locator(".part-status")).to_contain_text("Read 3550")
    expect(page.locator(".answer .number")).to_have_count(3)
    stored = server.client.get("/api/v1/readings?limit=2").json["readings"]
    assert [reading["pages"][0]["text"] for reading in stored] == ["3550", "4071"]
    assert not scrolls_sideways(page)
    shoot(page, f"regions-{'phone' if device is PHONE else 'desk'}")
    page.get_by_role("link", name="Details").last.click()
    expect(page.locator(".answer")).to_have_text("3550")


def test_a_finger_frames_a_part(visit: Any, lines: str) -> None:
    page = visit(f"/readings/{lines}", **PHONE)
    open_frame(page)
    page.locator(".canvas").scroll_into_view_if_needed()
    bounds = page.locator(".picture svg").bounding_box()
    assert bounds
    scale = bounds["width"] / 1000
    touch = page.context.new_cdp_session(page)
    left, top, width, height = SECOND
    for kind, share in (("touchStart", 0.0), ("touchMove", 0.5), ("touchMove", 1.0), ("touchEnd", None)):
        points = [] if share is None else [
            {"x": bounds["x"] + (left + share * width) * scale, "y": bounds["y"] + (top + share * height) * scale}
        ]  # fmt: skip
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    expect(page.locator(".parts a:visible")).to_have_count(1, timeout=20_000)

    assert texts_of(page) == ["3550"]


def test_a_tap_moves_the_frame_and_reads_nothing(visit: Any, lines: str) -> None:
    page = visit(f"/readings/{lines}")
    open_frame(page)
    before = page.locator(".read-region [name=x]").input_value()
    page.locator(".canvas").click(position={"x": 40, "y": 40})

    assert page.locator(".read-region [name=x]").input_value() != before
    expect(page.locator(".parts li")).to_have_count(0)


def test_a_part_is_framed_with_the_keyboard_alone(visit: Any, lines: str) -> None:
    page = visit(f"/readings/{lines}")
    page.keyboard.press("f")
    expect(page.locator(".canvas")).to_be_focused()
    for key in ["Shift+ArrowRight"] * 20 + ["Shift+ArrowDown"] * 3 + ["ArrowDown"] * 4 + ["ArrowLeft"] * 22:
        page.keyboard.press(key)
    page.keyboard.press("Enter")
    expect(page.locator(".parts a:visible")).to_have_count(1, timeout=20_000)
    assert texts_of(page) == ["3550"]
    page.keyboard.press("Escape")
    expect(page.locator(".frame")).to_have_count(0)
    expect(page.locator(".read-region summary")).to_be_focused()


def test_fields_move_the_frame_and_read_its_part(visit: Any, lines: str) -> None:
    page = visit(f"/readings/{lines}")
    open_frame(page)
    for name, value in zip(("Left", "Top", "Width", "Height"), SECOND, strict=True):
        page.get_by_label(name, exact=True).fill(str(value))
    expect(page.locator(".frame")).to_have_attribute("width", str(SECOND[2]))
    page.get_by_role("button", name="Read this part").click()
    expect(page.locator(".parts a:visible")).to_have_count(1, timeout=20_000)

    assert texts_of(page) == ["3550"]


def test_a_part_is_read_without_javascript(visit: Any, lines: str) -> None:
    page = visit(f"/readings/{lines}", **DESKTOP, java_script_enabled=False)
    page.get_by_text("Read a part of the picture").click()
    for name, value in zip(("Left", "Top", "Width", "Height"), SECOND, strict=True):
        page.get_by_label(name, exact=True).fill(str(value))
    page.get_by_role("button", name="Read this part").click()

    expect(page.locator(".answer")).to_have_text("3550")


def test_the_chosen_file_is_read_at_its_full_size(visit: Any, server: Served) -> None:
    page = visit()
    choose(page, digits("7412", 500), "large.png")
    expect(page.locator("#answer .answer")).to_be_visible(timeout=20_000)
    open_frame(page)
    draw_frame(page, (1500, 20, 700, 700), 2250)
    expect(page.locator(".parts a:visible")).to_have_count(1, timeout=20_000)
    (stored,) = server.client.get("/api/v1/readings?limit=1").json["readings"]

    assert stored["pages"][0]["width"] == 2250
    assert stored["name"] == "large.png"
    expect(page.locator("#answer .part-layer .number-box")).to_have_count(1)


@EACH_SCREEN
def test_a_page_without_numbers_offers_the_frame(visit: Any, server: Served, axe: str, device: dict[str, Any]) -> None:
    blank = server.client.read(encoded(Image.new("L", (600, 300), 240)), "blank.png").json["id"]
    page = visit(f"/readings/{blank}", **device)
    page.get_by_role("button", name="Draw a frame around the number").click()
    expect(page.locator(".frame")).to_have_count(1)
    page.locator(".canvas").scroll_into_view_if_needed()
    draw_frame(page, (100, 60, 300, 150), 600)
    expect(page.locator(".parts a:visible")).to_have_count(1, timeout=20_000)

    assert texts_of(page) == ["No numbers found"]
    assert violations(page, axe) == []
    shoot(page, f"regions-none-{'phone' if device is PHONE else 'desk'}")


def test_an_error_is_shown_in_the_list(visit: Any, lines: str) -> None:
    page = visit(f"/readings/{lines}")
    open_frame(page)
    page.route("**/regions", lambda route: route.abort())
    page.get_by_role("button", name="Read this part").click()

    expect(page.locator(".parts .wrong")).to_contain_text("The server cannot be reached")
    expect(page.locator(".part-outline")).to_have_count(0)


def test_a_missing_number_and_a_part_use_the_frame_in_turn(visit: Any, lines: str) -> None:
    page = visit(f"/readings/{lines}")
    page.keyboard.press("m")
    page.keyboard.press("f")
    expect(page.locator("form.add-missing")).to_be_hidden()
    page.keyboard.press("m")
    expect(page.locator("form.add-missing")).to_be_visible()
    expect(page.locator(".frame")).to_have_count(1)

    assert page.locator(".read-region").get_attribute("open") is None


@EACH_SCREEN
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_parts_are_accessible(visit: Any, axe: str, lines: str, scheme: str, device: dict[str, Any]) -> None:
    page = visit(f"/readings/{lines}", **device, color_scheme=scheme)
    open_frame(page)
    page.locator(".canvas").scroll_into_view_if_needed()
    draw_frame(page, FIRST)
    expect(page.locator(".parts a:visible")).to_have_count(1, timeout=20_000)

    assert violations(page, axe) == []
    shoot(page, f"regions-{scheme}")


TABLE = [["12", "345"], ["67", ""], ["8", "901"]]


@EACH_SCREEN
def test_cells_are_shown_as_a_table_and_copied_with_tabs(
    visit: Any, server: Served, axe: str, device: dict[str, Any]
) -> None:
    reading = server.client.read(as_file(number_table(TABLE)), "table.png").json["id"]
    page = visit(f"/readings/{reading}", **device)
    rows = page.locator(".answer .cells tr")
    cells = [[" ".join(text.split()) for text in row.locator("td").all_inner_texts()] for row in rows.all()]

    assert cells == TABLE
    copied = page.locator(".tools-row button.copy").get_attribute("data-text")
    assert copied == "\n".join("\t".join(row) for row in TABLE)
    assert violations(page, axe) == []
    assert not scrolls_sideways(page)
    shoot(page, f"table-{'phone' if device is PHONE else 'desk'}")
    page.locator(".answer .digit").nth(2).click()
    page.keyboard.press("4")
    expect(page.locator(".answer .cells td").nth(1)).to_have_text("445")
