"""The Python client against a real server, and against what is none."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from batch_material import zipped
from numink import Client, Page, Reader
from numink.client import RemoteError
from numink.errors import NoSuchFile
from web_client import Served, served
from web_pictures import digits


@pytest.fixture
def client(server: Served) -> Client:
    return Client(f"http://127.0.0.1:{server.port}/")


def test_it_reads_the_same_page_as_the_reader(client: Client, tmp_path: Path) -> None:
    path = tmp_path / 'a "page".png'
    path.write_bytes(digits("472"))
    page = client.read(path)

    assert page.text == "472"
    assert page.numbers == Page.from_dict(Reader().read(path).to_dict()).numbers  # as rounded as JSON is
    assert page.file == path.name
    assert client.read(path.read_bytes(), single=True).text in set("0123456789")


def test_what_is_known_is_told(client: Client) -> None:
    (number,) = client.read(digits("472"), pattern=r"\d{4}").numbers
    assert number.satisfied is False
    (number,) = client.read(digits("472"), among=["471", "472"]).numbers
    assert (number.text, number.satisfied) == ("472", True)


def test_many_files_are_read_as_a_batch(client: Client, tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(digits("472"))
    (tmp_path / "b.zip").write_bytes(zipped({"c.png": digits("7"), "d.txt": b"x"}))
    found = client.read_batch([tmp_path / "a.png", tmp_path / "b.zip"], pattern=r"\d{3}")
    texts = {name: [page.text for page in pages] for name, pages in found if not isinstance(pages, RemoteError)}
    assert texts == {"a.png": ["472"], "c.png": ["7"]}
    (failed,) = [one for _, one in found if isinstance(one, RemoteError)]
    assert "not a picture" in str(failed)


def test_batches_are_listed_newest_first_in_parts(client: Client, tmp_path: Path) -> None:
    for name in ("one.png", "two.png", "three.png"):
        (tmp_path / name).write_bytes(digits("7", 40))
        client.read_batch([tmp_path / name])
    newest, second = client.batches(limit=2)
    assert [newest["name"], second["name"]] == ["three.png", "two.png"]
    assert (newest["done"], newest["counts"]) == (True, {"read": 1})
    assert client.batches(before=second["id"])[0]["name"] == "one.png"
    with pytest.raises(RemoteError, match="no such batch"):
        client.batches(before="another:1")


def test_a_reading_is_listed_corrected_and_deleted(client: Client) -> None:
    client.read(digits("7"))
    newest, *_ = client.readings(limit=1)
    client.correct(newest["id"], 0, "1")
    client.correct(newest["id"], 0, "", digit=0)
    assert client.readings(limit=1, before=newest["id"])[:1] != [newest]
    client.delete(newest["id"])
    with pytest.raises(RemoteError, match="no such reading") as refused:
        client.delete(newest["id"])

    assert (refused.value.kind, refused.value.status) == ("not-stored", 404)


def test_what_the_server_refuses_is_an_error_with_its_sentence(client: Client) -> None:
    with pytest.raises(RemoteError, match="not a picture") as refused:
        client.read(b"hello")

    assert (refused.value.kind, refused.value.status) == ("not-a-picture", 415)
    with pytest.raises(NoSuchFile, match="check the name"):
        client.read("nowhere.png")


def test_it_waits_where_it_is_asked_to_and_tries_again(tmp_path: Path) -> None:
    with served(tmp_path, NUMINK_RATE_LIMIT="2 per 2 seconds") as busy:
        client = Client(f"http://127.0.0.1:{busy.port}")
        assert [client.read(digits("7", 40)).text for _ in range(5)] == ["7"] * 5


@pytest.mark.parametrize("url", ["", "numink", "ftp://host", "file:///etc/passwd", "http://"])
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="is no address of a server"):
        Client(url)


class Stranger(BaseHTTPRequestHandler):
    """Another server: says who asks, and answers with a page, with 404, or with half of what it promised."""

    proofs: list[str | None] = []  # noqa: RUF012 - one for all requests, on purpose

    def do_GET(self) -> None:
        self.proofs.append(self.headers["Authorization"])
        self.send_response(404 if "before=gone" in self.path else 200)
        self.send_header("Content-Length", "100" if "before=half" in self.path else "4")
        self.end_headers()
        self.wfile.write(b"<p/>")

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def stranger() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), Stranger)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("before", ["gone", "half", "x"])
def test_a_server_that_is_not_numinks_is_a_sentence(stranger: str, before: str) -> None:
    with pytest.raises(RemoteError, match=r"did not answer as numink does|is it numink's"):
        Client(stranger, key="secret").readings(before=before)

    assert Stranger.proofs[-1] == "Bearer secret"


def test_no_server_at_all_is_a_sentence() -> None:
    with pytest.raises(RemoteError, match="check address and server") as refused:
        Client("http://127.0.0.1:9", timeout=2).readings()

    assert refused.value.status == 0
