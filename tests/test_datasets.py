"""MNIST: loading, checking, splitting and statistics; other collections as glyphs."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from mnist_files import gz
from numink.cli.training import data as data_commands
from numink.datasets.collections import load_collection
from numink.datasets.mnist import DOUBTFUL, FILES, Mnist, load_mnist, split
from numink.datasets.preview import class_statistics, sample_sheet
from numink.errors import DataError

TEST_LABELS = FILES[3]


def test_mnist_has_its_shapes_and_its_known_first_labels(mnist: Mnist) -> None:
    assert mnist.train_images.shape == (60_000, 28, 28)
    assert mnist.test_images.shape == (10_000, 28, 28)
    assert mnist.train_images.dtype == np.uint8
    assert mnist.train_labels[:5].tolist() == [5, 0, 4, 1, 9]
    assert mnist.test_labels[:5].tolist() == [7, 2, 1, 0, 4]
    assert np.bincount(mnist.train_labels).tolist()[:3] == [5923, 6742, 5958]


def test_gzipped_files_load_like_plain_ones(mnist_folder: Path, nearly: Path) -> None:
    (nearly / (TEST_LABELS.name + ".gz")).write_bytes(gz(mnist_folder, TEST_LABELS.name))

    assert load_mnist(nearly).test_labels[:3].tolist() == [7, 2, 1]


def test_a_missing_file_is_named_with_the_command_that_gets_it(nearly: Path) -> None:
    with pytest.raises(DataError, match=r"has no t10k-labels-idx1-ubyte: 'numink data fetch"):
        load_mnist(nearly)


@pytest.mark.parametrize("damage", [lambda raw: raw[:-1] + b"\x0b", lambda raw: raw[:-1], lambda _: b""])
def test_a_damaged_file_is_refused(mnist_folder: Path, nearly: Path, damage) -> None:
    (nearly / TEST_LABELS.name).write_bytes(damage((mnist_folder / TEST_LABELS.name).read_bytes()))

    with pytest.raises(DataError, match="delete it"):
        load_mnist(nearly)


def test_a_truncated_gzip_file_is_refused(mnist_folder: Path, nearly: Path) -> None:
    (nearly / (TEST_LABELS.name + ".gz")).write_bytes(gz(mnist_folder, TEST_LABELS.name)[:-30])

    with pytest.raises(DataError, match="cut off"):
        load_mnist(nearly)


# --- splitting


def test_a_random_split_is_disjoint_complete_and_reproducible(mnist: Mnist) -> None:
    train, validation = split(mnist, None, seed=3)

    assert len(validation) == 5000
    assert np.array_equal(np.sort(np.concatenate([train, validation])), np.arange(60_000))
    assert np.array_equal(validation, split(mnist, None, seed=3)[1])
    assert not np.array_equal(validation, split(mnist, None, seed=4)[1])


def test_a_split_by_writer_shares_no_writer(mnist: Mnist, tmp_path: Path) -> None:
    writers = np.random.default_rng(0).integers(0, 539, 60_000)
    np.savez(tmp_path / "writers.npz", train_writer=writers)

    train, validation = split(mnist, tmp_path / "writers.npz", seed=1)

    assert not set(writers[train]) & set(writers[validation])
    assert 5000 <= len(validation) < 5300
    assert len(train) + len(validation) == 60_000


def test_a_wrong_writers_file_is_refused(mnist: Mnist, tmp_path: Path) -> None:
    np.savez(tmp_path / "short.npz", train_writer=np.zeros(10))
    np.savez(tmp_path / "other.npz", something=np.zeros(10))
    (tmp_path / "text.npz").write_text("not an archive")

    for name, message in (("short", "10 images"), ("other", "no array"), ("text", "npz"), ("none", "no file")):
        with pytest.raises(DataError, match=message):
            split(mnist, tmp_path / f"{name}.npz", seed=1)


# --- statistics, and other collections


def test_the_doubtful_labels_are_as_listed(mnist: Mnist) -> None:
    assert len(DOUBTFUL) == 15
    assert [int(mnist.test_labels[index]) for index in DOUBTFUL[:3]] == [8, 0, 9]


def test_class_statistics_count_every_digit(mnist: Mnist) -> None:
    statistics = class_statistics(mnist)

    assert sum(row.train for row in statistics) == 60_000
    assert sum(row.test for row in statistics) == 10_000
    assert statistics[1].width < statistics[0].width, "a one is narrower than a zero"
    assert all(2 < row.pen < 6 for row in statistics)


def test_a_sample_sheet_has_ten_rows_of_digits_on_white(mnist: Mnist) -> None:
    page = sample_sheet(mnist.train_images, mnist.train_labels)

    assert page.shape == (2 * (10 * 32 + 4), 2 * (20 * 32 + 4))
    assert page[0].min() == 255
    assert all((page[row * 64 + 8 : row * 64 + 64] < 50).any() for row in range(10))


def test_collections_are_loaded_as_glyphs(tmp_path: Path) -> None:
    bitmaps = np.zeros((3, 32, 32), np.uint8)
    bitmaps[:, 4:28, 14:18] = 1
    np.savez(tmp_path / "optdigits_orig32.npz", windep=np.packbits(bitmaps, axis=-1), windep_y=np.array([1, 1, 1]))
    grey = np.zeros((2, 16, 16), np.uint8)
    grey[:, 2:14, 7:9] = 255
    np.savez(tmp_path / "usps16.npz", Xte=grey, yte=np.array([1, 1]))
    np.savez(
        tmp_path / "unipen_digits.npz", points=np.array([[0, 0], [0, 1000], [0, 0], [0, 900]], np.int16),
        stroke_offsets=np.array([0, 2, 4]), glyph_offsets=np.array([0, 1, 2]), label=np.array(["1", "7"]),
        source=np.array(["imp", "aga"]), writer=np.array([1, 2]),
    )  # fmt: skip

    for name, count in (("optdigits", 3), ("usps", 2), ("unipen", 1)):
        collection = load_collection(name, tmp_path)
        assert collection.images.shape == (count, 28, 28)
        assert collection.labels.tolist() == [1] * count
        assert collection.images[:, 10:18, 12:16].max() > 200, "the ink is bright and in the middle"


def test_an_unknown_or_missing_collection_is_an_error_with_a_remedy(tmp_path: Path) -> None:
    for name, folder, message in (
        ("emnist", tmp_path, "there are: mnist, unipen"),
        ("usps", tmp_path, "usps16.npz"),
        ("usps", tmp_path / "nowhere", "--collections"),
    ):
        with pytest.raises(DataError, match=message):
            load_collection(name, folder)


def test_data_show_prints_the_counts_and_draws_the_sheet(mnist_folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "sheet.png"

    result = CliRunner().invoke(data_commands, ["show", "--data", str(mnist_folder), "--out", str(out)])

    assert result.exit_code == 0
    assert "6,742" in result.stdout
    assert "1,135" in result.stdout
    assert out.read_bytes().startswith(b"\x89PNG")


def test_data_show_names_a_file_that_it_cannot_write(mnist_folder: Path, tmp_path: Path) -> None:
    result = CliRunner().invoke(
        data_commands, ["show", "--data", str(mnist_folder), "--out", str(tmp_path / "no" / "sheet.png")]
    )

    assert isinstance(result.exception, DataError)
    assert "name another file with --out" in str(result.exception)
