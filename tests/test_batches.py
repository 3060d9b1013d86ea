"""Batches over HTTP, as browsers without JavaScript and as programs send them."""

from __future__ import annotations

import io
import json
import re
import zipfile
from pathlib import Path

import pytest

from batch_material import SLIP, announce, batch_of, by_form, finished, send_batch, slips, table_of, zipped
from numink.web.api import batch_schemas
from web_client import Client, Served, served, until
from web_pictures import digits, scribble


@pytest.fixture
def visitor(server: Served) -> Client:
    return Client(server.port, browser=True)


def test_several_files_a_zip_and_a_document_are_read_from_a_plain_form(visitor: Client) -> None:
    from PIL import Image

    document = io.BytesIO()
    with Image.open(io.BytesIO(digits("47"))) as page:
        page.save(document, "PDF")
    sent = by_form(
        visitor, ("a.png", digits("7")), ("b.zip", zipped({"x/1.png": SLIP, "notes.txt": b"hello"})),
        ("c.pdf", document.getvalue()),
    )  # fmt: skip
    assert sent.status == 303
    batch = sent.headers["Location"].removeprefix("/batches/")
    items = finished(visitor, batch)["items"]
    assert [(item["name"], item["state"]) for item in items] == [
        ("a.png", "read"), ("x/1.png", "read"), ("notes.txt", "failed"), ("c.pdf", "read"),
    ]  # fmt: skip
    assert [item["text"] for item in items] == ["7", "47", "", "47"]
    page = visitor.get(f"/batches/{batch}").text
    assert "<b>4</b> of 4 files processed" in page
    assert "not a picture in a supported format" in page
    assert f'href="/readings/{items[0]["reading"]}"' in page
    assert batch in visitor.get("/batches").text


def test_a_zip_file_sent_on_the_first_page_becomes_a_batch(visitor: Client) -> None:
    sent = visitor.send("/", {"csrf_token": visitor.token(), "file": ("S.ZIP", slips(2))})
    assert sent.status == 303
    assert finished(visitor, sent.headers["Location"].removeprefix("/batches/"))["counts"] == {"read": 2}
    under_way = announce(visitor, ("never.png", 10)).json["address"]
    assert f'<a href="{under_way}">never.png</a>: 0 of 1 files processed' in visitor.get("/").text


def test_constraints_apply_to_all_files_of_a_batch(server: Served) -> None:
    sent = send_batch(server.client, ("s.zip", slips(2)), among="47", single="false")
    batch = sent.json["id"]
    finished(server.client, batch)
    results = server.client.get(f"/api/v1/batches/{batch}/results").json["results"]
    assert [item["pages"][0]["numbers"][0]["fits"] for item in results] == [True, True]


def test_valid_numbers_can_be_sent_as_a_file(visitor: Client) -> None:
    for path in ("/", "/batches"):
        form = {"csrf_token": visitor.token("/"), "file": ("a.png", digits("47")), "among_file": ("l.csv", b"11,12\n")}
        sent = visitor.send(path, form)
        assert sent.status == 303, sent.text
        if path == "/batches":
            finished(visitor, sent.headers["Location"].removeprefix("/batches/"))
        assert "Constraints not met" in visitor.get(f"/readings/{newest_reading_id(visitor)}").text
        refused = visitor.send(path, {**form, "among_file": ("l.bin", b"\xff\xfe\x00")})
        assert refused.status == 422
        assert "one number per line" in refused.text


def newest_reading_id(client: Client) -> str:
    reading: str = client.get("/api/v1/readings?limit=1").json["readings"][0]["id"]
    return reading


def test_responses_match_their_schemas(server: Served) -> None:
    batch = send_batch(server.client, ("s.zip", zipped({"a.png": SLIP, "b.txt": b"x"}))).json["id"]
    shown = finished(server.client, batch)
    assert batch_schemas.Batch.model_validate(shown).model_dump() == shown
    results = server.client.get(f"/api/v1/batches/{batch}/results").json
    assert len(results["results"]) == 2
    assert batch_schemas.Results.model_validate(results).model_dump(exclude_unset=True) == results
    table = server.client.get(f"/api/v1/batches/{batch}/results.csv")
    assert table.headers["Content-Type"].startswith("text/csv")
    assert table.body == server.client.get(f"/batches/{batch}/download/csv").body
    assert server.client.ask("DELETE", f"/api/v1/batches/{batch}").status == 204
    assert server.client.get(f"/api/v1/batches/{batch}").status == 404
    assert server.client.get(f"/api/v1/readings/{results['results'][0]['id']}").status == 200


