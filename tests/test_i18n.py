"""Pages speak the visitor's language, the API English; the switch keeps a choice and stays on the page."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from accounts_world import PASSWORD, World, fill, world
from numink.errors import NuminkError, SettingsError
from numink.imaging.decode import Limits, check_bytes
from numink.reader import Reader
from numink.settings import Settings
from numink.web import create_app
from numink.web.formatting import moment, number, percent, share
from numink.web.i18n import text
from numink.web.problems import for_kind
from web_client import Answer, Client, Served, multipart, served

GERMAN = {"Accept-Language": "de-AT,de;q=0.9,en;q=0.5", "Accept": "text/html"}


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    folder = tmp_path_factory.mktemp("app")
    made = create_app(Settings(store=f"sqlite:///{folder}/h.db", threads=1), Reader())
    yield made
    made.extensions["numink"].close()


def in_german(client: Client, path: str) -> Answer:
    return client.ask("GET", path, headers=GERMAN)


def sent_in_german(client: Client, path: str, name: str, content: bytes, accept: str = "text/html") -> Answer:
    fields = {"file": (name, content)} | ({} if path.startswith("/api/") else {"csrf_token": client.token()})
    body, kind = multipart(fields)
    return client.ask("POST", path, body, {**GERMAN, "Accept": accept, "Content-Type": kind})


def test_a_browser_is_answered_in_its_language(server: Served) -> None:
    page = in_german(server.client, "/history")

    assert '<html lang="de">' in page.text
    assert "<h1>Verlauf</h1>" in page.text
    assert page.headers["Content-Language"] == "de"


@pytest.mark.parametrize("asks", ["en", "xx", "", "fr;q=0.9", ";;,", "en-US,en;q=0.9,de;q=0.1"])
def test_who_asks_for_no_language_that_is_there_gets_english(server: Served, asks: str) -> None:
    page = server.client.ask("GET", "/history", headers={"Accept-Language": asks})

    assert '<html lang="en">' in page.text
    assert "<h1>History</h1>" in page.text


def test_caches_are_told_what_a_page_depends_on(server: Served) -> None:
    told = in_german(server.client, "/model").headers["Vary"]

    assert {"Accept-Language", "Cookie"} <= {one.strip() for one in told.split(",")}
    assert "Vary" not in in_german(server.client, "/healthz").headers


def test_the_switch_keeps_the_choice_and_leads_back(server: Served) -> None:
    visitor = Client(server.port, browser=True)
    page = visitor.get("/history?show=doubts")
    assert 'href="/language/de?next=/history?show%3Ddoubts" lang="de"' in page.text
    led = visitor.get("/language/de?next=/history?show%3Ddoubts")

    assert (led.status, led.headers["Location"]) == (303, "/history?show=doubts")
    assert led.headers["Cache-Control"] == "no-store"
    assert '<html lang="de">' in visitor.get("/model").text
    assert 'hreflang="en"' in visitor.get("/model").text


@pytest.mark.parametrize("there", ["//evil.example", "https://evil.example/", "/\\evil.example", "javascript:x", ""])
def test_the_switch_leads_nowhere_else(server: Served, there: str) -> None:
    assert server.client.get(f"/language/de?next={there}").headers["Location"] == "/"


def test_there_is_no_switch_to_a_language_that_is_not_there(server: Served) -> None:
    led = server.client.get("/language/xx")

    assert led.status == 404
    assert "Set-Cookie" not in led.headers


def test_the_switch_of_a_page_that_a_form_led_to_goes_to_a_page_that_can_be_got(server: Served) -> None:
    visitor = Client(server.port, browser=True)
    refused = sent_in_german(visitor, "/glance", "a.txt", b"x")

    assert refused.status == 415
    assert 'href="/language/en" lang="en"' in refused.text


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("", b"", "Es wurde kein Bild ausgewählt: wählen Sie eines aus oder zeichnen Sie"),
        ("a.txt", b"no picture", "Das ist kein Bild, das numink kennt"),
        ("a.pdf", b"PK\x03\x04", "Das ist ein ZIP-Archiv oder ein Office-Dokument, kein Bild"),
        ("a.png", b"x" * 20_000_001, "Die Datei hat 20,0 MB, erlaubt sind 20,0 MB"),
    ],
)
def test_what_is_wrong_is_said_in_the_language_of_the_page(
    server: Served, name: str, content: bytes, says: str
) -> None:
    visitor = Client(server.port, browser=True)
    page = sent_in_german(visitor, "/", name, content)

    assert page.status >= 400
    assert f'<p id="problem">{says}' in page.text


def test_scripts_of_pages_are_told_in_the_language_of_the_page(server: Served) -> None:
    visitor = Client(server.port, browser=True)
    told = sent_in_german(visitor, "/batches", "", b"", "application/json").json

    assert told["detail"].startswith("Es wurde keine Datei ausgewählt")
    assert set(told) == {"type", "title", "status", "detail"}


def test_the_api_speaks_english_to_everybody(server: Served) -> None:
    wrong = sent_in_german(server.client, "/api/v1/read", "a.txt", b"no picture", "application/json")
    gone = in_german(server.client, "/api/v1/readings/none")

    assert wrong.json == server.client.send("/api/v1/read", {"file": ("a.txt", b"no picture")}).json
    assert wrong.json["detail"].startswith("This is not a picture that numink knows")
    assert gone.json == server.client.get("/api/v1/readings/none").json
    assert gone.json["title"] == "There is no such reading"
    assert not {"Content-Language", "Vary"} & set(gone.headers)
    assert in_german(server.client, "/api/v1/openapi.json").json == server.client.get("/api/v1/openapi.json").json
    assert '<html lang="de">' in in_german(server.client, "/api/docs").text


def test_one_language_can_be_set_for_everybody(tmp_path: Path) -> None:
    with served(tmp_path, NUMINK_LANGUAGE="de") as running:
        page = running.client.ask("GET", "/history", headers={"Accept-Language": "en", "Cookie": "numink_language=en"})

    assert '<html lang="de">' in page.text
    assert "/language/" not in page.text
    assert "Accept-Language" not in page.headers.get("Vary", "")


def test_a_language_that_is_not_there_is_refused_at_the_start(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="NUMINK_LANGUAGE is 'xx', and there are en, de: set one of them"):
        create_app(Settings(store=f"sqlite:///{tmp_path}/h.db", language="xx"), Reader())


def test_numbers_and_days_are_written_as_in_the_language(app: Flask) -> None:
    day = "2026-11-23T20:15:00.123+00:00"
    english = (number(1234.5, 1), share(0.125, 1), percent(0.99999), moment(day))
    with app.test_request_context("/", headers=GERMAN):
        german = (number(1234.5, 1), share(0.125, 1), percent(0.99999), moment(day))

    assert english == ("1,234.5", "12.5 %", "over 99.9 %", "23 Nov 2026, 20:15 UTC")
    assert german == ("1.234,5", "12,5 %", "über 99,9 %", "23. Nov. 2026, 20:15 UTC")


def test_an_error_keeps_its_message_and_its_values_apart(app: Flask) -> None:
    with pytest.raises(NuminkError) as caught:
        check_bytes(2_500_000, Limits(max_bytes=1_000_000))
    error = caught.value
    with app.test_request_context("/", headers=GERMAN):
        german = text(error.message, **error.values)

    assert str(error).startswith("the file has 2.5 MB, the limit is 1.0 MB: make")
    assert german.startswith("die Datei hat 2,5 MB, erlaubt sind 1,0 MB: ")


def test_a_sentence_without_a_translation_is_said_to_be_english(app: Flask) -> None:
    with app.test_request_context("/", headers=GERMAN):
        foreign, known = for_kind("invalid", "nobody has translated this"), for_kind("invalid", "no number was found")

    assert (foreign.title, foreign.detail, foreign.foreign) == (
        "Die Anfrage ist nicht gültig", "Nobody has translated this.", True
    )  # fmt: skip
    assert not known.foreign


def test_what_a_device_keeps_is_in_the_language_that_was_chosen(server: Served) -> None:
    workers = {code: server.client.get(f"/worker.js?language={code}").text for code in ("en", "de")}
    page = server.client.ask("GET", "/draw?language=de", headers={"Accept-Language": "en"})
    app = server.client.get("/manifest.webmanifest?language=de").json

    assert all(f'"/draw?language={code}"' in workers[code] for code in workers)
    assert workers["en"].splitlines()[0] != workers["de"].splitlines()[0]
    assert '<html lang="de">' in page.text
    assert 'href="/language/en?next=/draw"' in page.text
    assert app["lang"] == "de"
    assert app["description"] == "Handgeschriebene Zahlen lesen"


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world(tmp_path_factory.mktemp("accounts")) as running:
        yield running


class German(Client):
    """A browser whose owner reads German."""

    def ask(self, method: str, path: str, body: bytes | None = None, headers: object = None) -> Answer:
        assert headers is None or isinstance(headers, dict)
        return super().ask(method, path, body, {**GERMAN, **(headers or {})})


def test_somebody_registers_gets_his_mail_and_is_refused_in_his_language(here: World) -> None:
    carl = German(here.server.port, browser=True)
    short = fill(carl, "/register", email="carl@example.org", password="short", again="short").text
    other = fill(carl, "/register", email="carl@example.org", password=PASSWORD, again="another").text
    assert fill(carl, "/register", email="carl@example.org", password=PASSWORD, again=PASSWORD).status == 303
    mail = here.box.next()
    wrong = fill(carl, "/log-in", email="carl@example.org", password="nothing like it").text

    assert "Ein Passwort hat 10 bis 200 Zeichen: mehrere Wörter" in short
    assert "Die beiden Passwörter sind nicht gleich" in other
    assert mail["Subject"] == "E-Mail-Adresse bestätigen"
    assert "Öffnen Sie zur Bestätigung innerhalb eines Tages diesen Link" in mail.get_content()
    assert "Falsche E-Mail-Adresse oder falsches Passwort" in wrong
