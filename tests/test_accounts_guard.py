"""Protection of accounts: limits of log-ins, e-mails and readings, cookie flags, no secrets in logs, SMTP over TLS."""

from __future__ import annotations

import datetime
import ipaddress
import os
import re
import ssl
import subprocess
import sys
import time
from pathlib import Path

import pytest
from aiosmtpd.smtp import AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from accounts_world import PASSWORD, World, fill, log_in, mailbox, with_accounts, world
from web_client import Client, multipart, served, until
from web_pictures import digits


def test_log_ins_to_an_account_are_limited_and_its_password_works_later(tmp_path: Path) -> None:
    with world(tmp_path, NUMINK_LOGIN_LIMIT="3 per 10 seconds") as site:
        site.member("anna@example.org")
        statuses = [log_in(site.visitor(), "anna@example.org", f"guess number {index}").status for index in range(3)]
        refused = log_in(site.visitor(), "anna@example.org")
        assert (statuses, refused.status) == ([403] * 3, 429)
        assert 0 < int(refused.headers["Retry-After"]) <= 11
        statuses = [log_in(site.visitor(), "nobody@example.org", f"guess number {index}").status for index in range(4)]
        assert statuses == [403, 403, 403, 429]  # the same for an address without an account
        time.sleep(10)
        assert log_in(site.visitor(), "anna@example.org").status == 303


def test_log_ins_from_an_ip_address_are_limited(tmp_path: Path) -> None:
    with world(tmp_path, NUMINK_LOGIN_LIMIT="2 per 5 minutes") as site:
        statuses = [log_in(site.visitor(), f"{index}@example.org", "a guess of mine").status for index in range(11)]
        assert statuses == [403] * 10 + [429]


def test_e_mails_to_an_address_are_limited_with_or_without_an_account(tmp_path: Path) -> None:
    with world(tmp_path, NUMINK_MAIL_LIMIT="2 per hour") as site:
        site.member("anna@example.org")
        for email, more in (("anna@example.org", 1), ("nobody@example.org", 2)):
            statuses = [fill(site.visitor(), "/forgot", email=email).status for _ in range(more + 1)]
            assert statuses == [303] * more + [429], email


def test_readings_are_limited_per_person_and_headers_show_the_limit(tmp_path: Path) -> None:
    with world(tmp_path, NUMINK_RATE_LIMIT="2 per minute") as site:
        anna = site.member("anna@example.org")
        first, second = (site.program(site.key(anna, name)) for name in ("one", "two"))
        bea = site.program(site.key(site.member("bea@example.org")))
        picture = digits("7", 40)
        answers = [first.read(picture), second.read(picture), first.read(picture), bea.read(picture)]
        assert [answer.status for answer in answers] == [200, 200, 429, 200]
        assert [answer.headers["X-RateLimit-Remaining"] for answer in answers] == ["1", "0", "0", "1"]
        assert answers[0].headers["X-RateLimit-Limit"] == "2"
        assert 0 < int(answers[2].headers["Retry-After"]) <= 60


def cookie_of(answer_headers: str) -> set[str]:
    return {part.strip().partition("=")[0].lower() for part in answer_headers.split(";")[1:]}


def test_the_session_cookie_is_http_only_and_same_site(tmp_path: Path) -> None:
    with world(tmp_path) as site:
        site.member("anna@example.org")
        set_cookie = log_in(site.visitor(), "anna@example.org").headers["Set-Cookie"]
        assert {"httponly", "samesite", "expires"} <= cookie_of(set_cookie)
        assert "SameSite=Lax" in set_cookie
        assert "Secure" not in set_cookie


@pytest.mark.parametrize("behind", ["url", "proxy"])
def test_the_cookie_is_secure_where_numink_is_served_by_https(tmp_path: Path, behind: str) -> None:
    how = {"NUMINK_URL": "https://numink.example.org"} if behind == "url" else {"NUMINK_PROXIES": "1"}
    with world(tmp_path, **how) as site:
        page = site.server.client.ask("GET", "/log-in", headers={"X-Forwarded-Proto": "https"})
        assert "secure" in cookie_of(page.headers["Set-Cookie"])


def test_the_client_address_is_taken_from_trusted_proxies_only(tmp_path: Path) -> None:
    def statuses(site: World) -> list[int]:
        answers = []
        for index in range(11):
            visitor = site.visitor()
            body = {"csrf_token": visitor.token("/log-in"), "email": f"{index}@example.org", "password": "a guess"}
            form, content_type = multipart(body)
            headers = {"Content-Type": content_type, "X-Forwarded-For": f"10.0.0.{index}"}
            answers.append(visitor.ask("POST", "/log-in", form, headers).status)
        return answers

    for proxies, last in (("0", 429), ("1", 403)):
        folder = tmp_path / proxies
        folder.mkdir()
        with world(folder, NUMINK_LOGIN_LIMIT="2 per 5 minutes", NUMINK_PROXIES=proxies) as site:
            assert statuses(site)[-1] == last


