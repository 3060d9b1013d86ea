"""A real browser for tests: how it is started, what a person does with it, and what is measured on a page.

Needs a Chromium on the machine. Pictures of the pages are left in test-results/.
"""

from __future__ import annotations

import base64
import shutil
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserType, Page, expect

from web_pictures import STROKES, digits

SHOTS = Path(__file__).parent.parent / "test-results"
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip
DESK: dict[str, Any] = {"viewport": {"width": 1280, "height": 860}}
PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844}, "device_scale_factor": 2, "has_touch": True, "is_mobile": True,
}  # fmt: skip


def start_chromium(kind: BrowserType, *flags: str) -> Browser:
    """Raises LookupError where this machine has none."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not path:
        raise LookupError("a browser is needed: install Debian's 'chromium', or put google-chrome on the PATH")
    return kind.launch(executable_path=path, args=[*FLAGS, *flags])


def shoot(page: Page, name: str) -> None:
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
    """A drop or a paste of a picture, as the browser makes it."""
    page.evaluate(
        """([kind, member, content]) => {
            const bytes = Uint8Array.from(atob(content), (sign) => sign.charCodeAt(0));
            const held = new DataTransfer();
            held.items.add(new File([bytes], "given.png", { type: "image/png" }));
            const Kind = kind === "drop" ? DragEvent : ClipboardEvent;
            document.getElementById("drop").dispatchEvent(new Kind(kind, { [member]: held, bubbles: true }));
        }""",
        [event, member, base64.b64encode(digits("7")).decode()],
    )


CONTRAST = """() => {
    const channel = (value) => value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4;
    const light = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
    const parse = (text) => [...text.match(/[\\d.]+/g).map(Number), 1].slice(0, 4);
    const ground = (element) => {
        for (let at = element; at; at = at.parentElement) {
            const colour = parse(getComputedStyle(at).backgroundColor);
            if (colour[3] === 1) return colour;
        }
        return [255, 255, 255, 1];
    };
    const weak = [];
    for (const element of document.querySelectorAll("main *, header *, footer *")) {
        const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
        const style = getComputedStyle(element);
        if (!own || !element.offsetParent || element.closest("svg, .unseen, :disabled")) continue;
        const a = light(parse(style.color)), b = light(ground(element));
        const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
        const size = parseFloat(style.fontSize);
        const least = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700) ? 3 : 4.5;
        if (ratio < least) weak.push(`${element.textContent.trim().slice(0, 30)}: ${ratio.toFixed(2)}`);
    }
    return weak;
}"""
"""Texts with less contrast than WCAG 2.2 AA asks for."""
