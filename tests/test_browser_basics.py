"""Basics of every page: size, layout shift, title, language, caching and compression."""

from __future__ import annotations

import gzip
import re
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Response

from browser import PHONE
from numink.web.static_files import FOLDER, static_path
from web_client import Served

MAX_START_PAGE_BYTES = 150_000
"""Size limit of the start page with all its files."""
MAX_LAYOUT_SHIFT = 0.1
"""Limit of the cumulative layout shift that counts as good."""

ONE_YEAR = 31_536_000


def test_start_page_is_small_and_does_not_shift(visit: Any) -> None:
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
    assert sum(loaded) <= MAX_START_PAGE_BYTES
    assert shift <= MAX_LAYOUT_SHIFT


def test_every_page_has_a_title_a_description_and_a_language(server: Served, pages: dict[str, str]) -> None:
    titles = {}
    for path in pages.values():
        text = server.client.ask("GET", path, headers={"Accept": "text/html"}).text
        assert '<html lang="en"' in text, path
        assert re.search(r'<meta name="viewport" content="width=device-width', text), path
        assert re.search(r'<meta name="description" content="[^"]{50,160}"', text), path
        assert len(re.findall("<h1", text)) == 1, path
        titles[path] = re.findall("<title>([^<]+)</title>", text.partition("</head>")[0])  # SVG has titles too
    assert all(len(title) == 1 for title in titles.values()), titles
    assert len({title for (title,) in titles.values()}) == len(titles), titles


def test_static_files_are_cached_by_the_browser(visit: Any) -> None:
    cache_control: dict[str, str] = {}
    page = visit("/model")
    page.on(
        "response", lambda response: cache_control.update({response.url: response.headers.get("cache-control", "")})
    )
    page.goto("/", wait_until="networkidle")
    static = {url: value for url, value in cache_control.items() if "/static/" in url}

    assert len(static) >= 5
    assert [
        url for url, value in static.items() if int((re.findall(r"max-age=(\d+)", value) or ["0"])[0]) < ONE_YEAR
    ] == []
    assert [url for url in static if not url.startswith(f"{page.url}{static_path()[1:]}/")] == []  # modules too
    assert "max-age" not in cache_control[page.url]  # pages with a history are loaded anew


def test_files_come_from_the_same_host_and_text_is_compressed(visit: Any) -> None:
    page = visit("/model")
    responses: list[Response] = []
    page.on("response", lambda response: responses.append(response))  # noqa: PLW0108 - playwright wants a function of Python
    page.goto("/", wait_until="networkidle")
    texts = [
        response
        for response in responses
        if "/static/" in response.url and response.url.endswith((".css", ".js", ".svg"))
    ]

    assert {urlsplit(response.url).netloc for response in responses} == {urlsplit(page.url).netloc}
    assert len(texts) >= 5
    assert {response.headers.get("content-encoding") for response in texts} == {"gzip"}


def test_images_and_canvases_of_the_start_page_have_sizes(visit: Any) -> None:
    page = visit("/")
    elements = page.locator("img, canvas, svg:not([viewBox=''])").evaluate_all(
        "all => all.map((one) => [one.outerHTML.slice(0, 80), one.hasAttribute('width'), one.hasAttribute('height')])"
    )

    assert len(elements) >= 3
    assert [element for element, *sizes in elements if not all(sizes)] == []


def test_static_text_is_compressed_on_request_and_revalidated(server: Served) -> None:
    address = f"{static_path()}/numink.css"
    plain = server.client.get(address)
    compressed = server.client.ask("GET", address, headers={"Accept-Encoding": "gzip, br"})
    revalidated = server.client.ask(
        "GET", address, headers={"Accept-Encoding": "gzip", "If-None-Match": compressed.headers["ETag"]}
    )

    assert "Content-Encoding" not in plain.headers
    assert compressed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(compressed.body) == plain.body == (FOLDER / "numink.css").read_bytes()
    assert len(compressed.body) < len(plain.body) / 3
    assert (revalidated.status, revalidated.body) == (304, b"")
    assert {response.headers["Vary"] for response in (plain, compressed, revalidated)} == {"Accept-Encoding"}
