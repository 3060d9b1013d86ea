"""`numink train --recipe lines`: hands, fit, temperature, the model file of the line network, and a record."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from importlib.metadata import version
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from torch import nn

from ..datasets.mnist import load_mnist, split
from ..errors import DataError
from ..evaluation.calibration import calibration_error, probabilities, reliability
from ..evaluation.digits import wilson
from ..reader import Reader
from ..recognition.ctc import BLANK, beam_search, merge_strings
from ..recognition.line_model import LineContract, LineModel
from .calibration import fit_threshold
from .fit_lines import WIDEST, Lines, fit_lines, logits, side_by_side
from .models.export_digits import commit
from .models.export_lines import export_lines
from .models.import_lines import taken_over
from .models.line_net import Together
from .recipes import Heard
from .synthesis.lines import compose_line
from .synthesis.pages import any_page
from .synthesis.writers import Files, Hands, hands_of
from .train_digits import SPLIT, Places
from .trainer import EpochRecord, Shifted, Watcher

VALIDATION, REPORTED, PAGES = 600, 2_000, 1_000
"""Lines by hands that no training saw, to fit the temperature on, and others to report on; and pages by them, to fit
the threshold of numbers on."""
SETTLED = 200
"""Lines on which the layers of networks taken from a file get their statistics."""
DATA = "MNIST train; UNIPEN train_r01_v07 without imp, art, pri (CC BY 4.0); Quick, Draw! (CC BY 4.0)"
LEAST_SURE = 0.93
"""No threshold is lower, whatever composed pages say: they are easier than what people send."""
PROMISE = 1 / 1500
"""At most this share of the accepted numbers may be wrong on composed pages, which are easier than those of people."""


@dataclass(frozen=True)
class LineReport:
    """Of `n` composed lines by hands never seen, the share read exactly right; its interval is Wilson's at 95 %."""

    n: int
    right: float
    interval: tuple[float, float]
    calibration_error: float
    threshold: float
    networks: int
    parameters: int
    seconds: float
    taken: tuple[str, ...] = ()
    """Networks that were not trained then, but taken from an earlier file."""


def train_lines(
    recipe: Heard, places: Places, watcher: Watcher, *, fresh: bool = False, begun: Path | None = None
) -> LineReport:
    """Trains by `recipe`, writes the model file, and reports on lines by other hands.

    Networks that the model file `begun` holds already, by the same settings, are taken from there. Goes on where a
    killed run with the same recipe stopped, unless `fresh`. Raises DataError, ModelError.
    """
    if places.collections is None:
        raise DataError("lines are written with UNIPEN's strokes: say where they are with --collections")
    mnist = load_mnist(places.data)
    chosen, held = split(mnist, places.writers, SPLIT)
    files = Files(places.data, places.collections, places.writers)
    others = hands_of(mnist, held, files, held_out=True)
    validation = [compose_line(others, np.random.default_rng((7, at))) for at in range(VALIDATION)]
    if fresh:
        places.forget(recipe.stages)
    hands = hands_of(mnist, chosen, files, held_out=False)
    at_hand = _at_hand(recipe, begun, hands) if begun else {}
    trained, history = _train_all(recipe, at_hand, hands, validation, watcher, places)
    heard = [trained[stage.name] for stage in recipe.heard]
    texts = [text for _, text in validation]
    contract = LineContract(
        name=f"numink-lines-{version('numink')}", line_image=LineContract.EXPECTED_LINE_IMAGE,
        temperatures=tuple(fit_line_temperature(logits(one, validation), texts) for one in heard),
        ensemble_weights=tuple(recipe.say[stage.name] for stage in recipe.heard),
        threshold=1.0, commit=commit(), data=DATA, recipe=recipe.to_json(),
    )  # fmt: skip
    network = Together(heard)
    export_lines(network, contract, places.out)
    threshold = fit_number_threshold(Reader(line_model=LineModel(places.out)), others, PAGES)
    export_lines(network, replace(contract, threshold=threshold), places.out)
    reported = [compose_line(others, np.random.default_rng((8, at))) for at in range(REPORTED)]
    report = replace(_report(LineModel(places.out), reported, network, history), taken=tuple(at_hand))
    places.out.with_suffix(".report.json").write_text(json.dumps(asdict(report), indent=1) + "\n")
    with places.record.open("a") as record:
        record.write(json.dumps({"recipe": asdict(recipe), "commit": contract.commit, **asdict(report)}) + "\n")
    places.forget(recipe.stages)
    return report


