"""Clients that send slowly, too much, or what is no HTTP, over real sockets; others are answered all the while."""

from __future__ import annotations

import contextlib
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from web_client import Client, Served, multipart, served, until
from web_pictures import digits

PATIENCE = 2
THREADS = 1 + 0 + 8
"""gunicorn's, with one at work, none in line and the spare ones."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A small server, easily filled."""
    settings = {"NUMINK_THREADS": "1", "NUMINK_QUEUE": "0", "NUMINK_PATIENCE": str(PATIENCE)}
    with served(tmp_path_factory.mktemp("small"), **settings) as running:
        yield running


def connected(server: Served) -> socket.socket:
    return socket.create_connection(("127.0.0.1", server.port), timeout=30)


def raw(server: Served, sent: bytes) -> bytes:
    """All that comes back to some bytes."""
    with connected(server) as line:
        line.sendall(sent)
        got = b""
        with contextlib.suppress(ConnectionError):
            while part := line.recv(65536):
                got += part
    return got


def is_closed(line: socket.socket) -> bool:
    """Whether the other end hung up."""
    line.setblocking(False)
    try:
        return not line.recv(4096)
    except BlockingIOError:
        return False
    except ConnectionError:
        return True


@pytest.mark.parametrize(
    "start",
    [
        b"",
        b"G",
        b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ",
        b"POST /api/v1/read HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 9000\r\n"
        b"Content-Type: multipart/form-data; boundary=x\r\n\r\n--x\r\n",
    ],
    ids=["nothing", "a letter", "half a head", "half a body"],
)
def test_slow_clients_do_not_keep_others_from_being_answered(server: Served, start: bytes) -> None:
    """Three times as many as there are threads, each of which sends a byte now and then (slow-loris)."""
    lines = [connected(server) for _ in range(3 * THREADS)]
    try:
        for line in lines:
            line.sendall(start)
        ended = time.monotonic() + PATIENCE
        while time.monotonic() < ended:
            for line in lines if start else ():
                with contextlib.suppress(OSError):
                    line.send(b"a")
            time.sleep(0.3)
        started = time.monotonic()
        assert Client(server.port).get("/healthz").status == 200
        assert time.monotonic() - started < 3 * PATIENCE + 4
        if start:
            until(lambda: all(map(is_closed, lines)), 40)
    finally:
        for line in lines:
            line.close()
    assert server.client.read(digits("7", 60)).status == 200


def test_clients_that_do_not_hang_up_keep_nobody_waiting(server: Served) -> None:
    """What they were answered they leave unread, and their connection open."""
    lines = [connected(server) for _ in range(2 * THREADS)]
    for line in lines:
        line.sendall(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
    started = time.monotonic()
    assert Client(server.port).get("/healthz").status == 200
    assert time.monotonic() - started < 6
    for line in lines:
        line.close()


def test_a_slow_connection_that_goes_on_is_waited_for(server: Served) -> None:
    body, kind = multipart({"file": ("a.png", digits("7", 300)), "note": "x" * 4000})
    head = f"POST /api/v1/read HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {len(body)}\r\nContent-Type: {kind}\r\nConnection: close\r\n\r\n"  # noqa: E501
    with connected(server) as line:
        line.sendall(head.encode())
        for at in range(0, len(body), len(body) // 6 + 1):
            time.sleep(PATIENCE / 5)
            line.sendall(body[at : at + len(body) // 6 + 1])
        assert b" 200 OK" in line.recv(4096)


@pytest.mark.parametrize(
    "sent",
    [
        b"GET / HTTP/1.1\r\nHost: x\r\nX-Large: " + b"a" * 100_000 + b"\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\n" + b"".join(b"X-%d: a\r\n" % at for at in range(5000)) + b"\r\n",
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
def test_what_is_no_sound_request_is_refused_and_harms_nobody(server: Served, sent: bytes) -> None:
    answer = raw(server, sent)
    assert not answer or answer.split()[1].startswith((b"4", b"501"))
    assert b"Traceback" not in answer
    assert server.client.get("/healthz").status == 200


def chunks(content: bytes, size: int = 60_000) -> Iterator[bytes]:
    for at in range(0, len(content), size):
        part = content[at : at + size]
        yield f"{len(part):x}\r\n".encode() + part + b"\r\n"
    yield b"0\r\n\r\n"


def send_in_chunks(server: Served, picture: bytes) -> bytes:
    body, kind = multipart({"file": ("a.png", picture)})
    head = f"POST /api/v1/read HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\nContent-Type: {kind}\r\nConnection: close\r\n\r\n"  # noqa: E501
    with connected(server) as line:
        got = b""
        with contextlib.suppress(ConnectionError):  # it hangs up on what is too much
            line.sendall(head.encode())
            for part in chunks(body):
                line.sendall(part)
        with contextlib.suppress(ConnectionError):
            while part := line.recv(65536):
                got += part
    return got


def test_chunks_without_a_length_are_read(server: Served) -> None:
    assert b'"text":"7"' in send_in_chunks(server, digits("7", 60)).replace(b" ", b"")


def test_chunks_without_a_length_have_the_same_limit_and_are_not_kept_in_memory(server: Served) -> None:
    server.client.read(digits("7", 60))
    before = server.memory()
    answer = send_in_chunks(server, bytes(60_000_000))
    assert not answer or b" 413 " in answer.partition(b"\r\n")[0]
    assert server.memory() - before < 50_000_000
    assert server.client.read(digits("7", 60)).status == 200


def test_a_cookie_that_was_not_made_here_is_nothing(server: Served) -> None:
    """Session fixation: a browser that comes with an invented session, or an unsigned one, gets one of its own."""
    for cookie in ("numink=made-up", "numink=eyJhIjoxfQ.aaaa.bbbb", "numink=" + "a" * 3000):
        fixed = Client(server.port, browser=True)
        fixed.cookie = cookie
        token = fixed.token()
        assert fixed.cookie.partition(";")[0] != cookie
        assert fixed.send("/", {"csrf_token": token, "file": ("a.png", digits("7", 60))}).status == 303


def test_where_pictures_are_not_kept_no_byte_of_one_is_on_the_disk(tmp_path: Path) -> None:
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
            kept = file.read_bytes()
            assert b"a secret place" not in kept
            assert b"\xff\xd8\xff" not in kept
            assert b"\x89PNG" not in kept
