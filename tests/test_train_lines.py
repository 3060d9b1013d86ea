"""The line network from composed lines to a model file, with pen strokes made for these tests."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from click.testing import CliRunner

from numink.errors import ModelError
from numink.recognition.line_image import LINE_IMAGE_HEIGHT
from numink.recognition.line_model import LineContract, LineModel
from numink.recognition.onnx_model import MODELS, ModelFile
from numink.recognition.types import LineImage
from pictures import STROKES, strokes_file

torch = pytest.importorskip("torch", reason="training needs the extra [train]")
from safetensors.torch import save_file  # noqa: E402

from numink.cli.training import train  # noqa: E402 - needs torch
from numink.datasets.mnist import load_mnist  # noqa: E402
from numink.training import train_lines  # noqa: E402
from numink.training.fit_lines import fit_lines, to_batch  # noqa: E402
from numink.training.models.line_weights import load_reusable, reusable_stages, weights_path  # noqa: E402
from numink.training.observer import NullObserver  # noqa: E402
from numink.training.recipes import LINES, RECIPES, EnsembleRecipe, LineRecipe  # noqa: E402
from numink.training.synthesis.lines import compose_line  # noqa: E402
from numink.training.synthesis.writers import LineWriter, WriterFiles, WriterPool, load_writer_pool  # noqa: E402

SMALL = LineRecipe(name="small", width=8, epochs=2, lines=64, batch=16, bfloat16=False)
FINE_TUNING = replace(SMALL, name="finish", after="small", epochs=1, seed=2)
TINY = EnsembleRecipe(name="tiny-lines", stages=(SMALL, FINE_TUNING), weights={"small": 0.25, "finish": 0.75})


@pytest.fixture(scope="module")
def collections(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("collections")
    strokes_file(folder / "unipen_digits.npz", STROKES)
    letters = {"A": [[(0.1, 1), (0.5, 0), (0.9, 1)], [(0.3, 0.6), (0.7, 0.6)]],
               "x": [[(0.1, 0.3), (0.9, 1)], [(0.9, 0.3), (0.1, 1)]]}  # fmt: skip
    strokes_file(folder / "unipen_nondigits.npz", letters)
    return folder


@pytest.fixture(scope="module")
def writers(mnist_folder: Path, collections: Path) -> WriterPool:
    files = WriterFiles(mnist_folder, collections, None)
    return load_writer_pool(load_mnist(mnist_folder), np.arange(2000), files, held_out=False)


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


def test_a_line_and_its_text_repeat_with_the_seed_and_differ_without(writers: WriterPool) -> None:
    (first, text), (same, again), (other, _) = (
        compose_line(writers, np.random.default_rng(seed)) for seed in (3, 3, 4)
    )

    assert np.array_equal(first.pixels, same.pixels)
    assert text == again
    assert first.pixels.shape != other.pixels.shape or not np.array_equal(first.pixels, other.pixels)
    assert first.pixels.shape[0] == LINE_IMAGE_HEIGHT
    assert 0 <= first.pixels.min() <= first.pixels.max() <= 1


def test_most_lines_have_digits_and_some_have_none(writers: WriterPool) -> None:
    texts = [compose_line(writers, np.random.default_rng(seed))[1] for seed in range(200)]

    assert all(text.isdigit() for text in texts if text)
    assert 0.15 < np.mean([not text for text in texts]) < 0.35
    assert max(map(len, texts)) == 12


def test_the_shipped_line_network_reads_most_composed_lines(writers: WriterPool) -> None:
    """The pen strokes of the tests were never trained on; MNIST's digits were."""
    from numink.recognition.ctc import beam_search, merge_strings

    lines = [compose_line(writers, np.random.default_rng((1, seed))) for seed in range(60)]
    outputs = LineModel().predict([image for image, _ in lines])
    read = [
        next(iter(merge_strings([beam_search(frames) for frames in output.probabilities], output.ensemble_weights)))
        for output in outputs
    ]

    assert np.mean([read_text == text for read_text, (_, text) in zip(read, lines, strict=True)]) > 0.6


def test_the_shipped_line_network_detects_most_upside_down_lines(writers: WriterPool) -> None:
    """Measured on lines of five digits or more; texts of only 0, 1, 6, 8 and 9 are readable both ways."""
    lines = [compose_line(writers, np.random.default_rng((2, seed))) for seed in range(120)]
    images = [image for image, text in lines if len(text) >= 5 and set(text) & set("23457")]
    turned = [replace(image, pixels=np.ascontiguousarray(image.pixels[::-1, ::-1])) for image in images]
    right = [output.upside_down_log_odds < 0 for output in LineModel().predict(images)]
    right += [output.upside_down_log_odds > 0 for output in LineModel().predict(turned)]

    assert len(images) > 40
    assert np.mean(right) > 0.9


def test_a_training_writes_a_model_file_its_weights_a_report_and_a_run_record(trained: tuple[Path, str]) -> None:
    folder, output = trained
    model = LineModel(folder / "lines.onnx")
    images = [LineImage(np.zeros((LINE_IMAGE_HEIGHT, width), np.float32), 1.0, 0.0) for width in (40, 90)]
    record = json.loads((folder / "runs.jsonl").read_text())

    assert "exactly right" in output
    assert [output.probabilities.shape for output in model.predict(images)] == [(2, 10, 11), (2, 23, 11)]
    assert json.loads(model.contract.recipe)["name"] == "tiny-lines"
    assert (record["n"], record["recipe"]["stages"][0]["epochs"]) == (30, 2)
    assert model.contract.ensemble_weights == (0.25, 0.75)
    assert json.loads((folder / "lines.report.json").read_text())["threshold"] == model.contract.threshold
    assert [path.name for path in folder.glob("*.safetensors")] == ["lines.safetensors"]


