"""The API for pages of other sites: origins in the settings, API keys, and never a cookie."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from accounts_world import World, world
from numink.errors import SettingsError
from numink.settings import Settings
from numink.web import create_app
from web_client import Answer, Client, multipart
from web_pictures import digits

ORIGIN, OTHER = "https://forms.example", "https://evil.example"
READ, READINGS = "/api/v1/read", "/api/v1/readings"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    origins = f"http://localhost:3000, {ORIGIN}"
    with world(tmp_path_factory.mktemp("cors"), NUMINK_ORIGINS=origins) as running:
        yield running


def read_from(client: Client, origin: str) -> Answer:
    """Send a picture as a page of another site does."""
    body, kind = multipart({"file": ("a.png", digits("7", 60))})
    headers = {"Content-Type": kind, "Origin": origin, "Sec-Fetch-Site": "cross-site"}
    return client.ask("POST", READ, body, headers)


def preflight(site: World, origin: str, path: str = READ) -> Answer:
    headers = {
        "Origin": origin, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization",
    }  # fmt: skip
    return site.server.client.ask("OPTIONS", path, headers=headers)


def allows(answer: Answer) -> str:
    assert "Access-Control-Allow-Credentials" not in answer.headers
    return answer.headers.get("Access-Control-Allow-Origin", "")


def test_a_preflight_of_a_named_origin_needs_no_key(site: World) -> None:
    answer = preflight(site, ORIGIN)
    assert (answer.status, allows(answer)) == (204, ORIGIN)
    assert "Authorization" in answer.headers["Access-Control-Allow-Headers"]
    assert {"GET", "POST", "DELETE"} <= set(answer.headers["Access-Control-Allow-Methods"].split(", "))


def test_other_origins_and_pages_get_no_permission(site: World) -> None:
    for origin in (OTHER, "null", f"{ORIGIN}.evil.example", f"{ORIGIN}:444", "http://forms.example"):
        assert allows(preflight(site, origin)) == ""
    assert allows(preflight(site, ORIGIN, "/history")) == ""
    assert "Origin" in site.server.client.get(READINGS).headers["Vary"]


def test_a_page_of_a_named_origin_reads_with_a_key(site: World) -> None:
    program = site.program(site.key(site.member("anna@example.org")))
    answer = read_from(program, ORIGIN)
    assert (answer.status, allows(answer)) == (200, ORIGIN)
    assert read_from(program, OTHER).status == 403
    assert allows(read_from(program, OTHER)) == ""
    listed = program.ask("GET", READINGS, headers={"Origin": ORIGIN})
    assert [reading["id"] for reading in listed.json["readings"]] == [answer.json["id"]]


def test_errors_can_be_read_too(site: World) -> None:
    answer = site.server.client.ask("GET", READINGS, headers={"Origin": ORIGIN})
    assert (answer.status, allows(answer)) == (401, ORIGIN)


def test_a_cookie_never_counts_for_another_origin(site: World) -> None:
    bea = site.member("bea@example.org")
    bea.read(digits("7", 60))
    assert read_from(bea, ORIGIN).status == 403
    key = site.program(site.key(bea))
    key.cookie = bea.cookie
    assert read_from(key, ORIGIN).status == 403  # it cannot be told which of the two was meant


def test_origins_need_accounts(tmp_path: Path) -> None:
    settings = Settings(store=f"sqlite:///{tmp_path}/h.db", threads=1, origins=ORIGIN)
    with pytest.raises(SettingsError, match="NUMINK_ACCOUNTS"):
        create_app(settings)


def test_origins_have_no_path() -> None:
    with pytest.raises(SettingsError, match="without paths"):
        Settings.from_environment({"NUMINK_ORIGINS": "https://forms.example/numink"})
