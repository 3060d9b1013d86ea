"""Fixtures that several test files use, the marks of slow tests, and the order of the files."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from playwright.sync_api import Browser, Page, sync_playwright

from axe import get_axe
from batch_material import finished, send_batch
from browser import DESKTOP, start_chromium
from couch_faulty import Faulty, Plan
from couch_servers import Couch, named, pouchdb
from durations import is_slow, seconds
from line_material import write_collections, writer_pool
from mnist_files import get_mnist
from numink.datasets.mnist import FILES, Mnist, load_mnist
from numink.factories import open_store
from numink.recognition.digit_model import Classifier
from numink.store.protocol import Store
from numink.training.synthesis.writer_pool import WriterPool
from shared_folder import shared_folder
from sheets import two_doubts, two_lines
from site_pages import pages_of
from watson_standin import Standin, standing_in
from web_client import Served, served
from web_pictures import digits, scribble

settings.register_profile("numink", deadline=None)  # a busy machine is no reason to fail
settings.load_profile("numink")
BROWSER = {"chromium"}
SERVER = {"server", "pouch", "faulty", "watson_services", "mnist_folder"}
"""Fixtures whose tests are marked `browser` or `server`; both are slow."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--pictures", default="test-results/pages", help="folder for the pictures of all pages")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave out slow files before they import torch and more, where no slow test is to run."""
    return True if config.option.markexpr == "not slow" and is_slow(collection_path.name) else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark slow tests, and begin with the slowest files: the last one to run must not be long."""
    for item in items:
        fixtures = set(getattr(item, "fixturenames", ()))
        parameters = item.callspec.params if isinstance(item, pytest.Function) and hasattr(item, "callspec") else {}
        browser = bool(fixtures & BROWSER)
        server = bool(fixtures & SERVER) or parameters.get("store", "sqlite") != "sqlite"
        slow = browser or server or is_slow(item.path.name)
        for mark, applies in (("browser", browser), ("server", server), ("slow", slow)):
            if applies:
                item.add_marker(mark)
    items.sort(key=lambda item: -seconds(item.path.name))


@pytest.fixture(scope="session")
def mnist_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder with MNIST's four files, the same for all workers; not to be written to."""
    with shared_folder(tmp_path_factory) as folder:
        return get_mnist(folder)


@pytest.fixture(scope="session")
def mnist(mnist_folder: Path) -> Mnist:
    return load_mnist(mnist_folder)


