"""Access to every route of the application, by visitors, other users and administrators.

A new route fails these tests until it has a rule in RULES.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from accounts_world import Program, World, world
from numink.reader import Reader
from numink.settings import Settings
from numink.web import create_app
from numink.web.reading_endpoints import READING_ENDPOINTS
from web_client import Answer, Client, until
from web_pictures import digits

OPEN, OWN, ADMIN = "open to all", "for users, their own data only", "for administrators"
RULES = {
    "static": OPEN, "pages.home": OPEN, "pages.model": OPEN, "api_docs.page": OPEN, "api.description": OPEN,
    "health.alive": OPEN, "health.ready": OPEN, "health.metrics": OPEN,
    "device.page": OPEN, "device.file": OPEN, "device.worker": OPEN, "device.manifest": OPEN, "use.page": OWN,
    "entry.log_in": OPEN, "entry.register": OPEN, "entry.confirm": OPEN, "entry.forgot": OPEN, "entry.reset": OPEN,
    "entry.mail_sent": OPEN, "sign_in.begin": OPEN, "sign_in.back": OPEN, "languages.choose": OPEN,
    "entry.log_out": OWN,
    "pages.read": OWN, "pages.glance": OWN, "pages.reading": OWN, "pages.correct": OWN,
    "pages.read_region": OWN, "pages.take_back": OWN, "api.list_corrections": OWN, "api.withdraw_correction": OWN,
    "history.index": OWN, "history.discard": OWN, "history.undo": OWN, "history.download": OWN,
    "history.review": OWN, "history.reviewed": OWN,
    "api.read": OWN, "api.recent": OWN, "api.get": OWN, "api.delete": OWN, "api.correct": OWN, "api.picture": OWN,
    "api.thumbnail": OWN, "api.explanation": OWN,
    "batches.index": OWN, "batches.create": OWN, "batches.show": OWN, "batches.receive": OWN, "batches.change": OWN,
    "batches.remove": OWN, "batches.download": OWN,
    "batches_api.create": OWN, "batches_api.recent": OWN, "batches_api.get": OWN, "batches_api.results": OWN,
    "batches_api.table": OWN, "batches_api.delete": OWN,
    "account.index": OWN, "account.password": OWN, "account.email": OWN, "account.new_email": OWN,
    "account.new_key": OWN, "account.revoke": OWN, "account.delete": OWN,
    "admin.index": ADMIN, "admin.registration": ADMIN, "admin.change": ADMIN,
}  # fmt: skip


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    folder = tmp_path_factory.mktemp("routes")
    return create_app(
        Settings(
            accounts=True, url="http://127.0.0.1", store=f"sqlite:///{folder}/h.db", threads=1,
            smtp_host="127.0.0.1", smtp_sender="a@example.org",
            oidc_issuer="http://127.0.0.1", oidc_client_id="x", oidc_client_secret="y",
        ),
        Reader(),
    )  # fmt: skip


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Run a site with a provider, so that all routes exist; the provider is not called."""
    folder = tmp_path_factory.mktemp("walk")
    provider = {
        "NUMINK_OIDC_ISSUER": "http://127.0.0.1:9",
        "NUMINK_OIDC_CLIENT_ID": "x",
        "NUMINK_OIDC_CLIENT_SECRET": "y",
    }
    with world(folder, **provider) as running:
        yield running


def routes(app: Flask, *rules: str) -> list[tuple[str, str]]:
    """Return the method and the path, with names in <>, of each route with one of the rules."""
    return [
        (method, rule.rule)
        for rule in app.url_map.iter_rules()
        for method in sorted((rule.methods or set()) - {"OPTIONS"})
        if RULES[rule.endpoint] in rules
    ]


def filled(path: str, reading: str, batch: str = "x", person: str = "u0000000000000000", key: str = "00000000") -> str:
    names = {
        "reading_id": reading, "batch_id": batch, "person_id": person, "key_id": key,
        "correction_id": "x", "kind": "csv", "action": "cancel", "token": "x", "filename": "x", "code": "de",
    }  # fmt: skip
    return re.sub(r"<(?:[^<>:]*:)?(\w+)>", lambda match: names[match[1]], path)


def sends(browser: Client, method: str, path: str, reading: str, token: str = "") -> Answer:
    """Send a request with every field that any route needs."""
    if path.endswith("/explanation"):
        path += "?number=0&digit=0"
    if method != "POST":
        headers = {"X-CSRFToken": token} if token else {}
        return browser.ask(method, path, None, headers)
    if path.endswith("/corrections") and path.startswith("/api/"):
        body = b'{"corrections": [{"page": 0, "number": 0, "text": "666"}]}'
        return browser.ask("POST", path, body, {"Content-Type": "application/json", "X-CSRFToken": token})
    fields = {
        "csrf_token": token, "reading": reading, "id": reading, "page": "0", "number": "0", "text": "666",
        "quotas": "on", "daily": "1", "name": "stolen", "email": "x@example.org", "old": "x" * 12,
        "password": "y" * 12, "again": "z" * 12,
        "x": "0", "y": "0", "w": "9", "h": "9",
    }  # fmt: skip
    return browser.send(path, {**fields, "file": ("a.png", digits("7", 40))})


