"""Register, confirm, log in and out, reset: over real HTTP, with mails that a real SMTP server gets."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from accounts_world import PASSWORD, World, fill, log_in, world
from web_client import Client
from web_pictures import digits


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world(tmp_path_factory.mktemp("entry")) as running:
        yield running


def is_in(browser: Client) -> bool:
    return browser.get("/account").status == 200


def test_who_registers_confirms_by_mail_and_is_logged_in(here: World) -> None:
    anna = here.visitor()
    sent = fill(anna, "/register", email=" Anna@Example.org ", password=PASSWORD, again=PASSWORD)
    assert (sent.status, sent.headers["Location"]) == (303, "/mail-sent")
    assert "A mail is on its way" in anna.get("/mail-sent").text
    assert not is_in(anna)
    link = here.box.link("anna@example.org")
    assert "anna@example.org" in anna.get(link).text
    assert fill(anna, link, password="not the password").status == 422
    assert not is_in(anna)
    assert fill(anna, link, password=PASSWORD).status == 303
    assert is_in(anna)
    assert anna.get(link).status == 404  # it is good once


def test_a_link_alone_makes_no_account_whoever_opens_it(here: World) -> None:
    """Somebody registers with another's address; the other opens both mails, and only his own password is good."""
    thief, owner = here.visitor(), here.visitor()
    fill(thief, "/register", email="bea@example.org", password="the thief's own one", again="the thief's own one")
    bad = here.box.link("bea@example.org")
    fill(owner, "/register", email="bea@example.org", password=PASSWORD, again=PASSWORD)
    good = here.box.link("bea@example.org")
    assert fill(owner, bad, password=PASSWORD).status == 422
    assert fill(owner, good, password=PASSWORD).status == 303
    assert log_in(thief, "bea@example.org", "the thief's own one").status == 403
    assert fill(thief, bad, password="the thief's own one").status == 422


def test_an_address_with_an_account_gets_the_same_answer_and_another_mail(here: World) -> None:
    here.member("carl@example.org")
    somebody = here.visitor()
    answers = [
        fill(somebody, "/register", email=email, password=PASSWORD, again=PASSWORD)
        for email in ("carl@example.org", "nobody@example.org")
    ]
    assert len({(one.status, one.headers["Location"]) for one in answers}) == 1
    assert [here.box.next()["Subject"] for _ in answers] == [
        "You already have an account", "Confirm your e-mail address",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"email": "no address"}, "no e-mail address"),
        ({"email": "a@b\r\nBcc: c@d.org"}, "no e-mail address"),
        ({"password": "short", "again": "short"}, "from 10 to 200 signs"),
        ({"password": "aaaaaaaaaaaaaaa", "again": "aaaaaaaaaaaaaaa"}, "too easy to guess"),
        ({"password": "x@example.org", "again": "x@example.org"}, "too easy to guess"),
        ({"again": "another one, longer"}, "not the same"),
    ],
)
def test_what_cannot_be_registered_is_a_sentence(here: World, change: dict[str, str], words: str) -> None:
    fields = {"email": "x@example.org", "password": PASSWORD, "again": PASSWORD, **change}
    answer = fill(here.visitor(), "/register", **fields)

    assert answer.status == 422
    assert words in answer.text
    assert here.box.empty()


def test_log_out_ends_the_session_in_every_copy_of_its_cookie(here: World) -> None:
    dora = here.member("dora@example.org")
    copy = here.visitor()
    copy.cookie = dora.cookie
    assert is_in(copy)
    assert fill(dora, "/account", "/log-out").status == 303
    assert not is_in(dora)
    assert not is_in(copy)


def test_who_is_wrong_and_who_is_unknown_get_the_same_page(here: World) -> None:
    here.member("emil@example.org")
    wrong, unknown = (
        log_in(here.visitor(), email, "not the password") for email in ("emil@example.org", "emmy@example.org")
    )

    assert wrong.status == unknown.status == 403
    assert strip(wrong.text, "emil") == strip(unknown.text, "emmy")
    assert strip(wrong.text, "emil").count("do not belong together") == 1


