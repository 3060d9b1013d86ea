"""Batches on a server that is killed midway: every file is read exactly once."""

from __future__ import annotations

import os
import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path

from batch_material import SLIP, batch_of, finished, send_batch, slips, table_of
from web_client import Served, served, until


def count_of_read(server: Served, batch: str) -> int:
    count: int = batch_of(server.client, batch)["counts"].get("read", 0)
    return count


def test_all_200_slips_are_read_exactly_once_though_the_server_is_killed_twice(tmp_path: Path) -> None:
    with served(tmp_path) as server:
        sent = send_batch(server.client, ("slips.zip", slips(200)))
        assert sent.status == 202
        batch = sent.json["id"]
        server.kill()  # at once: answered files are stored already
    for minimum in (40, 120):
        with served(tmp_path) as server:
            until(lambda: count_of_read(server, batch) >= minimum, 60)  # noqa: B023 - called here only
            server.kill()
    with served(tmp_path) as server:
        assert finished(server.client, batch)["counts"] == {"read": 200}
        rows = table_of(server.client, batch)
        assert [row["file"] for row in rows] == [f"slip-{index:03}.png" for index in range(200)]
        assert {row["number"] for row in rows} == {"47"}
        readings = Counter(row["reading"] for row in rows)
        assert set(readings.values()) == {1}
        history_page = server.client.get("/history").text
        assert "<b>200</b> readings" in history_page  # no reading is stored twice, not even outside the batch


def test_a_file_is_not_read_again_if_the_server_dies_after_storing_its_reading(tmp_path: Path) -> None:
    with served(tmp_path) as server:
        batch = send_batch(server.client, ("slip.png", SLIP)).json["id"]
        (item_before,) = finished(server.client, batch)["items"]
        server.kill()
    with closing(sqlite3.connect(tmp_path / "history.db")) as connection, connection:
        connection.execute("UPDATE item SET state = 'reading', held_until = 1")
        connection.execute("INSERT INTO original SELECT id, x'00' FROM item")
    with served(tmp_path) as server:
        (item_after,) = finished(server.client, batch)["items"]
        assert item_after == item_before
        assert "numink_read_seconds_count 0" in server.client.get("/metrics").text


def test_another_process_takes_over_the_files_of_a_killed_one(tmp_path: Path) -> None:
    with served(tmp_path, NUMINK_WORKERS="2") as server:
        batch = send_batch(server.client, ("slips.zip", slips(60))).json["id"]
        children = Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children").read_text().split()
        os.kill(int(children[0]), 9)
        assert finished(server.client, batch)["counts"] == {"read": 60}
        assert "<b>60</b> readings" in server.client.get("/history").text
