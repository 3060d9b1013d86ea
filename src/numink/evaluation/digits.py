"""How good a model is on glyphs whose digit is known: error, confusions, calibration, what it accepts, speed.

Every image is known to hold one digit, so the answer is the likeliest of the ten, as with `read --single`;
how many the model would rather refuse stands beside it. Measures the Classifier that ships; knows neither
training nor where the glyphs come from.
"""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import DataError
from ..recognition.acceptance import digit_confidence
from ..recognition.digit_model import NOT_A_DIGIT, Classifier
from ..results import CONFIDENCE_STEPS, confidence_step
from .calibration import Bin, calibration_error, reliability

Z95 = 1.959964
BATCH, REPEATS, SINGLES = 10_000, 5, 300
"""Images at once, how often, and single images that the speed is the median of."""


@dataclass(frozen=True)
class Answers:
    """What was said to N images: label and guess 0..9, confidence 0..1, whether accepted, whether refused."""

    labels: NDArray[np.int64]
    guesses: NDArray[np.int64]
    confidence: NDArray[np.float64]
    accepted: NDArray[np.bool_]
    refused: NDArray[np.bool_]

    @property
    def wrong(self) -> NDArray[np.bool_]:
        """(N,): where the guess is not the label."""
        return np.not_equal(self.guesses, self.labels)


@dataclass(frozen=True)
class ClassScore:
    """One digit: of the images that are it, the share found; of those taken for it, the share that are it."""

    digit: int
    n: int
    precision: float
    recall: float


@dataclass(frozen=True)
class Speed:
    """Images a second: many at once on all cores, and one at a time on one thread."""

    batch: float
    one_at_a_time: float


@dataclass(frozen=True)
class Report:
    """Everything measured. Errors and shares are in parts of one; intervals are Wilson's at 95 %."""

    data: str
    model: str
    n: int
    error: float
    error_interval: tuple[float, float]
    wrong: int
    doubtful: int
    error_without_doubtful: float | None
    classes: tuple[ClassScore, ...]
    confusion: tuple[tuple[int, ...], ...]
    """Ten rows (what it is) of eleven: taken for 0..9, or refused as not a digit."""
    calibration_error: float
    reliability: tuple[Bin, ...]
    confidence_counts: tuple[int, ...]
    """How many answers are in each of the steps of `results.SURENESS`, to hold later use against."""
    threshold: float
    accepted: float
    error_among_accepted: float
    speed: Speed | None

    @property
    def accuracy(self) -> float:
        """The share of right answers."""
        return 1 - self.error

    @property
    def refused(self) -> int:
        """Images that the model would rather call no digit."""
        return sum(row[NOT_A_DIGIT] for row in self.confusion)

    def to_dict(self) -> dict[str, Any]:
        """As JSON values."""
        return {"accuracy": self.accuracy, "refused": self.refused, **asdict(self)}


def evaluate(
    classifier: Classifier,
    images: NDArray[np.uint8],
    labels: NDArray[np.uint8],
    *,
    data: str = "mnist",
    doubtful: Sequence[int] = (),
) -> Report:
    """`classifier` on glyphs uint8 (N, 28, 28) with labels 0..9, and its speed. Raises DataError for none.

    >>> evaluate(Classifier(), mnist.test_images, mnist.test_labels, doubtful=DOUBTFUL).error
    """
    answers = ask(classifier, images, labels)
    return summarise(
        answers, Subject(data, classifier.contract.name, classifier.contract.threshold), doubtful,
        measure_speed(classifier, images),
    )  # fmt: skip


@dataclass(frozen=True)
class Subject:
    """What was measured, on what: the names, and the threshold of acceptance."""

    data: str
    model: str
    threshold: float


