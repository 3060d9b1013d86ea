"""A user's account over real HTTP and SMTP: keys, password, e-mail address, quotas, deletion."""

from __future__ import annotations

import html
import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from accounts_world import PASSWORD, World, fill, log_in, world
from numink import Client as NuminkClient
from numink.client import RemoteError
from test_accounts_entry import is_logged_in
from web_client import until
from web_pictures import digits

NEW = "eight blue herons"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world(tmp_path_factory.mktemp("self")) as running:
        yield running


def stored_text(server_folder: Path) -> str:
    """Return the whole content of the store as text."""
    with closing(sqlite3.connect(server_folder / "history.db")) as connection:
        return "\n".join(connection.iterdump())


def test_a_key_reads_for_its_owner_and_is_shown_once(site: World) -> None:
    anna = site.member("anna@example.org")
    key = site.key(anna, "the scanner")
    url = f"http://127.0.0.1:{site.server.port}"
    assert NuminkClient(url, key).read(digits("472")).text == "472"
    (stored,) = NuminkClient(url, key).readings()
    page = anna.get("/account").text

    assert anna.get(f"/readings/{stored['id']}").status == 200
    assert "the scanner" in page
    assert "last used" in page
    assert key not in page
    secret = key.split("_", 3)[3]
    assert secret not in stored_text(site.server.folder)


def test_a_revoked_key_is_refused(site: World) -> None:
    bea = site.member("bea@example.org")
    key = site.key(bea)
    program = site.program(key)
    assert program.get("/api/v1/readings").status == 200
    revoke = re.search(r'action="(/account/keys/\w+/revoke)"', bea.get("/account").text)
    assert revoke
    assert fill(bea, "/account", revoke[1]).status == 303
    refused = program.get("/api/v1/readings")

    assert refused.status == 401
    assert refused.json["type"] == "urn:numink:problem:not-logged-in"
    assert refused.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("change", ["last", "none", "person", "short", "other"])
def test_a_key_that_is_nearly_right_is_refused(site: World, change: str) -> None:
    email = f"key-{change}@example.org"
    key = site.key(site.member(email))
    wrong = {
        "last": key[:-1] + ("A" if key[-1] != "A" else "B"), "none": "", "short": key[:-1], "other": "Basic abc",
        "person": key.replace(key[8:24], "0" * 16),
    }[change]  # fmt: skip
    refused = site.program(wrong).get("/api/v1/readings")

    assert refused.status == 401
    with pytest.raises(RemoteError) as error:
        NuminkClient(f"http://127.0.0.1:{site.server.port}", wrong).readings()
    assert error.value.kind == "not-logged-in"


def test_a_key_gives_access_to_the_api_only(site: World) -> None:
    program = site.program(site.key(site.member("carl@example.org")))

    assert program.get("/api/v1/readings").status == 200
    for path in ("/account", "/history", "/admin"):
        assert program.get(path).status == 303
    assert program.send("/account/delete", {"email": "carl@example.org"}).status in (400, 401)


@pytest.mark.parametrize("name", ["", "  ", "x" * 61, "a\x07b"])
def test_a_key_without_a_name_is_refused(site: World, name: str) -> None:
    dora = site.visitor()
    if log_in(dora, "dora@example.org").status != 303:
        dora = site.member("dora@example.org")
    answer = fill(dora, "/account", "/account/keys", name=name)

    assert answer.status == 422
    assert "give the key a name" in answer.text.lower()


def test_a_new_password_ends_all_other_sessions(site: World) -> None:
    site.member("emil@example.org")
    first, second = site.visitor(), site.visitor()
    for browser in (first, second):
        log_in(browser, "emil@example.org")
    page = "/account"
    assert fill(first, page, "/account/password", old="wrong, quite wrong", password=NEW, again=NEW).status == 422
    assert fill(first, page, "/account/password", old=PASSWORD, password=NEW, again="else").status == 422
    assert is_logged_in(second)
    assert fill(first, page, "/account/password", old=PASSWORD, password=NEW, again=NEW).status == 303
    assert site.box.next()["Subject"] == "Your password was changed"
    assert is_logged_in(first)
    assert not is_logged_in(second)
    assert log_in(second, "emil@example.org", NEW).status == 303


def test_an_e_mail_address_changes_once_the_new_one_is_confirmed(site: World) -> None:
    finn = site.member("finn@example.org")
    assert fill(finn, "/account", "/account/email", email="new@example.org", old="wrong, wrong").status == 422
    assert fill(finn, "/account", "/account/email", email="new@example.org", old=PASSWORD).status == 303
    link = site.box.link("new@example.org")
    other = site.member("other@example.org")
    assert other.get(link).status == 404
    assert "new@example.org" in finn.get(link).text
    assert log_in(site.visitor(), "new@example.org").status == 403
    assert fill(finn, link).status == 303
    error = site.box.next()
    assert (error["To"], error["Subject"]) == ("finn@example.org", "Your e-mail address was changed")
    assert log_in(site.visitor(), "finn@example.org").status == 403
    assert log_in(site.visitor(), "new@example.org").status == 303
    assert site.member("finn@example.org")  # the old address is free again


