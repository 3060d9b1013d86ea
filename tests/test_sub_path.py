"""numink under a path of another site: a trusted proxy removes the path and names it in X-Forwarded-Prefix."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from accounts_world import PASSWORD, World, world
from web_client import Answer, Client, Served, multipart, served
from web_pictures import digits

PREFIX = "/tools/numink"
LINK = re.compile(r'(?:href|src|action|data-(?!key)[a-z-]+)="(/[^"]*)"')


class Proxied(Client):
    """A browser behind a proxy that serves numink under PREFIX and passes nothing else on."""

    def ask(self, method: str, path: str, body: bytes | None = None, headers: object = None) -> Answer:
        assert path.startswith(f"{PREFIX}/"), path
        sent = {"X-Forwarded-Prefix": PREFIX, **(headers if isinstance(headers, dict) else {})}
        return super().ask(method, path.removeprefix(PREFIX), body, sent)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("prefix"), NUMINK_PROXIES="1") as running:
        yield running


@pytest.fixture
def visitor(server: Served) -> Proxied:
    return Proxied(server.port, browser=True)


def send(visitor: Proxied, path: str, **fields: str | tuple[str, bytes]) -> Answer:
    body, kind = multipart(fields)
    return visitor.ask("POST", path, body, {"Content-Type": kind})


def read(visitor: Proxied) -> str:
    """Send a picture by the form, and return the address of its reading."""
    token = visitor.token(f"{PREFIX}/")
    return send(visitor, f"{PREFIX}/", csrf_token=token, file=("a.png", digits("7"))).headers["Location"]


def test_every_link_of_every_page_stays_below_the_path(visitor: Proxied) -> None:
    pages = [
        f"{PREFIX}{path}" for path in ("/", "/history", "/batches", "/use", "/model", "/api/docs", "/review", "/x")
    ]
    links = set()
    for page in [*pages, read(visitor)]:
        links |= set(LINK.findall(visitor.get(page).text))
    assert len(links) > 30
    assert [link for link in links if not link.startswith(f"{PREFIX}/")] == []
    statuses = {link: visitor.get(link.replace("&amp;", "&")).status for link in links if "/language/" not in link}
    assert {link: status for link, status in statuses.items() if status not in (200, 405)} == {}


def test_a_form_leads_to_the_reading_and_back(visitor: Proxied) -> None:
    address = read(visitor)
    assert address.startswith(f"{PREFIX}/readings/")
    token = visitor.token(address)
    sent = send(visitor, f"{address}/corrections", csrf_token=token, page="0", number="0", text="1")
    assert (sent.status, sent.headers["Location"]) == (303, address)


def test_the_cookies_are_for_this_path_only(visitor: Proxied) -> None:
    assert f"; Path={PREFIX}" in visitor.get(f"{PREFIX}/").headers["Set-Cookie"]
    language = visitor.get(f"{PREFIX}/language/de?next={PREFIX}/history")
    assert f"; Path={PREFIX}" in language.headers["Set-Cookie"]
    assert language.headers["Location"] == f"{PREFIX}/history"
    assert f"next={PREFIX}/history" in visitor.get(f"{PREFIX}/history").text


def test_the_installed_page_is_of_this_path(visitor: Proxied) -> None:
    manifest = visitor.get(f"{PREFIX}/manifest.webmanifest").json
    assert {manifest[name] for name in ("id", "start_url", "scope")} == {f"{PREFIX}/"}
    assert all(icon["src"].startswith(f"{PREFIX}/static/") for icon in manifest["icons"])
    worker = visitor.get(f"{PREFIX}/worker.js")
    if worker.status == 404:
        pytest.skip("the runtime for browsers is not installed here")
    assert f'VERSIONED_PATH = "{PREFIX}/device/"' in worker.text
    assert set(re.findall(r'"(/[^"]*)"', worker.text.partition("\n")[0])) == set()
    cached = re.search(r"const CACHED = \[(.*)\]", worker.text)
    assert cached
    assert all(address.startswith(f"{PREFIX}/") for address in re.findall(r'"([^"]*)"', cached[1]))


def test_the_api_names_its_addresses_below_the_path(visitor: Proxied) -> None:
    assert visitor.get(f"{PREFIX}/api/v1/openapi.json").json["servers"] == [{"url": PREFIX}]
    assert f"{PREFIX}/api/v1/read" in visitor.get(f"{PREFIX}/api/docs").text
    made = Proxied(visitor.port).send(f"{PREFIX}/api/v1/batches", {"file": ("a.png", digits("7"))})
    assert made.headers["Location"].startswith(f"{PREFIX}/api/v1/batches/")


def test_a_log_in_returns_below_the_path_and_mails_link_there(tmp_path: Path) -> None:
    with world(tmp_path, NUMINK_PROXIES="1") as site:
        visitor = Proxied(site.server.port, browser=True)
        register(site, visitor)
        redirected = visitor.get(f"{PREFIX}/history?show=doubts")
        assert redirected.headers["Location"] == f"{PREFIX}/log-in?next={PREFIX}/history%3Fshow%3Ddoubts"
        token = visitor.token(f"{PREFIX}/log-in")
        fields = {"csrf_token": token, "email": "anna@example.org", "password": PASSWORD, "next": f"{PREFIX}/history"}
        assert send(visitor, f"{PREFIX}/log-in", **fields).headers["Location"] == f"{PREFIX}/history"
        assert visitor.get(f"{PREFIX}/history").status == 200


def register(site: World, visitor: Proxied) -> None:
    for path, fields in (("/register", {"email": "anna@example.org", "again": PASSWORD}), ("", {})):
        address = f"{PREFIX}{path}" if path else site.box.link("anna@example.org")
        token = visitor.token(address)
        assert send(visitor, address, csrf_token=token, password=PASSWORD, **fields).status == 303
    site.server.client.get("/")
    log_out = {"csrf_token": visitor.token(f"{PREFIX}/account")}
    assert send(visitor, f"{PREFIX}/log-out", **log_out).headers["Location"].startswith(f"{PREFIX}/")


@pytest.mark.parametrize(
    "prefix", ["//evil.example", "https://evil.example", "/a b", "/<script>", "numink", "/", "/a/"]
)
def test_a_malformed_prefix_is_ignored(server: Served, prefix: str) -> None:
    page = server.client.ask("GET", "/", headers={"X-Forwarded-Prefix": prefix})
    assert page.status == 200
    assert all(link.startswith(("/", "/static/")) and "evil" not in link for link in LINK.findall(page.text))
    assert 'href="/history"' in page.text


def test_a_prefix_counts_behind_a_trusted_proxy_only(tmp_path: Path) -> None:
    with served(tmp_path) as server:
        page = server.client.ask("GET", "/", headers={"X-Forwarded-Prefix": PREFIX})
    assert PREFIX not in page.text
