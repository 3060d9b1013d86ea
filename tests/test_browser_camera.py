"""Camera: a desktop's in the browser, which plays a film of one picture; a phone's own."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from browser import DESKTOP, PHONE, expect_answer, shoot, start_chromium
from web_client import Served
from web_pictures import draw

GRANTED = ("--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream")


def camera_film(folder: Path) -> Path:
    """Write a film of one picture in the format of Chromium's fake camera."""
    sheet = draw("472", 160).resize((640, 272)).crop((0, -104, 640, 376))
    sheet.paste((240, 240, 240), (0, 0, 640, 104))
    sheet.paste((240, 240, 240), (0, 376, 640, 480))
    out = io.BytesIO()
    sheet.save(out, "JPEG", quality=90)
    film = folder / "camera.mjpeg"
    film.write_bytes(out.getvalue() * 2)
    return film


@pytest.fixture
def with_camera(chromium: Browser, server: Served, tmp_path: Path) -> Iterator[BrowserContext]:
    """Context of another browser, whose camera plays the film."""
    browser = start_chromium(
        chromium.browser_type, *GRANTED, f"--use-file-for-fake-video-capture={camera_film(tmp_path)}"
    )
    yield browser.new_context(**DESKTOP, base_url=f"http://127.0.0.1:{server.port}", permissions=["camera"])
    browser.close()


def test_photo_from_a_desktop_camera_is_read(with_camera: BrowserContext) -> None:
    page = with_camera.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if "Content Security" in message.text else None)
    page.goto("/")
    expect(page.get_by_text("Take a photo")).to_be_hidden()  # for phones only
    page.get_by_role("button", name="Use the camera").click()
    view = page.locator("#camera-view")
    expect(view).to_be_visible()
    view.evaluate("view => new Promise((done) => view.requestVideoFrameCallback(done))")
    shoot(page, "camera")
    page.get_by_role("button", name="Take photo").click()
    expect_answer(page, "472")
    assert view.evaluate("view => view.srcObject") is None  # the camera is off
    assert complaints == []


def test_camera_is_closed_by_keyboard_and_goes_off(with_camera: BrowserContext) -> None:
    page = with_camera.new_page()
    page.goto("/")
    button = page.get_by_role("button", name="Use the camera")
    button.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#camera-view")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#camera-view")).to_be_hidden()
    page.wait_for_function("document.getElementById('camera-view').srcObject === null")
    expect(button).to_be_focused()


def test_denied_camera_is_reported(visit: Any) -> None:
    page = visit()
    page.get_by_role("button", name="Use the camera").click()
    expect(page.locator("#error-text")).to_contain_text("camera cannot be used")


def test_phone_takes_a_photo_with_its_own_camera(visit: Any) -> None:
    page = visit("/", **PHONE)
    expect(page.locator("html.script")).to_have_count(1)
    expect(page.get_by_role("button", name="Use the camera")).to_be_hidden()
    shot = page.locator("#photo")
    assert shot.get_attribute("capture") == "environment"
    expect(page.get_by_text("Take a photo")).to_be_visible()
    out = io.BytesIO()
    draw("472").save(out, "JPEG")
    shot.set_input_files({"name": "IMG_1.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()})
    expect_answer(page, "472")
