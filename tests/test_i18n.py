"""Pages are in the visitor's language, the API in English; the language links store a choice."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from accounts_world import PASSWORD, World, fill, world
from numink.errors import NuminkError, SettingsError
from numink.imaging.limits import Limits
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
    app = create_app(Settings(store=f"sqlite:///{folder}/h.db", threads=1), Reader())
    yield app
    app.extensions["numink"].close()


def get_in_german(client: Client, path: str) -> Answer:
    return client.ask("GET", path, headers=GERMAN)


def send_in_german(client: Client, path: str, name: str, content: bytes, accept: str = "text/html") -> Answer:
    fields = {"file": (name, content)} | ({} if path.startswith("/api/") else {"csrf_token": client.token()})
    body, kind = multipart(fields)
    return client.ask("POST", path, body, {**GERMAN, "Accept": accept, "Content-Type": kind})


def test_a_browser_is_answered_in_its_language(server: Served) -> None:
    page = get_in_german(server.client, "/history")

    assert '<html lang="de">' in page.text
    assert "<h1>Verlauf</h1>" in page.text
    assert page.headers["Content-Language"] == "de"


@pytest.mark.parametrize("accept_language", ["en", "xx", "", "fr;q=0.9", ";;,", "en-US,en;q=0.9,de;q=0.1"])
def test_a_browser_without_a_supported_language_gets_english(server: Served, accept_language: str) -> None:
    page = server.client.ask("GET", "/history", headers={"Accept-Language": accept_language})

    assert '<html lang="en">' in page.text
    assert "<h1>History</h1>" in page.text


def test_pages_name_the_headers_that_they_depend_on(server: Served) -> None:
    response = get_in_german(server.client, "/model").headers["Vary"]

    assert {"Accept-Language", "Cookie"} <= {name.strip() for name in response.split(",")}
    assert "Vary" not in get_in_german(server.client, "/healthz").headers


def test_the_language_link_stores_the_choice_and_returns_to_the_page(server: Served) -> None:
    visitor = Client(server.port, browser=True)
    page = visitor.get("/history?show=doubts")
    assert 'href="/language/de?next=/history?show%3Ddoubts" lang="de"' in page.text
    response = visitor.get("/language/de?next=/history?show%3Ddoubts")

    assert (response.status, response.headers["Location"]) == (303, "/history?show=doubts")
    assert response.headers["Cache-Control"] == "no-store"
    assert '<html lang="de">' in visitor.get("/model").text
    assert 'hreflang="en"' in visitor.get("/model").text


@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example/", "/\\evil.example", "javascript:x", ""])
def test_the_language_link_never_redirects_to_another_site(server: Served, target: str) -> None:
    assert server.client.get(f"/language/de?next={target}").headers["Location"] == "/"


def test_an_unknown_language_cannot_be_chosen(server: Served) -> None:
    response = server.client.get("/language/xx")

    assert response.status == 404
    assert "Set-Cookie" not in response.headers


def test_the_language_link_after_a_form_leads_to_an_existing_page(server: Served) -> None:
    visitor = Client(server.port, browser=True)
    refused = send_in_german(visitor, "/glance", "a.txt", b"x")

    assert refused.status == 415
    assert 'href="/language/en" lang="en"' in refused.text


@pytest.mark.parametrize(
    ("name", "content", "detail"),
    [
        ("", b"", "Es wurde kein Bild ausgewählt: wählen Sie eines aus oder zeichnen Sie"),
        ("a.txt", b"no picture", "Das ist kein Bild in einem unterstützten Format"),
        ("a.pdf", b"PK\x03\x04", "Das ist ein ZIP-Archiv oder ein Office-Dokument, kein Bild"),
        ("a.png", b"x" * 20_000_001, "Die Datei hat 20,0 MB, erlaubt sind 20,0 MB"),
    ],
)
def test_errors_are_shown_in_the_language_of_the_page(server: Served, name: str, content: bytes, detail: str) -> None:
    visitor = Client(server.port, browser=True)
    page = send_in_german(visitor, "/", name, content)

    assert page.status >= 400
    assert f'<p id="problem">{detail}' in page.text


def test_scripts_get_errors_in_the_language_of_the_page(server: Served) -> None:
    visitor = Client(server.port, browser=True)
    response = send_in_german(visitor, "/batches", "", b"", "application/json").json

    assert response["detail"].startswith("Es wurde keine Datei ausgewählt")
    assert set(response) == {"type", "title", "status", "detail"}


def test_the_api_always_answers_in_english(server: Served) -> None:
    not_a_picture = send_in_german(server.client, "/api/v1/read", "a.txt", b"no picture", "application/json")
    not_found = get_in_german(server.client, "/api/v1/readings/none")

    assert not_a_picture.json == server.client.send("/api/v1/read", {"file": ("a.txt", b"no picture")}).json
    assert not_a_picture.json["detail"].startswith("This is not a picture in a supported format")
    assert not_found.json == server.client.get("/api/v1/readings/none").json
    assert not_found.json["title"] == "Reading not found"
    assert not {"Content-Language", "Vary"} & set(not_found.headers)
    assert get_in_german(server.client, "/api/v1/openapi.json").json == server.client.get("/api/v1/openapi.json").json
    assert '<html lang="de">' in get_in_german(server.client, "/api/docs").text


def test_the_language_can_be_fixed_in_the_settings(tmp_path: Path) -> None:
    with served(tmp_path, NUMINK_LANGUAGE="de") as running:
        page = running.client.ask("GET", "/history", headers={"Accept-Language": "en", "Cookie": "numink_language=en"})

    assert '<html lang="de">' in page.text
    assert "/language/" not in page.text
    assert "Accept-Language" not in page.headers.get("Vary", "")


def test_an_unknown_language_in_the_settings_is_refused_at_startup(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="NUMINK_LANGUAGE is 'xx', and there are en, de: set one of them"):
        create_app(Settings(store=f"sqlite:///{tmp_path}/h.db", language="xx"), Reader())


def test_numbers_and_dates_are_formatted_for_the_language(app: Flask) -> None:
    day = "2026-11-23T20:15:00.123+00:00"
    english = (number(1234.5, 1), share(0.125, 1), percent(0.99999), moment(day))
    with app.test_request_context("/", headers=GERMAN):
        german = (number(1234.5, 1), share(0.125, 1), percent(0.99999), moment(day))

    assert english == ("1,234.5", "12.5 %", "over 99.9 %", "23 Nov 2026, 20:15 UTC")
    assert german == ("1.234,5", "12,5 %", "über 99,9 %", "23. Nov. 2026, 20:15 UTC")


def test_an_error_message_is_translated_with_its_values(app: Flask) -> None:
    with pytest.raises(NuminkError) as caught:
        Limits(max_bytes=1_000_000).check_bytes(2_500_000)
    error = caught.value
    with app.test_request_context("/", headers=GERMAN):
        german = text(error.message, **error.values)

    assert str(error).startswith("the file has 2.5 MB, the limit is 1.0 MB: make")
    assert german.startswith("die Datei hat 2,5 MB, erlaubt sind 1,0 MB: ")


def test_a_message_without_a_translation_is_marked_as_english(app: Flask) -> None:
    with app.test_request_context("/", headers=GERMAN):
        untranslated, translated = (
            for_kind("invalid", "nobody has translated this"),
            for_kind("invalid", "no number was found"),
        )

    assert (untranslated.title, untranslated.detail, untranslated.foreign) == (
        "Die Anfrage ist nicht gültig", "Nobody has translated this.", True
    )  # fmt: skip
    assert not translated.foreign


def test_offline_files_are_in_the_chosen_language(server: Served) -> None:
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
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world(tmp_path_factory.mktemp("accounts")) as running:
        yield running


class GermanClient(Client):
    """A browser whose language is German."""

    def ask(self, method: str, path: str, body: bytes | None = None, headers: object = None) -> Answer:
        assert headers is None or isinstance(headers, dict)
        return super().ask(method, path, body, {**GERMAN, **(headers or {})})


def test_registration_e_mails_and_refusals_are_in_the_language_of_the_browser(running: World) -> None:
    carl = GermanClient(running.server.port, browser=True)
    short_password = fill(carl, "/register", email="carl@example.org", password="short", again="short").text
    different_passwords = fill(carl, "/register", email="carl@example.org", password=PASSWORD, again="another").text
    assert fill(carl, "/register", email="carl@example.org", password=PASSWORD, again=PASSWORD).status == 303
    mail = running.box.next()
    not_a_picture = fill(carl, "/log-in", email="carl@example.org", password="nothing like it").text

    assert "Ein Passwort hat 10 bis 200 Zeichen: mehrere Wörter" in short_password
    assert "Die beiden Passwörter sind nicht gleich" in different_passwords
    assert mail["Subject"] == "E-Mail-Adresse bestätigen"
    assert "Öffnen Sie zur Bestätigung innerhalb eines Tages diesen Link" in mail.get_content()
    assert "Falsche E-Mail-Adresse oder falsches Passwort" in not_a_picture
