"""Draws the icons of the web app from favicon.svg, in a browser: src/numink/web/static/icon-*.png.

python docs/draw_icons.py
"""

from __future__ import annotations

import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))
from browser import start_chromium  # noqa: E402 - the path above makes it found

STATIC = ROOT / "src" / "numink" / "web" / "static"
SHEET = "<style>body { margin: 0; background: %s } svg { display: block; margin: %dpx; width: %dpx }</style>%s"


def main() -> None:
    """The maskable one has its drawing within the middle four fifths, on the tile's colour to the edges."""
    drawing = (STATIC / "favicon.svg").read_text()
    with sync_playwright() as playwright:
        browser = start_chromium(playwright)
        for name, side, room in (("icon-192", 192, 0), ("icon-512", 512, 0), ("icon-maskable", 512, 64)):
            page = browser.new_page(viewport={"width": side, "height": side})
            page.set_content(SHEET % ("#2b3f9e" if room else "transparent", room, side - 2 * room, drawing))
            page.screenshot(path=STATIC / f"{name}.png", omit_background=True)
        browser.close()


if __name__ == "__main__":
    main()
