"""Zooming and panning in a real browser: buttons, keys, wheel, mouse, two fingers."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page

from browser import EACH_SCREEN, PHONE


def view_box(page: Page) -> list[float]:
    return [float(part) for part in page.locator(".picture svg").get_attribute("viewBox").split()]  # type: ignore[union-attr]


@EACH_SCREEN
def test_picture_and_boxes_are_zoomed_and_panned(visit: Any, lines: str, device: dict[str, Any]) -> None:
    page = visit(f"/readings/{lines}", **device)
    whole = view_box(page)
    box = page.locator(".overlay rect").first.evaluate("rect => rect.getBoundingClientRect().width")
    page.get_by_role("button", name="Zoom in").click()
    assert view_box(page)[2] == pytest.approx(whole[2] / 1.4)
    wider = page.locator(".overlay rect").first.evaluate("rect => rect.getBoundingClientRect().width")
    assert wider == pytest.approx(box * 1.4, rel=0.05)
    page.get_by_role("button", name="Whole picture").click()
    assert view_box(page) == whole
    page.locator(".canvas").focus()
    for key in ("+", "+", "ArrowRight", "ArrowDown"):
        page.keyboard.press(key)
    moved = view_box(page)
    assert moved[0] > (whole[2] - moved[2]) / 2
    assert moved[1] > (whole[3] - moved[3]) / 2
    page.keyboard.press("0")
    assert view_box(page) == whole


def test_wheel_with_ctrl_zooms_at_the_pointer_and_dragging_pans(visit: Any, lines: str) -> None:
    page = visit(f"/readings/{lines}")
    place = page.locator(".picture svg").bounding_box()
    assert place
    page.mouse.move(place["x"] + 5, place["y"] + 5)
    page.mouse.wheel(0, -200)
    assert view_box(page)[2] == 1000
    page.keyboard.down("Control")
    page.mouse.wheel(0, -200)
    page.keyboard.up("Control")
    page.wait_for_function("document.querySelector('.picture svg').viewBox.baseVal.width < 500")
    assert max(view_box(page)[:2]) < 20
    page.mouse.move(place["x"] + 205, place["y"] + 105)
    page.mouse.down()
    page.mouse.move(place["x"] + 105, place["y"] + 55, steps=4)
    page.mouse.up()
    assert view_box(page)[0] > 50


def test_two_fingers_zoom_the_picture(visit: Any, lines: str) -> None:
    page = visit(f"/readings/{lines}", **PHONE)
    place = page.locator(".picture svg").bounding_box()
    assert place
    x, y = place["x"] + place["width"] / 2, place["y"] + place["height"] / 2
    touch = page.context.new_cdp_session(page)
    for kind, apart in (("touchStart", 20), ("touchMove", 30), ("touchMove", 60), ("touchEnd", 0)):
        points = [{"x": x - apart, "y": y, "id": 1}, {"x": x + apart, "y": y, "id": 2}] if apart else []
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    assert view_box(page)[2] == pytest.approx(1000 / 3, rel=0.2)
