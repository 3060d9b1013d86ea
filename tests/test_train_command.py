"""`numink train` from data to files at the size of a test, stopped and resumed, and its error messages."""

from __future__ import annotations

import json
import sys
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from click.testing import CliRunner

from numink.cli.training import train
from numink.datasets.mnist import DOUBTFUL, Mnist, load_mnist
from numink.errors import DataError, NuminkError
from numink.recognition.digit_model import Classifier
from numink.training.recipes import RECIPES, CascadeRecipe, Recipe

pytest.importorskip("torch", reason="training needs the extra [train]")

TINY = Recipe(
    name="tiny", width=8, epochs=2, batch=64, negatives=200, strokes=False, train_images=1280, ema_decay=0.9,
    rotation=5, scale=0.05, shear=0.05, shift=1, elastic=0.5,
)  # fmt: skip


def invoke(mnist_folder: Path, *arguments: str | Path) -> Any:
    return CliRunner(env={"NUMINK_DATA": str(mnist_folder), "NUMINK_COLLECTIONS": None}).invoke(
        train,
        ["--recipe", "tiny", *(str(argument) for argument in arguments)],  # a later --recipe counts
    )


TINY_CASCADE = CascadeRecipe(
    name="tiny-cascade", teacher=TINY,
    fine_tuning=replace(TINY, name="finish", epochs=1, severe_appearance=0.5, styles=20),
    student=replace(TINY, name="student", width=12, distillation=0.8), seeds=(1, 2), fine_tuned_seeds=(2,),
    stage_one=replace(TINY, name="first", early_stride=True, distillation=0.9),
)  # fmt: skip


TRAIN, TEST, VALIDATION = 2000, 1000, 600
"""Images of MNIST's parts that these trainings load, and the number of the first that validate."""


@pytest.fixture(scope="module", autouse=True)
def _tiny_recipes() -> Iterator[None]:
    from numink.training import train_digits

    def load_part(folder: Path) -> Mnist:
        whole = load_mnist(folder)
        return Mnist(
            whole.train_images[:TRAIN], whole.train_labels[:TRAIN], whole.test_images[:TEST], whole.test_labels[:TEST]
        )

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(train_digits, "load_mnist", load_part)
        patch.setattr(train_digits, "DOUBTFUL", tuple(index for index in DOUBTFUL if index < TEST))
        patch.setattr("numink.datasets.mnist.VALIDATION_SIZE", VALIDATION)
        patch.setitem(RECIPES, "tiny", TINY)
        patch.setitem(RECIPES, "tiny-cascade", TINY_CASCADE)
        yield


@pytest.fixture
def run(mnist_folder: Path) -> Callable[..., Any]:
    return partial(invoke, mnist_folder)


@dataclass(frozen=True)
class Trained:
    """A training stopped in its second epoch, and the one that resumed it."""

    out: Path
    stopped: Any
    resumed: Any


