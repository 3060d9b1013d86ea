"""`numink train --recipe lines`: data, training, temperatures, thresholds, export, report and run log."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from torch import Tensor, nn

from ..datasets.mnist import load_mnist, split
from ..errors import DataError
from ..evaluation.calibration import calibration_error, probabilities, reliability
from ..evaluation.digits import wilson
from ..evaluation.records import EpochRecord, LineReport
from ..reader import Reader
from ..recognition.acceptance import UNFITTED
from ..recognition.alphabet import BLANK, CHARACTERS, digits_of
from ..recognition.ctc import beam_search, decode_line
from ..recognition.line_model import LineContract, LineModel
from .devices import find_device
from .fit_acceptance import NEVER, fit_acceptance_model, read_composed_pages
from .fit_acceptance import PARAMETERS as FIT
from .fit_lines import Lines, fit_lines, predict_logits
from .models.export_digits import current_commit
from .models.export_lines import export_lines
from .models.line_net import LineEnsemble
from .models.line_weights import load_reusable, load_start, save_weights
from .observer import OffsetObserver, TrainingObserver
from .paths import TrainingPaths
from .recipes import EnsembleRecipe, LineRecipe
from .synthesis.lines import compose_line
from .synthesis.writer_pool import WriterFiles, WriterPool, load_writer_pool
from .train_digits import SPLIT_SEED

DATA_SOURCES = (
    "MNIST train; UNIPEN train_r01_v07 without imp, art, pri and a twelfth of the writers of words (CC BY 4.0); "
    "Quick, Draw! (CC BY 4.0); fonts of @fontsource (OFL, Apache)"
)


class FitLines(Protocol):
    """`fit_lines` with its data and device."""

    def __call__(
        self,
        recipe: LineRecipe,
        /,
        *,
        observer: TrainingObserver,
        checkpoint: Path | None,
        start: Mapping[str, Tensor] | None,
    ) -> tuple[nn.Module, list[EpochRecord]]:
        """Train one network."""


@dataclass(frozen=True)
class LineTrainingParameters:
    """Amounts of held-out data, all by writers that no training saw; experiments are in docs/log.md."""

    validation_lines: int = 600
    """Lines that the temperatures are fitted on."""
    reported_lines: int = 2_000
    """Lines that the report measures."""
    pages: int = 4_000
    """Composed pages that the acceptance model is fitted on."""
    character_threshold: float = 0.99
    """Least probability of a character that is accepted in a number that is not; by eye."""


PARAMETERS = LineTrainingParameters()


@dataclass(frozen=True)
class Start:
    """Networks that a line training need not make anew."""

    earlier: Path | None = None
    """Model file of an earlier training; its networks with the same settings are reused."""
    weights: Path | None = None
    """Weights of another recipe's networks; the first network starts from the last of its width there."""


def train_lines(
    recipe: EnsembleRecipe, paths: TrainingPaths, observer: TrainingObserver, *, fresh: bool = False,
    start: Start = Start(), device: str = "auto",
) -> LineReport:  # fmt: skip
    """Train by `recipe`, write the model file and its weights, and return the report on lines by other writers.

    Args:
        recipe: Settings of the line networks.
        paths: Data, and the model file to write.
        observer: Receiver of progress, with epochs counted over all networks.
        fresh: Start anew instead of resuming a stopped training with the same recipe.
        start: Networks to reuse or to start from.
        device: Where to train: 'auto', 'cpu' or 'cuda'.

    Raises:
        DataError: A data file is missing or damaged, or there is no such device.
        ModelError: The weights of `start` are missing or damaged, or the exported file does not agree with torch.
    """
    if paths.collections is None:
        raise DataError("lines are composed of UNIPEN's pen strokes: name their folder with --collections")
    target = find_device(device)
    mnist = load_mnist(paths.data)
    chosen, held_out = split(mnist, paths.writers, SPLIT_SEED)
    files = WriterFiles(paths.data, paths.collections, paths.writers)
    other_writers = load_writer_pool(mnist, held_out, files, held_out=True)
    validation = _compose_lines(other_writers, 7, PARAMETERS.validation_lines)
    if fresh:
        paths.remove_checkpoints(recipe.stages)
    writers = load_writer_pool(mnist, chosen, files, held_out=False)
    reused: dict[str, nn.Module] = dict(load_reusable(recipe, start.earlier)) if start.earlier else {}
    fit = partial(fit_lines, writers=writers, validation=validation, device=target)
    trained, history = _train_all(recipe, reused, fit, observer, paths, start.weights)
    members = [trained[stage.name] for stage in recipe.members]
    contract = export_with_acceptance(members, recipe, validation, other_writers, paths.out)
    save_weights({stage.name: trained[stage.name] for stage in recipe.members}, recipe, paths.out)
    lines = _compose_lines(other_writers, 8, PARAMETERS.reported_lines)
    report = replace(_report(LineModel(paths.out), lines, members, history), taken=tuple(reused))
    paths.out.with_suffix(".report.json").write_text(json.dumps(asdict(report), indent=1) + "\n")
    with paths.run_log.open("a") as log:
        log.write(json.dumps({"recipe": recipe.to_dict(), "commit": contract.commit, **asdict(report)}) + "\n")
    paths.remove_checkpoints(recipe.stages)
    return report


