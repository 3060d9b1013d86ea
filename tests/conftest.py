"""What several test files need."""

from __future__ import annotations

from pathlib import Path

import pytest

from mnist_files import get_mnist
from numink.classifier import Classifier
from numink.training.data import FILES, Mnist, load_mnist


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
