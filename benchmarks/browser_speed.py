"""Waiting time in a browser: from choosing a file, and from lifting the pen, to the answer on the page.

    python benchmarks/browser_speed.py [--rounds 10]

Starts the server and a Chromium by itself; needs the packages that `make test` installs. Prints median, minimum and
maximum.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from browser import DESKTOP, draw_with_mouse, start_chromium
from web_client import served
from web_pictures import draw, encoded

WATCH = """([from, event, to]) => {
    window.waited = [];
    let start = null;
    document.getElementById(from).addEventListener(event, () => { start = performance.now(); }, true);
    new MutationObserver(() => {
        if (start === null || !document.getElementById(to).textContent) return;
        window.waited.push(performance.now() - start);
        start = null;
    }).observe(document.getElementById(to), { childList: true });
}"""


def photo() -> bytes:
    """Return a JPEG of 2 megapixels with a number on it."""
    from PIL import Image

    sheet = Image.new("RGB", (1632, 1224), (236, 233, 226))
    sheet.paste(draw("472", 260), (300, 300))
    return encoded(sheet, "JPEG")


def photo_to_answer(page: Page, rounds: int) -> list[float]:
    """Return the milliseconds from choosing a file to the answer."""
    content, times = photo(), []
    for _ in range(rounds):
        page.goto("/")
        page.evaluate(WATCH, ["file", "change", "answer"])
        page.set_input_files("#file", {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": content})
        page.wait_for_function("() => window.waited.length > 0")
        times += page.evaluate("() => window.waited")
    return times


def pen_to_answer(page: Page, rounds: int) -> list[float]:
    """Return the milliseconds from lifting the pen to the answer for the drawing so far."""
    page.goto("/")
    page.evaluate(WATCH, ["paper", "pointerup", "glance"])
    for index in range(rounds):
        draw_with_mouse(page, "271"[index % 3])
        page.wait_for_function("(count) => window.waited.length > count", arg=index)
        page.get_by_role("button", name="Clear").click()
    times: list[float] = page.evaluate("() => window.waited")
    return times


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=10)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as folder, served(Path(folder)) as server, sync_playwright() as playwright:
        browser = start_chromium(playwright.chromium)
        page = browser.new_page(**DESKTOP, base_url=f"http://127.0.0.1:{server.port}")
        print(f"{'milliseconds':32}{'median':>8}{'min':>8}{'max':>8}")
        for name, measure in (
            ("2-megapixel photo to answer", photo_to_answer),
            ("pen lifted to answer", pen_to_answer),
        ):
            times = measure(page, rounds)
            print(f"{name:32}{statistics.median(times):8.0f}{min(times):8.0f}{max(times):8.0f}")
        browser.close()


if __name__ == "__main__":
    main()