def strip(page: str, name: str) -> str:
    """Without what is new on each page."""
    import re

    return re.sub(r'name="csrf_token" value="[^"]+"', "", page.replace(name, "somebody"))


def test_a_session_is_new_with_each_log_in(here: World) -> None:
    here.member("finn@example.org")
    planted = here.visitor()
    token, before = planted.token("/log-in"), planted.cookie
    victim = here.visitor()
    victim.cookie = before
    assert log_in(victim, "finn@example.org").status == 303
    assert is_in(victim)
    assert victim.cookie != before
    assert not is_in(planted)
    assert victim.send("/account/keys", {"csrf_token": token, "name": "a thief's"}).status == 400


def test_a_log_in_leads_on_to_where_one_wanted_to_go_and_never_elsewhere(here: World) -> None:
    here.member("gina@example.org")
    visitor = here.visitor()
    asked = visitor.get("/history?text=7&show=doubts")
    assert (asked.status, asked.headers["Location"]) == (303, "/log-in?next=/history%3Ftext%3D7%26show%3Ddoubts")
    found = fill(
        visitor, asked.headers["Location"], "/log-in", email="gina@example.org", password=PASSWORD,
        next="/history?text=7&show=doubts",
    )  # fmt: skip
    assert found.headers["Location"] == "/history?text=7&show=doubts"
    for evil in ("//evil.org", "https://evil.org/", "/\\evil.org", "javascript:alert(1)", "/\t/evil.org"):
        sent = fill(here.visitor(), "/log-in", email="gina@example.org", password=PASSWORD, next=evil)
        assert sent.headers["Location"] == "/", evil


def test_a_forgotten_password_is_reset_by_mail_and_ends_all_sessions(here: World) -> None:
    hugo = here.member("hugo@example.org")
    key = here.key(hugo)
    visitor = here.visitor()
    assert fill(visitor, "/forgot", email="HUGO@example.org").headers["Location"] == "/mail-sent"
    link = here.box.link("hugo@example.org")
    new = "eight blue herons"
    assert fill(visitor, link, password=new, again="another blue heron").status == 422
    assert fill(visitor, link, password=new, again=new).headers["Location"] == "/log-in"
    assert here.box.next()["Subject"] == "Your password was changed"
    assert not is_in(hugo)
    assert not is_in(visitor)
    assert visitor.get(link).status == 404
    assert log_in(visitor, "hugo@example.org", PASSWORD).status == 403
    assert log_in(visitor, "hugo@example.org", new).status == 303
    assert here.program(key).get("/api/v1/readings").status == 200


def test_a_reset_for_nobody_has_the_same_answer_and_no_mail(here: World) -> None:
    here.member("ida@example.org")
    known, unknown = here.visitor(), here.visitor()
    answers = [
        fill(visitor, "/forgot", email=email)
        for visitor, email in ((unknown, "nobody@example.com"), (known, "ida@example.org"))
    ]
    assert len({(one.status, one.headers["Location"], one.text) for one in answers}) == 1
    here.box.link("ida@example.org")
    assert here.box.empty()


def test_an_older_link_is_worth_nothing_once_the_password_has_changed(here: World) -> None:
    here.member("jan@example.org")
    visitor = here.visitor()
    links = []
    for _ in range(2):
        fill(visitor, "/forgot", email="jan@example.org")
        links.append(here.box.link("jan@example.org"))
    assert fill(visitor, links[1], password="eight blue herons", again="eight blue herons").status == 303
    here.box.next()
    assert visitor.get(links[0]).status == 404


def test_an_account_of_ones_own_reads_and_keeps(here: World) -> None:
    kim = here.member("kim@example.org")
    sent = kim.send("/", {"csrf_token": kim.token(), "file": ("seven.png", digits("7"))})
    assert sent.status == 303
    assert kim.get(sent.headers["Location"]).status == 200
    assert "seven.png" in kim.get("/history").text


def test_the_first_page_tells_who_is_not_logged_in_how_to_begin(here: World) -> None:
    page = here.visitor().get("/").text
    for words in ("Register", "Log in", "Get started", "Nobody else sees them"):
        assert words in page
    assert "Choose a picture" not in page
