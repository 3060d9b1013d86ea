"""Sign in with an OpenID Connect provider that runs beside, as a process; honest ones and others."""

from __future__ import annotations

import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator

import pytest

from accounts_world import PASSWORD, World, fill, free_port, log_in, world
from oidc_provider import providing
from test_accounts_entry import is_in
from web_client import Answer, Client


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with (
        providing(free_port()) as settings,
        world(tmp_path_factory.mktemp("sign-in"), **settings, NUMINK_LOG_LEVEL="debug") as running,
    ):
        yield running


class Still(urllib.request.HTTPRedirectHandler):
    """Does not follow where a redirect leads."""

    def redirect_request(self, *_: object) -> None:
        return None


def at_provider(address: str, email: str, who: str) -> str:
    """Fills in the provider's form: where it leads."""
    body = urllib.parse.urlencode({"email": email, "who": who}).encode()
    with pytest.raises(urllib.error.HTTPError) as answer:
        urllib.request.build_opener(Still).open(address, body, timeout=20)
    answer.value.close()
    assert answer.value.code == 302
    return str(answer.value.headers["Location"])


def sign_in(browser: Client, email: str, who: str = "honest", after: str = "") -> Answer:
    """All the way to the provider and back."""
    sent = browser.get(f"/sign-in?next={after}")
    assert sent.status == 302, sent.text
    back = at_provider(sent.headers["Location"], email, who)
    return browser.get("/" + back.partition("//")[2].partition("/")[2])


def test_somebody_new_signs_in_and_has_an_account(here: World) -> None:
    anna = here.visitor()
    assert "Log in with the provider" in anna.get("/log-in").text
    back = sign_in(anna, "anna@example.org", after="/history")
    assert (back.status, back.headers["Location"]) == (303, "/history")
    assert is_in(anna)
    again = here.visitor()
    sign_in(again, "anna@example.org")
    assert again.get("/account").text.count("anna@example.org") == anna.get("/account").text.count("anna@example.org")


def test_the_request_has_state_nonce_and_a_challenge_that_are_new_each_time(here: World) -> None:
    asked = []
    for _ in range(2):
        address = here.visitor().get("/sign-in").headers["Location"]
        asked.append(dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(address).query)))
    for name in ("state", "nonce", "code_challenge"):
        assert len(asked[0][name]) > 10
        assert asked[0][name] != asked[1][name]
    assert asked[0]["code_challenge_method"] == "S256"
    assert asked[0]["redirect_uri"] == f"http://127.0.0.1:{here.server.port}/sign-in/back"


def test_who_has_an_account_with_that_address_gets_into_it(here: World) -> None:
    bea = here.member("bea@example.org")
    here.key(bea, "the key of the account")
    by_provider = here.visitor()
    sign_in(by_provider, "Bea@Example.org")
    assert "the key of the account" in by_provider.get("/account").text
    assert log_in(here.visitor(), "bea@example.org", PASSWORD).status == 303


def test_the_account_stays_the_same_when_the_address_at_the_provider_changes(here: World) -> None:
    carl = here.visitor()
    sign_in(carl, "carl@example.org", "subject-17")
    later = here.visitor()
    sign_in(later, "carl.new@example.org", "subject-17")

    assert "carl@example.org" in later.get("/account").text
    assert "carl.new@example.org" not in later.get("/account").text


@pytest.mark.parametrize(
    "who", ["wrong-nonce", "wrong-audience", "wrong-issuer", "wrong-key", "expired", "unverified", "no-email"]
)
def test_a_provider_that_says_something_wrong_lets_nobody_in(here: World, who: str) -> None:
    here.member(f"{who}@example.org")
    browser = here.visitor()
    refused = sign_in(browser, f"{who}@example.org", who)

    assert refused.status == 403
    assert ("verif" if who in ("unverified", "no-email") else "did not work") in refused.text
    assert "Traceback" not in refused.text
    assert not is_in(browser)


def test_who_says_no_at_the_provider_is_back_at_the_log_in(here: World) -> None:
    browser = here.visitor()
    assert sign_in(browser, "dora@example.org", "unwilling").headers["Location"] == "/log-in"
    assert not is_in(browser)


def test_an_answer_of_somebody_elses_sign_in_is_refused(here: World) -> None:
    """The attacker's own code and state, sent to a victim, do not log the victim into the attacker's account."""
    attacker, victim = here.visitor(), here.visitor()
    back = at_provider(attacker.get("/sign-in").headers["Location"], "evil@example.org", "honest")
    path = "/" + back.partition("//")[2].partition("/")[2]
    victim.get("/sign-in")
    assert victim.get(path).status == 403
    assert here.visitor().get(path).status == 403
    assert not is_in(victim)
    assert attacker.get(path).status == 303
    assert attacker.get(path).status == 403  # nor is it good twice


def test_the_session_is_new_after_signing_in(here: World) -> None:
    browser = here.visitor()
    browser.get("/log-in")
    planted = here.visitor()
    planted.cookie = browser.cookie
    sign_in(browser, "emil@example.org")
    assert is_in(browser)
    assert not is_in(planted)


def test_who_signs_in_only_with_the_provider_can_set_a_password(here: World) -> None:
    finn = here.visitor()
    sign_in(finn, "finn@example.org")
    assert log_in(here.visitor(), "finn@example.org", "").status == 403
    assert fill(finn, "/account", "/account/password", password=PASSWORD, again=PASSWORD).status == 303
    assert log_in(here.visitor(), "finn@example.org").status == 303
    here.box.next()


def test_nothing_secret_of_a_sign_in_is_logged(here: World) -> None:
    gina = here.visitor()
    sent = gina.get("/sign-in")
    back = at_provider(sent.headers["Location"], "gina@example.org", "honest")
    gina.get("/" + back.partition("//")[2].partition("/")[2])
    logged = here.server.errors.read_text()
    code = urllib.parse.parse_qs(urllib.parse.urlsplit(back).query)["code"][0]

    assert is_in(gina)
    assert [secret for secret in (code, "known to numink", "code_verifier", "id_token") if secret in logged] == []


def test_a_provider_that_is_away_is_a_sentence(tmp_path_factory: pytest.TempPathFactory) -> None:
    settings = {
        "NUMINK_OIDC_ISSUER": "http://127.0.0.1:9", "NUMINK_OIDC_CLIENT_ID": "x", "NUMINK_OIDC_CLIENT_SECRET": "y"
    }  # fmt: skip
    with world(tmp_path_factory.mktemp("away"), **settings) as here:
        refused = here.visitor().get("/sign-in")
        assert refused.status == 403
        assert "Signing in did not work" in refused.text
