"""Readings over the API: list, get, delete, correct; protection of writes; rate limit; counters."""

from __future__ import annotations

import json
from html import escape
from pathlib import Path

import pytest

from web_client import Client, Served, served
from web_pictures import digits


def read_one(server: Served, text: str = "7") -> str:
    return str(server.client.read(digits(text)).json["id"])


def correct(server: Served, reading: str, body: str) -> tuple[int, str]:
    answer = server.client.ask(
        "POST", f"/api/v1/readings/{reading}/corrections", body.encode(), {"Content-Type": "application/json"}
    )
    return answer.status, answer.text


def test_readings_are_listed_newest_first_page_by_page(server: Served) -> None:
    reading_ids = [read_one(server) for _ in range(5)][::-1]
    first = server.client.get("/api/v1/readings?limit=2").json
    assert [reading["id"] for reading in first["readings"]] == reading_ids[:2]
    second = server.client.get(f"/api/v1/readings?limit=2&before={first['before']}").json
    assert [reading["id"] for reading in second["readings"]] == reading_ids[2:4]


def test_the_last_page_has_no_before(server: Served) -> None:
    read_one(server)
    assert server.client.get("/api/v1/readings?limit=100").json["before"] is None


@pytest.mark.parametrize("query", ["limit=0", "limit=101", "limit=many"])
def test_an_invalid_limit_is_422(server: Served, query: str) -> None:
    answer = server.client.get(f"/api/v1/readings?{query}")
    assert answer.status == 422
    assert "'limit'" in answer.json["detail"]


def test_a_deleted_reading_is_gone_with_its_picture(server: Served) -> None:
    reading = read_one(server)
    address = f"/api/v1/readings/{reading}"
    assert server.client.ask("DELETE", address).status == 204
    for path in (address, f"{address}/picture", f"{address}/thumbnail", f"/readings/{reading}"):
        assert server.client.get(path).status == 404
    assert server.client.ask("DELETE", address).status == 404


@pytest.mark.parametrize("reading", ["nothing", "local:0", "other:01a20a2e-3da9-76b3-bde1-d10df4e8a2c6"])
def test_an_unknown_reading_or_another_owners_is_404(server: Served, reading: str) -> None:
    answer = server.client.get(f"/api/v1/readings/{reading}")
    assert answer.status == 404
    assert answer.json["type"] == "urn:numink:problem:not-stored"


def test_a_correction_does_not_change_the_reading(server: Served) -> None:
    reading = read_one(server)
    status, text = correct(server, reading, '{"corrections": [{"number": 0, "text": "1"}]}')
    assert status == 201, text
    assert server.client.get(f"/api/v1/readings/{reading}").json["pages"][0]["text"] == "7"
    assert "Corrected" in server.client.get(f"/readings/{reading}").text


def test_corrections_of_digits_missed_numbers_and_order_are_stored_and_withdrawn(server: Served) -> None:
    reading = read_one(server, "472")
    address = f"/api/v1/readings/{reading}/corrections"
    for fields in (
        '{"number": 0, "digit": 1, "text": "1"}',
        '{"box": [5, 5, 40, 40], "text": "8"}',
        '{"order": [1, 0]}',
    ):
        status, text = correct(server, reading, f'{{"corrections": [{fields}]}}')
        assert status == 201, text
    stored = server.client.get(address).json["corrections"]

    assert [stored[0][name] for name in ("number", "digit", "text", "whole")] == [0, 1, "1", "412"]
    assert [correction["box"] for correction in stored] == [None, [5, 5, 40, 40], None]
    assert [correction["order"] for correction in stored] == [[], [], [1, 0]]
    assert server.client.ask("DELETE", f"{address}/{stored[0]['id']}").status == 409
    for correction in reversed(stored):
        assert server.client.ask("DELETE", f"{address}/{correction['id']}").status == 204
    assert server.client.ask("DELETE", f"{address}/{stored[0]['id']}").status == 404
    assert server.client.get(address).json == {"corrections": []}


def test_each_correction_of_a_request_builds_on_those_before_it(server: Served) -> None:
    reading = read_one(server, "472")
    fields = '{"box": [5, 5, 40, 40], "text": "8"}, {"number": 1, "text": "85"}, {"order": [1, 0]}'

    assert correct(server, reading, f'{{"corrections": [{fields}]}}')[0] == 201


@pytest.mark.parametrize("text", ["-186", "24.15", "6/2/98", "€ 12,50", "AB123456", "=1+2"])
def test_a_number_is_corrected_to_a_text_with_signs_and_letters(server: Served, text: str) -> None:
    reading = read_one(server)

    assert correct(server, reading, json.dumps({"corrections": [{"number": 0, "text": text}]}))[0] == 201
    assert server.client.get("/api/v1/readings/" + reading + "/corrections").json["corrections"][0]["text"] == text
    assert escape(text) in server.client.get(f"/readings/{reading}").text


