"""The line network from composed lines to a model file, with pen strokes made for these tests."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from line_material import LEGIBLE
from numink.errors import DataError, ModelError
from numink.imaging.onnx_model import MODELS
from numink.recognition.alphabet import BLANK
from numink.recognition.ctc import decode_line
from numink.recognition.line_image import LINE_IMAGE_HEIGHT, LineImage
from numink.recognition.line_model import LineContract, LineModel

torch = pytest.importorskip("torch", reason="training needs the extra [train]")

from numink.cli.training import train  # noqa: E402 - needs torch
from numink.training import train_lines  # noqa: E402
from numink.training.fit_acceptance import NEVER  # noqa: E402
from numink.training.fit_lines import fit_lines  # noqa: E402
from numink.training.models.line_weights import load_reusable, load_start, reusable_stages, weights_path  # noqa: E402
from numink.training.observer import NullObserver  # noqa: E402
from numink.training.recipes import RECIPES, EnsembleRecipe, LineRecipe  # noqa: E402
from numink.training.synthesis.lines import ComposedLine, compose_line  # noqa: E402
from numink.training.synthesis.writer_pool import WriterPool  # noqa: E402

SMALL = LineRecipe(name="small", width=8, epochs=2, lines=64, batch=16, bfloat16=False)
FINE_TUNING = replace(SMALL, name="finish", after="small", epochs=1, seed=2)
TINY = EnsembleRecipe(name="tiny-lines", stages=(SMALL, FINE_TUNING), weights={"small": 0.25, "finish": 0.75})


@pytest.fixture(autouse=True)
def _tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    make_small(monkeypatch)


def make_small(patch: pytest.MonkeyPatch) -> None:
    parameters = replace(train_lines.PARAMETERS, validation_lines=8, pages=2, reported_lines=30)
    patch.setitem(RECIPES, TINY.name, TINY)
    patch.setattr(train_lines, "PARAMETERS", parameters)


@pytest.fixture(scope="module")
def trained(mnist_folder: Path, collections: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The folder with lines.onnx and the other results of a training, and the output of the command."""
    folder = tmp_path_factory.mktemp("trained")
    with pytest.MonkeyPatch.context() as patch:
        make_small(patch)
        result = CliRunner(env={"NUMINK_DATA": str(mnist_folder)}).invoke(
            train, ["--recipe", TINY.name, "--out", str(folder / "lines.onnx"), "--collections", str(collections)],
            catch_exceptions=False,
        )  # fmt: skip
    return folder, result.output


def legible_lines(writers: WriterPool, seed: int, count: int) -> list[ComposedLine]:
    """Composed lines of digits and of those signs whose strokes look like them here."""
    lines = (compose_line(writers, np.random.default_rng((seed, index))) for index in range(count))
    return [line for line in lines if line.text and set(line.text) <= set(LEGIBLE)]


def test_the_shipped_line_networks_read_many_composed_lines(writers: WriterPool) -> None:
    """The strokes of these tests were never trained on."""
    lines = legible_lines(writers, 1, 160)
    outputs = LineModel().predict([line.image for line in lines])
    read = [decode_line(output).strings[0].text for output in outputs]

    assert len(lines) > 50
    assert np.mean([text == line.text for text, line in zip(read, lines, strict=True)]) > 0.35


def test_the_shipped_line_network_detects_most_upside_down_lines(writers: WriterPool) -> None:
    """Measured on lines of five characters or more; texts of only 0, 1, 6, 8 and 9 are readable both ways."""
    lines = legible_lines(writers, 2, 160)
    images = [line.image for line in lines if len(line.text) >= 5 and set(line.text) & set("23457")]
    turned = [replace(image, pixels=np.ascontiguousarray(image.pixels[::-1, ::-1])) for image in images]
    right = [output.upside_down_log_odds < 0 for output in LineModel().predict(images)]
    right += [output.upside_down_log_odds > 0 for output in LineModel().predict(turned)]

    assert len(images) > 30
    assert np.mean(right) > 0.9


def test_a_training_writes_a_model_file_its_weights_a_report_and_a_run_record(trained: tuple[Path, str]) -> None:
    folder, output = trained
    model = LineModel(folder / "lines.onnx")
    images = [LineImage(np.zeros((LINE_IMAGE_HEIGHT, width), np.float32), 1.0, 0.0) for width in (40, 90)]
    record = json.loads((folder / "runs.jsonl").read_text())

    assert "exactly right" in output
    assert [output.probabilities.shape for output in model.predict(images)] == [(2, 10, BLANK + 1), (2, 23, BLANK + 1)]
    assert json.loads(model.contract.recipe)["name"] == "tiny-lines"
    assert (record["n"], record["recipe"]["stages"][0]["epochs"]) == (30, 2)
    assert model.contract.ensemble_weights == (0.25, 0.75)
    assert json.loads((folder / "lines.report.json").read_text())["threshold"] == NEVER  # of so few numbers
    assert model.contract.threshold == train_lines.PARAMETERS.character_threshold
    assert [path.name for path in folder.glob("*.safetensors")] == ["lines.safetensors"]


