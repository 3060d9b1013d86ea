"""Every text on a page is marked for translation, and every translation is complete."""

from __future__ import annotations

import ast
import io
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS
from babel.messages.pofile import read_po
from flask import Flask, render_template
from flask.testing import FlaskClient

from brackets import CODE, bare, tool, write_brackets
from numink.accounts.accounts import Accounts
from numink.reader import Reader
from numink.settings import Settings
from numink.web import create_app, i18n
from numink.web.pages import offline
from sheets import two_doubts
from web_pictures import digits, scribble

ROOT = Path(__file__).parents[1]
STATIC = ROOT / "src" / "numink" / "web" / "static"
SOURCE = ROOT / "src" / "numink"
NOT_ON_PAGES = ("cli/", "training/", "evaluation/", "datasets/", "store/")
"""Folders whose messages no page shows; a few messages of stores with numbers stay English, and pages mark them."""
MAIL_TEMPLATES = [path.name for path in (STATIC.parent / "templates" / "mail").iterdir()]
BRACKET_HEADERS = {"Accept-Language": CODE, "Accept": "text/html"}
PASSWORD = "seven grey herons"
TEXT_IN_SCRIPT = re.compile(r"""(?:textContent|innerHTML|ariaLabel|title)\s*=\s*["'`][^"'`]*[A-Za-z]{2}|\balert\(""")


