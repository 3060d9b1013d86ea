"""Evaluation of the reader on folders of pictures, and the command `numink evaluate`."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from numink.cli.evaluate import evaluate as command
from numink.datasets.mnist import Mnist
from numink.errors import DataError, ModelError
from numink.evaluation.pictures import Labelled, evaluate_classes, evaluate_table, is_right, read_table
from numink.imaging.decode import encode_png
from numink.reader import Reader
from numink.recognition.digit_model import Classifier
from numink.results import Page


@pytest.fixture
def run(mnist_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    monkeypatch.setenv("NUMINK_DATA", str(mnist_folder))

    def invoke(*arguments: str | Path) -> Any:
        return CliRunner().invoke(command, [str(argument) for argument in arguments])

    return invoke


def picture(glyph: np.ndarray) -> bytes:
    """Return a PNG of a digit of MNIST, large and dark on white."""
    return encode_png(255 - np.pad(np.kron(glyph, np.ones((6, 6), np.uint8)), 20))


def labelled(*lines: str, kind: str = "multi", scattered: bool = False) -> Labelled:
    return Labelled(Path("x.png"), lines, kind, "all", scattered)


class FakePage(Page):
    """A page with nothing but a text."""

    def __init__(self, text: str) -> None:
        object.__setattr__(self, "fixed_text", text)

    @property
    def text(self) -> str:
        return self.fixed_text  # type: ignore[attr-defined,no-any-return]


@pytest.mark.parametrize(
    ("picture", "text", "right"),
    [
        (labelled("123", "45"), "123\n45", True),
        (labelled("123", "45"), "12 3\n45", True),
        (labelled("123", "45"), "45\n123", False),
        (labelled("123", "45", scattered=True), "45\n123", True),
        (labelled("123", "45", scattered=True), "45\n12 3", False),
        (labelled("7"), "", False),
        (labelled(kind="nondigit"), "", True),
        (labelled(kind="nondigit"), "1", False),
    ],
)
def test_a_picture_is_right_when_its_digits_are_read_in_order(picture: Labelled, text: str, right: bool) -> None:
    assert is_right(picture, FakePage(text)) is right


def test_an_unreadable_picture_is_never_right() -> None:
    assert not is_right(labelled(kind="nondigit"), None)


@pytest.fixture(scope="session")
def classes(tmp_path_factory: pytest.TempPathFactory, mnist: Mnist) -> Path:
    """Two pictures of each digit in sub-folders 0 to 9, and a file that is not a picture."""
    root = tmp_path_factory.mktemp("classes")
    for digit in range(10):
        (root / str(digit)).mkdir()
        for index in np.flatnonzero(mnist.test_labels == digit)[:2]:
            (root / str(digit) / f"{index}.png").write_bytes(picture(mnist.test_images[index]))
    (root / "3" / "notes.png").write_text("this is not a picture")
    return root


def test_folders_named_by_digit_are_evaluated_as_single_digits(classes: Path, classifier: Classifier) -> None:
    seen = []

    report = evaluate_classes(Reader(classifier), classes, lambda done, total: seen.append((done, total)))

    assert report.n == 21
    assert report.accuracy >= 18 / 21
    assert report.confusion[3][10] == 1, "an unreadable picture counts as rejected"
    assert report.wrong >= 1
    assert seen[-1] == (21, 21)


@pytest.fixture(scope="session")
def table(tmp_path_factory: pytest.TempPathFactory, mnist: Mnist) -> Path:
    """A folder with manifest.tsv: two single digits, one row of two, an empty sheet, a broken picture."""
    root = tmp_path_factory.mktemp("table")
    first, second = (mnist.test_images[index] for index in (0, 2))
    gap = np.zeros((28, 4), np.uint8)
    files = {
        "seven.png": picture(first), "one.png": picture(second),
        "both.png": picture(np.hstack([first, gap, second])),
        "blank.png": encode_png(np.full((80, 80), 255, np.uint8)), "broken.png": b"no picture",
    }  # fmt: skip
    for name, content in files.items():
        (root / name).write_bytes(content)
    (root / "manifest.tsv").write_text(
        "file\tkind\tlabel\tcondition\tgroup\tnote\n"
        "seven.png\tsingle\t7\tdrawn\ta\t\n"
        "one.png\tsingle\t1\tdrawn\ta\t\n"
        "both.png\tmulti\t71\tdrawn\ta\t\n"
        "blank.png\tnondigit\t\tscan\ta\t\n"
        'broken.png\tsingle\t3\tphoto\tb\tit says "quote\n'
    )
    return root


def test_a_table_is_scored_by_kind_and_condition(table: Path, classifier: Classifier) -> None:
    report = evaluate_table(Reader(classifier), table, lambda *_: None)

    scores = {(score.kind, score.condition): (score.right, score.n) for score in report.scores}
    assert scores[("nondigit", "scan")] == (1, 1)
    assert scores[("single", "photo")] == (0, 1)
    assert scores[("single", "drawn")] == (2, 2)
    assert scores[("multi", "drawn")] == (1, 1)
    assert (report.n, report.failed) == (5, 1)
    assert ("broken.png", "3", "") in report.wrong
    assert report.milliseconds > 0


def test_with_single_only_single_digits_are_scored(table: Path, classifier: Classifier) -> None:
    report = evaluate_table(Reader(classifier), table, lambda *_: None, single=True)

    assert report.n == 3
    assert report.right == 2


def test_a_table_of_labels_only_is_enough(tmp_path: Path) -> None:
    (tmp_path / "labels.tsv").write_text("file\tlabel\tboxes\na.jpg\t18014\t[[8, 7, 16, 40]]\n")

    (row,) = read_table(tmp_path)

    assert (row.lines, row.kind, row.path) == (("18014",), "multi", tmp_path / "a.jpg")


@pytest.mark.parametrize(
    "text",
    ["name\tdigits\na.png\t1\n", "file\tlabel\n", "", "file\tlabel\na.png\n", "file\tlabel\n\xff\t1\n"],
)
def test_an_unusable_table_is_an_error_with_its_name(tmp_path: Path, text: str) -> None:
    (tmp_path / "labels.tsv").write_bytes(text.encode("latin-1"))

    with pytest.raises(DataError, match=r"labels\.tsv"):
        read_table(tmp_path)


# --- the command


def test_evaluate_prints_a_report_of_mnist_as_json(run: Callable[..., Any]) -> None:
    result = run("--data", "mnist", "--json")

    assert result.exit_code == 0, result.output
    stored = json.loads(result.stdout)
    assert stored["n"] == 10_000
    assert stored["doubtful"] == 15
    assert stored["error_without_doubtful"] < stored["error"] < 0.01
    assert result.stderr == ""


def test_evaluate_prints_tables_of_a_folder_of_classes(run: Callable[..., Any], classes: Path) -> None:
    result = run("--data", classes)

    assert result.exit_code == 0, result.output
    assert "accuracy" in result.stdout
    assert "calibration error" in result.stdout


def test_evaluate_prints_which_pictures_of_a_table_were_wrong(run: Callable[..., Any], table: Path) -> None:
    result = run("--data", table)

    assert result.exit_code == 0, result.output
    assert "broken.png" in result.stdout
    assert "1 could not be read" in result.stdout


@pytest.mark.parametrize(
    ("arguments", "kind", "message"),
    [
        (("--data", "nowhere"), DataError, "'nowhere' is neither a data set nor a folder"),
        (("--data", "usps"), DataError, "--collections"),
        (("no-such.onnx",), ModelError, "there is no model file"),
    ],
)
def test_wrong_input_is_an_error_with_a_remedy(
    run: Callable[..., Any], arguments: tuple[str, ...], kind: type[Exception], message: str
) -> None:
    result = run(*arguments)

    assert isinstance(result.exception, kind)
    assert message in str(result.exception)


def test_a_folder_without_pictures_or_table_is_an_error(run: Callable[..., Any], tmp_path: Path) -> None:
    result = run("--data", tmp_path)

    assert isinstance(result.exception, DataError)
    assert "neither sub-folders 0 to 9" in str(result.exception)


def test_single_is_wrong_usage_for_glyphs(run: Callable[..., Any]) -> None:
    assert run("--data", "mnist", "--single").exit_code == 2


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("evaluate", "no-such.onnx"), 1, "numink: there is no model file no-such.onnx"),
        (("evaluate", "--data", "nowhere"), 1, "numink: 'nowhere' is neither a data set"),
        (("data", "fetch", "--from", "nowhere"), 1, "numink: there is no folder nowhere"),
        (("data", "show", "--data", "nowhere"), 1, "numink: nowhere has no train-images"),
        (("evaluate", "--date", "mnist"), 2, "No such option"),
    ],
)
def test_the_program_ends_with_a_message_and_the_right_exit_code(
    tmp_path: Path, arguments: tuple[str, ...], code: int, message: str
) -> None:
    program = [sys.executable, "-c", "from numink.cli import main; main()"]

    done = subprocess.run([*program, *arguments], cwd=tmp_path, capture_output=True, text=True, check=False)

    assert done.returncode == code
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
