"""Sockets with bounds for clients: slow senders, slow readers, many connections; and health beside all of them."""

from __future__ import annotations

import ast
import contextlib
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median

import pytest

from numink.web.serving.connections import Connection, Listener
from test_safety_http import connected, is_closed
from web_client import Client, Served, until

Pair = Callable[[], tuple[socket.socket, Connection]]
REQUEST_TIMEOUT = 0.5
MOST = 3
SLOW = (
    b"",
    b"G",
    b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ",
    b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9000\r\n\r\n",
)
SERVING = Path(__file__).parents[1] / "src" / "numink" / "web" / "serving"


@pytest.fixture
def listener() -> Iterator[Listener]:
    with Listener(socket.create_server(("127.0.0.1", 0)), REQUEST_TIMEOUT, MOST) as listening:
        yield listening


@pytest.fixture
def pair(listener: Listener) -> Iterator[Pair]:
    """Function that opens a connection and returns both ends, the client's first."""
    with contextlib.ExitStack() as stack:

        def open_pair() -> tuple[socket.socket, Connection]:
            client = stack.enter_context(socket.create_connection(listener.getsockname(), timeout=10))
            return client, stack.enter_context(listener.accept()[0])

        yield open_pair


def test_a_request_that_does_not_arrive_in_time_is_at_an_end(pair: Pair) -> None:
    client, connection = pair()
    client.sendall(b"half")
    assert connection.recv(100) == b"half"
    started = time.monotonic()
    assert connection.recv(100) == b""
    assert REQUEST_TIMEOUT / 2 < time.monotonic() - started < REQUEST_TIMEOUT + 1
    assert connection.recv(100) == b""


def test_bytes_that_arrive_give_a_request_more_time(pair: Pair) -> None:
    client, connection = pair()
    client.sendall(bytes(2000))  # four seconds more
    assert len(connection.recv(4000)) == 2000
    time.sleep(REQUEST_TIMEOUT)
    client.sendall(b"more")
    assert connection.recv(100) == b"more"


def test_the_next_request_has_its_own_time(pair: Pair) -> None:
    client, connection = pair()
    client.sendall(b"first")
    connection.recv(100)
    connection.sendall(b"answer")
    time.sleep(REQUEST_TIMEOUT)
    client.sendall(b"second")
    assert connection.recv(100) == b"second"


def test_a_client_that_does_not_read_is_given_up(pair: Pair) -> None:
    _client, connection = pair()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
    with pytest.raises(TimeoutError):
        send_without_end(connection)


def send_without_end(connection: Connection) -> None:
    while True:
        connection.sendall(bytes(500))


def test_an_address_with_too_many_connections_loses_the_one_waited_for_longest(pair: Pair) -> None:
    (first, busy), (second, slow), _third = pairs = [pair() for _ in range(MOST)]
    first.sendall(b"request")
    assert busy.recv(100) == b"request"  # and the server works on it
    pairs.append(pair())
    assert slow.recv(100) == b""
    assert not is_closed(pairs[-1][0])
    busy.sendall(b"answer")
    assert first.recv(100) == b"answer"
    second.close()


def test_a_closed_connection_does_not_count(pair: Pair) -> None:
    pairs = [pair() for _ in range(MOST)]
    for _client, connection in pairs[1:]:
        connection.close()
    pairs[1:] = [pair() for _ in range(MOST - 1)]
    pairs[0][0].sendall(b"still here")
    assert pairs[0][1].recv(100) == b"still here"


def test_the_end_of_a_response_reaches_a_client_that_still_sends(listener: Listener, pair: Pair) -> None:
    client, connection = pair()
    client.sendall(bytes(50_000))
    connection.recv(10)
    connection.sendall(b"too large")
    connection.shutdown(socket.SHUT_WR)
    connection.close()
    client.sendall(bytes(50_000))
    assert client.recv(100) == b"too large"
    assert client.recv(100) == b""
    client.close()
    started = time.monotonic()
    listener.linger.wait()
    assert time.monotonic() - started < 1


def test_a_closed_listener_has_no_connection(listener: Listener) -> None:
    listener.close()
    with pytest.raises(BlockingIOError):
        listener.accept()


@pytest.mark.parametrize("first_bytes", SLOW, ids=["nothing", "a letter", "half a header", "half a body"])
def test_health_is_answered_within_a_second_beside_160_slow_connections(server: Served, first_bytes: bytes) -> None:
    connections = [connected(server) for _ in range(160)]
    seconds = []
    try:
        for _ in range(8):
            for connection in connections if first_bytes else ():
                with contextlib.suppress(OSError):
                    connection.send(first_bytes)
            first_bytes = first_bytes and b"a"
            started = time.monotonic()
            assert Client(server.port).get("/healthz").status == 200
            seconds.append(time.monotonic() - started)
            time.sleep(0.2)
        assert median(seconds) < 1
        until(lambda: sum(map(is_closed, connections)) >= 32, 5)  # an address holds 128
    finally:
        for connection in connections:
            connection.close()


def test_nothing_of_gunicorn_is_used_but_its_documented_interface() -> None:
    imports, names = set(), set()
    for path in SERVING.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and not node.level:
                imports |= {f"{node.module}.{alias.name}" for alias in node.names}
            elif isinstance(node, ast.Import):
                imports |= {alias.name for alias in node.names}
            elif isinstance(node, ast.Attribute):
                names.add(node.attr)
    assert {name for name in imports if name.startswith("gunicorn")} == {"gunicorn.app.base.BaseApplication"}
    assert "ctypes" not in imports
    assert names.isdisjoint({"SO_ATTACH_FILTER", "mallopt", "WORKERS", "LISTENERS"})