def test_fine_tuning_starts_from_the_weights_of_the_training_before_it(writers: WriterPool) -> None:
    before, _ = fit_lines(replace(SMALL, epochs=0), writers, [], NullObserver())
    after, _ = fit_lines(replace(SMALL, epochs=0, seed=9), writers, [], NullObserver(), start=before.state_dict())
    fresh, _ = fit_lines(replace(SMALL, epochs=0, seed=9), writers, [], NullObserver())
    first = next(iter(before.state_dict()))

    assert torch.equal(after.state_dict()[first], before.state_dict()[first])
    assert not torch.equal(fresh.state_dict()[first], before.state_dict()[first])


def test_only_networks_trained_by_the_same_settings_are_reused(trained: tuple[Path, str]) -> None:
    path = trained[0] / "lines.onnx"
    longer_end, longer_start = (
        replace(TINY, stages=stages)
        for stages in ((SMALL, replace(FINE_TUNING, epochs=3)), (replace(SMALL, epochs=3), FINE_TUNING))
    )
    further = replace(FINE_TUNING, name="further", after="finish")
    more = replace(TINY, stages=(*TINY.stages, further), weights={"small": 0.5, "further": 0.5})

    assert reusable_stages(TINY, path) == ["small", "finish"]
    assert TINY.remaining(["small", "finish"]) == []
    assert reusable_stages(longer_end, path) == ["small"]
    assert reusable_stages(longer_start, path) == []
    assert [stage.name for stage in more.remaining(reusable_stages(more, path))] == ["further"]
    assert TINY.remaining([]) == [SMALL, FINE_TUNING]


def test_a_training_starts_from_the_last_network_of_its_width(trained: tuple[Path, str], tmp_path: Path) -> None:
    weights = weights_path(trained[0] / "lines.onnx")
    start = load_start(weights, 8)
    finish = load_reusable(TINY, trained[0] / "lines.onnx")["finish"].state_dict()

    assert start.keys() == finish.keys()
    assert all(torch.equal(start[name], finish[name]) for name in start)
    with pytest.raises(ModelError, match="has no network of 64 channels: train without --start"):
        load_start(weights, 64)
    with pytest.raises(ModelError, match=r"is missing, .* train without --start"):
        load_start(tmp_path / "none.safetensors", 8)


def test_training_continues_from_the_weights_of_an_earlier_one(
    trained: tuple[Path, str], mnist_folder: Path, collections: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    further = replace(FINE_TUNING, name="further", after="finish", seed=3)
    longer = replace(TINY, stages=(*TINY.stages, further), weights={"small": 0.5, "further": 0.5})
    first, second = trained[0] / "lines.onnx", tmp_path / "second.onnx"
    given = ["--recipe", TINY.name, "--collections", str(collections), "--out"]
    run = CliRunner(env={"NUMINK_DATA": str(mnist_folder)})
    monkeypatch.setitem(RECIPES, TINY.name, longer)
    output = run.invoke(train, [*given, str(second), "--from", str(first)], catch_exceptions=False).output
    report = json.loads((tmp_path / "second.report.json").read_text())

    assert report["taken"] == ["small", "finish"]
    assert re.findall(r"epoch +(\d+)", output) == ["1"]  # of `further` alone
    for arguments, message in (
        (["--recipe", "quick", "--from", str(first)], "only line networks"),
        (["--recipe", "quick", "--start", str(weights_path(first))], "only line networks can start from weights"),
        ([*given, str(second), "--from", str(first), "--epochs", "7"], "no network"),
    ):
        assert message in str(run.invoke(train, arguments).exception)


def test_a_training_from_weights_begins_where_they_are(
    trained: tuple[Path, str], mnist_folder: Path, collections: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = replace(TINY, stages=(replace(SMALL, epochs=1, learning_rate=0.0),), weights={"small": 1.0})
    monkeypatch.setitem(RECIPES, TINY.name, alone)
    weights = weights_path(trained[0] / "lines.onnx")
    result = CliRunner(env={"NUMINK_DATA": str(mnist_folder)}).invoke(
        train,
        ["--recipe", TINY.name, "--out", str(tmp_path / "lines.onnx"), "--collections", str(collections), "--start",
         str(weights), "--device", "cpu"],
        catch_exceptions=False,
    )  # fmt: skip
    before, after = load_start(weights, 8), load_start(tmp_path / "lines.safetensors", 8)

    assert result.exit_code == 0
    assert "'numink data fetch --fonts' gets more to train on" in result.stderr
    for name, tensor in before.items():
        if "running" not in name and "tracked" not in name:
            assert torch.equal(after[name], tensor), name


def test_a_device_that_is_not_there_is_an_error_before_any_data_is_loaded(tmp_path: Path) -> None:
    for recipe in (TINY.name, "quick"):
        result = CliRunner(env={"NUMINK_DATA": str(tmp_path)}).invoke(
            train, ["--recipe", recipe, "--out", str(tmp_path / "x.onnx"), "--collections", str(tmp_path),
                    "--device", "cuda:77"],
        )  # fmt: skip

        assert isinstance(result.exception, DataError)
        assert "use auto, cpu or cuda" in str(result.exception)


def test_a_file_that_is_no_line_model_is_refused() -> None:
    with pytest.raises(ModelError, match="has no 'strip'"):
        LineModel(MODELS / "numink.onnx")
    assert LineContract.EXPECTED_LINE_IMAGE.startswith("40 rows")
