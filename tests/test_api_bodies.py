"""POST /api/v1/read: the picture as the body itself or as base64 in JSON, several files, and bodies that break off."""

from __future__ import annotations

import base64
import json
import socket
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from test_api_read import is_problem
from web_client import Answer, Client, Served, served
from web_pictures import digits, document, photo

READ = "/api/v1/read"


def send_body(server: Served, content: bytes, content_type: str, query: str = "") -> Answer:
    return server.client.ask("POST", READ + query, content, {"Content-Type": content_type})


def send_json(server: Served, **fields: Any) -> Answer:
    return send_body(server, json.dumps(fields).encode(), "application/json")


def encoded(content: bytes) -> str:
    return base64.b64encode(content).decode()


@pytest.mark.parametrize("content_type", ["image/png", "image/x-unheard-of", "application/octet-stream"])
def test_the_body_may_be_the_picture_itself(server: Served, content_type: str) -> None:
    assert send_body(server, digits("472"), content_type).json["pages"][0]["text"] == "472"


def test_the_body_may_be_a_document_or_a_large_photo(server: Served) -> None:
    pages = send_body(server, document("472", "7"), "application/pdf").json["pages"]
    assert [page["text"] for page in pages] == ["472", "7"]
    assert send_body(server, photo("472"), "image/jpeg").json["pages"][0]["width"] == 4000


def test_options_and_the_name_stand_in_the_query(server: Served) -> None:
    query = f"?pattern={quote('[89][0-9]{2}')}&name=slip.png"
    page = send_body(server, digits("472"), "image/png", query).json["pages"][0]
    assert (page["file"], page["numbers"][0]["fits"]) == ("slip.png", False)
    assert "'single'" in is_problem(send_body(server, digits("7"), "image/png", "?single=x"), 422, "invalid")
    is_problem(send_body(server, digits("7"), "image/png", "?check=lune"), 422, "bad-knowledge")


def test_options_in_the_query_count_for_a_form_without_them(server: Served) -> None:
    sent = {"file": ("a.png", digits("472"))}
    first = server.client.send(f"{READ}?among=471", sent).json["pages"][0]["numbers"][0]
    second = server.client.send(f"{READ}?among=471", {**sent, "among": "472"}).json["pages"][0]["numbers"][0]
    assert (first["fits"], second["fits"]) == (False, True)


def test_json_holds_the_picture_in_base64_beside_the_options(server: Served) -> None:
    page = send_json(server, file=encoded(digits("4")), single=True, name="four.png").json["pages"][0]
    assert (page["text"], page["file"], len(page["numbers"][0]["digits"])) == ("4", "four.png", 1)
    wrapped = base64.encodebytes(digits("472")).decode()
    assert send_json(server, file=wrapped, among="472").json["pages"][0]["numbers"][0]["fits"]
    assert send_json(server, file=f"data:image/png;base64,{wrapped}", among=None).status == 200


@pytest.mark.parametrize(
    ("body", "status", "kind"),
    [
        (b"", 422, "invalid"), (b"[]", 422, "invalid"), (b"{", 422, "invalid"), (b"[" * 100_000, 422, "invalid"),
        (b"{}", 400, "no-file"), (b'{"file": 5}', 400, "no-file"), (b'{"file": ""}', 400, "no-file"),
        (b'{"file": "!!!!"}', 422, "invalid"), (b'{"file": "abc"}', 422, "invalid"),
        (b'{"file": "\xc3\xa4"}', 422, "invalid"), (b'{"file": "aGVsbG8="}', 415, "not-a-picture"),
        (b'{"file": "aGVsbG8=", "single": [1]}', 422, "invalid"),
    ],
)  # fmt: skip
def test_json_that_holds_no_picture_is_refused(server: Served, body: bytes, status: int, kind: str) -> None:
    is_problem(send_body(server, body, "application/json"), status, kind)


def test_an_empty_body_is_no_picture(server: Served) -> None:
    is_problem(send_body(server, b"", "image/png"), 400, "no-file")
    is_problem(send_body(server, b"hello", "image/png"), 415, "not-a-picture")


def test_the_limit_of_bytes_holds_for_every_form(tmp_path: Path) -> None:
    with served(tmp_path, NUMINK_MAX_BYTES="900000") as small:
        picture = digits("7") + bytes(850_000 - len(digits("7")))  # just within, and larger than that in base64
        assert send_body(small, picture, "image/png").status == 200
        assert send_json(small, file=encoded(picture)).status == 200
        for content in (bytes(1_000_000), bytes(1_450_000)):
            is_problem(send_body(small, content, "image/png"), 413, "too-large")
            is_problem(send_json(small, file=encoded(content)), 413, "too-large")


def test_other_json_bodies_have_a_limit_of_their_own(server: Served) -> None:
    reading = server.client.read(digits("7")).json["id"]
    body = json.dumps({"corrections": [{"number": 0, "text": "1"}], "more": "x" * 1_100_000}).encode()
    address = f"/api/v1/readings/{reading}/corrections"
    is_problem(server.client.ask("POST", address, body, {"Content-Type": "application/json"}), 413, "too-large")


def test_two_files_in_one_request_are_422_that_says_so(server: Served) -> None:
    files = [("a.png", digits("7")), ("b.png", digits("4"))]
    before = server.client.get("/api/v1/readings").json["readings"][:1]
    assert "2 files" in is_problem(server.client.send_files(READ, files, {}), 422, "several-files")
    browser = Client(server.port, browser=True)
    token = {"csrf_token": browser.token()}
    for page in ("/", "/glance"):
        answer = browser.send_files(page, files, token)
        assert answer.status == 422
        assert "2 files" in answer.text
    assert server.client.get("/api/v1/readings").json["readings"][:1] == before
    assert server.client.send_files("/api/v1/batches", files, {}).status == 202


@pytest.mark.parametrize("path", [READ, "/", "/api/v1/batches", "/api/v1/readings/x/corrections"])
@pytest.mark.parametrize("chunk", [b"zz\r\nhello\r\n", b"-5\r\nhello\r\n", b"5\r\nhelloXX", b"5;\x00\r\nhello\r\n"])
@pytest.mark.parametrize("kind", ["image/png", "multipart/form-data; boundary=x", "application/json"])
def test_a_bad_chunk_is_400_without_a_trace(server: Served, path: str, chunk: bytes, kind: str) -> None:
    logged = server.errors.stat().st_size
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\nContent-Type: {kind}\r\n\r\n"
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as connection:
        connection.sendall(head.encode() + chunk)
        connection.shutdown(socket.SHUT_WR)
        received = connection.makefile("rb").readline()
    assert not received or received.split()[1] in (b"400", b"404", b"415", b"422"), received
    assert "Traceback" not in server.errors.read_text()[logged:]
