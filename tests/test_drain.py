"""The end of the server under load: no request that was accepted is lost, whoever sends it and however."""

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


class Crowd:
    """Clients that send picture after picture until the server takes no connection any more."""

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


def answer_of(client: http.client.HTTPConnection) -> int:
    with client.getresponse() as response:
        response.read()
        return response.status


@contextmanager
def clients(server: Served, count: int) -> Iterator[list[http.client.HTTPConnection]]:
    made = [http.client.HTTPConnection("127.0.0.1", server.port, timeout=30) for _ in range(count)]
    yield made
    for client in made:
        client.close()


def end_under(crowd: Crowd, server: Served, least: int) -> None:
    until(lambda: crowd.answered[200] >= least, seconds=60)
    assert server.stop() == 0
    crowd.join()


@pytest.mark.parametrize("workers", ["1", "2"])
@pytest.mark.parametrize("keep", [True, False], ids=["kept connections", "a connection each"])
def test_no_accepted_picture_is_lost_when_the_server_is_told_to_end(tmp_path: Path, keep: bool, workers: str) -> None:
    with served(tmp_path, NUMINK_WORKERS=workers) as server:
        crowd = Crowd(server.port, keep=keep)
        end_under(crowd, server, least=24)
    assert crowd.lost == []
    assert set(crowd.answered) == {200}
    with served(tmp_path) as again:
        assert again.client.get("/api/v1/readings").json["readings"]


def test_many_quick_requests_lose_none_either(tmp_path: Path) -> None:
    with served(tmp_path) as server:
        crowd = Crowd(server.port, keep=False, path="/healthz")
        end_under(crowd, server, least=300)
    assert crowd.lost == []
    assert set(crowd.answered) == {200}


def test_whoever_waits_in_the_line_is_answered(tmp_path: Path) -> None:
    """The request comes over connections that the kernel has taken and the server has not."""
    with served(tmp_path) as server, clients(server, 8) as waiting, ThreadPoolExecutor(1) as pool:
        for client in waiting:
            client.request("GET", "/healthz")
        code = pool.submit(server.stop)
        assert [answer_of(client) for client in waiting] == [200] * 8
        assert code.result() == 0


def test_a_newcomer_is_refused_at_once_while_the_rest_is_finished(tmp_path: Path) -> None:
    with served(tmp_path) as server, clients(server, 1) as [kept], ThreadPoolExecutor(1) as pool:
        kept.request("GET", "/healthz")
        assert answer_of(kept) == 200
        code = pool.submit(server.stop)
        time.sleep(0.6)  # the line has been taken; kept connections are still listened to
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", server.port), timeout=5)
        kept.request("GET", "/healthz")
        assert answer_of(kept) == 200
        assert kept.sock is None  # the server said that this was the last
        assert code.result() == 0