def _at_hand(recipe: Heard, begun: Path, hands: Hands) -> dict[str, nn.Module]:
    """The networks of `recipe` that the file `begun` holds, by name."""
    rng = np.random.default_rng((10, 0))
    strips = [compose_line(hands, rng)[0].pixels for _ in range(SETTLED)]
    short = [strip for strip in strips if strip.shape[1] <= WIDEST // 3]
    return dict(taken_over(recipe, begun, side_by_side(short)))


def _train_all(
    recipe: Heard, at_hand: Mapping[str, nn.Module], hands: Hands, validation: Lines, watcher: Watcher, places: Places
) -> tuple[dict[str, nn.Module], list[EpochRecord]]:
    """All networks of `recipe` that are needed by name, and how the epochs went."""
    trained = dict(at_hand)
    history: list[EpochRecord] = []
    for stage in recipe.left(at_hand):
        shifted = Shifted(watcher, len(history))
        start = trained[stage.after] if stage.after else None
        trained[stage.name], went = fit_lines(stage, hands, validation, shifted, places.checkpoint(stage), start)
        history += [shifted.later(record) for record in went]
    return trained, history


def fit_line_temperature(said: Sequence[NDArray[np.float32]], texts: Sequence[str]) -> float:
    """The temperature at which whole lines are right as often as they are likely, by a search over 0.5..3."""
    grid = np.exp(np.linspace(np.log(0.5), np.log(3.0), 19))
    errors = []
    for point in grid:
        best = [_best(beam_search(probabilities(one[:, : BLANK + 1], float(point)))) for one in said]
        errors.append(_calibration(best, texts)[1])
    return round(float(grid[int(np.argmin(errors))]), 4)


def fit_number_threshold(reader: Reader, hands: Hands, pages: int) -> float:
    """The confidence that all digits of a number must have for PROMISE to hold on composed pages by `hands`."""
    sure, right = [], []
    for at in range(pages):
        rng = np.random.default_rng((9, at))
        page = any_page(hands.strokes, hands.usable, lambda rng=rng: random_number(rng), rng)  # type: ignore[misc]
        written = {number for line in page.lines for number in line}
        for number in reader.read(page.picture).numbers:
            if len(number.digits) > 1:
                sure.append(min(digit.confidence for digit in number.digits))
                right.append(number.text in written)
    return max(fit_threshold(np.array(sure), np.array(right, bool), PROMISE), LEAST_SURE)


def random_number(rng: np.random.Generator) -> str:
    """Of 3 to 12 digits."""
    return "".join(map(str, rng.integers(0, 10, int(rng.integers(3, 13)))))


def _best(strings: Mapping[str, float]) -> tuple[str, float]:
    """Return the likeliest of `strings`, which comes first, and its probability."""
    return next(iter(strings.items()))


def _calibration(best: Sequence[tuple[str, float]], texts: Sequence[str]) -> tuple[float, float]:
    """The share of lines that are spelled right, and how far their probabilities are from it."""
    right = np.array([found == text for (found, _), text in zip(best, texts, strict=True)])
    sure = np.array([min(probability, 1.0) for _, probability in best])
    return float(right.mean()), calibration_error(reliability(sure, right))


def _report(speller: LineModel, lines: Lines, network: nn.Module, history: Sequence[EpochRecord]) -> LineReport:
    said = speller.predict([strip for strip, _ in lines])
    best = [
        _best(merge_strings([beam_search(network) for network in one.probabilities], one.ensemble_weights))
        for one in said
    ]
    right, error = _calibration(best, [text for _, text in lines])
    return LineReport(
        len(lines), right, wilson(round(right * len(lines)), len(lines)), error, speller.contract.threshold,
        len(speller.contract.ensemble_weights),
        sum(weight.numel() for weight in network.parameters()), round(sum(record.seconds for record in history)),
    )  # fmt: skip