def ask(classifier: Classifier, images: NDArray[np.uint8], labels: NDArray[np.uint8]) -> Answers:
    """The classifier's answers to glyphs (N, 28, 28)."""
    probabilities = classifier.predict(images).astype(np.float64)  # (N, 11)
    digits = probabilities[:, :NOT_A_DIGIT]
    confidence = digits.max(axis=1)
    sure = digit_confidence(confidence, digits.sum(axis=1))
    return Answers(
        labels.astype(np.int64), digits.argmax(axis=1), confidence,
        sure >= classifier.contract.threshold, probabilities.argmax(axis=1) == NOT_A_DIGIT,
    )  # fmt: skip


def summarise(answers: Answers, subject: Subject, doubtful: Sequence[int] = (), speed: Speed | None = None) -> Report:
    """The report of `answers`; `doubtful`: indices whose label may be wrong. Raises DataError for none."""
    count = len(answers.labels)
    if not count:
        raise DataError(f"{subject.data} holds no digits to evaluate on: check the name")
    wrong = int(answers.wrong.sum())
    sure = np.ones(count, bool)
    sure[list(doubtful)] = False
    confusion = _confusion(answers)
    bins = reliability(answers.confidence, ~answers.wrong)
    steps = [confidence_step(one) for one in answers.confidence]
    taken = answers.accepted
    return Report(
        data=subject.data, model=subject.model, n=count, error=wrong / count, wrong=wrong,
        error_interval=wilson(wrong, count), doubtful=len(doubtful),
        error_without_doubtful=float(answers.wrong[sure].mean()) if len(doubtful) and sure.any() else None,
        classes=_classes(answers), confusion=tuple(tuple(int(cell) for cell in row) for row in confusion),
        calibration_error=calibration_error(bins),
        reliability=bins,
        confidence_counts=tuple(int(count) for count in np.bincount(steps, minlength=len(CONFIDENCE_STEPS) + 1)),
        threshold=subject.threshold, accepted=float(taken.mean()),
        error_among_accepted=float(answers.wrong[taken].mean()) if taken.any() else 0.0, speed=speed,
    )  # fmt: skip


def wilson(hits: int, count: int, z: float = Z95) -> tuple[float, float]:
    """Wilson's interval for a share of `hits` in `count` (more than 0), at 95 % where `z` is left out.

    >>> [round(end, 3) for end in wilson(0, 100)]
    [0.0, 0.037]
    """
    share = hits / count
    middle = share + z * z / (2 * count)
    reach = z * math.sqrt(share * (1 - share) / count + z * z / (4 * count * count))
    scale = 1 + z * z / count
    return max((middle - reach) / scale, 0.0), min((middle + reach) / scale, 1.0)


def measure_speed(classifier: Classifier, images: NDArray[np.uint8]) -> Speed:
    """Medians, after a first call that is not counted."""
    batch, singles = images[:BATCH], images[:SINGLES]
    classifier.predict(batch)
    together = [_seconds(lambda: classifier.predict(batch)) for _ in range(REPEATS)]
    alone = [_seconds(lambda at=at: classifier.predict(images[at : at + 1])) for at in range(len(singles))]  # type: ignore[misc]
    return Speed(len(batch) / statistics.median(together), 1 / statistics.median(alone))


def _seconds(call: Callable[[], object]) -> float:
    started = time.perf_counter()
    call()
    return time.perf_counter() - started


def _confusion(answers: Answers) -> NDArray[np.int64]:
    """(10, 11)."""
    counts = np.zeros((NOT_A_DIGIT, NOT_A_DIGIT + 1), np.int64)
    np.add.at(counts, (answers.labels, np.where(answers.refused, NOT_A_DIGIT, answers.guesses)), 1)
    return counts


def _classes(answers: Answers) -> tuple[ClassScore, ...]:
    scores = []
    for digit in range(NOT_A_DIGIT):
        is_it, taken_for_it = answers.labels == digit, answers.guesses == digit
        both, n = int((is_it & taken_for_it).sum()), int(is_it.sum())
        scores.append(ClassScore(digit, n, both / max(int(taken_for_it.sum()), 1), both / max(n, 1)))
    return tuple(scores)
