"""Clients that send slowly, too much, or malformed requests, over real sockets; other clients are still served."""

from __future__ import annotations

import contextlib
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from web_client import Client, Served, multipart, served, until
from web_pictures import digits

REQUEST_TIMEOUT = 2
CONNECTIONS = 16
"""Connections that an address may hold."""
THREADS = 1 + 0 + CONNECTIONS + 8
"""Number of gunicorn's threads: one for a running request, none for queued ones, for slow ones, and spare ones."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server with few threads."""
    settings = {
        "NUMINK_THREADS": "1", "NUMINK_QUEUE": "0", "NUMINK_PATIENCE": str(REQUEST_TIMEOUT),
        "NUMINK_CONNECTIONS": str(CONNECTIONS),
    }  # fmt: skip
    with served(tmp_path_factory.mktemp("small"), **settings) as running:
        yield running


def connected(server: Served) -> socket.socket:
    return socket.create_connection(("127.0.0.1", server.port), timeout=30)


def exchange(server: Served, content: bytes) -> bytes:
    """Send bytes and return the whole response."""
    with connected(server) as connection:
        connection.sendall(content)
        received = b""
        with contextlib.suppress(ConnectionError):
            while part := connection.recv(65536):
                received += part
    return received


def is_closed(connection: socket.socket) -> bool:
    """Return True if the server closed the connection."""
    connection.setblocking(False)
    try:
        return not connection.recv(4096)
    except BlockingIOError:
        return False
    except ConnectionError:
        return True