def test_every_route_has_a_rule_and_every_rule_a_route(app: Flask) -> None:
    assert {rule.endpoint for rule in app.url_map.iter_rules()} == set(RULES)
    assert set(READING_ENDPOINTS) <= set(RULES)


def test_visitors_reach_open_routes_only(site: World, app: Flask) -> None:
    anna = site.program(site.key(site.member("anna@example.org")))
    reading = anna.read(digits("7")).json["id"]
    nobody, stranger = site.visitor(), Client(site.server.port)
    token = nobody.token("/log-in")
    closed = routes(app, OWN, ADMIN)
    reached = []
    for method, path in closed:
        led = sends(nobody, method, filled(path, reading), reading, token)
        if not (led.status == 401 or (method == "GET" and led.headers["Location"].startswith("/log-in?"))):
            reached.append((method, path, led.status))
        refused = sends(stranger, method, filled(path, reading), reading)
        if refused.status not in (401, 400 if method == "POST" else 303):  # 400: no token
            reached.append((method, path, refused.status))

    assert len(closed) > 30
    assert reached == []
    assert anna.get(f"/api/v1/readings/{reading}").status == 200


def test_visitors_are_redirected_to_the_log_in_and_programs_get_a_problem(site: World) -> None:
    for path in ("/history", "/review", "/account", "/admin", "/readings/x", "/history/download/csv"):
        assert site.visitor().get(path).headers["Location"].startswith("/log-in?next=")
    assert site.server.client.get("/api/v1/readings").status == 401


def test_a_user_reaches_nothing_of_another_user(site: World, app: Flask) -> None:
    bea, eve = site.member("bea@example.org"), site.member("eve@example.org")
    key = site.key(bea)
    program = site.program(key)
    reading = program.read(digits("472"), "secret.png").json["id"]
    batch = program.send("/api/v1/batches", {"file": ("secret-of-a-batch.png", digits("7"))}).json["id"]
    until(lambda: program.get(f"/api/v1/batches/{batch}").json["done"])
    own = ("/api/v1/readings", "/api/v1/batches", f"/api/v1/readings/{reading}", f"/api/v1/batches/{batch}")
    before = [program.get(path).json for path in own]
    of_eve: list[Client] = [eve, site.program(site.key(eve))]
    token, reached = eve.token("/account"), []
    for method, path in routes(app, OWN):
        if "log-out" in path or path.endswith(("/delete", "/password")):
            continue  # these are about Eve alone, and end her session; they take no id
        address = filled(path, reading, batch, bea_id(key), key.split("_")[2])
        for browser in of_eve:
            by_key = isinstance(browser, Program)
            status = sends(browser, method, address, reading, "" if by_key else token).status
            if (
                ("reading_id" in path or "batch_id" in path)
                and status != 404
                and not (by_key and status in (303, 400, 401))
            ):
                reached.append((method, path, status))
    assert reached == []
    assert [program.get(path).json for path in own] == before
    assert "corrected" not in bea.get(f"/readings/{reading}").text.lower().replace("not right", "")
    downloads = [f"/history/download/{kind}" for kind in ("csv", "json", "zip")]
    for path in ("/", "/history", "/review", "/batches", *downloads):
        assert reading.encode() not in eve.get(path).body
        assert b"secret" not in eve.get(path).body


def test_an_id_that_mixes_two_owners_is_not_found(site: World) -> None:
    """The owner is part of the id; one's own id before the rest of another reading's id finds nothing."""
    carl, dora = (site.program(site.key(site.member(f"{name}@example.org"))) for name in ("carl", "dora"))
    reading = carl.read(digits("7")).json["id"]
    mixed = f"{bea_id(dora.key)}:{reading.partition(':')[2]}"

    assert dora.get(f"/api/v1/readings/{mixed}").status == 404
    assert dora.get(f"/api/v1/readings?before={reading}").status == 404
    assert dora.get(f"/api/v1/batches?before={reading}").status == 404


def test_users_reach_no_routes_of_administrators(site: World, app: Flask) -> None:
    gus = site.member("gus@example.org")
    token = gus.token("/account")
    statuses = {sends(gus, method, filled(path, "x"), "x", token).status for method, path in routes(app, ADMIN)}

    assert statuses == {403}


def test_a_csrf_token_of_another_session_is_refused(site: World, app: Flask) -> None:
    hal = site.member("hal@example.org")
    foreign = site.visitor().token("/log-in")
    for method, path in routes(app, OWN, ADMIN, OPEN):
        if method == "POST":
            assert sends(hal, method, filled(path, "x"), "x", foreign).status == 400, path
    assert hal.get("/account").status == 200


def bea_id(key: str) -> str:
    return key.split("_")[1]


def test_without_accounts_their_routes_do_not_exist(tmp_path: Path) -> None:
    app = create_app(Settings(store=f"sqlite:///{tmp_path}/h.db", threads=1), Reader())
    names = {rule.endpoint.partition(".")[0] for rule in app.url_map.iter_rules()}

    assert names.isdisjoint({"entry", "account", "admin", "sign_in"})
