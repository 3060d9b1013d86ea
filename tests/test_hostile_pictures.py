"""Files that take a decoder very much time or memory are answered within its limits, and honest ones beside them."""

from __future__ import annotations

import io
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from hostile_pictures import hostile_pictures
from numink.errors import InputError
from numink.imaging.documents import Pages, open_pages
from numink.imaging.limits import Limits
from web_client import Served, served
from web_pictures import digits

LIMITS = Limits(max_seconds=0.5, max_memory=60_000_000)
FILES = hostile_pictures(0.1)
"""Files a tenth as large as in an attack, for limits as much lower."""


def family(pid: int) -> Iterator[list[str]]:
    """The fields of /proc/PID/stat, after the name, of a process and its descendants."""
    stats = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            stats[int(path.parent.name)] = path.read_text().rpartition(")")[2].split()
        except OSError:  # it has ended
            continue
    members = [pid]
    for member in members:
        members += [child for child, stat in stats.items() if int(stat[1]) == member]
    return iter([stats[member] for member in members])


def processor_seconds(pid: int) -> float:
    """Processor time of a process, its children, and those of its children that have ended."""
    return sum(int(ticks) for stat in family(pid) for ticks in stat[11:15]) / os.sysconf("SC_CLK_TCK")


@pytest.mark.parametrize("name", FILES)
def test_a_hostile_picture_is_decoded_or_refused_within_its_limits(name: str) -> None:
    content = FILES[name]
    before = processor_seconds(os.getpid())
    try:
        page = next(Pages(io.BytesIO(content), LIMITS, colour_side=256))
        assert page.width * page.height <= 17_000_000
    except InputError as error:
        assert len(str(error)) > 20  # noqa: PT017
    assert processor_seconds(os.getpid()) - before < 3


@pytest.mark.parametrize("name", ["jpeg of scans", "png of chunks", "jpeg of comments", "gif of comments"])
def test_a_picture_of_too_many_parts_is_refused_before_it_is_decoded(name: str) -> None:
    with pytest.raises(InputError, match=r"more than \d+ parts"):
        open_pages(FILES[name])


def test_pages_of_14_400_points_are_rendered_at_a_bounded_size() -> None:
    (page,) = open_pages(FILES["pdf of 14,400 points"])
    assert 3_000 < page.width < 4_001


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("decoding"), NUMINK_RATE_LIMIT="off") as running:
        running.client.read(digits("7"))
        yield running


def test_several_at_once_cost_little_and_honest_pictures_are_read_beside_them(server: Served) -> None:
    names = [
        "jpeg of scans",
        "tiff of directories",
        "webp",
        "float tiff",
        "rgba png",
        "gif of comments",
        "avif",
        "bmp rle",
    ]
    statuses: dict[str, int] = {}
    peak, done = [0], threading.Event()

    def send(name: str) -> None:
        statuses[name] = server.client.read(FILES[name], name).status

    def watch() -> None:
        while not done.wait(0.05):
            peak[0] = max(peak[0], server.memory())

    before = processor_seconds(server.process.pid)
    threads = [threading.Thread(target=send, args=(name,)) for name in names]
    watcher = threading.Thread(target=watch)
    for thread in (watcher, *threads):
        thread.start()
    texts = [server.client.read(digits("74", 60)).json["pages"][0]["text"] for _ in range(5)]
    for thread in threads:
        thread.join()
    done.set()
    watcher.join()
    assert texts == ["74"] * 5
    assert set(statuses.values()) <= {200, 413, 415, 422}
    assert len(statuses) == len(names)
    assert processor_seconds(server.process.pid) - before < 3 * len(names)
    assert peak[0] < 700e6


def test_decoding_leaves_no_word_of_a_library_in_the_log_of_the_server(server: Served) -> None:
    server.client.read(FILES["tiff of tags"], "tags.tif")
    assert "TIFF" not in server.errors.read_text()
