"""Administrators: made by a command, see who is here, set quotas, block, delete, close registration. Real HTTP."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator

import pytest

from accounts_world import PASSWORD, World, fill, log_in, world
from test_accounts_entry import is_in
from web_client import Answer, Client
from web_pictures import digits


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world(tmp_path_factory.mktemp("admin")) as running:
        yield running


@pytest.fixture(scope="module")
def chief(here: World) -> Client:
    browser = here.member("chief@example.org")
    assert command(here, "admin", "Chief@example.org").stderr == "chief@example.org is an administrator\n"
    return browser


def command(here: World, *words: str) -> subprocess.CompletedProcess[str]:
    """`numink accounts ...` beside the running server."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("NUMINK_")}
    environment["NUMINK_STORE"] = f"sqlite:///{here.server.folder}/history.db"
    return subprocess.run(
        [sys.executable, "-m", "numink", "accounts", *words], env=environment, capture_output=True, text=True,
        timeout=60, check=False,
    )  # fmt: skip


def person_id(chief: Client, email: str) -> str:
    shown = chief.get(f"/admin?starts={email}").text
    found = re.search(r'action="/admin/people/(u[0-9a-f]{16})"', shown)
    assert found, shown
    return found[1]


def change(chief: Client, email: str, **fields: str) -> Answer:
    return fill(chief, "/admin", f"/admin/people/{person_id(chief, email)}", **fields)


def test_nobody_is_an_administrator_before_the_command_says_so(here: World) -> None:
    first = here.member("first@example.org")
    assert first.get("/admin").status == 403
    assert "Administration" not in first.get("/account").text
    refused = command(here, "admin", "nobody@example.org")
    assert refused.returncode == 1
    assert "register on the page first" in refused.stderr
    command(here, "admin", "first@example.org")
    assert first.get("/admin").status == 200
    command(here, "admin", "--remove", "first@example.org")
    assert first.get("/admin").status == 403


def test_the_command_lists_who_is_here(here: World, chief: Client) -> None:
    here.member("anna@example.org")
    rows = [line.split("\t") for line in command(here, "list").stdout.splitlines()]

    assert [
        row[0] for row in rows if row[0].startswith(("anna", "chief"))
    ] == ["anna@example.org", "chief@example.org"]  # fmt: skip
    assert [row[3] for row in rows if row[0] == "chief@example.org"] == ["administrator"]


def test_an_administrator_sees_who_is_here_and_nobodys_readings(here: World, chief: Client) -> None:
    bea = here.program(here.key(here.member("bea@example.org")))
    reading = bea.read(digits("472"), "private.png").json["id"]
    page = chief.get("/admin?starts=bea").text

    assert "bea@example.org" in page
    assert "1 reading today" in page
    assert "chief@example.org" not in page.partition("<main")[2]
    assert "private.png" not in page
    assert chief.get(f"/readings/{reading}").status == 404
    assert chief.get(f"/api/v1/readings/{reading}/picture").status == 404


def test_a_quota_of_ones_own_counts_instead_of_that_of_all(here: World, chief: Client) -> None:
    carl = here.program(here.key(here.member("carl@example.org")))
    assert change(chief, "carl@example.org", quotas="on", daily="1", room="").status == 303
    assert [carl.read(digits("7", 40)).status for _ in range(2)] == [200, 429]
    assert change(chief, "carl@example.org", quotas="on", daily="", room="0").status == 303
    assert carl.read(digits("7", 40)).status == 200
    assert change(chief, "carl@example.org", quotas="on", daily="many", room="").status == 422


def test_who_is_blocked_is_out_at_once_and_comes_back(here: World, chief: Client) -> None:
    dora = here.member("dora@example.org")
    program = here.program(here.key(dora))
    assert change(chief, "dora@example.org", block="on").status == 303
    assert not is_in(dora)
    assert program.get("/api/v1/readings").status == 401
    assert log_in(here.visitor(), "dora@example.org").status == 403
    assert change(chief, "dora@example.org", unblock="on").status == 303
    assert log_in(here.visitor(), "dora@example.org").status == 303
    assert program.get("/api/v1/readings").status == 200


def test_an_administrator_neither_blocks_nor_deletes_himself(here: World, chief: Client) -> None:
    own = person_id(chief, "chief@example.org")
    for act in ("block", "delete"):
        assert fill(chief, "/admin", f"/admin/people/{own}", **{act: "on"}).status == 422
    assert chief.get("/admin").status == 200


def test_who_is_deleted_is_gone_with_his_readings(here: World, chief: Client) -> None:
    emil = here.member("emil@example.org")
    here.program(here.key(emil)).read(digits("7", 40))
    assert change(chief, "emil@example.org", delete="on").status == 303
    assert not is_in(emil)
    assert "Nobody like that" in chief.get("/admin?starts=emil").text


def test_closed_registration_lets_nobody_new_in_and_everybody_else(here: World, chief: Client) -> None:
    here.member("finn@example.org")
    late = here.visitor()
    fill(late, "/register", email="late@example.org", password=PASSWORD, again=PASSWORD)
    link = here.box.link("late@example.org")
    assert fill(chief, "/admin", "/admin/registration").status == 303
    assert "Nobody can register here" in late.get("/register").text
    assert late.send("/register", {"csrf_token": late.token("/log-in"), "email": "x@example.org"}).status in (403, 422)
    assert fill(late, link, password=PASSWORD).status == 403
    assert log_in(here.visitor(), "finn@example.org").status == 303
    assert fill(chief, "/admin", "/admin/registration", open="on").status == 303
    assert fill(late, link, password=PASSWORD).status == 303


def test_many_people_are_shown_in_parts(tmp_path_factory: pytest.TempPathFactory) -> None:
    from numink.accounts.people import People
    from numink.factories import open_store

    folder = tmp_path_factory.mktemp("many")
    store = open_store(f"sqlite:///{folder}/history.db")
    for at in range(60):
        People(store.documents).create(f"p{at:02}@example.org")
    store.close()
    with world(folder) as here:
        chief = here.member("a.chief@example.org")
        command(here, "admin", "a.chief@example.org")
        first = chief.get("/admin").text
        more = re.search(r'rel="next" href="([^"]+)"', first)
        assert more
        second = chief.get(more[1]).text
        shown = [re.findall(r"<h2>(p\d\d)@", page) for page in (first, second)]
        assert shown[0] + shown[1] == [f"p{at:02}" for at in range(60)]
