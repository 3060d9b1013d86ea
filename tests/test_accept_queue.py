"""The accept queue has an end: no client is reset when the listening socket is closed."""

from __future__ import annotations

import socket
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator

import pytest

from numink.web.serving.accept_queue import BACKLOG, AcceptQueue
from numink.web.serving.connections import Listener

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells the length of the queue")


@pytest.fixture
def listening() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0), backlog=BACKLOG) as server:
        yield server


def connect(listening: socket.socket) -> socket.socket:
    return socket.create_connection(listening.getsockname(), timeout=0.3)


def test_an_empty_queue_is_drained_at_once_and_takes_no_client(listening: socket.socket) -> None:
    queue = AcceptQueue(listening)
    assert not queue.is_drained()
    queue.end()
    assert queue.is_drained()
    with pytest.raises(TimeoutError):
        connect(listening)


def test_clients_in_the_queue_are_accepted_before_it_is_drained(listening: socket.socket) -> None:
    queue = AcceptQueue(listening)
    clients = [connect(listening) for _ in range(3)]
    queue.end()
    with pytest.raises(TimeoutError):
        connect(listening)
    for client in clients:
        queue.mark_end()
        assert not queue.is_drained()
        accepted, address = listening.accept()
        assert address == client.getsockname()
        accepted.close()
        client.close()
    assert queue.is_drained()


def test_a_marker_that_was_accepted_is_replaced(listening: socket.socket) -> None:
    queue = AcceptQueue(listening)
    queue.end()
    listening.accept()[0].close()
    assert not queue.is_drained()
    queue.end()
    assert queue.is_drained()


def test_no_client_of_a_crowd_is_reset(listening: socket.socket) -> None:
    outcomes: Counter[str] = Counter()
    address = listening.getsockname()

    def ask_again_and_again() -> None:
        while True:
            try:
                client = socket.create_connection(address, timeout=20)
            except ConnectionRefusedError:
                return
            try:
                client.sendall(b"?")
                outcomes["answered" if client.recv(1) == b"!" else "lost"] += 1
            except OSError:
                outcomes["lost"] += 1
            finally:
                client.close()

    crowd = [threading.Thread(target=ask_again_and_again) for _ in range(8)]
    for thread in crowd:
        thread.start()
    queue, begin = AcceptQueue(listening), time.monotonic()
    while True:
        if time.monotonic() - begin > 0.5:
            queue.end()
        if queue.is_drained():
            break
        client, _ = listening.accept()
        if client.recv(1) == b"?":
            client.sendall(b"!")
        client.close()
    listening.close()
    for thread in crowd:
        thread.join(timeout=30)
    assert outcomes["answered"] > 8
    assert outcomes["lost"] == 0


def test_a_listener_that_is_closed_while_it_accepts_has_no_client(monkeypatch: pytest.MonkeyPatch) -> None:
    """A signal's handler closes it at any moment, on the thread that accepts."""
    listener = Listener(socket.create_server(("127.0.0.1", 0)), 1.0, 0)
    monkeypatch.setattr(listener.queue, "mark_end", listener.close)
    with pytest.raises(BlockingIOError):
        listener.accept()
    assert listener.getsockname()[0] == "127.0.0.1"
