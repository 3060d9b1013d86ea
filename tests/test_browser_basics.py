"""What any good page has: few bytes, a language, a title of its own, no jumping about; what never changes is cached."""

from __future__ import annotations

import re
from typing import Any

from browser import PHONE
from web_client import Served

FIRST_PAGE = 150_000
"""Bytes that the first page may take, with all that it loads."""
SHIFT = 0.1
"""How much a page may jump about (cumulative layout shift), as the field has it."""


def test_the_first_page_is_light_and_keeps_still(visit: Any) -> None:
    page = visit("/model", **PHONE)
    network = page.context.new_cdp_session(page)
    network.send("Network.enable")
    network.send("Network.setCacheDisabled", {"cacheDisabled": True})
    loaded: list[float] = []
    network.on("Network.loadingFinished", lambda event: loaded.append(event["encodedDataLength"]))
    page.goto("/", wait_until="networkidle")
    shift = page.evaluate(
        """() => new Promise((done) => new PerformanceObserver((list) => done(
            list.getEntries().reduce((sum, entry) => sum + entry.value, 0)
        )).observe({ type: "layout-shift", buffered: true }) || setTimeout(() => done(0), 500))"""
    )

    assert len(loaded) >= 3
    assert sum(loaded) <= FIRST_PAGE
    assert shift <= SHIFT


def test_every_page_says_what_it_is_and_in_which_language(server: Served, pages: dict[str, str]) -> None:
    titles = {}
    for path in pages.values():
        text = server.client.ask("GET", path, headers={"Accept": "text/html"}).text
        assert '<html lang="en"' in text, path
        assert re.search(r'<meta name="viewport" content="width=device-width', text), path
        assert re.search(r'<meta name="description" content="[^"]{50,160}"', text), path
        assert len(re.findall("<h1", text)) == 1, path
        titles[path] = re.findall("<title>([^<]+)</title>", text.partition("</head>")[0])  # drawings have their own
    assert all(len(title) == 1 for title in titles.values()), titles
    assert len({title for (title,) in titles.values()}) == len(titles), titles


def test_what_a_page_loads_is_kept_by_the_browser(visit: Any) -> None:
    kept: dict[str, str] = {}
    page = visit("/model")
    page.on("response", lambda answer: kept.update({answer.url: answer.headers.get("cache-control", "")}))
    page.goto("/", wait_until="networkidle")
    static = {url: how for url, how in kept.items() if "/static/" in url}

    assert len(static) >= 2
    assert [url for url, how in static.items() if int((re.findall(r"max-age=(\d+)", how) or ["0"])[0]) < 86_400] == []
