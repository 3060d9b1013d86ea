"""The whole application with its history in Cloudant, also while that is unavailable."""

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
    """Yield settings of an empty database."""
    own = {"NUMINK_OUTBOX": f"{tmp_path}/outbox.db"}
    if request.param == "faulty":
        yield {**own, "NUMINK_STORE": "cloudant://", **faulty.environment()}
        return
    couch: Couch = request.getfixturevalue("pouch")
    with couch.database() as name:
        yield {**own, "NUMINK_STORE": f"cloudant://{name}", **couch.environment}


def reading_ids(client: Client) -> list[str]:
    return [reading["id"] for reading in client.get("/api/v1/readings?limit=100").json["readings"]]


def test_the_application_works_with_cloudant(environment: dict[str, str], tmp_path: Path) -> None:
    with served(tmp_path, **environment) as server:
        client, visitor = server.client, Client(server.port, browser=True)
        assert client.get("/readyz").json["status"] == "ok"
        first, second = (client.read(PICTURE, name).json["id"] for name in ("a.png", "b.png"))
        assert reading_ids(client) == [second, first]
        body = b'{"corrections": [{"page": 0, "number": 0, "text": "48"}]}'
        headers = {"Content-Type": "application/json"}
        assert client.ask("POST", f"/api/v1/readings/{first}/corrections", body, headers).status == 201
        assert "48" in client.get(f"/readings/{first}").text
        for page in ("/", "/history", "/history?text=48", "/review", "/use", "/batches"):
            assert client.get(page).status == 200, page
        batch_id = send_batch(client, ("slips.zip", slips(6))).json["id"]
        assert finished(client, batch_id)["counts"] == {"read": 6}
        assert len(reading_ids(client)) == 8
        assert client.ask("DELETE", f"/api/v1/readings/{second}").status == 204
        assert second not in reading_ids(client)
        assert visitor.get("/history").text.count("/readings/") >= 7
        assert server.stop() == 0
    with served(tmp_path, **environment) as again:
        assert len(reading_ids(again.client)) == 7


def test_accounts_keys_and_quotas_work_with_cloudant(
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
        body, content_type = multipart({"file": ("a.png", PICTURE)})

        def read(key: str) -> int:
            headers = {"Content-Type": content_type, "Authorization": f"Bearer {key}"}
            return server.client.ask("POST", "/api/v1/read", body, headers).status

        assert [read(keys[0]) for _ in range(3)] == [200, 200, 429]
        assert read(keys[1]) == 200
        assert read("numink_nothing") == 401


def test_readings_wait_while_cloudant_is_unavailable_and_are_sent_later(faulty: Faulty, tmp_path: Path) -> None:
    environment = {
        "NUMINK_STORE": "cloudant://", "NUMINK_OUTBOX": f"{tmp_path}/outbox.db", "NUMINK_CLOUDANT_PATIENCE": "1",
        **faulty.environment(),
    }  # fmt: skip
    faulty.plan.away = True
    with served(tmp_path, **environment) as server:  # the server starts nevertheless
        client = server.client
        answers = [client.read(PICTURE) for _ in range(8)]
        assert [answer.status for answer in answers] == [200] * 8
        ready = client.get("/readyz")
        assert (ready.status, ready.json["status"]) == (200, "degraded")
        assert "8 readings wait to be sent" in ready.json["detail"]
        assert pending_writes(client) == 8
        waiting = answers[0].json["id"]
        assert client.get(f"/api/v1/readings/{waiting}").json["id"] == waiting
        away = client.get("/api/v1/readings")
        assert (away.status, away.json["type"]) == (503, "urn:numink:problem:store-away")
        assert "Retry-After" in away.headers
        server.kill()  # waiting readings survive
    faulty.plan.away = False
    with served(tmp_path, **environment) as server:
        until(lambda: server.client.get("/readyz").json["status"] == "ok", 30)
        assert reading_ids(server.client) == [answer.json["id"] for answer in reversed(answers)]
        assert pending_writes(server.client) == 0


def pending_writes(client: Client) -> float:
    """Return the number of waiting readings in the metrics."""
    families = {family.name: family for family in text_string_to_metric_families(client.get("/metrics").text)}
    (sample,) = families["numink_outbox_readings"].samples
    return float(sample.value)


def test_waiting_readings_are_sent_before_the_server_ends(faulty: Faulty, tmp_path: Path) -> None:
    environment = {
        "NUMINK_STORE": "cloudant://", "NUMINK_OUTBOX": f"{tmp_path}/outbox.db", "NUMINK_CLOUDANT_PATIENCE": "1",
        **faulty.environment(),
    }  # fmt: skip
    with served(tmp_path, **environment) as server:
        faulty.plan.away = True
        reading_id = server.client.read(PICTURE).json["id"]
        faulty.plan.away = False
        assert server.stop() == 0
    with closing(open_store("cloudant://")) as store:
        assert [reading.id for reading in store.recent("local")] == [reading_id]


def test_each_answered_reading_is_stored_once_through_faults_and_crashes(faulty: Faulty, tmp_path: Path) -> None:
    """Run a small version of benchmarks/cloudant_faults.py."""
    faulty.plan.rates = dict.fromkeys(
        ("402", "429", "500", "503", "drop", "lost", "half", "rubbish", "202", "row"), 0.02
    )
    environment = {
        "NUMINK_STORE": "cloudant://", "NUMINK_OUTBOX": f"{tmp_path}/outbox.db", "NUMINK_CLOUDANT_PATIENCE": "2",
        **faulty.environment(),
    }  # fmt: skip
    answered_ids = list[str]()
    for _ in range(3):
        with served(tmp_path, **environment) as server:
            for _ in range(25):
                answer = server.client.read(PICTURE)
                assert answer.status == 200
                answered_ids.append(answer.json["id"])
            server.kill()
    faulty.plan.rates = {}
    with served(tmp_path, **environment) as server:
        until(lambda: server.client.get("/readyz").json["status"] == "ok", 30)
        stored_ids = reading_ids(server.client)
    assert sorted(stored_ids) == sorted(answered_ids)
    assert len(faulty.done) >= 5


def test_a_batch_is_read_once_though_its_server_is_killed(faulty: Faulty, tmp_path: Path) -> None:
    faulty.plan.rates = dict.fromkeys(("429", "500", "drop", "lost", "half", "row", "stale"), 0.005)
    environment = {
        "NUMINK_STORE": "cloudant://", "NUMINK_OUTBOX": f"{tmp_path}/outbox.db", "NUMINK_WORKERS": "2",
        **faulty.environment(),
    }  # fmt: skip
    with served(tmp_path, **environment) as server:
        batch_id = send_batch(server.client, ("slips.zip", slips(24))).json["id"]
        until(lambda: batch_of(server.client, batch_id)["counts"].get("read", 0) > 5)
        server.kill()
    with served(tmp_path, **environment) as server:
        assert finished(server.client, batch_id)["counts"] == {"read": 24}
        faulty.plan.rates = {}
        readings = server.client.get("/api/v1/readings?limit=100").json["readings"]
    assert len(readings) == len({reading["pages"][0]["file"] for reading in readings}) == 24
    doc_ids = [doc_id for doc_id, versions in faulty.databases["numink"].versions.items() if versions[-1].doc]
    assert sum(":part:" in doc_id for doc_id in doc_ids) == 24  # previews of the readings, no bytes of files
