"""The whole application with its history in Cloudant: read, corrected, batches, accounts; and when that is away."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from batch_material import batch_of, finished, send_batch, slips
from couch_faulty import Faulty
from couch_servers import Couch
from numink.accounts.keys import make_key
from numink.accounts.people import People
from numink.factories import open_store
from web_client import Client, multipart, served, until
from web_pictures import digits

PICTURE = digits("47", 40)


@pytest.fixture(params=["pouchdb", "faulty"])
def environment(request: pytest.FixtureRequest, faulty: Faulty, tmp_path: Path) -> Iterator[dict[str, str]]:
    """Settings that lead to a database with nothing in it."""
    own = {"NUMINK_OUTBOX": f"{tmp_path}/outbox.db"}
    if request.param == "faulty":
        yield {**own, "NUMINK_STORE": "cloudant://", **faulty.environment()}
        return
    couch: Couch = request.getfixturevalue("pouch")
    with couch.database() as name:
        yield {**own, "NUMINK_STORE": f"cloudant://{name}", **couch.environment}


def ids(client: Client) -> list[str]:
    return [one["id"] for one in client.get("/api/v1/readings?limit=100").json["readings"]]


def test_the_application_works_on_it(environment: dict[str, str], tmp_path: Path) -> None:
    with served(tmp_path, **environment) as server:
        client, visitor = server.client, Client(server.port, browser=True)
        assert client.get("/readyz").json["status"] == "ok"
        first, second = (client.read(PICTURE, name).json["id"] for name in ("a.png", "b.png"))
        assert ids(client) == [second, first]
        body = b'{"corrections": [{"page": 0, "number": 0, "text": "48"}]}'
        kind = {"Content-Type": "application/json"}
        assert client.ask("POST", f"/api/v1/readings/{first}/corrections", body, kind).status == 201
        assert "48" in client.get(f"/readings/{first}").text
        for page in ("/", "/history", "/history?text=48", "/review", "/use", "/batches"):
            assert client.get(page).status == 200, page
        batch = send_batch(client, ("slips.zip", slips(6))).json["id"]
        assert finished(client, batch)["counts"] == {"read": 6}
        assert len(ids(client)) == 8
        assert client.ask("DELETE", f"/api/v1/readings/{second}").status == 204
        assert second not in ids(client)
        assert visitor.get("/history").text.count("/readings/") >= 7
        assert server.stop() == 0
    with served(tmp_path, **environment) as again:
        assert len(ids(again.client)) == 7


def test_accounts_keys_and_quotas_work_on_it(
    environment: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with closing(open_store(environment["NUMINK_STORE"])) as store:
        people = People(store.documents)
        keys = [make_key(people, people.create(f"{name}@example.org").id, "test")[1] for name in ("anna", "mia")]
    own = {"NUMINK_ACCOUNTS": "yes", "NUMINK_URL": "http://localhost", "NUMINK_DAILY_READINGS": "2",
           "NUMINK_SMTP_HOST": "localhost", "NUMINK_SMTP_SENDER": "a@example.org"}  # fmt: skip
    with served(tmp_path, **environment, **own) as server:
        body, kind = multipart({"file": ("a.png", PICTURE)})

        def read(key: str) -> int:
            headers = {"Content-Type": kind, "Authorization": f"Bearer {key}"}
            return server.client.ask("POST", "/api/v1/read", body, headers).status

        assert [read(keys[0]) for _ in range(3)] == [200, 200, 429]
        assert read(keys[1]) == 200
        assert read("numink_nothing") == 401


def test_it_is_away_and_back(faulty: Faulty, tmp_path: Path) -> None:
    environment = {
        "NUMINK_STORE": "cloudant://", "NUMINK_OUTBOX": f"{tmp_path}/outbox.db", "NUMINK_CLOUDANT_PATIENCE": "1",
        **faulty.environment(),
    }  # fmt: skip
    faulty.plan.away = True
    with served(tmp_path, **environment) as server:  # it starts all the same
        client = server.client
        answers = [client.read(PICTURE) for _ in range(8)]
        assert [answer.status for answer in answers] == [200] * 8
        ready = client.get("/readyz")
        assert (ready.status, ready.json["status"]) == (200, "degraded")
        assert "8 readings wait to be sent" in ready.json["detail"]
        assert unsent(client) == 8
        waiting = answers[0].json["id"]
        assert client.get(f"/api/v1/readings/{waiting}").json["id"] == waiting
        away = client.get("/api/v1/readings")
        assert (away.status, away.json["type"]) == (503, "urn:numink:problem:store-away")
        assert "Retry-After" in away.headers
        server.kill()  # what waits outlives it
    faulty.plan.away = False
    with served(tmp_path, **environment) as server:
        until(lambda: server.client.get("/readyz").json["status"] == "ok", 30)
        assert ids(server.client) == [answer.json["id"] for answer in reversed(answers)]
        assert unsent(server.client) == 0


def unsent(client: Client) -> float:
    """As Prometheus sees it."""
    families = {one.name: one for one in text_string_to_metric_families(client.get("/metrics").text)}
    (sample,) = families["numink_outbox_readings"].samples
    return float(sample.value)


def test_what_waits_is_sent_before_the_server_ends(faulty: Faulty, tmp_path: Path) -> None:
    environment = {
        "NUMINK_STORE": "cloudant://", "NUMINK_OUTBOX": f"{tmp_path}/outbox.db", "NUMINK_CLOUDANT_PATIENCE": "1",
        **faulty.environment(),
    }  # fmt: skip
    with served(tmp_path, **environment) as server:
        faulty.plan.away = True
        answered = server.client.read(PICTURE).json["id"]
        faulty.plan.away = False
        assert server.stop() == 0
    with closing(open_store("cloudant://")) as store:
        assert [one.id for one in store.recent("local")] == [answered]


def test_through_faults_and_killings_each_answered_reading_is_there_once(faulty: Faulty, tmp_path: Path) -> None:
    """A small one of benchmarks/cloudant_faults.py."""
    faulty.plan.rates = dict.fromkeys(
        ("402", "429", "500", "503", "drop", "lost", "half", "rubbish", "202", "row"), 0.02
    )
    environment = {
        "NUMINK_STORE": "cloudant://", "NUMINK_OUTBOX": f"{tmp_path}/outbox.db", "NUMINK_CLOUDANT_PATIENCE": "2",
        **faulty.environment(),
    }  # fmt: skip
    answered = list[str]()
    for _ in range(3):
        with served(tmp_path, **environment) as server:
            for _ in range(25):
                answer = server.client.read(PICTURE)
                assert answer.status == 200
                answered.append(answer.json["id"])
            server.kill()
    faulty.plan.rates = {}
    with served(tmp_path, **environment) as server:
        until(lambda: server.client.get("/readyz").json["status"] == "ok", 30)
        kept = ids(server.client)
    assert sorted(kept) == sorted(answered)
    assert len(faulty.done) >= 5


def test_a_batch_is_read_once_by_two_processes_that_are_killed_meanwhile(faulty: Faulty, tmp_path: Path) -> None:
    faulty.plan.rates = dict.fromkeys(("429", "500", "drop", "lost", "half", "row", "stale"), 0.005)
    environment = {
        "NUMINK_STORE": "cloudant://", "NUMINK_OUTBOX": f"{tmp_path}/outbox.db", "NUMINK_WORKERS": "2",
        **faulty.environment(),
    }  # fmt: skip
    with served(tmp_path, **environment) as server:
        batch = send_batch(server.client, ("slips.zip", slips(24))).json["id"]
        until(lambda: batch_of(server.client, batch)["counts"].get("read", 0) > 5)
        server.kill()
    with served(tmp_path, **environment) as server:
        assert finished(server.client, batch)["counts"] == {"read": 24}
        faulty.plan.rates = {}
        readings = server.client.get("/api/v1/readings?limit=100").json["readings"]
    assert len(readings) == len({one["pages"][0]["file"] for one in readings}) == 24
    there = [one for one, versions in faulty.databases["numink"].versions.items() if versions[-1].doc]
    assert sum(":part:" in one for one in there) == 24  # the readings' pictures; none of the files' bytes
