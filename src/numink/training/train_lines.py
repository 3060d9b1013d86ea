"""`numink train --recipe lines`: data, training, temperatures, thresholds, export, report and run log."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from importlib.metadata import version
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from torch import nn

from ..datasets.mnist import load_mnist, split
from ..errors import DataError
from ..evaluation.calibration import calibration_error, probabilities, reliability
from ..evaluation.digits import wilson
from ..evaluation.records import EpochRecord, LineReport
from ..reader import Reader
from ..recognition.ctc import BLANK, beam_search, merge_strings
from ..recognition.line_model import LineContract, LineModel
from .calibration import fit_threshold
from .fit_lines import Lines, fit_lines, predict_logits
from .models.export_digits import current_commit
from .models.export_lines import export_lines
from .models.line_net import LineEnsemble
from .models.line_weights import load_reusable, save_weights
from .observer import OffsetObserver, TrainingObserver
from .paths import TrainingPaths
from .recipes import EnsembleRecipe
from .synthesis.lines import compose_line
from .synthesis.pages import compose_random_page
from .synthesis.writers import WriterFiles, WriterPool, load_writer_pool
from .train_digits import SPLIT_SEED

DATA_SOURCES = "MNIST train; UNIPEN train_r01_v07 without imp, art, pri (CC BY 4.0); Quick, Draw! (CC BY 4.0)"


@dataclass(frozen=True)
class LineTrainingParameters:
    """Amounts of held-out data, all by writers that no training saw, and bounds; experiments are in docs/log.md."""

    validation_lines: int = 600
    """Lines that the temperatures are fitted on."""
    reported_lines: int = 2_000
    """Lines that the report measures."""
    pages: int = 1_000
    """Composed pages that the acceptance threshold of numbers is fitted on."""
    least_threshold: float = 0.93
    """Lower bound of the acceptance threshold: composed pages are easier than real ones (E177)."""
    error_bound: float = 1 / 1500
    """Largest share of wrong numbers among the accepted on composed pages (E154; before: 1/500 in E135)."""


PARAMETERS = LineTrainingParameters()


def train_lines(
    recipe: EnsembleRecipe, paths: TrainingPaths, observer: TrainingObserver, *, fresh: bool = False,
    earlier: Path | None = None,
) -> LineReport:  # fmt: skip
    """Train by `recipe`, write the model file and its weights, and return the report on lines by other writers.

    Args:
        recipe: Settings of the line networks.
        paths: Data, and the model file to write.
        observer: Receiver of progress, with epochs counted over all networks.
        fresh: Start anew instead of resuming a stopped training with the same recipe.
        earlier: Model file of an earlier training; its networks with the same settings are reused.

    Raises:
        DataError: A data file is missing or damaged.
        ModelError: The weights of `earlier` are missing or damaged, or the exported file does not agree with torch.
    """
    if paths.collections is None:
        raise DataError("lines are composed of UNIPEN's pen strokes: name their folder with --collections")
    mnist = load_mnist(paths.data)
    chosen, held_out = split(mnist, paths.writers, SPLIT_SEED)
    files = WriterFiles(paths.data, paths.collections, paths.writers)
    other_writers = load_writer_pool(mnist, held_out, files, held_out=True)
    validation = _compose_lines(other_writers, 7, PARAMETERS.validation_lines)
    if fresh:
        paths.remove_checkpoints(recipe.stages)
    writers = load_writer_pool(mnist, chosen, files, held_out=False)
    reused = load_reusable(recipe, earlier) if earlier else {}
    trained, history = _train_all(recipe, reused, writers, validation, observer, paths)
    members = [trained[stage.name] for stage in recipe.members]
    network = LineEnsemble(members)
    contract = _export(network, members, recipe, validation, other_writers, paths)
    save_weights({stage.name: trained[stage.name] for stage in recipe.members}, recipe, paths.out)
    lines = _compose_lines(other_writers, 8, PARAMETERS.reported_lines)
    report = replace(_report(LineModel(paths.out), lines, network, history), taken=tuple(reused))
    paths.out.with_suffix(".report.json").write_text(json.dumps(asdict(report), indent=1) + "\n")
    with paths.run_log.open("a") as log:
        log.write(json.dumps({"recipe": recipe.to_dict(), "commit": contract.commit, **asdict(report)}) + "\n")
    paths.remove_checkpoints(recipe.stages)
    return report


def _compose_lines(writers: WriterPool, seed: int, count: int) -> Lines:
    return [compose_line(writers, np.random.default_rng((seed, index))) for index in range(count)]


def _export(
    network: nn.Module, members: Sequence[nn.Module], recipe: EnsembleRecipe, validation: Lines,
    other_writers: WriterPool, paths: TrainingPaths,
) -> LineContract:  # fmt: skip
    """Write the model file, with the threshold that is fitted by reading with a first version of the file."""
    texts = [text for _, text in validation]
    contract = LineContract(
        name=f"numink-lines-{version('numink')}", line_image=LineContract.EXPECTED_LINE_IMAGE,
        temperatures=tuple(fit_line_temperature(predict_logits(member, validation), texts) for member in members),
        ensemble_weights=tuple(recipe.weights[stage.name] for stage in recipe.members),
        threshold=1.0, commit=current_commit(), data=DATA_SOURCES, recipe=recipe.to_json(),
    )  # fmt: skip
    export_lines(network, contract, paths.out)
    threshold = fit_number_threshold(Reader(line_model=LineModel(paths.out)), other_writers, PARAMETERS.pages)
    export_lines(network, replace(contract, threshold=threshold), paths.out)
    return contract


def _train_all(
    recipe: EnsembleRecipe, reused: Mapping[str, nn.Module], writers: WriterPool, validation: Lines,
    observer: TrainingObserver, paths: TrainingPaths,
) -> tuple[dict[str, nn.Module], list[EpochRecord]]:  # fmt: skip
    """Return all networks that `recipe` needs, by name, and the records of the epochs trained."""
    trained = dict(reused)
    history: list[EpochRecord] = []
    for stage in recipe.remaining(reused):
        stage_observer = OffsetObserver(observer, len(history))
        start = trained[stage.after] if stage.after else None
        trained[stage.name], records = fit_lines(
            stage, writers, validation, stage_observer, paths.checkpoint(stage), start
        )
        history += [stage_observer.renumber(record) for record in records]
    return trained, history


def fit_line_temperature(logits: Sequence[NDArray[np.float32]], texts: Sequence[str]) -> float:
    """Return the temperature in 0.5..3 with the least calibration error of whole lines.

    `logits` are float32 (T, 12) for each line, `texts` the true texts.
    """
    grid = np.exp(np.linspace(np.log(0.5), np.log(3.0), 19))
    errors = []
    for point in grid:
        best = [_best(beam_search(probabilities(frames[:, : BLANK + 1], float(point)))) for frames in logits]
        errors.append(_accuracy_and_calibration_error(best, texts)[1])
    return round(float(grid[int(np.argmin(errors))]), 4)


def fit_number_threshold(reader: Reader, writers: WriterPool, pages: int) -> float:
    """Return the confidence of a number's digits at which `error_bound` holds on `pages` composed pages."""
    confidence, right = [], []
    for index in range(pages):
        rng = np.random.default_rng((9, index))
        text = partial(random_number, rng)
        page = compose_random_page(writers.strokes, writers.usable, text, rng)
        written = {number for line in page.lines for number in line}
        for number in reader.read(page.picture).numbers:
            if len(number.digits) > 1:
                confidence.append(min(digit.confidence for digit in number.digits))
                right.append(number.text in written)
    threshold = fit_threshold(np.array(confidence), np.array(right, bool), PARAMETERS.error_bound)
    return max(threshold, PARAMETERS.least_threshold)