@pytest.fixture
def bracket_language(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Make the language of brackets the only one beside English."""
    monkeypatch.setattr(i18n, "TEXTS", tmp_path)
    monkeypatch.setattr(offline, "TEXTS", tmp_path)
    write_brackets(tmp_path)
    for cached in (i18n.languages, i18n._catalogue):
        cached.cache_clear()
    yield
    for cached in (i18n.languages, i18n._catalogue):
        cached.cache_clear()


@pytest.fixture
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("history")


def token(client: FlaskClient, path: str) -> str:
    texts_found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(path).text)
    assert texts_found
    return texts_found[1]


def send(client: FlaskClient, path: str, *files: tuple[str, bytes], **fields: str) -> str:
    """Send files and return the id of the reading or batch."""
    data = {**fields, "file": [(io.BytesIO(content), name) for name, content in files]}
    answer = client.post(path, data=data, headers=BRACKET_HEADERS)
    assert answer.status_code in (200, 303), answer.text
    return answer.location.rpartition("/")[2] if answer.location else str(answer.get_json()["id"])


def unmarked_texts(client: FlaskClient, *paths: str) -> dict[str, list[str]]:
    """Return the unmarked texts of each page by its path."""
    texts_found = {}
    for path in paths:
        answer = client.get(path, headers=BRACKET_HEADERS)
        assert f'<html lang="{CODE}">' in answer.text, path
        assert "⟦" in answer.text, path
        if texts := bare(answer.text):
            texts_found[path] = texts
    return texts_found


def addresses(app: Flask, **values: str) -> list[str]:
    """Return the paths of all GET routes that return a page."""
    client = app.test_client()
    with app.test_request_context():
        adapter = app.create_url_adapter(None) or app.url_map.bind("")
        paths = [
            adapter.build(rule.endpoint, {name: values.get(name, "none") for name in rule.arguments}, method="GET")
            for rule in app.url_map.iter_rules()
            if "GET" in (rule.methods or ()) and not rule.endpoint.endswith(("static", "download"))
        ]
    return [path for path in paths if b"<html" in client.get(path, headers=BRACKET_HEADERS).data[:200]]


def test_no_page_shows_an_unmarked_text(bracket_language: None, folder: Path) -> None:
    app = create_app(Settings(store=f"sqlite:///{folder}/h.db", threads=1))
    client = app.test_client()
    send(client, "/api/v1/read", ("sure.png", digits("74")))
    send(client, "/api/v1/read", ("blank.png", scribble()), single="on", pattern=r"\d{9}")
    reading = send(client, "/api/v1/read", ("doubts.png", two_doubts()))
    files = (("sure.png", digits("74")), ("notes.txt", b"no picture"))
    batch = send(client, "/batches", *files, csrf_token=token(client, "/batches"))
    wait_for(client, batch)
    before = unmarked_texts(client, *addresses(app, reading_id=reading, batch_id=batch))
    correction = {
        "corrections": [{"page": 0, "number": 0, "text": "1"}, {"page": 0, "number": 2, "digit": 0, "text": ""}]
    }
    assert app.test_client().post(f"/api/v1/readings/{reading}/corrections", json=correction).status_code < 300
    pages = [
        "/history?text=nothing",
        f"/readings/{reading}",
        "/history",
        "/use?days=7",
        f"/batches/{batch}?order=doubts",
    ]
    after = unmarked_texts(client, *pages, "/readings/none", "/nowhere", "/batches/none")
    app.extensions["numink"].close()

    assert before == {}
    assert after == {}


def wait_for(client: FlaskClient, batch: str) -> None:
    for _ in range(600):
        if client.get(f"/api/v1/batches/{batch}").get_json()["done"]:
            return
        time.sleep(0.1)
    raise AssertionError("the batch is not done")


def test_no_page_of_accounts_shows_an_unmarked_text(bracket_language: None, folder: Path) -> None:
    settings = Settings(
        store=f"sqlite:///{folder}/h.db", threads=1, accounts=True, url="http://localhost", smtp_host="127.0.0.1",
        smtp_sender="a@example.org", oidc_issuer="http://127.0.0.1:9", oidc_client_id="x", oidc_client_secret="y",
    )  # fmt: skip
    app = create_app(settings, Reader())
    accounts: Accounts = app.extensions["numink_accounts"]
    register = accounts.register("anna@example.org", PASSWORD).token
    anna = accounts.confirm(register, PASSWORD)
    accounts.people.change(anna.id, lambda person: replace(person, admin=True))
    open_link = accounts.register("bea@example.org", PASSWORD).token
    client = app.test_client()
    forgot = accounts.request_password_reset("anna@example.org").token
    pages = ["/", "/log-in", "/register", "/forgot", "/mail-sent", "/reset/none", "/model", "/api/docs"]
    outside = unmarked_texts(client, *pages, f"/confirm/{open_link}", f"/reset/{forgot}")
    credentials = {"csrf_token": token(client, "/log-in"), "email": "anna@example.org"}
    refused_page = client.post("/log-in", data={**credentials, "password": "x"}, headers=BRACKET_HEADERS).text
    assert client.post("/log-in", data={**credentials, "password": PASSWORD}).status_code == 303
    change_token = accounts.request_email_change(anna, "new@example.org", PASSWORD).token
    inside = unmarked_texts(
        client, "/account", "/admin", "/", "/history", f"/account/email/{change_token}", "/admin?starts=nobody"
    )
    key = {"csrf_token": token(client, "/account"), "name": "numink_program"}
    key_page = client.post("/account/keys", data=key, headers=BRACKET_HEADERS).text
    app.extensions["numink"].close()

    assert outside == {}
    assert inside == {}
    assert bare(refused_page) == bare(key_page) == []


@pytest.mark.parametrize("name", MAIL_TEMPLATES)
def test_every_line_of_a_mail_is_marked(bracket_language: None, folder: Path, name: str) -> None:
    app = create_app(Settings(store=f"sqlite:///{folder}/h.db", threads=1))
    with app.test_request_context(headers=BRACKET_HEADERS):
        mail = render_template(f"mail/{name}", email="a@example.org", here="http://h", link="http://h/x")
    app.extensions["numink"].close()

    assert [line for line in mail.splitlines() if line and not re.fullmatch("⟦.*⟧|http://h/x", line)] == []


def test_unmarked_text_is_detected() -> None:
    page = (
        '<p>⟦Read <b>3</b> of⟧ <b>them</b></p><p aria-label="The sheet">⟦all⟧</p><code>curl</code><p lang="en">No</p>'
    )

    assert bare(page) == ["them", "The sheet"]


def test_no_script_has_texts_of_its_own() -> None:
    scripts = [path for path in STATIC.rglob("*.js") if path.parent.name != "vendor"]
    texts_found = {path.name: TEXT_IN_SCRIPT.findall(path.read_text()) for path in scripts}

    assert len(texts_found) > 15
    assert {name: texts for name, texts in texts_found.items() if texts} == {}


def test_no_translated_message_is_an_f_string() -> None:
    """An f-string is a different text each time; values must be passed by name."""
    keywords = {*DEFAULT_KEYWORDS, *tool().keywords()} - {"_"}
    f_strings = [
        f"{path.relative_to(SOURCE)}:{node.lineno}"
        for path in sorted(SOURCE.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in keywords
        for argument in node.args
        if isinstance(argument, ast.JoinedStr)
    ]

    assert [place for place in f_strings if not place.startswith(NOT_ON_PAGES)] == []


def test_every_translation_is_up_to_date_and_complete() -> None:
    """If this fails: run `make texts`, and translate the texts that it lists."""
    result = subprocess.run(
        [sys.executable, "deploy/texts.py", "--check"], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert result.returncode == 0, result.stdout + result.stderr


def test_missing_translations_are_listed() -> None:
    catalog = Catalog("de")
    catalog.add("all %(count)s", "alle")
    catalog.add("none", "")
    catalog.add("more than {most:.0f} MB", "mehr als {most:.0f} MB")
    catalog.add(("a file", "%(count)s files"), ("eine Datei", "%(count)s Dateien"))
    catalog.add("a guess", "geraten", flags=["fuzzy"])
    faults = tool().faults(catalog)

    assert sorted(faults) == ["not translated: a guess", "not translated: none", "other placeholders: all %(count)s"]


def test_a_new_language_starts_with_every_text_of_the_source(tmp_path: Path) -> None:
    texts, template = tool(), tmp_path / "numink.pot"
    texts.extract(template)
    texts.begin(template, tmp_path / "fr.po")
    begun = read_po(io.BytesIO((tmp_path / "fr.po").read_bytes()), "fr")

    assert {message.id for message in begun} == {message.id for message in read_po(io.BytesIO(template.read_bytes()))}
    assert not any(message.string for message in begun if isinstance(message.id, str) and message.id)