@pytest.fixture(scope="module")
def trained(mnist_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Trained:
    from numink.training.epochs import EpochSampler

    out, sample = tmp_path_factory.mktemp("training") / "new" / "tiny.onnx", EpochSampler.sample

    def interrupted(self: EpochSampler, recipe: Recipe, number: int) -> Any:
        if number == 2:
            raise KeyboardInterrupt
        return sample(self, recipe, number)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(EpochSampler, "sample", interrupted)
        stopped = invoke(mnist_folder, "--out", out, "--seed", "7")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # torch's own, about the exporter of opset 17
        return Trained(out, stopped, invoke(mnist_folder, "--out", out, "--seed", "7"))


def test_a_stopped_training_resumes_after_its_last_whole_epoch(trained: Trained) -> None:
    assert trained.stopped.exit_code != 0
    assert "epoch   1 of 2: loss" in trained.stopped.stderr
    assert "The same command resumes" in trained.stopped.stderr
    assert trained.resumed.exit_code == 0, trained.resumed.output
    assert "Resuming with epoch 2 of 2" in trained.resumed.stderr
    assert "epoch   1 of 2" not in trained.resumed.stderr
    assert "epoch   2 of 2: loss" in trained.resumed.stderr


def test_a_training_leaves_a_model_its_charts_its_report_and_a_record(trained: Trained) -> None:
    record = json.loads((trained.out.parent / "runs.jsonl").read_text())

    assert json.loads(Classifier(trained.out).contract.recipe)["seed"] == 7
    assert {"tiny.onnx", "tiny.curves.png", "tiny.curves.json", "tiny.confusion.png", "tiny.confusion.json",
            "report.json", "runs.jsonl"} == {path.name for path in trained.out.parent.iterdir()}  # fmt: skip
    assert len(json.loads(trained.out.with_suffix(".curves.json").read_text())) == 2
    assert record["recipe"]["name"] == "tiny"
    assert f"{1 - record['mnist_error']:.2%}" in trained.resumed.stdout


def test_a_cascade_is_one_file_with_both_networks(run: Callable[..., Any], mnist: Mnist, tmp_path: Path) -> None:
    """The export itself compares the logits with torch's; here the file's operators and its report are checked."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        result = run("--recipe", "tiny-cascade", "--out", tmp_path / "cascade.onnx")
    assert result.exit_code == 0, result.output
    operators = {node.op_type for node in onnx.load(str(tmp_path / "cascade.onnx")).graph.node}
    classifier = Classifier(tmp_path / "cascade.onnx")
    batch, alone = classifier.predict(mnist.test_images[:64]), classifier.predict(mnist.test_images[:1])

    assert {"If", "Softmax"} <= operators
    assert np.allclose(batch[:1], alone, atol=1e-5)
    assert json.loads(classifier.contract.recipe)["seeds"] == [1, 2]
    networks = json.loads((tmp_path / "report.json").read_text())["networks"]
    assert [(network["name"], network["role"], network["epochs"]) for network in networks] == [
        ("tiny-1", "teacher", 2), ("tiny-2", "teacher", 2), ("finish-2", "teacher", 1), ("student", "member", 2),
        ("first", "quick", 2),
    ]  # fmt: skip


def test_a_seed_for_all_of_a_cascade_is_refused(run: Callable[..., Any], tmp_path: Path) -> None:
    result = run("--recipe", "tiny-cascade", "--seed", "3", "--out", tmp_path / "cascade.onnx")

    assert isinstance(result.exception, DataError)
    assert "leave out --seed" in str(result.exception)


def test_missing_optional_data_is_announced(trained: Trained) -> None:
    assert "Without --writers the validation split is random" in trained.resumed.stderr
    assert "Without --collections no pen strokes are drawn" in trained.resumed.stderr


def test_the_extra_that_is_missing_is_named_with_its_remedy(
    run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)

    result = run()

    assert isinstance(result.exception, NuminkError)
    assert str(result.exception) == "training needs torch: run pip install 'numink[train]'"


def test_an_output_folder_that_cannot_be_written_is_an_error_before_the_training(
    run: Callable[..., Any], tmp_path: Path
) -> None:
    (tmp_path / "taken").write_text("a file")

    result = run("--out", tmp_path / "taken" / "tiny.onnx")

    assert isinstance(result.exception, DataError)
    assert "name another folder with --out" in str(result.exception)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--recipe", "no-such"), "there is no recipe 'no-such'; there are: shipped"),
        (("--data", "/nowhere"), "'numink data fetch --to /nowhere' gets MNIST"),
        (("--writers", "/nowhere.npz"), "there is no file /nowhere.npz"),
        (("--collections", "/nowhere"), "/nowhere/unipen_digits.npz is missing"),
    ],
)
def test_bad_input_is_an_error_with_a_remedy(
    run: Callable[..., Any], tmp_path: Path, arguments: tuple[str, ...], message: str
) -> None:
    result = run("--out", tmp_path / "tiny.onnx", *arguments)

    assert isinstance(result.exception, DataError)
    assert message in str(result.exception)


def test_no_epochs_at_all_is_wrong_usage(run: Callable[..., Any]) -> None:
    assert run("--epochs", "0").exit_code == 2
