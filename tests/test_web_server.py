"""The server as a process: start, load, a full line, the end in order and the end by force."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from web_client import Answer, Served, served, until
from web_pictures import digits, photo


def at_once(count: int, task: Callable[[], Answer]) -> list[Answer]:
    """`count` clients that begin together."""
    together = threading.Barrier(count)

    def one(_: int) -> Answer:
        together.wait()
        return task()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))


def run(**settings: str) -> subprocess.CompletedProcess[str]:
    """`numink serve` that is meant to end by itself."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("NUMINK_")}
    return subprocess.run(
        [sys.executable, "-m", "numink", "serve"], env=environment | settings,
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


def test_it_says_in_one_line_where_it_is_and_where_the_history_is(tmp_path: Path) -> None:
    with served(tmp_path) as server:
        assert server.line == (
            f"numink is at http://127.0.0.1:{server.port} (history in sqlite:///{tmp_path}/history.db)"
        )
        assert server.client.get("/readyz").status == 200
        assert server.stop() == 0
        assert server.errors.read_text() == ""


def test_a_port_in_use_is_a_sentence_and_exit_code_1(tmp_path: Path) -> None:
    with served(tmp_path) as server:
        second = run(NUMINK_PORT=str(server.port), NUMINK_STORE=f"sqlite:///{tmp_path}/other.db")
    assert second.returncode == 1
    assert f"port {server.port} of 127.0.0.1 is in use" in second.stderr
    assert second.stderr.count("\n") == 1


def test_a_missing_model_is_a_sentence_and_exit_code_1(tmp_path: Path) -> None:
    ended = run(NUMINK_PORT="0", NUMINK_STORE=f"sqlite:///{tmp_path}/h.db", NUMINK_MODEL=f"{tmp_path}/none.onnx")
    assert ended.returncode == 1
    assert "there is no model file" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert ended.stderr.count("\n") == 1


def test_a_history_that_is_no_history_is_a_sentence_and_exit_code_1(tmp_path: Path) -> None:
    (tmp_path / "h.db").write_bytes(b"this is not a database" * 100)
    ended = run(NUMINK_PORT="0", NUMINK_STORE=f"sqlite:///{tmp_path}/h.db")
    assert ended.returncode == 1
    assert "not a sound history" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_an_answer_survives_sigkill(tmp_path: Path) -> None:
    with served(tmp_path) as server:
        answered = [server.client.read(digits()).json["id"] for _ in range(3)]
        server.kill()
    with served(tmp_path) as again:
        kept = [reading["id"] for reading in again.client.get("/api/v1/readings").json["readings"]]
        assert kept == answered[::-1]
        assert again.client.get(f"/api/v1/readings/{answered[0]}/picture").status == 200


def test_answers_under_load_survive_sigkill(tmp_path: Path) -> None:
    answered: list[str] = []

    def go_on(server: Served) -> None:
        while True:
            try:
                answered.append(server.client.read(digits()).json["id"])
            except OSError:
                return
            except Exception:
                if server.process.poll() is not None:
                    return
                raise

    with served(tmp_path) as server:
        clients = [threading.Thread(target=go_on, args=(server,)) for _ in range(4)]
        for client in clients:
            client.start()
        until(lambda: len(answered) >= 6)
        server.kill()
        for client in clients:
            client.join()
    with served(tmp_path) as again:
        for reading in answered:
            assert again.client.get(f"/api/v1/readings/{reading}").status == 200


def test_sigterm_ends_what_is_under_way(tmp_path: Path) -> None:
    picture = photo()
    with served(tmp_path, NUMINK_THREADS="2") as server, ThreadPoolExecutor(6) as pool:
        under_way = [pool.submit(server.client.read, picture) for _ in range(6)]
        until(lambda: server.client.waiting() >= 4)
        code = server.stop()
        answers = [one.result() for one in under_way]
        assert [answer.status for answer in answers] == [200] * 6
        assert code == 0
        assert server.errors.read_text() == ""
    with served(tmp_path) as again:
        for answer in answers:
            assert again.client.get(f"/api/v1/readings/{answer.json['id']}").status == 200


def test_32_clients_at_once_are_all_answered_alike(tmp_path: Path) -> None:
    picture = digits("47")
    with served(tmp_path) as server:
        answers = at_once(32, lambda: server.client.read(picture))
    assert [answer.status for answer in answers] == [200] * 32
    assert len({answer.json["id"] for answer in answers}) == 32
    assert len({str(answer.json["pages"][0]["numbers"]) for answer in answers}) == 1


def test_a_full_line_turns_away_at_once_with_a_time_to_come_back(tmp_path: Path) -> None:
    picture = photo()
    with served(tmp_path, NUMINK_THREADS="1", NUMINK_QUEUE="1") as server, ThreadPoolExecutor(2) as pool:
        busy = [pool.submit(server.client.read, picture) for _ in range(2)]
        until(lambda: server.client.waiting() == 2)
        started = time.monotonic()
        refused = server.client.read(digits())
        seconds = time.monotonic() - started
        still_under_way = not all(one.done() for one in busy)
        assert refused.status == 503
        assert int(refused.headers["Retry-After"]) > 0
        assert refused.json["type"] == "urn:numink:problem:queue-full"
        assert still_under_way
        assert seconds < 1
        assert server.client.get("/healthz").status == 200
        assert [one.result().status for one in busy] == [200, 200]
        assert server.client.read(digits()).status == 200


def test_a_locked_history_is_503_with_a_time_to_come_back(tmp_path: Path) -> None:
    import sqlite3

    with served(tmp_path) as server:
        other = sqlite3.connect(tmp_path / "history.db", isolation_level=None)
        other.execute("BEGIN EXCLUSIVE")
        refused = server.client.read(digits())
        other.execute("ROLLBACK")
        other.close()
        assert refused.status == 503
        assert int(refused.headers["Retry-After"]) > 0
        assert str(tmp_path) not in refused.text
        assert server.client.read(digits()).status == 200


def test_a_client_that_leaves_half_way_harms_nobody(tmp_path: Path) -> None:
    import socket

    with served(tmp_path) as server:
        for _ in range(4):
            with socket.create_connection(("127.0.0.1", server.port)) as half:
                half.sendall(
                    b"POST /api/v1/read HTTP/1.1\r\nHost: x\r\nContent-Length: 99999\r\n"
                    b"Content-Type: multipart/form-data; boundary=x\r\n\r\n--x\r\n"
                )
        assert server.client.read(digits()).status == 200
        until(lambda: server.client.waiting() == 0)


def test_two_processes_count_together(tmp_path: Path) -> None:
    with served(tmp_path, NUMINK_WORKERS="2") as server:
        answers = at_once(16, lambda: server.client.read(digits()))
        assert [answer.status for answer in answers] == [200] * 16
        assert "numink_read_seconds_count 16\n" in server.client.get("/metrics").text


def test_a_worker_that_dies_is_replaced_and_goes_on_counting(tmp_path: Path) -> None:
    with served(tmp_path) as server:
        server.client.read(digits())
        children = Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children").read_text().split()
        os.kill(int(children[0]), 9)
        assert server.client.read(digits()).status == 200
        assert "numink_read_seconds_count 2\n" in server.client.get("/metrics").text


@pytest.mark.parametrize("kind", ["photo", "digit"])
def test_memory_stays_flat_and_below_250_mb(tmp_path: Path, kind: str) -> None:
    picture = photo() if kind == "photo" else digits()
    count = 3 if kind == "photo" else 40
    with served(tmp_path, NUMINK_THREADS="2") as server:
        for _ in range(count):
            at_once(4, lambda: server.client.read(picture))
        middle = server.memory()
        for _ in range(count):
            at_once(4, lambda: server.client.read(picture))
        late = server.memory()
    assert late < middle * 1.1
    if kind == "digit":
        assert late < 250e6
