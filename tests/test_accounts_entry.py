"""Registration, confirmation, log-in, log-out and password reset over real HTTP and SMTP."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from accounts_world import PASSWORD, World, fill, log_in, world
from web_client import Client
from web_pictures import digits


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world(tmp_path_factory.mktemp("entry")) as running:
        yield running


def is_logged_in(browser: Client) -> bool:
    return browser.get("/account").status == 200


def test_registration_is_confirmed_by_e_mail_and_logs_in(site: World) -> None:
    anna = site.visitor()
    sent = fill(anna, "/register", email=" Anna@Example.org ", password=PASSWORD, again=PASSWORD)
    assert (sent.status, sent.headers["Location"]) == (303, "/mail-sent")
    assert "An e-mail is on its way" in anna.get("/mail-sent").text
    assert not is_logged_in(anna)
    link = site.box.link("anna@example.org")
    assert "anna@example.org" in anna.get(link).text
    assert fill(anna, link, password="not the password").status == 422
    assert not is_logged_in(anna)
    assert fill(anna, link, password=PASSWORD).status == 303
    assert is_logged_in(anna)
    assert anna.get(link).status == 404  # it is valid once


def test_a_link_creates_an_account_only_with_the_password(site: World) -> None:
    """Somebody registers another person's address; that person opens both links: only their password is accepted."""
    thief, owner = site.visitor(), site.visitor()
    fill(thief, "/register", email="bea@example.org", password="the thief's own one", again="the thief's own one")
    bad = site.box.link("bea@example.org")
    fill(owner, "/register", email="bea@example.org", password=PASSWORD, again=PASSWORD)
    good = site.box.link("bea@example.org")
    assert fill(owner, bad, password=PASSWORD).status == 422
    assert fill(owner, good, password=PASSWORD).status == 303
    assert log_in(thief, "bea@example.org", "the thief's own one").status == 403
    assert fill(thief, bad, password="the thief's own one").status == 422


def test_an_address_with_an_account_gets_the_same_answer_and_another_e_mail(site: World) -> None:
    site.member("carl@example.org")
    somebody = site.visitor()
    answers = [
        fill(somebody, "/register", email=email, password=PASSWORD, again=PASSWORD)
        for email in ("carl@example.org", "nobody@example.org")
    ]
    assert len({(answer.status, answer.headers["Location"]) for answer in answers}) == 1
    assert [site.box.next()["Subject"] for _ in answers] == [
        "You already have an account", "Confirm your e-mail address",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"email": "no address"}, "not an e-mail address"),
        ({"email": "a@b\r\nBcc: c@d.org"}, "not an e-mail address"),
        ({"password": "short", "again": "short"}, "10 to 200 characters"),
        ({"password": "aaaaaaaaaaaaaaa", "again": "aaaaaaaaaaaaaaa"}, "too easy to guess"),
        ({"password": "x@example.org", "again": "x@example.org"}, "too easy to guess"),
        ({"again": "another one, longer"}, "not the same"),
    ],
)
def test_an_invalid_registration_is_refused_with_a_message(site: World, change: dict[str, str], message: str) -> None:
    fields = {"email": "x@example.org", "password": PASSWORD, "again": PASSWORD, **change}
    answer = fill(site.visitor(), "/register", **fields)

    assert answer.status == 422
    assert message in answer.text
    assert site.box.empty()


def test_log_out_ends_the_session_in_every_copy_of_its_cookie(site: World) -> None:
    dora = site.member("dora@example.org")
    copy = site.visitor()
    copy.cookie = dora.cookie
    assert is_logged_in(copy)
    assert fill(dora, "/account", "/log-out").status == 303
    assert not is_logged_in(dora)
    assert not is_logged_in(copy)


def test_a_wrong_password_and_an_unknown_address_get_the_same_page(site: World) -> None:
    site.member("emil@example.org")
    wrong, unknown = (
        log_in(site.visitor(), email, "not the password") for email in ("emil@example.org", "emmy@example.org")
    )

    assert wrong.status == unknown.status == 403
    assert without_name(wrong.text, "emil") == without_name(unknown.text, "emmy")
    assert without_name(wrong.text, "emil").count("Wrong e-mail address or password") == 1


