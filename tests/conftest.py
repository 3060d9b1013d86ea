"""What several test files need."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from browser import DESK, start_chromium
from mnist_files import get_mnist
from numink.classifier import Classifier
from numink.store import Store, open_store
from numink.training.data import FILES, Mnist, load_mnist
from watson_standin import Standin, standing_in
from web_client import Served, served


@pytest.fixture(scope="session")
def mnist_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """MNIST's four files; not to be written to."""
    return get_mnist(tmp_path_factory)


@pytest.fixture(scope="session")
def mnist(mnist_folder: Path) -> Mnist:
    return load_mnist(mnist_folder)


@pytest.fixture
def nearly(mnist_folder: Path, tmp_path: Path) -> Path:
    """A target that lacks only the test labels, so that a test need not move 50 MB."""
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


@pytest.fixture(params=["sqlite"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """An empty store of each kind."""
    opened = open_store({"sqlite": f"sqlite:///{tmp_path}/numink.db"}[request.param])
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server with a history of its own for each file of tests."""
    with served(tmp_path_factory.mktemp("served")) as running:
        yield running


@pytest.fixture(scope="session")
def watson_services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Standin]:
    """IBM's services, as far as we need them."""
    with standing_in(tmp_path_factory.mktemp("watson")) as standin:
        yield standin


@pytest.fixture
def watson(watson_services: Standin, monkeypatch: pytest.MonkeyPatch) -> Iterator[Standin]:
    """The same, with nothing stored; fails where a request was not as IBM describes it."""
    monkeypatch.setenv("WX_CLIENT_VERIFY_REQUESTS", "true")  # IBM's library sets it for the whole process
    watson_services.reset()
    yield watson_services
    assert watson_services.violations == []


@pytest.fixture
def visit(chromium: Browser, server: Served) -> Iterator[Any]:
    """Opens a page of the server; fails where its scripts or its policy complain."""
    opened, complaints = [], []

    def open_page(path: str = "/", **context: Any) -> Page:
        made = chromium.new_context(**(context or DESK), base_url=f"http://127.0.0.1:{server.port}")
        opened.append(made)
        page = made.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(said.text) if "Content Security" in said.text else None)
        page.goto(path)
        return page

    yield open_page
    for context in opened:
        context.close()
    assert not complaints