def test_pages_of_an_account_are_not_cached(tmp_path: Path) -> None:
    with world(tmp_path) as site:
        anna = site.member("anna@example.org")
        for path in ("/", "/history", "/account", "/log-in"):
            assert anna.get(path).headers["Cache-Control"] == "no-store", path


def test_no_secret_is_logged_at_any_level(tmp_path: Path) -> None:
    with world(tmp_path, NUMINK_LOG_LEVEL="debug", NUMINK_SECRET_KEY="signs-all-cookies") as site:
        anna = site.member("anna@example.org")
        key = site.key(anna)
        site.program(key).read(digits("7", 40))
        fill(anna, "/forgot", email="anna@example.org")
        link = site.box.link("anna@example.org")
        fill(anna, link, password="eight blue herons", again="eight blue herons")
        site.program(key[:-1] + "x").get("/api/v1/readings")
        log_in(anna, "anna@example.org", "a guess of mine")
        anna.get("/confirm/some-secret-of-a-mail")
        (tmp_path / "history.db").rename(tmp_path / "gone.db")  # errors are logged too
        (tmp_path / "history.db").mkdir()
        broken = anna.get("/reset/some-other-secret")
        cookie = anna.cookie
    logged = site.server.errors.read_text()
    secrets = [
        PASSWORD, "eight blue herons", "a guess of mine", key, key.split("_", 3)[3], link, link.rpartition("/")[2],
        "signs-all-cookies", "some-secret-of-a-mail", "some-other-secret", cookie.partition("=")[2],
    ]  # fmt: skip

    assert broken.status >= 400
    assert logged
    assert [secret for secret in secrets if secret in logged] == []


def certificate(folder: Path) -> Path:
    """Create a key and a self-signed certificate for 127.0.0.1."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "both.pem").write_bytes(secret + made.public_bytes(serialization.Encoding.PEM))
    return folder / "both.pem"


@pytest.mark.parametrize("tls", ["starttls", "tls"])
@pytest.mark.parametrize("trusted", [True, False])
def test_e_mails_go_over_tls_to_a_trusted_server_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tls: str, *, trusted: bool
) -> None:
    both = certificate(tmp_path)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(both)
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(both))
    asked = []

    def check(_server: object, _session: object, _envelope: object, _how: str, shown: object) -> AuthResult:
        assert isinstance(shown, LoginPassword)
        asked.append((shown.login, shown.password))
        return AuthResult(success=asked[-1] == (b"numink", b"the mail's password"))

    how = {"tls_context": context, "require_starttls": True} if tls == "starttls" else {"ssl_context": context}
    settings = {"NUMINK_SMTP_TLS": tls, "NUMINK_SMTP_USER": "numink", "NUMINK_SMTP_PASSWORD": "the mail's password"}
    with (
        mailbox(**how, authenticator=check, auth_required=tls == "starttls", auth_require_tls=tls == "starttls") as box,
        served(tmp_path, **with_accounts(box, **settings)) as server,
    ):
        browser = Client(server.port, browser=True)
        fill(browser, "/register", email="anna@example.org", password=PASSWORD, again=PASSWORD)
        if trusted:
            assert box.link("anna@example.org")
            assert asked == [(b"numink", b"the mail's password")]
        else:
            until(lambda: "SSLCertVerificationError" in server.errors.read_text())
            assert box.empty()
            server.kill()  # it would retry for some seconds
    logged = (tmp_path / "stderr.txt").read_text()
    assert "the mail's password" not in logged
    assert "anna@example.org" not in logged


def test_a_promised_e_mail_is_sent_though_the_server_stops(tmp_path: Path) -> None:
    with world(tmp_path) as site:
        fill(site.visitor(), "/register", email="anna@example.org", password=PASSWORD, again=PASSWORD)
        assert site.server.stop() == 0
        assert site.box.link("anna@example.org")


@pytest.mark.parametrize(
    ("missing", "advice"),
    [
        ("NUMINK_URL", "set NUMINK_URL"),
        ("NUMINK_SMTP_HOST", "set NUMINK_SMTP_HOST for e-mails or NUMINK_OIDC_ISSUER"),
        ("NUMINK_SMTP_SENDER", "set NUMINK_SMTP_SENDER"),
    ],
)
def test_accounts_without_a_required_setting_are_an_error(tmp_path: Path, missing: str, advice: str) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("NUMINK_")}
    with mailbox() as box:
        settings = with_accounts(box, NUMINK_STORE=f"sqlite:///{tmp_path}/h.db")
    del settings[missing]
    ended = subprocess.run(
        [sys.executable, "-m", "numink", "serve"], env=environment | settings, capture_output=True, text=True,
        timeout=60, check=False,
    )  # fmt: skip
    assert ended.returncode in (1, 2)
    assert advice in ended.stderr
    assert not re.search("Traceback", ended.stderr)