def _compose_lines(writers: WriterPool, seed: int, count: int) -> Lines:
    return [compose_line(writers, np.random.default_rng((seed, index))) for index in range(count)]


def export_with_acceptance(
    members: Sequence[nn.Module], recipe: EnsembleRecipe, validation: Lines, other_writers: WriterPool, out: Path
) -> LineContract:
    """Write the model file, with the acceptance model that is fitted by reading with a first version of the file."""
    contract = LineContract(
        name=f"numink-lines-{version('numink')}", line_image=LineContract.EXPECTED_LINE_IMAGE, alphabet=CHARACTERS,
        temperatures=tuple(
            _fit_temperature(member, stage, validation) for member, stage in zip(members, recipe.members, strict=True)
        ),
        digit_networks=sum(stage.digits_only for stage in recipe.members),
        ensemble_weights=tuple(recipe.weights[stage.name] for stage in recipe.members),
        threshold=PARAMETERS.character_threshold, acceptance=UNFITTED, commit=current_commit(),
        data=DATA_SOURCES, recipe=recipe.to_json(),
    )  # fmt: skip
    network = LineEnsemble(members)
    export_lines(network, contract, out)
    numbers = read_composed_pages(Reader(line_model=LineModel(out)), other_writers, PARAMETERS.pages, 9)
    contract = replace(contract, acceptance=fit_acceptance_model(numbers))
    export_lines(network, contract, out)
    return contract


def _train_all(
    recipe: EnsembleRecipe, reused: Mapping[str, nn.Module], fit: FitLines, observer: TrainingObserver,
    paths: TrainingPaths, weights: Path | None,
) -> tuple[dict[str, nn.Module], list[EpochRecord]]:  # fmt: skip
    """Return all networks that `recipe` needs, by name, and the records of the epochs trained."""
    trained = dict(reused)
    history: list[EpochRecord] = []
    for stage in recipe.remaining(reused):
        stage_observer = OffsetObserver(observer, len(history))
        start = trained[stage.after].state_dict() if stage.after else None
        if start is None and weights is not None:
            start = load_start(weights, stage.width)
        trained[stage.name], records = fit(
            stage, observer=stage_observer, checkpoint=paths.checkpoint(stage), start=start
        )
        history += [stage_observer.renumber(record) for record in records]
    return trained, history


def _fit_temperature(network: nn.Module, stage: LineRecipe, lines: Lines) -> float:
    if stage.digits_only:
        lines = [replace(line, text=digits_of(line.text)) for line in lines]
    return fit_line_temperature(predict_logits(network, lines), lines)


def fit_line_temperature(logits: Sequence[NDArray[np.float32]], lines: Lines) -> float:
    """Return the temperature in 0.5..3 with the least calibration error of whole lines, letter case aside.

    `logits` are float32 (T, OUTPUTS) for each of `lines`.
    """
    grid = np.exp(np.linspace(np.log(0.5), np.log(3.0), 13))
    errors = []
    for point in grid:
        best = [_best(beam_search(probabilities(frames[:, : BLANK + 1], float(point)))) for frames in logits]
        errors.append(_accuracy_and_calibration_error(best, lines)[1])
    return round(float(grid[int(np.argmin(errors))]), 4)


def _best(strings: Mapping[str, float]) -> tuple[str, float]:
    """Return the likeliest of `strings`, which comes first, and its probability in either case of its letters."""
    text = next(iter(strings))
    same = (weight for other, weight in strings.items() if other.casefold() == text.casefold())
    return text.casefold(), sum(same)


def _accuracy_and_calibration_error(best: Sequence[tuple[str, float]], lines: Lines) -> tuple[float, float]:
    """Return the share of lines read right, and the calibration error of their probabilities."""
    right = np.array([read == line.text.casefold() for (read, _), line in zip(best, lines, strict=True)])
    confidence = np.array([min(probability, 1.0) for _, probability in best])
    return float(right.mean()), calibration_error(reliability(confidence, right))


def _report(model: LineModel, lines: Lines, members: Sequence[nn.Module], history: Sequence[EpochRecord]) -> LineReport:
    outputs = model.predict([line.image for line in lines])
    best = [_best({string.text: string.probability for string in decode_line(output).strings}) for output in outputs]
    accuracy, error = _accuracy_and_calibration_error(best, lines)
    acceptance = model.contract.acceptance
    return LineReport(
        len(lines), accuracy, wilson(round(accuracy * len(lines)), len(lines)), error,
        acceptance.threshold, acceptance.threshold_with_signs,
        FIT.error_bound if acceptance.threshold < NEVER else None,
        len(members), sum(weight.numel() for member in members for weight in member.parameters()),
        round(sum(record.seconds for record in history)),
    )  # fmt: skip
