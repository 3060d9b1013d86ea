"""Wrong API keys are logged without their secret, and limited as log-ins are."""

from __future__ import annotations

from pathlib import Path

import pytest

from accounts_world import World, world

READINGS = "/api/v1/readings"


def statuses(site: World, keys: list[str]) -> list[int]:
    return [site.program(key).get(READINGS).status for key in keys]


def other(key: str, index: int) -> str:
    """Return a key with another secret."""
    return f"{key[:-8]}{index:08d}"


def test_guesses_of_a_key_are_slowed_and_logged(tmp_path: Path) -> None:
    with world(tmp_path, NUMINK_LOGIN_LIMIT="3 per 5 minutes") as site:
        key = site.key(site.member("anna@example.org"))
        assert statuses(site, [other(key, index) for index in range(3)]) == [401] * 3
        refused = site.program(other(key, 9)).get(READINGS)
        assert refused.status == 429
        assert refused.json["type"] == "urn:numink:problem:too-many-tries"
        assert 0 < int(refused.headers["Retry-After"]) <= 301
        logged = site.server.errors.read_text()
        assert logged.count("had a wrong API key") == 3
        assert f"127.0.0.1 had a wrong API key ({'_'.join(key.split('_')[1:3])})" in logged
        assert "too many attempts" in logged
        assert key.split("_", 3)[3][:-8] not in logged


def test_a_revoked_key_stops_its_own_program_only(tmp_path: Path) -> None:
    with world(tmp_path, NUMINK_LOGIN_LIMIT="3 per 5 minutes") as site:
        anna = site.member("anna@example.org")
        good, bad = site.key(anna), site.key(anna, "another")
        assert statuses(site, [other(bad, 0)] * 20) == [401] * 3 + [429] * 17
        assert statuses(site, [good]) == [200]


@pytest.mark.parametrize("made_up", ["numink_u{0:016x}_{0:08x}_" + "a" * 43, "guess{0}"])
def test_guesses_under_ever_new_names_are_slowed_by_address(tmp_path: Path, made_up: str) -> None:
    with world(tmp_path, NUMINK_LOGIN_LIMIT="2 per 5 minutes") as site:
        answers = statuses(site, [made_up.format(index) for index in range(14)])
        limit = 2 if made_up.startswith("guess") else 10  # all malformed keys count as one
        assert answers == [401] * limit + [429] * (14 - limit)
        assert site.member("anna@example.org").get("/account").status == 200
