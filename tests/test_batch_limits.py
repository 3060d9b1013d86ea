"""Limits of batches, and how long uploaded files are kept."""

from __future__ import annotations

import os
import socket
import sqlite3
from contextlib import ExitStack, closing
from pathlib import Path

from batch_material import SLIP, announce, by_form, finished, send_batch, slips, zipped
from numink.web.upload_limits import MAX_CONCURRENT_UPLOADS
from web_client import Client, served, until
from web_pictures import digits


def test_limits_are_enforced_with_a_message_that_says_what_to_do(tmp_path: Path) -> None:
    with served(tmp_path, NUMINK_BATCH_FILES="3", NUMINK_ZIP_BYTES="600000", NUMINK_BATCH_BYTES="100000") as server:
        visitor = Client(server.port, browser=True)
        refused = send_batch(server.client, *[(f"{index}.png", SLIP) for index in range(4)])
        assert (refused.status, refused.json["type"]) == (413, "urn:numink:problem:batch-full")
        assert refused.json["detail"].startswith("A batch has at most 3 files")
        assert visitor.get("/batches").text.count("/batches/local") == 0
        assert announce(visitor, *[(f"{index}.png", 1) for index in range(4)]).status == 413
        assert "MB together" in send_batch(server.client, ("a.png", bytes(110_000))).json["detail"]
        (item,) = finished(server.client, send_batch(server.client, ("s.zip", slips(4))).json["id"])["items"]
        assert "a batch may have 3" in item["error"]
        assert send_batch(server.client, ("a.png", bytes(1_200_000))).status == 413
        many = send_batch(server.client, *[(f"{index}.png", b"x") for index in range(200)])
        assert many.status == 413
        full = announce(visitor, *[(f"{index}.png", 1) for index in range(3)]).json
        path = f"{full['address']}/files"
        for item in full["items"]:
            assert by_form(visitor, ("a.png", SLIP), path=path, item=item).status == 204
        assert by_form(visitor, ("more.png", SLIP), path=path).status == 413


def test_a_failed_file_is_kept_for_a_while_and_can_be_retried(tmp_path: Path) -> None:
    with served(tmp_path, NUMINK_MAX_PIXELS="7000") as server:
        batch = send_batch(server.client, ("a.png", digits("47", 80))).json["id"]
        assert "NUMINK_MAX_PIXELS" in finished(server.client, batch)["items"][0]["error"]
    with served(tmp_path) as server:
        visitor = Client(server.port, browser=True)
        assert "Retry failed" in visitor.get(f"/batches/{batch}").text
        assert by_form(visitor, path=f"/batches/{batch}/retry").status == 303
        assert finished(server.client, batch)["items"][0]["text"] == "47"
        assert "Retry failed" not in visitor.get(f"/batches/{batch}").text
    assert originals(tmp_path) == 0


def originals(folder: Path) -> int:
    with closing(sqlite3.connect(folder / "history.db")) as connection:
        (count,) = connection.execute("SELECT count(*) FROM original").fetchone()
    return int(count)


def test_uploaded_files_are_deleted_after_reading_if_pictures_are_not_kept(tmp_path: Path) -> None:
    with served(tmp_path, NUMINK_KEEP_PICTURES="no") as server:
        files = {"a.png": SLIP, "torn.png": SLIP[:80]}
        batch = send_batch(server.client, ("s.zip", zipped(files))).json["id"]
        items = finished(server.client, batch)["items"]
        assert [item["state"] for item in items] == ["read", "failed"]
        assert server.client.get(f"/api/v1/readings/{items[0]['reading']}/picture").status == 404
    assert originals(tmp_path) == 0


def test_batches_expire_with_their_readings(tmp_path: Path) -> None:
    with served(tmp_path) as server:
        batch = send_batch(server.client, ("a.png", SLIP)).json["id"]
        reading = finished(server.client, batch)["items"][0]["reading"]
        assert server.client.get(f"/api/v1/readings/{reading}").status == 200
    with closing(sqlite3.connect(tmp_path / "history.db")) as connection, connection:
        for table in ("batch", "reading"):
            connection.execute(f"UPDATE {table} SET created = '2020-01-01T00:00:00.000+00:00'")
    with served(tmp_path, NUMINK_KEEP_DAYS="30") as server:
        until(lambda: server.client.get(f"/api/v1/batches/{batch}").status == 404)
        until(lambda: server.client.get(f"/api/v1/readings/{reading}").status == 404)


def test_a_zip_file_may_be_larger_than_the_limit_of_a_picture_but_its_pictures_may_not(tmp_path: Path) -> None:
    with served(tmp_path, NUMINK_MAX_BYTES="200000") as server:
        noise = {f"{index}.png": os.urandom(190_000) for index in range(6)} | {"large.png": os.urandom(210_000)}
        items = finished(server.client, send_batch(server.client, ("s.zip", zipped(noise))).json["id"])["items"]
        assert ["not a picture" in item["error"] for item in items] == [True] * 6 + [False]
        assert "more than 0.2 MB" in items[-1]["error"]


def test_batches_count_towards_the_rate_limit_of_readings(tmp_path: Path) -> None:
    with served(tmp_path, NUMINK_RATE_LIMIT="2 per minute") as server:
        statuses = [send_batch(server.client, ("a.png", SLIP)).status for _ in range(3)]
        assert statuses == [202, 202, 429]


def test_too_many_simultaneous_uploads_are_refused_with_retry_after(tmp_path: Path) -> None:
    request_start = (
        b"POST /api/v1/batches HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 99999\r\n"
        b"Content-Type: multipart/form-data; boundary=x\r\n\r\n--x\r\n"
    )
    with (
        served(tmp_path, NUMINK_PATIENCE="300") as server,
        ExitStack() as open_connections,
    ):  # so that incomplete requests are waited for

        def begin_upload() -> None:
            open_connections.enter_context(socket.create_connection(("127.0.0.1", server.port))).sendall(request_start)

        def is_full() -> bool:
            if send_batch(server.client, ("a.png", SLIP)).status == 503:
                return True
            begin_upload()  # to replace one that was refused because this batch had overtaken it
            return False

        for _ in range(MAX_CONCURRENT_UPLOADS):
            begin_upload()
        until(is_full)
        refused = send_batch(server.client, ("a.png", SLIP))
        assert int(refused.headers["Retry-After"]) > 0
        assert server.client.read(SLIP).status == 200  # a single picture is still accepted
        open_connections.close()
        until(lambda: send_batch(server.client, ("a.png", SLIP)).status == 202)
