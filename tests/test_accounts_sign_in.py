"""Sign-in with an OpenID Connect provider in a process of its own, with valid and invalid answers."""

from __future__ import annotations

import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator

import pytest

from accounts_world import PASSWORD, World, fill, free_port, log_in, world
from oidc_provider import providing
from test_accounts_entry import is_logged_in
from web_client import Answer, Client


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with (
        providing(free_port()) as settings,
        world(tmp_path_factory.mktemp("sign-in"), **settings, NUMINK_LOG_LEVEL="debug") as running,
    ):
        yield running


class NoRedirects(urllib.request.HTTPRedirectHandler):
    """Opener that does not follow redirects."""

    def redirect_request(self, *_: object) -> None:
        return None


def submit_at_provider(address: str, email: str, person: str) -> str:
    """Submit the provider's form; return the address that it redirects to."""
    body = urllib.parse.urlencode({"email": email, "who": person}).encode()
    with pytest.raises(urllib.error.HTTPError) as answer:
        urllib.request.build_opener(NoRedirects).open(address, body, timeout=20)
    answer.value.close()
    assert answer.value.code == 302
    return str(answer.value.headers["Location"])


def sign_in(browser: Client, email: str, person: str = "honest", after: str = "") -> Answer:
    """Sign in with the provider; return the answer of numink."""
    sent = browser.get(f"/sign-in?next={after}")
    assert sent.status == 302, sent.text
    back = submit_at_provider(sent.headers["Location"], email, person)
    return browser.get("/" + back.partition("//")[2].partition("/")[2])


def test_a_first_sign_in_creates_an_account(site: World) -> None:
    anna = site.visitor()
    assert "Log in with the provider" in anna.get("/log-in").text
    back = sign_in(anna, "anna@example.org", after="/history")
    assert (back.status, back.headers["Location"]) == (303, "/history")
    assert is_logged_in(anna)
    again = site.visitor()
    sign_in(again, "anna@example.org")
    assert again.get("/account").text.count("anna@example.org") == anna.get("/account").text.count("anna@example.org")


def test_each_request_has_a_new_state_nonce_and_challenge(site: World) -> None:
    asked = []
    for _ in range(2):
        address = site.visitor().get("/sign-in").headers["Location"]
        asked.append(dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(address).query)))
    for name in ("state", "nonce", "code_challenge"):
        assert len(asked[0][name]) > 10
        assert asked[0][name] != asked[1][name]
    assert asked[0]["code_challenge_method"] == "S256"
    assert asked[0]["redirect_uri"] == f"http://127.0.0.1:{site.server.port}/sign-in/back"


def test_a_sign_in_opens_the_account_with_the_same_address(site: World) -> None:
    bea = site.member("bea@example.org")
    site.key(bea, "the key of the account")
    by_provider = site.visitor()
    sign_in(by_provider, "Bea@Example.org")
    assert "the key of the account" in by_provider.get("/account").text
    assert log_in(site.visitor(), "bea@example.org", PASSWORD).status == 303


def test_the_account_stays_the_same_when_the_address_at_the_provider_changes(site: World) -> None:
    carl = site.visitor()
    sign_in(carl, "carl@example.org", "subject-17")
    later = site.visitor()
    sign_in(later, "carl.new@example.org", "subject-17")

    assert "carl@example.org" in later.get("/account").text
    assert "carl.new@example.org" not in later.get("/account").text


@pytest.mark.parametrize(
    "person", ["wrong-nonce", "wrong-audience", "wrong-issuer", "wrong-key", "expired", "unverified", "no-email"]
)
def test_an_invalid_answer_of_the_provider_is_refused(site: World, person: str) -> None:
    site.member(f"{person}@example.org")
    browser = site.visitor()
    refused = sign_in(browser, f"{person}@example.org", person)

    assert refused.status == 403
    assert ("verif" if person in ("unverified", "no-email") else "did not work") in refused.text
    assert "Traceback" not in refused.text
    assert not is_logged_in(browser)


def test_a_refusal_at_the_provider_returns_to_the_log_in(site: World) -> None:
    browser = site.visitor()
    assert sign_in(browser, "dora@example.org", "unwilling").headers["Location"] == "/log-in"
    assert not is_logged_in(browser)


def test_the_answer_to_another_sign_in_is_refused(site: World) -> None:
    """An attacker's code and state, sent to a victim, do not log the victim in to the attacker's account."""
    attacker, victim = site.visitor(), site.visitor()
    back = submit_at_provider(attacker.get("/sign-in").headers["Location"], "evil@example.org", "honest")
    path = "/" + back.partition("//")[2].partition("/")[2]
    victim.get("/sign-in")
    assert victim.get(path).status == 403
    assert site.visitor().get(path).status == 403
    assert not is_logged_in(victim)
    assert attacker.get(path).status == 303
    assert attacker.get(path).status == 403  # it is valid once


def test_a_sign_in_begins_a_new_session(site: World) -> None:
    browser = site.visitor()
    browser.get("/log-in")
    planted = site.visitor()
    planted.cookie = browser.cookie
    sign_in(browser, "emil@example.org")
    assert is_logged_in(browser)
    assert not is_logged_in(planted)


def test_a_person_without_a_password_can_set_one(site: World) -> None:
    finn = site.visitor()
    sign_in(finn, "finn@example.org")
    assert log_in(site.visitor(), "finn@example.org", "").status == 403
    assert fill(finn, "/account", "/account/password", password=PASSWORD, again=PASSWORD).status == 303
    assert log_in(site.visitor(), "finn@example.org").status == 303
    site.box.next()


def test_no_secret_of_a_sign_in_is_logged(site: World) -> None:
    gina = site.visitor()
    sent = gina.get("/sign-in")
    back = submit_at_provider(sent.headers["Location"], "gina@example.org", "honest")
    gina.get("/" + back.partition("//")[2].partition("/")[2])
    logged = site.server.errors.read_text()
    code = urllib.parse.parse_qs(urllib.parse.urlsplit(back).query)["code"][0]

    assert is_logged_in(gina)
    assert [secret for secret in (code, "known to numink", "code_verifier", "id_token") if secret in logged] == []


def test_an_unavailable_provider_is_a_message(tmp_path_factory: pytest.TempPathFactory) -> None:
    settings = {
        "NUMINK_OIDC_ISSUER": "http://127.0.0.1:9", "NUMINK_OIDC_CLIENT_ID": "x", "NUMINK_OIDC_CLIENT_SECRET": "y"
    }  # fmt: skip
    with world(tmp_path_factory.mktemp("away"), **settings) as site:
        refused = site.visitor().get("/sign-in")
        assert refused.status == 403
        assert "Signing in did not work" in refused.text