@pytest.fixture(scope="session")
def collections(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder with stand-ins of UNIPEN's strokes and pen lines."""
    folder = tmp_path_factory.mktemp("collections")
    write_collections(folder)
    return folder


@pytest.fixture(scope="session")
def writers(collections: Path) -> WriterPool:
    """Writers of composed lines, for training."""
    return writer_pool(collections)


@pytest.fixture
def nearly(mnist_folder: Path, tmp_path: Path) -> Path:
    """Folder that lacks only MNIST's test labels, so that a test need not move 50 MB."""
    target = tmp_path / "target"
    target.mkdir()
    for file in FILES[:3]:
        (target / file.name).symlink_to(mnist_folder / file.name)
    return target


@pytest.fixture(scope="session")
def classifier() -> Classifier:
    return Classifier()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = start_chromium(playwright.chromium)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def axe(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Source of axe-core, which finds barriers to people with disabilities on a page."""
    return get_axe(tmp_path_factory)


@pytest.fixture(scope="session")
def pouch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Couch]:
    """A running pouchdb-server."""
    with pouchdb(tmp_path_factory.mktemp("pouchdb")) as running:
        yield running


@pytest.fixture(scope="session")
def faulty_server() -> Iterator[Faulty]:
    with Faulty().running() as running:
        yield running


@pytest.fixture
def faulty(faulty_server: Faulty, monkeypatch: pytest.MonkeyPatch) -> Faulty:
    """Our own CouchDB-like server, empty and without faults yet; the environment variables lead to it."""
    faulty_server.plan, faulty_server.authentication.scheme = Plan(), "none"
    faulty_server.databases.clear()
    faulty_server.requests.clear()
    faulty_server.done.clear()
    for name, value in faulty_server.environment().items():
        monkeypatch.setenv(name, value)
    return faulty_server


STORES = ["sqlite", "pouchdb", "faulty", *(["couchdb"] if named() else [])]
PASSING = ("429", "500", "503", "drop", "lost", "half", "rubbish", "202", "slow", "row")
"""Faults that the store must hide from its callers."""


@pytest.fixture(params=STORES)
def store(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """An empty store on each backend."""
    if request.param == "sqlite":
        with closing(open_store(f"sqlite:///{tmp_path}/numink.db")) as opened:
            yield opened
        return
    if request.param == "faulty":
        faulty: Faulty = request.getfixturevalue("faulty")
        faulty.plan.rates = dict.fromkeys(PASSING, 0.005)
        with closing(open_store("cloudant://")) as opened:
            yield opened
        return
    couch = named() if request.param == "couchdb" else request.getfixturevalue("pouch")
    for name, value in couch.environment.items():
        monkeypatch.setenv(name, value)
    with couch.database() as name, closing(open_store(f"cloudant://{name}")) as opened:
        yield opened


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A running server with a history of its own for each test file."""
    with served(tmp_path_factory.mktemp("served")) as running:
        yield running


@pytest.fixture(scope="module")
def reading(server: Served) -> str:
    """Id of a reading with two doubtful digits, beside other readings in the history."""
    server.client.read(digits("74"), "sure.png")
    server.client.read(scribble(), "scrawl.png", single="on")
    return str(server.client.read(two_doubts(), "doubts.png").json["id"])


@pytest.fixture
def lines(server: Served) -> str:
    """Id of a reading of two lines, 4071 and 228 above 3550."""
    answer = server.client.read(two_lines(), "lines.png").json
    assert answer["pages"][0]["text"] == "4071 228\n3550"
    return str(answer["id"])


@pytest.fixture(scope="module")
def pages(server: Served, reading: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Paths of all pages by name; the batch has an accepted file, a doubtful one, and one that is no picture."""
    files = (("sure.png", digits("74")), ("notes.txt", b"no picture"), ("doubts.png", two_doubts()))
    batch = send_batch(server.client, *files).json["id"]
    finished(server.client, batch)
    paths = pages_of(server.client, tmp_path_factory.mktemp("site"), reading_id=reading, batch_id=batch)
    expected = {"/", "/history", "/review", "/model", "/api/docs", f"/readings/{reading}", f"/batches/{batch}"}
    assert expected <= set(paths.values())
    return paths


@pytest.fixture(scope="session")
def watson_services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Standin]:
    """A fake of the IBM services that numink uses."""
    with standing_in(tmp_path_factory.mktemp("watson")) as standin:
        yield standin


@pytest.fixture
def watson(watson_services: Standin, monkeypatch: pytest.MonkeyPatch) -> Iterator[Standin]:
    """The fake IBM services, empty; the test fails where a request was not as IBM's documentation describes it."""
    monkeypatch.setenv("WX_CLIENT_VERIFY_REQUESTS", "true")  # IBM's library sets it for the whole process
    watson_services.reset()
    yield watson_services
    assert watson_services.violations == []


@pytest.fixture
def visit(chromium: Browser, server: Served) -> Iterator[Any]:
    """Function that opens a page of the server; the test fails on script errors and policy violations."""
    opened, complaints = [], []

    def open_page(path: str = "/", **context: Any) -> Page:
        made = chromium.new_context(**(context or DESKTOP), base_url=f"http://127.0.0.1:{server.port}")
        opened.append(made)
        page = made.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda entry: complaints.append(entry.text) if "Content Security" in entry.text else None)
        page.goto(path)
        return page

    yield open_page
    for context in opened:
        context.close()
    assert not complaints
