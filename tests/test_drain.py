"""Graceful shutdown under load: no accepted request is lost."""

from __future__ import annotations

import http.client
import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from web_client import Served, multipart, served, until
from web_pictures import digits

CLIENTS = 12


class ClientCrowd:
    """Clients that send picture after picture until the server refuses connections."""

    def __init__(self, port: int, *, keep: bool, path: str = "/api/v1/read") -> None:
        self.port, self.keep, self.path = port, keep, path
        self.answered: Counter[int] = Counter()
        self.lost: list[str] = []
        self.body, self.kind = multipart({"file": ("digit.png", digits())})
        self.threads = [threading.Thread(target=self._go_on) for _ in range(CLIENTS)]
        for thread in self.threads:
            thread.start()

    def join(self) -> None:
        for thread in self.threads:
            thread.join(timeout=60)
        assert not any(thread.is_alive() for thread in self.threads)

    def _go_on(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=50)
        while True:
            try:
                if connection.sock is None:
                    connection.connect()
            except ConnectionRefusedError:
                return
            try:
                self._send(connection)
            except (OSError, http.client.HTTPException) as error:
                self.lost.append(repr(error))
                return
            if not self.keep:
                connection.close()

    def _send(self, connection: http.client.HTTPConnection) -> None:
        method = "POST" if self.path.endswith("read") else "GET"
        connection.request(method, self.path, self.body if method == "POST" else None, {"Content-Type": self.kind})
        response = connection.getresponse()
        response.read()
        self.answered[response.status] += 1


def status_of(client: http.client.HTTPConnection) -> int:
    with client.getresponse() as response:
        response.read()
        return response.status


@contextmanager
def open_clients(server: Served, count: int) -> Iterator[list[http.client.HTTPConnection]]:
    connections = [http.client.HTTPConnection("127.0.0.1", server.port, timeout=30) for _ in range(count)]
    yield connections
    for client in connections:
        client.close()


def stop_under_load(crowd: ClientCrowd, server: Served, minimum: int) -> None:
    until(lambda: crowd.answered[200] >= minimum, seconds=60)
    assert server.stop() == 0
    crowd.join()


@pytest.mark.parametrize("workers", ["1", "2"])
@pytest.mark.parametrize("keep", [True, False], ids=["keep-alive", "a connection for each request"])
def test_no_accepted_picture_is_lost_when_the_server_is_stopped(tmp_path: Path, keep: bool, workers: str) -> None:
    with served(tmp_path, fresh=True, NUMINK_WORKERS=workers) as server:
        crowd = ClientCrowd(server.port, keep=keep)
        stop_under_load(crowd, server, minimum=24)
    assert crowd.lost == []
    assert set(crowd.answered) == {200}
    with served(tmp_path) as restarted:
        assert restarted.client.get("/api/v1/readings").json["readings"]


def test_no_short_request_is_lost_when_the_server_is_stopped(tmp_path: Path) -> None:
    with served(tmp_path) as server:
        crowd = ClientCrowd(server.port, keep=False, path="/healthz")
        stop_under_load(crowd, server, minimum=300)
    assert crowd.lost == []
    assert set(crowd.answered) == {200}


def test_connections_in_the_accept_queue_are_answered(tmp_path: Path) -> None:
    """The kernel has completed these connections, but the server has not accepted them yet."""
    with served(tmp_path) as server, open_clients(server, 8) as waiting, ThreadPoolExecutor(1) as pool:
        for client in waiting:
            client.request("GET", "/healthz")
        code = pool.submit(server.stop)
        assert [status_of(client) for client in waiting] == [200] * 8
        assert code.result() == 0


def test_new_connections_are_refused_while_open_ones_are_finished(tmp_path: Path) -> None:
    with served(tmp_path) as server, open_clients(server, 1) as [client], ThreadPoolExecutor(1) as pool:
        client.request("GET", "/healthz")
        assert status_of(client) == 200
        code = pool.submit(server.stop)
        time.sleep(0.6)  # the accept queue is drained; open connections are still served
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", server.port), timeout=5)
        client.request("GET", "/healthz")
        assert status_of(client) == 200
        assert client.sock is None  # the server announced that this was the last response
        assert code.result() == 0
