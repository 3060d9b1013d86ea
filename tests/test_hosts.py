"""The hosts that are answered: DNS rebinding, malformed names, and names in the settings."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from numink.errors import SettingsError
from numink.settings import Settings
from web_client import Client, Served, served
from web_pictures import digits

LONG_LABEL = "a" * 64 + ".example"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("hosts"), NUMINK_HOSTS="numink.local, scans.example") as running:
        yield running


def status(client: Client, host: str, method: str = "GET", path: str = "/", **headers: str) -> int:
    return client.ask(method, path, headers={"Host": host, **headers}).status


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "127.0.0.1:1", "localhost", "LOCALHOST:8000", "localhost.", "[::1]", "[::1]:8000", "numink.local:80",
     "Scans.Example"],
)  # fmt: skip
def test_this_machine_and_named_hosts_are_answered(server: Served, host: str) -> None:
    assert status(server.client, host) == 200


@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:8000", "127.0.0.1.evil.example", "localhost.evil.example", "192.168.0.7", "x"],
)
def test_any_other_host_is_421_on_every_path(server: Served, host: str) -> None:
    reading = server.client.read(digits("7", 60)).json["id"]
    address = f"/api/v1/readings/{reading}"
    for path in ("/", "/history", "/healthz", "/api/v1/readings", "/history/download/csv", "/nowhere", address):
        assert status(server.client, host, path=path) == 421
    assert status(server.client, host, "DELETE", address) == 421
    assert server.client.get(address).status == 200
    assert "NUMINK_HOSTS" in server.client.ask("GET", "/", headers={"Host": host}).text


def test_a_name_in_x_forwarded_host_does_not_hide_another(tmp_path: Path) -> None:
    """A page can set this header, and the proxy is not between it and loopback."""
    with served(tmp_path, NUMINK_PROXIES="1") as server:
        assert status(server.client, "evil.example", **{"X-Forwarded-Host": "localhost"}) == 421
        assert status(server.client, "localhost", **{"X-Forwarded-Host": "evil.example"}) == 421
        assert status(server.client, "127.0.0.1:8000", **{"X-Forwarded-Host": "localhost"}) == 200
        assert status(server.client, "127.0.0.1:8000", **{"X-Forwarded-Host": LONG_LABEL}) == 400
        assert status(server.client, "127.0.0.1:8000", **{"X-Forwarded-Host": "localhost:x:y"}) == 400


@pytest.mark.parametrize(
    "host", [LONG_LABEL, "a..b", ".", "-", "a b", "a/b", "a,b", "ä.example", "[::1", "localhost:http", "a" * 300, ":80"]
)
def test_a_malformed_host_is_400_on_every_path(server: Served, host: str) -> None:
    for path in ("/", "/history", "/nowhere", "/api/v1/readings", "/static/x", "/healthz"):
        answer = server.client.ask("GET", path, headers={"Host": host})
        assert answer.status == 400
        assert b"Traceback" not in answer.body
    assert "Traceback" not in server.errors.read_text()


def test_in_a_network_all_hosts_are_answered_until_some_are_named(tmp_path: Path) -> None:
    for hosts, foreign in (("", 200), ("numink.local", 421)):
        folder = tmp_path / f"h{foreign}"
        folder.mkdir()
        with served(folder, NUMINK_HOST="0.0.0.0", NUMINK_HOSTS=hosts) as server:
            assert status(server.client, "other.example") == foreign
            assert status(server.client, "numink.local") == 200
            assert status(server.client, "10.0.0.7:8000", path="/readyz") == 200  # a probe asks an address


def test_hosts_are_names() -> None:
    with pytest.raises(SettingsError, match=r"NUMINK_HOSTS .*without ports"):
        Settings.from_environment({"NUMINK_HOSTS": "numink.local:8000"})
