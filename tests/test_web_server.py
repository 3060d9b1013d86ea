"""The server as a process: startup, load, a full queue, SIGTERM and SIGKILL."""

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


def concurrently(count: int, task: Callable[[], Answer]) -> list[Answer]:
    """Run a task in `count` threads that start at the same time."""
    barrier = threading.Barrier(count)

    def request_task(_: int) -> Answer:
        barrier.wait()
        return task()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(request_task, range(count)))


def run(**settings: str) -> subprocess.CompletedProcess[str]:
    """Run `numink serve` with settings that make it end by itself."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("NUMINK_")}
    return subprocess.run(
        [sys.executable, "-m", "numink", "serve"], env=environment | settings,
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


def test_it_prints_one_line_with_its_address_and_its_store(tmp_path: Path) -> None:
    with served(tmp_path, fresh=True) as server:
        assert server.line == (
            f"numink is at http://127.0.0.1:{server.port} (history in sqlite:///{tmp_path}/history.db)"
        )
        assert server.client.get("/readyz").status == 200
        assert server.stop() == 0
        assert server.errors.read_text() == ""


def test_a_port_in_use_is_one_sentence_and_exit_code_1(tmp_path: Path) -> None:
    with served(tmp_path) as server:
        second = run(NUMINK_PORT=str(server.port), NUMINK_STORE=f"sqlite:///{tmp_path}/other.db")
    assert second.returncode == 1
    assert f"port {server.port} of 127.0.0.1 is in use" in second.stderr
    assert second.stderr.count("\n") == 1


def test_a_missing_model_is_one_sentence_and_exit_code_1(tmp_path: Path) -> None:
    result = run(NUMINK_PORT="0", NUMINK_STORE=f"sqlite:///{tmp_path}/h.db", NUMINK_MODEL=f"{tmp_path}/none.onnx")
    assert result.returncode == 1
    assert "there is no model file" in result.stderr
    assert "Traceback" not in result.stderr
    assert result.stderr.count("\n") == 1


def test_a_damaged_history_is_explained_with_exit_code_1(tmp_path: Path) -> None:
    (tmp_path / "h.db").write_bytes(b"this is not a database" * 100)
    result = run(NUMINK_PORT="0", NUMINK_STORE=f"sqlite:///{tmp_path}/h.db")
    assert result.returncode == 1
    assert "not a sound history" in result.stderr
    assert "Traceback" not in result.stderr


def test_an_answered_reading_survives_sigkill(tmp_path: Path) -> None:
    with served(tmp_path) as server:
        answered = [server.client.read(digits()).json["id"] for _ in range(3)]
        server.kill()
    with served(tmp_path) as restarted:
        stored = [reading["id"] for reading in restarted.client.get("/api/v1/readings").json["readings"]]
        assert stored == answered[::-1]
        assert restarted.client.get(f"/api/v1/readings/{answered[0]}/picture").status == 200


def test_answered_readings_under_load_survive_sigkill(tmp_path: Path) -> None:
    answered: list[str] = []

    def keep_reading(server: Served) -> None:
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
        clients = [threading.Thread(target=keep_reading, args=(server,)) for _ in range(4)]
        for client in clients:
            client.start()
        until(lambda: len(answered) >= 6)
        server.kill()
        for client in clients:
            client.join()
    with served(tmp_path) as restarted:
        for reading in answered:
            assert restarted.client.get(f"/api/v1/readings/{reading}").status == 200


def test_sigterm_finishes_running_requests(tmp_path: Path) -> None:
    picture = photo()
    with served(tmp_path, fresh=True, NUMINK_THREADS="2") as server, ThreadPoolExecutor(6) as pool:
        under_way = [pool.submit(server.client.read, picture) for _ in range(6)]
        until(lambda: server.client.waiting() >= 4)
        code = server.stop()
        answers = [future.result() for future in under_way]
        assert [answer.status for answer in answers] == [200] * 6
        assert code == 0
        assert server.errors.read_text() == ""
    with served(tmp_path) as restarted:
        for answer in answers:
            assert restarted.client.get(f"/api/v1/readings/{answer.json['id']}").status == 200


def test_32_concurrent_clients_all_get_the_same_answer(tmp_path: Path) -> None:
    picture = digits("47")
    with served(tmp_path) as server:
        answers = concurrently(32, lambda: server.client.read(picture))
    assert [answer.status for answer in answers] == [200] * 32
    assert len({answer.json["id"] for answer in answers}) == 32
    assert len({str(answer.json["pages"][0]["numbers"]) for answer in answers}) == 1


def test_a_full_queue_refuses_at_once_with_retry_after(tmp_path: Path) -> None:
    picture = photo()
    with served(tmp_path, NUMINK_THREADS="1", NUMINK_QUEUE="1") as server, ThreadPoolExecutor(2) as pool:
        running = [pool.submit(server.client.read, picture) for _ in range(2)]
        until(lambda: server.client.waiting() == 2)
        started = time.monotonic()
        refused = server.client.read(digits())
        seconds = time.monotonic() - started
        still_under_way = not all(future.done() for future in running)
        assert refused.status == 503
        assert int(refused.headers["Retry-After"]) > 0
        assert refused.json["type"] == "urn:numink:problem:queue-full"
        assert still_under_way
        assert seconds < 1
        assert server.client.get("/healthz").status == 200
        assert [future.result().status for future in running] == [200, 200]
        assert server.client.read(digits()).status == 200


def test_a_locked_history_is_503_with_retry_after(tmp_path: Path) -> None:
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


def test_a_client_that_disconnects_early_does_not_affect_others(tmp_path: Path) -> None:
    import socket

    with served(tmp_path) as server:
        for _ in range(4):
            with socket.create_connection(("127.0.0.1", server.port)) as connection:
                connection.sendall(
                    b"POST /api/v1/read HTTP/1.1\r\nHost: x\r\nContent-Length: 99999\r\n"
                    b"Content-Type: multipart/form-data; boundary=x\r\n\r\n--x\r\n"
                )
        assert server.client.read(digits()).status == 200
        until(lambda: server.client.waiting() == 0)


def test_two_processes_share_their_counters(tmp_path: Path) -> None:
    with served(tmp_path, fresh=True, NUMINK_WORKERS="2") as server:
        answers = concurrently(16, lambda: server.client.read(digits()))
        assert [answer.status for answer in answers] == [200] * 16
        assert "numink_read_seconds_count 16.0\n" in server.client.get("/metrics").text


def test_a_dead_worker_is_replaced_and_continues_its_counts(tmp_path: Path) -> None:
    with served(tmp_path, fresh=True) as server:
        server.client.read(digits())
        children = Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children").read_text().split()
        os.kill(int(children[0]), 9)
        assert server.client.read(digits()).status == 200
        assert "numink_read_seconds_count 2.0\n" in server.client.get("/metrics").text


@pytest.mark.parametrize("kind", ["photo", "digit"])
def test_memory_stays_flat_and_below_250_mb(tmp_path: Path, kind: str) -> None:
    picture = photo() if kind == "photo" else digits()
    count = 3 if kind == "photo" else 40
    with served(tmp_path, fresh=True, NUMINK_THREADS="2") as server:
        for _ in range(count):
            concurrently(4, lambda: server.client.read(picture))
        middle = server.memory()
        for _ in range(count):
            concurrently(4, lambda: server.client.read(picture))
        late = server.memory()
    assert late < middle * 1.1
    if kind == "digit":
        assert late < 250e6
