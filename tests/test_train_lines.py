"""The line network from composed lines to a model file that reads: with strokes of our own, in a minute or less."""

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
from numink.recognition.line_image import HEIGHT, LineImage
from numink.recognition.line_model import LineContract, LineModel
from numink.recognition.onnx_model import MODELS, ModelFile
from pictures import STROKES, strokes_file

torch = pytest.importorskip("torch", reason="training needs the extra [train]")
from numink.cli.training import train  # noqa: E402 - needs torch
from numink.datasets.mnist import load_mnist  # noqa: E402
from numink.training import train_lines  # noqa: E402
from numink.training.fit_lines import side_by_side  # noqa: E402
from numink.training.models.import_lines import taken_over, trained_already, unfolded  # noqa: E402
from numink.training.recipes import LINES, RECIPES, Heard, LineRecipe  # noqa: E402
from numink.training.synthesis.lines import compose_line  # noqa: E402
from numink.training.synthesis.writers import Files, Hand, Hands, hands_of  # noqa: E402

SMALL = LineRecipe(name="small", width=8, epochs=2, lines=64, batch=16, bfloat16=False)
FINISH = replace(SMALL, name="finish", after="small", epochs=1, seed=2)
TINY = Heard(name="tiny-lines", stages=(SMALL, FINISH), say={"small": 0.25, "finish": 0.75})