def random_number(rng: np.random.Generator) -> str:
    """Return a random number of 3 to 12 digits."""
    return "".join(map(str, rng.integers(0, 10, int(rng.integers(3, 13)))))


def _best(strings: Mapping[str, float]) -> tuple[str, float]:
    """Return the likeliest of `strings`, which comes first, and its probability."""
    return next(iter(strings.items()))


def _accuracy_and_calibration_error(best: Sequence[tuple[str, float]], texts: Sequence[str]) -> tuple[float, float]:
    """Return the share of lines read right, and the calibration error of their probabilities."""
    right = np.array([read == text for (read, _), text in zip(best, texts, strict=True)])
    confidence = np.array([min(probability, 1.0) for _, probability in best])
    return float(right.mean()), calibration_error(reliability(confidence, right))


def _report(model: LineModel, lines: Lines, network: nn.Module, history: Sequence[EpochRecord]) -> LineReport:
    outputs = model.predict([image for image, _ in lines])
    best = [
        _best(merge_strings([beam_search(frames) for frames in output.probabilities], output.ensemble_weights))
        for output in outputs
    ]
    accuracy, error = _accuracy_and_calibration_error(best, [text for _, text in lines])
    return LineReport(
        len(lines), accuracy, wilson(round(accuracy * len(lines)), len(lines)), error, model.contract.threshold,
        len(model.contract.ensemble_weights),
        sum(weight.numel() for weight in network.parameters()), round(sum(record.seconds for record in history)),
    )  # fmt: skip