def test_invalid_options_are_refused_before_anything_is_stored(server: Served) -> None:
    refused = send_batch(server.client, ("a.png", SLIP), pattern="(")
    assert (refused.status, refused.json["type"]) == (422, "urn:numink:problem:bad-knowledge")


def test_a_script_announces_files_and_sends_them_one_by_one(visitor: Client) -> None:
    announced = announce(visitor, ("a.png", 10), ("b.zip", 20), ("huge.png", 10**9)).json
    batch = announced["address"].removeprefix("/batches/")
    first, second, _ = announced["items"]
    states = [(item["state"], item["error"] or "") for item in batch_of(visitor, batch)["items"]]
    assert [state for state, _ in states] == ["awaited", "awaited", "failed"]
    assert "more than 20.0 MB" in states[2][1]
    path = f"/batches/{batch}/files"
    for _ in range(2):  # a script sends again after its connection broke
        assert by_form(visitor, ("b.zip", slips(2)), path=path, item=second).status == 204
    assert "1 file did not arrive" in visitor.get(f"/batches/{batch}").text
    assert by_form(visitor, ("a.png", SLIP), path=path, item=first).status == 204
    done = finished(visitor, batch)
    assert [item["name"] for item in done["items"]] == ["a.png", "slip-000.png", "slip-001.png", "huge.png"]
    assert done["counts"] == {"read": 3, "failed": 1}


def test_files_that_did_not_arrive_can_be_sent_again(visitor: Client) -> None:
    announced = announce(visitor, ("a.png", 10), ("b.png", 20), ("b.png", 30)).json
    batch = announced["address"].removeprefix("/batches/")
    chosen = (("b.png", SLIP), ("new.png", SLIP), ("b.png", SLIP))
    assert by_form(visitor, *chosen, path=f"/batches/{batch}/files").status == 303
    states = [(item["name"], item["state"]) for item in batch_of(visitor, batch)["items"]]
    assert [name for name, _ in states] == ["a.png", "b.png", "b.png", "new.png"]
    assert states[0] == ("a.png", "awaited")
    rows = {row["file"]: row["read_as"] for row in table_of(visitor, batch)}
    assert rows["a.png"] == "the file has not arrived: send it again"


def test_waiting_files_are_cancelled_and_the_batch_is_deleted(visitor: Client) -> None:
    announced = announce(visitor, ("a.png", 10)).json
    batch = announced["address"].removeprefix("/batches/")
    assert by_form(visitor, path=f"/batches/{batch}/cancel").status == 303
    assert batch_of(visitor, batch)["counts"] == {"cancelled": 1}
    assert by_form(visitor, ("a.png", SLIP), path=f"/batches/{batch}/files", item=announced["items"][0]).status == 204
    assert batch_of(visitor, batch)["counts"] == {"cancelled": 1}
    assert by_form(visitor, path=f"/batches/{batch}/remove").status == 303
    assert visitor.get(f"/batches/{batch}").status == 404


def test_a_batch_is_downloaded_as_csv_json_and_zip_including_failed_files(server: Served, visitor: Client) -> None:
    files = {"=1+1.png": digits("7"), "torn.png": digits("7")[:80], "none.png": b"\x89PNG"}
    batch = send_batch(server.client, ("s.zip", zipped(files))).json["id"]
    items = finished(server.client, batch)["items"]
    server.client.ask(
        "POST", f"/api/v1/readings/{items[0]['reading']}/corrections",
        b'{"corrections": [{"number": 0, "text": "1"}]}', {"Content-Type": "application/json"},
    )  # fmt: skip
    first, torn, none = table_of(server.client, batch)
    assert (first["file"], first["number"], first["read_as"]) == ("'=1+1.png", "1", "7")
    assert (torn["file"], torn["number"]) == ("torn.png", "")
    assert "damaged" in torn["read_as"]
    assert none["file"] == "none.png"
    downloaded = json.loads(server.client.get(f"/batches/{batch}/download/json").text)
    assert [item.get("name") for item in downloaded] == ["=1+1.png", "torn.png", "none.png"]
    packed = zipfile.ZipFile(io.BytesIO(server.client.get(f"/batches/{batch}/download/zip").body))
    assert sorted(name.partition("/")[0] for name in packed.namelist()) == ["pictures", "readings.csv", "readings.json"]
    page = visitor.get(f"/batches/{batch}").text
    assert re.search(r">1<span", page)  # the corrected number is shown
    assert "Corrected" in page