def without_name(page: str, name: str) -> str:
    """Return the page without its CSRF token and the name."""
    import re

    return re.sub(r'name="csrf_token" value="[^"]+"', "", page.replace(name, "somebody"))


def test_each_log_in_begins_a_new_session(site: World) -> None:
    site.member("finn@example.org")
    planted = site.visitor()
    token, before = planted.token("/log-in"), planted.cookie
    victim = site.visitor()
    victim.cookie = before
    assert log_in(victim, "finn@example.org").status == 303
    assert is_logged_in(victim)
    assert victim.cookie != before
    assert not is_logged_in(planted)
    assert victim.send("/account/keys", {"csrf_token": token, "name": "a thief's"}).status == 400


def test_a_log_in_returns_to_the_requested_page_of_this_site_only(site: World) -> None:
    site.member("gina@example.org")
    visitor = site.visitor()
    refused = visitor.get("/history?text=7&show=doubts")
    assert (refused.status, refused.headers["Location"]) == (303, "/log-in?next=/history%3Ftext%3D7%26show%3Ddoubts")
    answer = fill(
        visitor, refused.headers["Location"], "/log-in", email="gina@example.org", password=PASSWORD,
        next="/history?text=7&show=doubts",
    )  # fmt: skip
    assert answer.headers["Location"] == "/history?text=7&show=doubts"
    for evil in ("//evil.org", "https://evil.org/", "/\\evil.org", "javascript:alert(1)", "/\t/evil.org"):
        sent = fill(site.visitor(), "/log-in", email="gina@example.org", password=PASSWORD, next=evil)
        assert sent.headers["Location"] == "/", evil


def test_a_password_reset_by_e_mail_ends_all_sessions(site: World) -> None:
    hugo = site.member("hugo@example.org")
    key = site.key(hugo)
    visitor = site.visitor()
    assert fill(visitor, "/forgot", email="HUGO@example.org").headers["Location"] == "/mail-sent"
    link = site.box.link("hugo@example.org")
    new = "eight blue herons"
    assert fill(visitor, link, password=new, again="another blue heron").status == 422
    assert fill(visitor, link, password=new, again=new).headers["Location"] == "/log-in"
    assert site.box.next()["Subject"] == "Your password was changed"
    assert not is_logged_in(hugo)
    assert not is_logged_in(visitor)
    assert visitor.get(link).status == 404
    assert log_in(visitor, "hugo@example.org", PASSWORD).status == 403
    assert log_in(visitor, "hugo@example.org", new).status == 303
    assert site.program(key).get("/api/v1/readings").status == 200


def test_a_reset_for_an_unknown_address_has_the_same_answer_and_no_e_mail(site: World) -> None:
    site.member("ida@example.org")
    registered, unknown = site.visitor(), site.visitor()
    answers = [
        fill(visitor, "/forgot", email=email)
        for visitor, email in ((unknown, "nobody@example.com"), (registered, "ida@example.org"))
    ]
    assert len({(answer.status, answer.headers["Location"], answer.text) for answer in answers}) == 1
    site.box.link("ida@example.org")
    assert site.box.empty()


def test_a_reset_link_expires_once_the_password_has_changed(site: World) -> None:
    site.member("jan@example.org")
    visitor = site.visitor()
    links = []
    for _ in range(2):
        fill(visitor, "/forgot", email="jan@example.org")
        links.append(site.box.link("jan@example.org"))
    assert fill(visitor, links[1], password="eight blue herons", again="eight blue herons").status == 303
    site.box.next()
    assert visitor.get(links[0]).status == 404


def test_an_account_reads_and_stores_pictures(site: World) -> None:
    kim = site.member("kim@example.org")
    sent = kim.send("/", {"csrf_token": kim.token(), "file": ("seven.png", digits("7"))})
    assert sent.status == 303
    assert kim.get(sent.headers["Location"]).status == 200
    assert "seven.png" in kim.get("/history").text


def test_the_home_page_invites_visitors_to_register_or_log_in(site: World) -> None:
    page = site.visitor().get("/").text
    for text in ("Register", "Log in", "Get started", "Nobody else sees them"):
        assert text in page
    assert "Choose a picture" not in page