@pytest.mark.parametrize("text", ["1\n2", " 1", "1  2", "٣", "1" * 65])
def test_a_text_that_no_number_has_is_422(server: Served, text: str) -> None:
    assert correct(server, read_one(server), json.dumps({"corrections": [{"number": 0, "text": text}]}))[0] == 422


@pytest.mark.parametrize(
    "body",
    [
        "", "not json", "[]", "{}", '{"corrections": []}', '{"corrections": [{"number": 0, "text": "ä"}]}',
        '{"corrections": [{"number": -1, "text": "1"}]}', '{"corrections": [{"number": 9, "text": "1"}]}',
        '{"corrections": [{"number": 0, "page": 7, "text": "1"}]}', '{"corrections": [{"text": "1"}]}',
        '{"corrections": [{"number": 0, "digit": 1, "text": "1"}]}', '{"corrections": [{"order": [0, 0]}]}',
        '{"corrections": [{"order": [1]}]}', '{"corrections": [{"box": [0, 0, 9, 9], "text": ""}]}',
        '{"corrections": [{"box": [0, 0, 9, 99999], "text": "1"}]}', '{"corrections": [{"box": [0, 0], "text": "1"}]}',
        '{"corrections": [{"number": 0, "box": [0, 0, 9, 9], "text": "1"}]}',
    ],
)  # fmt: skip
def test_an_invalid_correction_is_422(server: Served, body: str) -> None:
    assert correct(server, read_one(server), body)[0] == 422


def test_a_correction_of_an_unknown_reading_is_404(server: Served) -> None:
    assert correct(server, "local:none", '{"corrections": [{"number": 0, "text": "1"}]}')[0] == 404


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://evil.example"},
        {"Origin": "null"},
    ],
)  # fmt: skip
def test_a_write_from_another_site_is_refused(server: Served, headers: dict[str, str]) -> None:
    reading = read_one(server)
    answer = server.client.ask("DELETE", f"/api/v1/readings/{reading}", headers=headers)
    assert answer.status == 403
    assert server.client.get(f"/api/v1/readings/{reading}").status == 200


def test_a_write_with_our_cookie_needs_the_token_of_the_page(server: Served) -> None:
    reading = read_one(server)
    browser = Client(server.port, browser=True)
    token = browser.token()
    same_origin = {"Origin": f"http://127.0.0.1:{server.port}"}
    assert browser.ask("DELETE", f"/api/v1/readings/{reading}", headers=same_origin).status == 400
    with_token = {**same_origin, "X-CSRFToken": token}
    assert browser.ask("DELETE", f"/api/v1/readings/{reading}", headers=with_token).status == 204


def test_too_many_readings_are_429_with_retry_after(tmp_path: Path) -> None:
    with served(tmp_path, NUMINK_RATE_LIMIT="2 per minute") as limited:
        assert [limited.client.read(digits()).status for _ in range(2)] == [200, 200]
        answer = limited.client.read(digits())
        assert answer.status == 429
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert 0 < int(answer.headers["Retry-After"]) <= 60
        assert limited.client.get("/api/v1/readings").status == 200


def test_pictures_are_not_stored_if_that_is_set(tmp_path: Path) -> None:
    with served(tmp_path, NUMINK_KEEP_PICTURES="no") as private:
        reading = read_one(private)
        assert private.client.get(f"/api/v1/readings/{reading}/picture").status == 404
        assert private.client.get(f"/readings/{reading}").status == 200
        assert private.client.get("/history").status == 200


def test_the_counters_count_responses(server: Served) -> None:
    def count(name: str) -> float:
        lines = server.client.get("/metrics").text.splitlines()
        return sum(float(line.rpartition(" ")[2]) for line in lines if line.startswith(name))

    before = [count("numink_read_seconds_count"), count('numink_requests_total{door="api",status="415"}')]
    read_one(server)
    server.client.read(b"no picture")
    after = [count("numink_read_seconds_count"), count('numink_requests_total{door="api",status="415"}')]
    assert [late - early for early, late in zip(before, after, strict=True)] == [1, 1]
    assert count("numink_waiting") == 0


def test_the_counters_are_in_the_text_format(server: Served) -> None:
    answer = server.client.get("/metrics")
    assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    metric_names = {line.split()[2] for line in answer.text.splitlines() if line.startswith("# TYPE")}
    for line in answer.text.splitlines():
        if not line.startswith("#"):
            name = line.partition("{")[0].partition(" ")[0]
            assert name.removesuffix("_bucket").removesuffix("_sum").removesuffix("_count") in metric_names
            float(line.rpartition(" ")[2])


def test_health_and_readiness_answer(server: Served) -> None:
    assert server.client.get("/healthz").json == {"status": "ok"}
    assert server.client.get("/readyz").json["model"].startswith("numink-")
