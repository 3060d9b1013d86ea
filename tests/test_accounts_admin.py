"""Administration over real HTTP: the command, the list of people, quotas, blocking, deletion, registration."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator

import pytest

from accounts_world import PASSWORD, World, fill, log_in, world
from test_accounts_entry import is_logged_in
from web_client import Answer, Client
from web_pictures import digits


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world(tmp_path_factory.mktemp("admin")) as running:
        yield running


@pytest.fixture(scope="module")
def chief(site: World) -> Client:
    browser = site.member("chief@example.org")
    assert command(site, "admin", "Chief@example.org").stderr == "chief@example.org is now an administrator\n"
    return browser


def command(site: World, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run `numink accounts ...` beside the running server."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("NUMINK_")}
    environment["NUMINK_STORE"] = f"sqlite:///{site.server.folder}/history.db"
    return subprocess.run(
        [sys.executable, "-m", "numink", "accounts", *arguments], env=environment, capture_output=True, text=True,
        timeout=60, check=False,
    )  # fmt: skip


def person_id(chief: Client, email: str) -> str:
    shown = chief.get(f"/admin?starts={email}").text
    match = re.search(r'action="/admin/people/(u[0-9a-f]{16})"', shown)
    assert match, shown
    return match[1]


def change(chief: Client, email: str, **fields: str) -> Answer:
    return fill(chief, "/admin", f"/admin/people/{person_id(chief, email)}", **fields)


def test_only_the_command_makes_administrators(site: World) -> None:
    first = site.member("first@example.org")
    assert first.get("/admin").status == 403
    assert "Administration" not in first.get("/account").text
    refused = command(site, "admin", "nobody@example.org")
    assert refused.returncode == 1
    assert "register in the web application first" in refused.stderr
    command(site, "admin", "first@example.org")
    assert first.get("/admin").status == 200
    command(site, "admin", "--remove", "first@example.org")
    assert first.get("/admin").status == 403


def test_the_command_lists_people_and_administrators(site: World, chief: Client) -> None:
    site.member("anna@example.org")
    rows = [line.split("\t") for line in command(site, "list").stdout.splitlines()]

    assert [
        row[0] for row in rows if row[0].startswith(("anna", "chief"))
    ] == ["anna@example.org", "chief@example.org"]  # fmt: skip
    assert [row[3] for row in rows if row[0] == "chief@example.org"] == ["administrator"]


def test_an_administrator_sees_people_but_not_their_readings(site: World, chief: Client) -> None:
    bea = site.program(site.key(site.member("bea@example.org")))
    reading = bea.read(digits("472"), "private.png").json["id"]
    page = chief.get("/admin?starts=bea").text

    assert "bea@example.org" in page
    assert "1 reading today" in page
    assert "chief@example.org" not in page.partition("<main")[2]
    assert "private.png" not in page
    assert chief.get(f"/readings/{reading}").status == 404
    assert chief.get(f"/api/v1/readings/{reading}/picture").status == 404


def test_a_persons_own_quota_replaces_the_servers(site: World, chief: Client) -> None:
    carl = site.program(site.key(site.member("carl@example.org")))
    assert change(chief, "carl@example.org", quotas="on", daily="1", room="").status == 303
    assert [carl.read(digits("7", 40)).status for _ in range(2)] == [200, 429]
    assert change(chief, "carl@example.org", quotas="on", daily="", room="0").status == 303
    assert carl.read(digits("7", 40)).status == 200
    assert change(chief, "carl@example.org", quotas="on", daily="many", room="").status == 422


def test_blocking_takes_effect_at_once_and_can_be_undone(site: World, chief: Client) -> None:
    dora = site.member("dora@example.org")
    program = site.program(site.key(dora))
    assert change(chief, "dora@example.org", block="on").status == 303
    assert not is_logged_in(dora)
    assert program.get("/api/v1/readings").status == 401
    assert log_in(site.visitor(), "dora@example.org").status == 403
    assert change(chief, "dora@example.org", unblock="on").status == 303
    assert log_in(site.visitor(), "dora@example.org").status == 303
    assert program.get("/api/v1/readings").status == 200


def test_administrators_cannot_block_or_delete_themselves(site: World, chief: Client) -> None:
    own = person_id(chief, "chief@example.org")
    for action in ("block", "delete"):
        assert fill(chief, "/admin", f"/admin/people/{own}", **{action: "on"}).status == 422
    assert chief.get("/admin").status == 200


def test_deleting_a_person_deletes_their_readings(site: World, chief: Client) -> None:
    emil = site.member("emil@example.org")
    site.program(site.key(emil)).read(digits("7", 40))
    assert change(chief, "emil@example.org", delete="on").status == 303
    assert not is_logged_in(emil)
    assert "No accounts found" in chief.get("/admin?starts=emil").text


def test_closed_registration_keeps_out_new_people_only(site: World, chief: Client) -> None:
    site.member("finn@example.org")
    late = site.visitor()
    fill(late, "/register", email="late@example.org", password=PASSWORD, again=PASSWORD)
    link = site.box.link("late@example.org")
    assert fill(chief, "/admin", "/admin/registration").status == 303
    assert "Registration is closed" in late.get("/register").text
    assert late.send("/register", {"csrf_token": late.token("/log-in"), "email": "x@example.org"}).status in (403, 422)
    assert fill(late, link, password=PASSWORD).status == 403
    assert log_in(site.visitor(), "finn@example.org").status == 303
    assert fill(chief, "/admin", "/admin/registration", open="on").status == 303
    assert fill(late, link, password=PASSWORD).status == 303


def test_many_people_are_shown_page_by_page(tmp_path_factory: pytest.TempPathFactory) -> None:
    from numink.accounts.people import People
    from numink.factories import open_store

    folder = tmp_path_factory.mktemp("many")
    store = open_store(f"sqlite:///{folder}/history.db")
    for index in range(60):
        People(store.documents).create(f"p{index:02}@example.org")
    store.close()
    with world(folder) as site:
        chief = site.member("a.chief@example.org")
        command(site, "admin", "a.chief@example.org")
        first = chief.get("/admin").text
        more = re.search(r'rel="next" href="([^"]+)"', first)
        assert more
        second = chief.get(more[1]).text
        shown = [re.findall(r"<h2>(p\d\d)@", page) for page in (first, second)]
        assert shown[0] + shown[1] == [f"p{index:02}" for index in range(60)]
