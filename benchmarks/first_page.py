"""Bytes transferred for the first page and everything it loads, in a real browser with an empty cache.

    python benchmarks/first_page.py

Starts the server and a Chromium by itself; needs the packages that `make test` installs. The limits are in
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
from browser import DESKTOP, start_chromium
from web_client import served

ENTRIES = """() => [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")].map(
    (entry) => [entry.name, entry.transferSize, entry.decodedBodySize])"""
PAINT = "() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0"


def loaded(page: Page) -> list[tuple[str, int, int, str, str]]:
    """Return the path, bytes transferred, decoded size, encoding and caching of each file."""
    headers: dict[str, dict[str, str]] = {}
    page.on("response", lambda answer: headers.update({answer.url: answer.headers}))
    page.goto("/", wait_until="networkidle")
    return [
        (
            urlsplit(url).path, sent, size, headers[url].get("content-encoding", "none"),
            headers[url].get("cache-control", "none"),
        )
        for url, sent, size in page.evaluate(ENTRIES)
    ]  # fmt: skip


def main() -> None:
    """Print a table."""
    print(machine())
    with tempfile.TemporaryDirectory() as folder, served(Path(folder)) as server, sync_playwright() as playwright:
        browser = start_chromium(playwright.chromium)
        page = browser.new_page(**DESKTOP, base_url=f"http://127.0.0.1:{server.port}")
        rows = loaded(page)
        painted = page.evaluate(PAINT)
        browser.close()
    total = ("all", sum(row[1] for row in rows), sum(row[2] for row in rows), "", "")
    print(table(["file", "transferred", "decoded", "encoding", "caching"], [*rows, total]))
    print(f"first contentful paint after {painted:.0f} ms")


if __name__ == "__main__":
    main()