def test_the_address_of_another_account_is_neither_taken_nor_revealed(site: World) -> None:
    site.member("gina@example.org")
    hugo = site.member("hugo@example.org")
    answers = [
        fill(hugo, "/account", "/account/email", email=email, old=PASSWORD)
        for email in ("gina@example.org", "free@example.org")
    ]
    assert len({(answer.status, answer.headers["Location"]) for answer in answers}) == 1
    assert [site.box.next()["Subject"] for _ in answers] == [
        "You already have an account", "Confirm your new e-mail address",
    ]  # fmt: skip


def test_deleting_an_account_deletes_its_data(site: World) -> None:
    ida, jan = site.member("ida@example.org"), site.member("jan@example.org")
    key = site.key(ida)
    reading = site.program(key).read(digits("7"), "ida.png").json["id"]
    site.program(key).send("/api/v1/batches", {"file": ("ida-too.png", digits("7"))})
    stays = site.program(site.key(jan)).read(digits("7"), "jan.png").json["id"]
    wrong = {"email": "jan@example.org", "old": PASSWORD}, {"email": "ida@example.org", "old": "wrong, quite wrong"}
    for fields in wrong:
        assert fill(ida, "/account", "/account/delete", **fields).status == 422
    assert fill(ida, "/account", "/account/delete", email="ida@example.org", old=PASSWORD).status == 303
    left = stored_text(site.server.folder)

    assert not is_logged_in(ida)
    assert site.program(key).get("/api/v1/readings").status == 401
    assert log_in(site.visitor(), "ida@example.org").status == 403
    assert "ida@example.org" not in left
    assert reading.partition(":")[0] not in left
    assert jan.get(f"/readings/{stays}").status == 200
    assert site.member("ida@example.org").get(f"/readings/{reading}").status == 404


def test_the_daily_quota_is_per_person_and_says_when_it_ends(tmp_path: Path) -> None:
    with world(tmp_path, NUMINK_DAILY_READINGS="2") as site:
        kim = site.program(site.key(site.member("kim@example.org")))
        lea = site.program(site.key(site.member("lea@example.org")))
        assert [kim.read(digits("7")).status for _ in range(2)] == [200, 200]
        refused = kim.read(digits("7"))
        assert refused.status == 429
        assert refused.json["type"] == "urn:numink:problem:quota-readings"
        assert 0 < int(refused.headers["Retry-After"]) <= 86_401
        assert lea.read(digits("7")).status == 200
        newest = kim.get("/api/v1/readings").json["readings"][0]["id"]
        assert kim.ask("DELETE", f"/api/v1/readings/{newest}").status == 204
        assert kim.read(digits("7")).status == 429  # deleted readings count too
        batch = kim.send("/api/v1/batches", {"file": ("late.png", digits("7"))}).json["id"]
        until(lambda: kim.get(f"/api/v1/batches/{batch}").json["done"])
        (item,) = kim.get(f"/api/v1/batches/{batch}").json["items"]
        assert item["state"] == "failed"
        assert "readings of today are used" in item["error"]


def test_storage_for_pictures_is_limited(tmp_path: Path) -> None:
    with world(tmp_path, NUMINK_ROOM="4000") as site:
        program = site.program(site.key(site.member("kim@example.org")))
        statuses = [program.read(digits("7")).status for _ in range(6)]
        refused = program.read(digits("7"))
        assert statuses[0] == 200
        assert refused.status == 413
        assert refused.json["type"] == "urn:numink:problem:quota-pictures"
        assert "delete readings" in refused.json["detail"]
        for reading in program.get("/api/v1/readings").json["readings"]:
            program.ask("DELETE", f"/api/v1/readings/{reading['id']}")
        assert program.read(digits("7")).status == 200


def test_files_of_a_batch_that_exceed_the_storage_are_refused_with_a_message(tmp_path: Path) -> None:
    with world(tmp_path, NUMINK_ROOM="4000") as site:
        program = site.program(site.key(site.member("kim@example.org")))
        refused = program.send("/api/v1/batches", {"file": ("large.png", b"x" * 5000)})
        assert (refused.status, refused.json["type"]) == (413, "urn:numink:problem:quota-pictures")
        assert "ask the server's administrator for more storage" in refused.json["detail"]
        assert program.get("/api/v1/batches").json["batches"] == []  # nothing of it was stored
        small = program.send("/api/v1/batches", {"file": ("small.png", digits("7", 40))})
        assert small.status == 202
        until(lambda: program.get(f"/api/v1/batches/{small.json['id']}").json["done"])
        assert program.get(f"/api/v1/batches/{small.json['id']}").json["counts"] == {"read": 1}


def test_the_examples_with_a_key_work_as_documented(site: World, tmp_path: Path) -> None:
    lea = site.member("lea@example.org")
    (tmp_path / "page.jpg").write_bytes(digits("472"))
    shown = re.search(r'id="key">.*?</section>', lea.get("/api/docs").text, re.DOTALL)
    assert shown
    curl, python = (html.unescape(code) for code in re.findall(r"<pre[^>]*><code>(.*?)</code>", shown[0], re.DOTALL))
    environment = {**os.environ, "NUMINK_KEY": site.key(lea)}
    for words in (
        ["sh", "-c", curl], [sys.executable, "-c", f"import os; from numink import Client; {python}; print(page.text)"],
    ):  # fmt: skip
        done = subprocess.run(words, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True)
        assert "472" in done.stdout