def test_fine_tuning_starts_from_the_weights_of_the_training_before_it(writers: WriterPool) -> None:
    before, _ = fit_lines(replace(SMALL, epochs=0), writers, [], NullObserver())
    after, _ = fit_lines(replace(SMALL, epochs=0, seed=9), writers, [], NullObserver(), start=before)
    fresh, _ = fit_lines(replace(SMALL, epochs=0, seed=9), writers, [], NullObserver())
    first = next(iter(before.state_dict()))

    assert torch.equal(after.state_dict()[first], before.state_dict()[first])
    assert not torch.equal(fresh.state_dict()[first], before.state_dict()[first])


def test_the_weights_beside_the_shipped_file_give_its_answers(writers: WriterPool) -> None:
    """In training mode, with the batch's own statistics, nearly all frames are decoded the same."""
    shipped = MODELS / "lines.onnx"
    images = [compose_line(writers, np.random.default_rng((3, seed)))[0].pixels for seed in range(60)]
    batch = to_batch([image for image in images if 80 < image.shape[1] < 300])
    outputs = ModelFile(shipped).run(batch.numpy())
    networks = list(load_reusable(LINES, shipped).values())

    assert [network.head.in_channels for network in networks] == [2 * stage.width for stage in LINES.members]
    for index, network in enumerate(networks):
        with torch.inference_mode():
            logits, in_training = network(batch).numpy(), network.train()(batch).numpy()
        decoded, decoded_in_training = (output[:, :, :-1].argmax(axis=2) for output in (logits, in_training))

        assert np.abs(logits - outputs[:, index]).max() < 0.05
        assert np.mean(decoded == decoded_in_training) > 0.97


def test_only_networks_trained_by_the_same_settings_are_reused() -> None:
    shipped = MODELS / "lines.onnx"
    members = [stage.name for stage in LINES.members]
    other = replace(LINES, stages=(*LINES.stages[:-1], replace(LINES.stages[-1], epochs=1)))
    further = replace(LINES.stages[-1], name="further", after=LINES.stages[-1].name)
    more = replace(LINES, stages=(*LINES.stages, further), weights={members[0]: 0.5, "further": 0.5})

    assert reusable_stages(LINES, shipped) == members
    assert LINES.remaining(members) == []
    other_start = replace(LINES, stages=(replace(LINES.stages[0], epochs=1), *LINES.stages[1:]))

    assert reusable_stages(other, shipped) == members[:-1]
    assert reusable_stages(other_start, shipped) == [name for name in members if not name.startswith("narrow")]
    assert [stage.name for stage in more.remaining(reusable_stages(more, shipped))] == ["further"]
    assert [stage.name for stage in LINES.remaining([])] == [stage.name for stage in LINES.stages]


def test_missing_or_damaged_weights_cannot_be_continued_from(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"numink\.safetensors is missing"):
        load_reusable(LINES, MODELS / "numink.onnx")
    weights_path(tmp_path / "text.onnx").write_text("no weights")
    with pytest.raises(ModelError, match="is damaged or holds no line networks"):
        load_reusable(LINES, tmp_path / "text.onnx")
    save_file({"other": torch.zeros(1)}, tmp_path / "other.safetensors")
    with pytest.raises(ModelError, match="holds no line networks"):
        load_reusable(LINES, tmp_path / "other.onnx")
    save_file({}, tmp_path / "empty.safetensors", metadata={"recipe": LINES.to_json()})
    with pytest.raises(ModelError, match=r"the weights .* are damaged"):
        load_reusable(LINES, tmp_path / "empty.onnx")


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
        ([*given, str(second), "--from", str(first), "--epochs", "7"], "no network"),
    ):
        assert message in str(run.invoke(train, arguments).exception)


def test_connected_zeros_are_one_component_that_widens_with_their_number(writers: WriterPool) -> None:
    rng = np.random.default_rng(5)
    drawn = (LineWriter.draw(writers, rng) for _ in range(200))
    writer = next(
        candidate for candidate in drawn if candidate.is_fast and candidate.connects_zeros and candidate.pen < 6
    )
    glyphs = {count: [writer.zeros(count) for _ in range(12)] for count in (2, 5)}
    components = [cv2.connectedComponents((glyph > 0.3).astype(np.uint8))[0] - 1 for glyph in glyphs[5]]
    heights, widths = ({count: np.median([glyph.shape[axis] for glyph in glyphs[count]]) for count in glyphs}
                       for axis in (0, 1))  # fmt: skip

    assert set(components) == {1}
    assert widths[5] > 1.8 * widths[2]
    assert heights[5] < 1.4 * heights[2]


def test_a_file_that_is_no_line_model_is_refused() -> None:
    with pytest.raises(ModelError, match="has no 'strip'"):
        LineModel(MODELS / "numink.onnx")
    assert LineContract.EXPECTED_LINE_IMAGE.startswith("40 rows")