def test_doubtful_files_can_be_listed_first(server: Served) -> None:
    files = {"sure.png": digits("7"), "doubt.png": scribble(), "bad.png": b"no"}
    batch = send_batch(server.client, ("s.zip", zipped(files)), single="true").json["id"]
    finished(server.client, batch)

    def names(query: str) -> list[str]:
        return re.findall(r'data-name="([^"]+)"', server.client.get(f"/batches/{batch}{query}").text)

    assert names("") == ["sure.png", "doubt.png", "bad.png"]
    assert names("?order=doubts") == ["bad.png", "doubt.png", "sure.png"]


def test_only_changed_items_are_returned_since_a_revision(server: Served) -> None:
    batch = send_batch(server.client, ("s.zip", slips(3))).json["id"]
    finished(server.client, batch)
    page = server.client.get(f"/batches/{batch}?since=0").text
    assert page.count("data-item") == 3
    revision = re.search(r'data-revision="(\d+)"', page)
    assert revision
    assert "data-item" not in server.client.get(f"/batches/{batch}?since={revision[1]}").text


def test_each_owner_sees_only_their_own_batches_even_if_another_server_reads_them(tmp_path: Path) -> None:
    with served(tmp_path, NUMINK_OWNER="anna") as server:
        batch = send_batch(server.client, ("slips.zip", slips(80))).json["id"]
        server.kill()
    with served(tmp_path, NUMINK_OWNER="berta") as server:
        assert server.client.get(f"/batches/{batch}").status == 404
        assert batch not in server.client.get("/batches").text
        until(lambda: "numink_read_seconds_count 0" not in server.client.get("/metrics").text)
        assert server.client.get("/api/v1/readings").json["readings"] == []
    with served(tmp_path, NUMINK_OWNER="anna") as server:
        assert finished(server.client, batch)["counts"] == {"read": 80}


def test_a_single_picture_does_not_wait_for_a_batch(tmp_path: Path) -> None:
    with served(tmp_path, NUMINK_THREADS="2", NUMINK_BATCH_THREADS="2") as server:
        batch = send_batch(server.client, ("slips.zip", slips(200))).json["id"]
        assert server.client.read(SLIP).status == 200
        assert not batch_of(server.client, batch)["done"]
        server.client.ask("DELETE", f"/api/v1/batches/{batch}")


@pytest.mark.parametrize("batch", ["other:01a1f8f0-0000-7000-8000-000000000000", "local:none", "x"])
@pytest.mark.parametrize("rest", ["", "/download/csv", "/download/zip", "?since=1"])
def test_another_owners_batch_is_not_found(server: Served, visitor: Client, batch: str, rest: str) -> None:
    assert server.client.get(f"/batches/{batch}{rest}").status == 404
    assert server.client.get(f"/api/v1/batches/{batch}").json["type"] == "urn:numink:problem:no-such-batch"
    assert server.client.ask("DELETE", f"/api/v1/batches/{batch}").status == 404
    for path in ("files", "cancel", "retry", "remove"):
        for item in ({}, {"item": "local:x"}):
            assert by_form(visitor, ("a.png", SLIP), path=f"/batches/{batch}/{path}", **item).status == 404


def test_a_form_without_files_or_without_a_token_is_refused(server: Served, visitor: Client) -> None:
    assert by_form(visitor).status == 400
    assert server.client.send("/batches", {"file": ("a.png", SLIP)}).status == 400  # no token
    assert announce(visitor).status == 422
    token = visitor.token()
    for offers in ("[", "[1]", '[["a"]]', '[["a", "x"]]', "{}", "[" * 5000, '[["a", 1e999]]'):
        assert visitor.send("/batches", {"csrf_token": token, "offers": offers}).status == 422
    assert server.client.ask("POST", "/api/v1/batches", b"x", {"Content-Type": "image/png"}).status == 415
