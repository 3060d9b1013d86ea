"""What any good page has: few bytes, a language, a title of its own, no jumping about; what never changes is cached."""

from __future__ import annotations

import gzip
import re
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Response

from browser import PHONE
from numink.web.static_files import FOLDER, IMMUTABLE_MAX_AGE, static_path
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

    assert len(static) >= 5
    assert [
        url for url, how in static.items() if int((re.findall(r"max-age=(\d+)", how) or ["0"])[0]) < IMMUTABLE_MAX_AGE
    ] == []
    assert [url for url in static if not url.startswith(f"{page.url}{static_path()[1:]}/")] == []  # modules too
    assert "max-age" not in kept[page.url]  # what is shown of a history is asked for each time


def test_nothing_that_a_page_waits_for_comes_from_elsewhere_and_text_is_sent_small(visit: Any) -> None:
    page = visit("/model")
    answers: list[Response] = []
    page.on("response", lambda answer: answers.append(answer))  # noqa: PLW0108 - playwright wants a function of Python
    page.goto("/", wait_until="networkidle")
    texts = [one for one in answers if "/static/" in one.url and one.url.endswith((".css", ".js", ".svg"))]

    assert {urlsplit(one.url).netloc for one in answers} == {urlsplit(page.url).netloc}
    assert len(texts) >= 5
    assert {one.headers.get("content-encoding") for one in texts} == {"gzip"}


def test_pictures_and_sheets_of_the_first_page_have_their_sizes_before_they_come(visit: Any) -> None:
    page = visit("/")
    parts = page.locator("img, canvas, svg:not([viewBox=''])").evaluate_all(
        "all => all.map((one) => [one.outerHTML.slice(0, 80), one.hasAttribute('width'), one.hasAttribute('height')])"
    )

    assert len(parts) >= 3
    assert [what for what, *has in parts if not all(has)] == []


def test_who_takes_no_gzip_gets_text_as_it_is_and_what_is_kept_is_not_sent_again(server: Served) -> None:
    address = f"{static_path()}/numink.css"
    plain = server.client.get(address)
    small = server.client.ask("GET", address, headers={"Accept-Encoding": "gzip, br"})
    again = server.client.ask(
        "GET", address, headers={"Accept-Encoding": "gzip", "If-None-Match": small.headers["ETag"]}
    )

    assert "Content-Encoding" not in plain.headers
    assert small.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(small.body) == plain.body == (FOLDER / "numink.css").read_bytes()
    assert len(small.body) < len(plain.body) / 3
    assert (again.status, again.body) == (304, b"")
    assert {one.headers["Vary"] for one in (plain, small, again)} == {"Accept-Encoding"}
