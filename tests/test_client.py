"""The Python client against a numink server, another server, and none."""

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


def test_the_client_reads_the_same_page_as_the_reader(client: Client, tmp_path: Path) -> None:
    path = tmp_path / 'a "page".png'
    path.write_bytes(digits("472"))
    page = client.read(path)

    assert page.text == "472"
    assert page.numbers == Page.from_dict(Reader().read(path).to_dict()).numbers  # rounded as in JSON
    assert page.file == path.name
    with pytest.raises(RemoteError, match="more than one digit"):
        client.read(path.read_bytes(), single=True)


def test_constraints_are_sent(client: Client) -> None:
    (number,) = client.read(digits("472"), pattern=r"\d{4}").numbers
    assert number.satisfied is False
    (number,) = client.read(digits("472"), among=["471", "472"]).numbers
    assert (number.text, number.satisfied) == ("472", True)


def test_many_files_are_read_as_a_batch(client: Client, tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(digits("472"))
    (tmp_path / "b.zip").write_bytes(zipped({"c.png": digits("7"), "d.txt": b"x"}))
    results = client.read_batch([tmp_path / "a.png", tmp_path / "b.zip"], pattern=r"\d{3}")
    texts = {name: [page.text for page in pages] for name, pages in results if not isinstance(pages, RemoteError)}
    assert texts == {"a.png": ["472"], "c.png": ["7"]}
    (error,) = [result for _, result in results if isinstance(result, RemoteError)]
    assert "not a picture" in str(error)


def test_batches_are_listed_newest_first_page_by_page(client: Client, tmp_path: Path) -> None:
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


def test_a_refusal_of_the_server_is_an_error_with_its_message(client: Client) -> None:
    with pytest.raises(RemoteError, match="not a picture") as refused:
        client.read(b"hello")

    assert (refused.value.kind, refused.value.status) == ("not-a-picture", 415)
    with pytest.raises(NoSuchFile, match="check the name"):
        client.read("nowhere.png")


def test_a_busy_server_is_asked_again_after_the_time_it_asks_for(tmp_path: Path) -> None:
    with served(tmp_path, NUMINK_RATE_LIMIT="2 per 2 seconds") as busy:
        client = Client(f"http://127.0.0.1:{busy.port}")
        assert [client.read(digits("7", 40)).text for _ in range(5)] == ["7"] * 5


@pytest.mark.parametrize("url", ["", "numink", "ftp://host", "file:///etc/passwd", "http://"])
def test_an_invalid_address_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="is not the address of a server"):
        Client(url)


class OtherServer(BaseHTTPRequestHandler):
    """A server that is not numink: answers HTML, 404, half a body, a redirect, or asks for an hour's pause."""

    authorizations: list[str | None] = []  # noqa: RUF012 - shared by all requests on purpose

    def do_GET(self) -> None:
        self.authorizations.append(self.headers["Authorization"])
        answers = {"gone": 404, "away": 307, "busy": 429}
        self.send_response(answers.get(self.path.partition("before=")[2], 200))
        self.send_header("Location", f"http://localhost:{self.server.server_address[1]}/elsewhere")
        self.send_header("Retry-After", "3600")
        self.send_header("Content-Length", "100" if "before=half" in self.path else "4")
        self.end_headers()
        self.wfile.write(b"<p/>")

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def other_server() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), OtherServer)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("before", ["gone", "half", "x"])
def test_another_kind_of_server_is_a_remote_error(other_server: str, before: str) -> None:
    with pytest.raises(RemoteError, match=r"gave no valid answer|is it a numink server"):
        Client(other_server, key="secret").readings(before=before)

    assert OtherServer.authorizations[-1] == "Bearer secret"


def test_a_key_is_sent_to_its_server_only_and_no_other_password_in_its_place(
    other_server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login anna password secret\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    for key, sent in (("key", "Bearer key"), ("", None)):
        OtherServer.authorizations.clear()
        with pytest.raises(RemoteError, match="gave no valid answer"):
            Client(other_server, key).readings(before="away")
        assert OtherServer.authorizations == [sent, None]


def test_a_server_that_asks_for_a_longer_pause_than_we_wait_is_asked_once(other_server: str) -> None:
    OtherServer.authorizations.clear()
    with pytest.raises(RemoteError) as refused:
        Client(other_server).readings(before="busy")

    assert refused.value.status == 429
    assert len(OtherServer.authorizations) == 1


def test_no_server_at_all_is_a_remote_error() -> None:
    with pytest.raises(RemoteError, match="check the address and the server") as refused:
        Client("http://127.0.0.1:9", timeout=2).readings()

    assert refused.value.status == 0


def test_options_are_sent(client: Client) -> None:
    page = client.read(digits("472"), decimal="comma", dates="day-first", digits=True, characters="")
    assert page.text == "472"
    with pytest.raises(RemoteError, match="decimal"):
        client.read(digits("472"), decimal="colon")  # type: ignore[arg-type]


def test_an_unknown_option_is_refused_before_anything_is_sent(client: Client) -> None:
    with pytest.raises(TypeError, match="no option patern"):
        client.read(digits("472"), patern="x")  # type: ignore[call-arg]
