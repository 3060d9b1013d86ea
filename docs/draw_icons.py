"""Draw the icons of the web app, src/numink/web/static/icon-*.png, from favicon.svg in a browser.

python docs/draw_icons.py
"""

from __future__ import annotations

import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))
from browser import start_chromium  # noqa: E402 - found by the path above

STATIC = ROOT / "src" / "numink" / "web" / "static"
DOCUMENT = "<style>body { margin: 0; background: %s } svg { display: block; margin: %dpx; width: %dpx }</style>%s"


def main() -> None:
    """Write the icons; the maskable one has the drawing in its middle four fifths, and the tile's colour around it."""
    drawing = (STATIC / "favicon.svg").read_text()
    with sync_playwright() as playwright:
        browser = start_chromium(playwright.chromium)
        for name, side, margin in (("icon-192", 192, 0), ("icon-512", 512, 0), ("icon-maskable", 512, 64)):
            page = browser.new_page(viewport={"width": side, "height": side})
            page.set_content(DOCUMENT % ("#2b3f9e" if margin else "transparent", margin, side - 2 * margin, drawing))
            page.screenshot(path=STATIC / f"{name}.png", omit_background=True)
        browser.close()


if __name__ == "__main__":
    main()
