"""MNIST from mirrors: resumed, broken off, damaged and refused downloads, from a web server on this machine."""

from __future__ import annotations

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from mnist_files import RecordingWatcher, gz
from numink.datasets.fetch import Sources, fetch
from numink.datasets.http_download import MirrorError, download
from numink.datasets.mnist import FILES
from numink.errors import DataError

TRAIN_LABELS, TEST_LABELS = FILES[1], FILES[3]


class Mirror:
    """A web server on this machine that can break off, ignore ranges, or send wrong content."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.cuts: list[int] = []
        """Bytes after which the next answers break off, one number for each answer."""
        self.ranges = True
        self.requests: list[tuple[str, str | None]] = []
        mirror = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                mirror.answer(self)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/"

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        name, byte_range = request.path.lstrip("/"), request.headers.get("Range")
        self.requests.append((name, byte_range))
        if name not in self.files:
            request.send_error(404)
            return
        content, start = self.files[name], 0
        if byte_range and self.ranges:
            start = int(byte_range.removeprefix("bytes=").removesuffix("-"))
            if start >= len(content):
                request.send_error(416)
                return
        request.send_response(206 if start else 200)
        request.send_header("Content-Length", str(len(content) - start))
        request.end_headers()
        stop = start + self.cuts.pop(0) if self.cuts else len(content)
        request.wfile.write(content[start:stop])


@pytest.fixture
def mirror() -> Iterator[Mirror]:
    mirror = Mirror()
    thread = Thread(target=mirror.server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield mirror
    mirror.server.shutdown()
    thread.join()
    mirror.server.server_close()


def test_a_missing_file_comes_from_a_mirror(mnist_folder: Path, nearly: Path, mirror: Mirror) -> None:
    mirror.files[TEST_LABELS.name + ".gz"] = gz(mnist_folder, TEST_LABELS.name)
    watcher = RecordingWatcher()

    fetch(nearly, Sources(mirrors=(mirror.url,), npm=None), watcher)

    assert mirror.requests == [(TEST_LABELS.name + ".gz", None)]
    assert (nearly / TEST_LABELS.name).read_bytes() == (mnist_folder / TEST_LABELS.name).read_bytes()
    assert watcher.bytes[-1][1] == watcher.bytes[-1][2] == len(mirror.files[TEST_LABELS.name + ".gz"])
    assert not list(nearly.glob("*.partial"))


def test_an_interrupted_download_is_resumed(mnist_folder: Path, nearly: Path, mirror: Mirror) -> None:
    packed = mirror.files[TEST_LABELS.name + ".gz"] = gz(mnist_folder, TEST_LABELS.name)
    (nearly / f"{TEST_LABELS.name}.gz.partial").write_bytes(packed[:1000])

    fetch(nearly, Sources(mirrors=(mirror.url,), npm=None), RecordingWatcher())

    assert mirror.requests == [(TEST_LABELS.name + ".gz", "bytes=1000-")]
    assert (nearly / TEST_LABELS.name).read_bytes() == (mnist_folder / TEST_LABELS.name).read_bytes()


def test_a_damaged_partial_download_is_repeated_from_the_beginning(
    mnist_folder: Path, nearly: Path, mirror: Mirror
) -> None:
    mirror.files[TEST_LABELS.name + ".gz"] = gz(mnist_folder, TEST_LABELS.name)
    (nearly / f"{TEST_LABELS.name}.gz.partial").write_bytes(b"<html>captive portal</html>")

    fetch(nearly, Sources(mirrors=(mirror.url,), npm=None), RecordingWatcher())

    assert [byte_range for _, byte_range in mirror.requests] == ["bytes=27-", None]
    assert (nearly / TEST_LABELS.name).read_bytes() == (mnist_folder / TEST_LABELS.name).read_bytes()


def test_a_complete_partial_file_is_not_downloaded_again(mnist_folder: Path, nearly: Path, mirror: Mirror) -> None:
    packed = mirror.files[TEST_LABELS.name + ".gz"] = gz(mnist_folder, TEST_LABELS.name)
    (nearly / f"{TEST_LABELS.name}.gz.partial").write_bytes(packed)

    fetch(nearly, Sources(mirrors=(mirror.url,), npm=None), RecordingWatcher())

    assert (nearly / TEST_LABELS.name).read_bytes() == (mnist_folder / TEST_LABELS.name).read_bytes()


def test_after_a_mirror_with_wrong_content_the_next_mirror_is_used(
    mnist_folder: Path, nearly: Path, mirror: Mirror
) -> None:
    mirror.files["wrong/" + TEST_LABELS.name + ".gz"] = gz(mnist_folder, TRAIN_LABELS.name)
    mirror.files["right/" + TEST_LABELS.name + ".gz"] = gz(mnist_folder, TEST_LABELS.name)
    watcher = RecordingWatcher()

    fetch(nearly, Sources(mirrors=(mirror.url + "wrong", mirror.url + "right"), npm=None), watcher)

    assert (nearly / TEST_LABELS.name).read_bytes() == (mnist_folder / TEST_LABELS.name).read_bytes()
    assert "more than the file can have" in watcher.text or "is damaged" in watcher.text


def test_mirrors_that_refuse_or_do_not_answer_are_reported_and_skipped(
    mnist_folder: Path, tmp_path: Path, mirror: Mirror
) -> None:
    watcher = RecordingWatcher()

    with pytest.raises(DataError, match="no source gave them"):
        fetch(tmp_path, Sources(mirrors=("http://127.0.0.1:9/", mirror.url), npm=None), watcher)

    assert watcher.text.count("does not answer") == 1, "no second request to a mirror that does not answer"
    assert watcher.text.count("404 Not Found") == 4


def test_a_download_that_breaks_off_is_resumed_until_it_is_complete(tmp_path: Path, mirror: Mirror) -> None:
    mirror.files["f"] = bytes(range(256)) * 4000
    mirror.cuts = [300_000, 400_000]

    download(mirror.url + "f", tmp_path / "f", 2_000_000, lambda *_: None)

    assert (tmp_path / "f").read_bytes() == mirror.files["f"]
    assert [byte_range for _, byte_range in mirror.requests] == [None, "bytes=300000-", "bytes=700000-"]


def test_without_range_support_a_download_starts_from_the_beginning(tmp_path: Path, mirror: Mirror) -> None:
    mirror.files["f"], mirror.ranges = b"0123456789" * 100, False
    (tmp_path / "f").write_bytes(b"01234")

    download(mirror.url + "f", tmp_path / "f", 2000, lambda *_: None)

    assert (tmp_path / "f").read_bytes() == mirror.files["f"]


def test_a_mirror_without_progress_is_given_up_and_the_partial_file_kept(tmp_path: Path, mirror: Mirror) -> None:
    mirror.files["f"] = b"x" * 1000
    mirror.cuts = [600, 0, 0, 0, 0]

    with pytest.raises(MirrorError, match="broke off"):
        download(mirror.url + "f", tmp_path / "f", 2000, lambda *_: None)

    assert (tmp_path / "f").stat().st_size == 600
    assert len(mirror.requests) == 2


def test_the_size_of_a_download_is_limited(tmp_path: Path, mirror: Mirror) -> None:
    mirror.files["f"] = b"x" * 1_000_000

    with pytest.raises(MirrorError, match="more than the file can have"):
        download(mirror.url + "f", tmp_path / "f", 100_000, lambda *_: None)

    assert (tmp_path / "f").stat().st_size == 0


def test_without_pooch_the_mirrors_are_skipped_and_the_message_says_how_to_install_it(
    nearly: Path, mirror: Mirror, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("numink.datasets.fetch.find_spec", lambda _: None)
    watcher = RecordingWatcher()

    with pytest.raises(DataError, match=r"pip install 'numink\[train\]'"):
        fetch(nearly, Sources(mirrors=(mirror.url,), npm=None), watcher)

    assert "need pooch: pip install 'numink[train]'" in watcher.text
    assert mirror.requests == []