@pytest.fixture(scope="module")
def collections(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("collections")
    strokes_file(folder / "unipen_digits.npz", STROKES)
    letters = {"A": [[(0.1, 1), (0.5, 0), (0.9, 1)], [(0.3, 0.6), (0.7, 0.6)]],
               "x": [[(0.1, 0.3), (0.9, 1)], [(0.9, 0.3), (0.1, 1)]]}  # fmt: skip
    strokes_file(folder / "unipen_nondigits.npz", letters)
    return folder


@pytest.fixture(scope="module")
def hands(mnist_folder: Path, collections: Path) -> Hands:
    return hands_of(load_mnist(mnist_folder), np.arange(2000), Files(mnist_folder, collections, None), held_out=False)


@pytest.fixture(autouse=True)
def _tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(RECIPES, TINY.name, TINY)
    monkeypatch.setattr(train_lines, "VALIDATION", 20)
    monkeypatch.setattr(train_lines, "PAGES", 2)
    monkeypatch.setattr(train_lines, "REPORTED", 30)


def test_a_line_and_its_truth_repeat_with_the_seed_and_differ_without(hands: Hands) -> None:
    (one, text), (same, again), (other, _) = (compose_line(hands, np.random.default_rng(seed)) for seed in (3, 3, 4))

    assert np.array_equal(one.ink, same.ink)
    assert text == again
    assert one.ink.shape != other.ink.shape or not np.array_equal(one.ink, other.ink)
    assert one.ink.shape[0] == HEIGHT
    assert 0 <= one.ink.min() <= one.ink.max() <= 1


def test_most_lines_hold_digits_and_some_none(hands: Hands) -> None:
    texts = [compose_line(hands, np.random.default_rng(seed))[1] for seed in range(200)]

    assert all(text.isdigit() for text in texts if text)
    assert 0.15 < np.mean([not text for text in texts]) < 0.35
    assert max(map(len, texts)) == 12


def test_the_shipped_line_network_reads_most_composed_lines(hands: Hands) -> None:
    """The hands of the tests were never trained on; MNIST's were."""
    from numink.recognition.ctc import spellings, together

    lines = [compose_line(hands, np.random.default_rng((1, seed))) for seed in range(60)]
    answers = LineModel().read([strip for strip, _ in lines])
    said = [together([spellings(chances) for chances in one.chances], one.say)[0].text for one in answers]

    assert np.mean([one == text for one, (_, text) in zip(said, lines, strict=True)]) > 0.6


def test_the_shipped_line_network_tells_which_way_up_most_lines_are(hands: Hands) -> None:
    """Of lines of five digits or more; what is written with 0, 1, 6, 8 and 9 alone may stand either way."""
    lines = [compose_line(hands, np.random.default_rng((2, seed))) for seed in range(120)]
    strips = [strip for strip, text in lines if len(text) >= 5 and set(text) & set("23457")]
    turned = [replace(strip, ink=np.ascontiguousarray(strip.ink[::-1, ::-1])) for strip in strips]
    right = [said.on_its_head < 0 for said in LineModel().read(strips)]
    right += [said.on_its_head > 0 for said in LineModel().read(turned)]

    assert len(strips) > 40
    assert np.mean(right) > 0.9


def test_training_leaves_a_model_that_spells_and_a_record(
    mnist_folder: Path, collections: Path, tmp_path: Path
) -> None:
    result = CliRunner(env={"NUMINK_DATA": str(mnist_folder)}).invoke(
        train, ["--recipe", TINY.name, "--out", str(tmp_path / "lines.onnx"), "--collections", str(collections)],
        catch_exceptions=False,
    )  # fmt: skip
    speller = LineModel(tmp_path / "lines.onnx")
    strips = [LineImage(np.zeros((HEIGHT, width), np.float32), 1.0, 0.0) for width in (40, 90)]
    record = json.loads((tmp_path / "runs.jsonl").read_text())

    assert "exactly right" in result.output
    assert [one.chances.shape for one in speller.read(strips)] == [(2, 10, 11), (2, 23, 11)]
    assert json.loads(speller.contract.recipe)["name"] == "tiny-lines"
    assert (record["n"], record["recipe"]["stages"][0]["epochs"]) == (30, 2)
    assert speller.contract.say == (0.25, 0.75)
    assert json.loads((tmp_path / "lines.report.json").read_text())["threshold"] == speller.contract.threshold
    assert not list(tmp_path.glob("*.npz"))


def test_a_finish_begins_with_the_weights_of_the_training_before_it(hands: Hands) -> None:
    from numink.training.fit_lines import fit_lines

    class Nobody:
        def step(self, epoch: int, step: int, steps: int, loss: float) -> None:
            """Nothing is shown."""

        epoch = step

    before, _ = fit_lines(replace(SMALL, epochs=0), hands, [], Nobody())
    after, _ = fit_lines(replace(SMALL, epochs=0, seed=9), hands, [], Nobody(), start=before)
    fresh, _ = fit_lines(replace(SMALL, epochs=0, seed=9), hands, [], Nobody())
    first = next(iter(before.state_dict()))

    assert torch.equal(after.state_dict()[first], before.state_dict()[first])
    assert not torch.equal(fresh.state_dict()[first], before.state_dict()[first])


def test_a_network_taken_from_the_shipped_file_says_what_the_file_says_and_goes_on_from_there(hands: Hands) -> None:
    """In training a layer is normalised by the batch it sees: had it other statistics than strips have, it would say
    something else then."""
    shipped = MODELS / "lines.onnx"
    strips = [compose_line(hands, np.random.default_rng((3, seed)))[0].ink for seed in range(60)]
    batch = side_by_side([strip for strip in strips if 80 < strip.shape[1] < 300])
    said = ModelFile(shipped).run(batch.numpy())
    networks = unfolded(shipped, batch)

    assert [network.head.in_channels for network in networks] == [2 * stage.width for stage in LINES.heard]
    for number, network in enumerate(networks):
        with torch.inference_mode():
            assert np.abs(network(batch).numpy() - said[:, number]).max() < 0.05
            assert np.abs(network.train()(batch).numpy() - said[:, number]).max() < 0.05


def test_only_networks_trained_by_the_same_settings_are_taken_over() -> None:
    shipped = MODELS / "lines.onnx"
    heard = [stage.name for stage in LINES.heard]
    other = replace(LINES, stages=(*LINES.stages[:-1], replace(LINES.stages[-1], epochs=1)))
    further = replace(LINES.stages[-1], name="further", after=LINES.stages[-1].name)
    more = replace(LINES, stages=(*LINES.stages, further), say={heard[0]: 0.5, "further": 0.5})

    assert trained_already(LINES, shipped) == heard
    assert LINES.left(heard) == []
    begun_otherwise = replace(LINES, stages=(replace(LINES.stages[0], epochs=1), *LINES.stages[1:]))

    assert trained_already(other, shipped) == heard[:-1]
    assert trained_already(begun_otherwise, shipped) == [name for name in heard if not name.startswith("narrow")]
    assert [stage.name for stage in more.left(trained_already(more, shipped))] == ["further"]
    assert [stage.name for stage in LINES.left([])] == [stage.name for stage in LINES.stages]


def test_what_is_no_file_of_line_networks_is_not_gone_on_from(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="has no 'strip'"):
        taken_over(LINES, MODELS / "numink.onnx", torch.zeros(1, 1, HEIGHT, 80))
    (tmp_path / "text.onnx").write_text("no model")
    with pytest.raises(ModelError, match="cannot be loaded"):
        taken_over(LINES, tmp_path / "text.onnx", torch.zeros(1, 1, HEIGHT, 80))
    with pytest.raises(ModelError, match="holds no line networks"):
        unfolded(MODELS / "numink.onnx", torch.zeros(1, 1, HEIGHT, 80))


def test_training_goes_on_from_what_a_model_file_holds(
    mnist_folder: Path, collections: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    further = replace(FINISH, name="further", after="finish", seed=3)
    longer = replace(TINY, stages=(*TINY.stages, further), say={"small": 0.5, "further": 0.5})
    first, second = tmp_path / "first.onnx", tmp_path / "second.onnx"
    given = ["--recipe", TINY.name, "--collections", str(collections), "--out"]
    run = CliRunner(env={"NUMINK_DATA": str(mnist_folder)})
    run.invoke(train, [*given, str(first)], catch_exceptions=False)
    monkeypatch.setitem(RECIPES, TINY.name, longer)
    told = run.invoke(train, [*given, str(second), "--from", str(first)], catch_exceptions=False).output
    report = json.loads((tmp_path / "second.report.json").read_text())

    assert report["taken"] == ["small", "finish"]
    assert re.findall(r"epoch +(\d+)", told) == ["1"]  # of `further` alone
    for refused, why in ((["--recipe", "quick", "--from", str(first)], "only line networks"),
                         ([*given, str(second), "--from", str(first), "--epochs", "7"], "no network")):  # fmt: skip
        assert why in str(run.invoke(train, refused).exception)


def test_noughts_in_a_row_are_one_stroke_of_a_quick_hand(hands: Hands) -> None:
    """Its width grows with their number, its height does not."""
    rng = np.random.default_rng(5)
    hand = next(one for one in (Hand.any(hands, rng) for _ in range(200)) if one.quick and one.joins and one.pen < 6)
    glyphs = {count: [hand.noughts(count) for _ in range(12)] for count in (2, 5)}
    pieces = [cv2.connectedComponents((glyph > 0.3).astype(np.uint8))[0] - 1 for glyph in glyphs[5]]

    assert set(pieces) == {1}
    assert np.median([one.shape[1] for one in glyphs[5]]) > 1.8 * np.median([one.shape[1] for one in glyphs[2]])
    assert np.median([one.shape[0] for one in glyphs[5]]) < 1.4 * np.median([one.shape[0] for one in glyphs[2]])


def test_a_file_that_is_no_line_model_is_refused() -> None:
    with pytest.raises(ModelError, match="has no 'strip'"):
        LineModel(MODELS / "numink.onnx")
    assert LineContract.EXPECTED_STRIP.startswith("40 rows")
