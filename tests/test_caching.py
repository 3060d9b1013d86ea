"""Cache-Control of every route in the application's table of routes, without accounts and with them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from flask import Flask

from accounts_world import world
from batch_material import finished, send_batch
from numink.settings import Settings
from numink.web import create_app
from numink.web.caching import PICTURE_ENDPOINTS, VERSIONED_ENDPOINTS
from web_client import Answer, Client, Served, served
from web_pictures import digits

NOT_SHARED = {"no-store", "private, no-cache", "private, max-age=3600"}
ACCOUNTS = {"accounts": True, "url": "http://127.0.0.1", "smtp_host": "127.0.0.1", "smtp_sender": "a@example.org"}


def requests_of(app: Flask, client: Client, reading: str, batch: str) -> Iterator[tuple[str, Answer]]:
    """Ask every route with each of its methods, GET first, and yield its endpoint and the answer."""
    page = client.get("/").text
    digest = re.search(r"/static/([0-9a-f]+)/numink.css", page)
    drawing = re.search(r"/device/([0-9a-f]+)/page.js", client.get("/draw").text)
    assert digest
    names = {
        "reading_id": reading, "batch_id": batch, "kind": "zip", "filename": "numink.css", "code": "de",
        "digest": drawing[1] if drawing else "x", "name": "page.js", "action": "cancel", "correction_id": "x",
        "token": "x", "person_id": "u0000000000000000", "key_id": "00000000",
    }  # fmt: skip
    routes = [(method, rule) for rule in app.url_map.iter_rules() for method in (rule.methods or set()) - {"OPTIONS"}]
    for method, rule in sorted(routes, key=lambda route: (route[0] != "GET", route[0] == "DELETE", route[1].rule)):
        path = re.sub(r"<(?:[^<>:]*:)?(\w+)>", lambda match: names[match[1]], rule.rule)
        query = "?number=0&digit=0" if path.endswith("/explanation") else ""
        yield rule.endpoint, client.ask(method, path + query)


def made(client: Client) -> tuple[str, str]:
    reading = str(client.read(digits("7", 60)).json["id"])
    batch = str(send_batch(client, ("a.png", digits("7", 60))).json["id"])
    finished(client, batch)
    return reading, batch


@pytest.fixture
def app(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """The application in this process, for its table of routes."""
    made_app = create_app(Settings(store=f"sqlite:///{tmp_path}/routes.db", threads=1, **request.param))
    with closing(made_app.extensions["numink"]):
        yield made_app


@pytest.mark.parametrize("app", [{}], indirect=True)
def test_no_answer_but_versioned_files_is_for_shared_caches(server: Served, app: Flask) -> None:
    seen: dict[str, set[str]] = {}
    for endpoint, answer in requests_of(app, server.client, *made(server.client)):
        if answer.status < 300:
            seen.setdefault(endpoint, set()).add(answer.headers["Cache-Control"])
        else:
            assert answer.headers["Cache-Control"] == "no-store", (endpoint, answer.status)
        assert "Expires" not in answer.headers
    assert {"history.download", "batches.download", "pages.reading", "api.recent", "health.metrics"} <= set(seen)
    assert set(seen) >= PICTURE_ENDPOINTS
    shared = {endpoint for endpoint, values in seen.items() if not values <= NOT_SHARED}
    assert "static" in shared
    assert shared <= VERSIONED_ENDPOINTS


@pytest.mark.parametrize("app", [ACCOUNTS], indirect=True)
def test_with_accounts_nothing_is_stored_but_versioned_files(tmp_path: Path, app: Flask) -> None:
    with world(tmp_path) as site:
        anna = site.member("anna@example.org")
        program = site.program(site.key(anna))
        reading, batch = made(program)
        for client in (anna, program, site.visitor()):
            answers = list(requests_of(app, client, reading, batch))
            assert len(answers) > 60
            for endpoint, answer in answers:
                versioned = endpoint in VERSIONED_ENDPOINTS and answer.status == 200
                assert answer.headers["Cache-Control"].startswith("public") if versioned else (
                    answer.headers["Cache-Control"] == "no-store"
                ), endpoint  # fmt: skip


def test_a_static_file_that_does_not_exist_is_not_stored(tmp_path: Path) -> None:
    with served(tmp_path) as server:
        digest = re.search(r"/static/[0-9a-f]+/", server.client.get("/").text)
        assert digest
        missing = server.client.get(f"{digest[0]}none.css")
        assert (missing.status, missing.headers["Cache-Control"]) == (404, "no-store")