@pytest.mark.parametrize(
    "first_bytes",
    [
        b"",
        b"G",
        b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ",
        b"POST /api/v1/read HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 9000\r\n"
        b"Content-Type: multipart/form-data; boundary=x\r\n\r\n--x\r\n",
    ],
    ids=["nothing", "a letter", "half a header", "half a body"],
)
def test_slow_clients_do_not_block_other_clients(server: Served, first_bytes: bytes) -> None:
    """There are three times as many clients as threads, and each sends a byte now and then (slow-loris attack)."""
    seconds = []
    connections = [connected(server) for _ in range(3 * THREADS)]
    try:
        for connection in connections:
            connection.sendall(first_bytes)
        deadline = time.monotonic() + REQUEST_TIMEOUT
        while time.monotonic() < deadline:
            for connection in connections if first_bytes else ():
                with contextlib.suppress(OSError):
                    connection.send(b"a")
            started = time.monotonic()
            assert Client(server.port).get("/healthz").status == 200
            seconds.append(time.monotonic() - started)
            time.sleep(0.3)
        assert sorted(seconds)[len(seconds) // 2] < 1
        if first_bytes:
            until(lambda: all(map(is_closed, connections)), 40)
    finally:
        for connection in connections:
            connection.close()
    assert server.client.read(digits("7", 60)).status == 200


def test_clients_that_do_not_hang_up_do_not_block_other_clients(server: Served) -> None:
    """They leave the response unread and their connection open."""
    connections = [connected(server) for _ in range(2 * THREADS)]
    for connection in connections:
        connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
    started = time.monotonic()
    assert Client(server.port).get("/healthz").status == 200
    assert time.monotonic() - started < 1
    for connection in connections:
        connection.close()


def test_a_slow_connection_that_makes_progress_is_served(server: Served) -> None:
    body, kind = multipart({"file": ("a.png", digits("7", 300)), "note": "x" * 4000})
    head = f"POST /api/v1/read HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {len(body)}\r\nContent-Type: {kind}\r\nConnection: close\r\n\r\n"  # noqa: E501
    with connected(server) as connection:
        connection.sendall(head.encode())
        for offset in range(0, len(body), len(body) // 6 + 1):
            time.sleep(REQUEST_TIMEOUT / 5)
            connection.sendall(body[offset : offset + len(body) // 6 + 1])
        assert b" 200 OK" in connection.recv(4096)


@pytest.mark.parametrize(
    "content",
    [
        b"GET / HTTP/1.1\r\nHost: x\r\nX-Large: " + b"a" * 100_000 + b"\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\n" + b"".join(b"X-%d: a\r\n" % offset for offset in range(5000)) + b"\r\n",
        b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nBad Name: a\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nA: b\x00c\r\n\r\n",
        b"POST /api/v1/read HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n",
        b"POST /api/v1/read HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
        b"POST /api/v1/read HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"POST /api/v1/read HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(200),
        b"\x00" * 5000,
    ],
    ids=[
        "large header", "many headers", "long address", "bad name", "nul", "negative length", "two lengths",
        "length and chunks", "unknown encoding", "tls", "zeros",
    ],
)  # fmt: skip
def test_a_malformed_request_is_refused_without_affecting_others(server: Served, content: bytes) -> None:
    answer = exchange(server, content)
    assert not answer or answer.split()[1].startswith((b"4", b"501"))
    assert b"Traceback" not in answer
    assert server.client.get("/healthz").status == 200


def chunks(content: bytes, size: int = 60_000) -> Iterator[bytes]:
    for offset in range(0, len(content), size):
        part = content[offset : offset + size]
        yield f"{len(part):x}\r\n".encode() + part + b"\r\n"
    yield b"0\r\n\r\n"


def send_in_chunks(server: Served, picture: bytes) -> bytes:
    body, kind = multipart({"file": ("a.png", picture)})
    head = f"POST /api/v1/read HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\nContent-Type: {kind}\r\nConnection: close\r\n\r\n"  # noqa: E501
    with connected(server) as connection:
        received = b""
        with contextlib.suppress(ConnectionError):  # the server hangs up on a request that is too large
            connection.sendall(head.encode())
            for part in chunks(body):
                connection.sendall(part)
        with contextlib.suppress(ConnectionError):
            while part := connection.recv(65536):
                received += part
    return received


def test_a_chunked_request_is_read(server: Served) -> None:
    assert b'"text":"7"' in send_in_chunks(server, digits("7", 60)).replace(b" ", b"")


def test_a_chunked_request_has_the_same_limit_and_is_not_held_in_memory(server: Served) -> None:
    server.client.read(digits("7", 60))
    before = server.memory()
    answer = send_in_chunks(server, bytes(60_000_000))
    assert not answer or b" 413 " in answer.partition(b"\r\n")[0]
    assert server.memory() - before < 50_000_000
    assert server.client.read(digits("7", 60)).status == 200


def test_a_forged_cookie_is_ignored(server: Served) -> None:
    """Session fixation: a browser with an invented or unsigned session gets a new one."""
    for cookie in ("numink=made-up", "numink=eyJhIjoxfQ.aaaa.bbbb", "numink=" + "a" * 3000):
        browser = Client(server.port, browser=True)
        browser.cookie = cookie
        token = browser.token()
        assert browser.cookie.partition(";")[0] != cookie
        assert browser.send("/", {"csrf_token": token, "file": ("a.png", digits("7", 60))}).status == 303


def test_no_byte_of_a_picture_is_on_disk_if_pictures_are_not_kept(tmp_path: Path) -> None:
    from PIL import Image

    exif = Image.Exif()
    exif[0x010E] = "a secret place"
    photo = tmp_path / "photo.jpg"
    Image.new("RGB", (300, 200), "white").save(photo, exif=exif)
    content = photo.read_bytes()
    photo.unlink()
    with served(tmp_path, NUMINK_KEEP_PICTURES="no") as private:
        reading = private.client.read(content, "photo.jpg").json["id"]
        for path in (f"/api/v1/readings/{reading}/picture", f"/api/v1/readings/{reading}/thumbnail",
                     f"/api/v1/readings/{reading}/explanation?number=0&digit=0"):  # fmt: skip
            assert private.client.get(path).status == 404
        for path in (f"/readings/{reading}", "/history", "/review", "/use"):
            assert private.client.get(path).status == 200
        for file in tmp_path.iterdir():
            stored = file.read_bytes()
            assert b"a secret place" not in stored
            assert b"\xff\xd8\xff" not in stored
            assert b"\x89PNG" not in stored
