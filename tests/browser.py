"""A real browser for tests: how it is started, and the steps of its user.

Needs a Chromium on the machine. Screenshots are left in test-results/.
"""

from __future__ import annotations

import base64
import shutil
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserType, Page, expect
from playwright.sync_api import TimeoutError as BrowserTimeout

from web_pictures import STROKES, digits

SHOTS = Path(__file__).parent.parent / "test-results"
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip
DESKTOP: dict[str, Any] = {"viewport": {"width": 1280, "height": 860}}
PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844}, "device_scale_factor": 2, "has_touch": True, "is_mobile": True,
}  # fmt: skip
EACH_SCREEN = pytest.mark.parametrize("device", [DESKTOP, PHONE], ids=["desktop", "phone"])


def start_chromium(kind: BrowserType, *flags: str) -> Browser:
    """Start Chromium without a screen.

    Raises:
        LookupError: This machine has no Chromium.
    """
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not path:
        raise LookupError("a browser is needed: install Debian's 'chromium', or put google-chrome on the PATH")
    return kind.launch(executable_path=path, args=[*FLAGS, *flags])


def choose_by_keyboard(page: Page, picture: bytes, name: str) -> None:
    """Choose a file with the file field and the space bar.

    Space is pressed again where the dialog does not open: Chromium without a screen leaves the dialog out while
    another of its windows is in front.
    """
    for _ in range(10):
        page.bring_to_front()
        page.locator("#file").focus()
        try:
            with page.expect_file_chooser(timeout=3_000) as chooser:
                page.keyboard.press("Space")
        except BrowserTimeout:
            continue
        chooser.value.set_files({"name": name, "mimeType": "image/png", "buffer": picture})
        return
    raise AssertionError("the dialog for a file does not open")


def scrolls_sideways(page: Page) -> bool:
    """Return whether the page scrolls sideways."""
    # innerWidth alone would not do: it grows with the page on a phone
    return bool(page.evaluate("document.documentElement.scrollWidth > Math.min(innerWidth, screen.width)"))


def shoot(page: Page, name: str) -> None:
    """Leave a screenshot of the whole page in test-results/."""
    SHOTS.mkdir(exist_ok=True)
    page.wait_for_load_state("networkidle")
    page.screenshot(path=SHOTS / f"{name}.png", full_page=True)


def choose(page: Page, content: bytes, name: str = "digit.png") -> None:
    page.set_input_files("#file", {"name": name, "mimeType": "image/png", "buffer": content})


def expect_answer(page: Page, text: str) -> None:
    expect(page.locator("#answer .answer")).to_have_text(text, timeout=20_000)


def draw_with_mouse(page: Page, digit: str) -> None:
    box = page.locator("#paper").bounding_box()
    assert box
    side = min(box["width"], box["height"]) * 0.7
    left, top = box["x"] + box["width"] / 2 - side / 2, box["y"] + box["height"] * 0.15
    for stroke in STROKES[digit]:
        (x, y), *rest = stroke
        page.mouse.move(left + x * side, top + y * side)
        page.mouse.down()
        for x, y in rest:
            page.mouse.move(left + x * side, top + y * side, steps=6)
        page.mouse.up()


def give(page: Page, event: str, member: str) -> None:
    """Drop or paste a picture with an event as the browser makes it."""
    page.evaluate(
        """([kind, member, content]) => {
            const bytes = Uint8Array.from(atob(content), (sign) => sign.charCodeAt(0));
            const transfer = new DataTransfer();
            transfer.items.add(new File([bytes], "given.png", { type: "image/png" }));
            const Kind = kind === "drop" ? DragEvent : ClipboardEvent;
            document.getElementById("drop").dispatchEvent(new Kind(kind, { [member]: transfer, bubbles: true }));
        }""",
        [event, member, base64.b64encode(digits("7")).decode()],
    )
