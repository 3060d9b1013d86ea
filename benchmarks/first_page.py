"""What the first page takes over the wire with all that it loads, in a real browser with an empty cache.

    python benchmarks/first_page.py

Starts the server and a Chromium by itself; needs what `make test` installs. The limits are in
tests/test_browser_basics.py.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Page, sync_playwright

from report import machine, table

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from browser import DESK, start_chromium
from web_client import served

ENTRIES = """() => [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")].map(
    (one) => [one.name, one.transferSize, one.decodedBodySize])"""
PAINT = "() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0"


def loaded(page: Page) -> list[tuple[str, int, int, str, str]]:
    """Of each file: its path, bytes over the wire with head, its own bytes, how it came, how long it is kept."""
    heads: dict[str, dict[str, str]] = {}
    page.on("response", lambda answer: heads.update({answer.url: answer.headers}))
    page.goto("/", wait_until="networkidle")
    return [
        (
            urlsplit(url).path, sent, size, heads[url].get("content-encoding", "as it is"),
            heads[url].get("cache-control", "not kept"),
        )
        for url, sent, size in page.evaluate(ENTRIES)
    ]  # fmt: skip


def main() -> None:
    """Prints a table."""
    print(machine())
    with tempfile.TemporaryDirectory() as folder, served(Path(folder)) as server, sync_playwright() as playwright:
        browser = start_chromium(playwright.chromium)
        page = browser.new_page(**DESK, base_url=f"http://127.0.0.1:{server.port}")
        rows = loaded(page)
        painted = page.evaluate(PAINT)
        browser.close()
    total = ("all", sum(row[1] for row in rows), sum(row[2] for row in rows), "", "")
    print(table(["file", "sent", "bytes", "how", "kept"], [*rows, total]))
    print(f"first contentful paint after {painted:.0f} ms")


if __name__ == "__main__":
    main()
