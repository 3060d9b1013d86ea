"""Evaluation of a digit model on labelled glyphs: error, confusion, calibration, acceptance and speed.

Every image holds one digit, so the answer is the likeliest of the ten, as with `read --single`; rejections (the class
"not a digit" is the likeliest) are counted beside it.
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
BATCH_SIZE, BATCH_REPEATS, SINGLE_IMAGES = 10_000, 5, 300
"""Images in a batch, repetitions of it, and single images that the speeds are medians of."""


@dataclass(frozen=True)
class Answers:
    """Answers to N images: label and guess 0..9, confidence 0..1, True where accepted, True where rejected."""

    labels: NDArray[np.int64]
    guesses: NDArray[np.int64]
    confidence: NDArray[np.float64]
    accepted: NDArray[np.bool_]
    refused: NDArray[np.bool_]

    @property
    def wrong(self) -> NDArray[np.bool_]:
        """True where the guess is not the label: (N,)."""
        return np.not_equal(self.guesses, self.labels)


@dataclass(frozen=True)
class ClassScore:
    """Number of images, precision and recall of one digit."""

    digit: int
    n: int
    precision: float
    recall: float


@dataclass(frozen=True)
class Speed:
    """Images a second: in one batch on all cores, and one at a time on one thread."""

    batch: float
    one_at_a_time: float


@dataclass(frozen=True)
class Report:
    """Results of an evaluation. Errors and shares are between 0 and 1; intervals are Wilson's at 95 %."""

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
    """Ten rows (the label) of eleven columns: read as 0..9, or rejected as not a digit."""
    calibration_error: float
    reliability: tuple[Bin, ...]
    confidence_counts: tuple[int, ...]
    """Answers in each step of `results.CONFIDENCE_STEPS`, to compare with the confidences seen in use."""
    threshold: float
    accepted: float
    error_among_accepted: float
    speed: Speed | None

    @property
    def accuracy(self) -> float:
        """Share of right answers."""
        return 1 - self.error

    @property
    def refused(self) -> int:
        """Number of images for which "not a digit" is the likeliest class."""
        return sum(row[NOT_A_DIGIT] for row in self.confusion)

    def to_dict(self) -> dict[str, Any]:
        """Return the report as JSON values."""
        return {"accuracy": self.accuracy, "refused": self.refused, **asdict(self)}


def evaluate(
    classifier: Classifier,
    images: NDArray[np.uint8],
    labels: NDArray[np.uint8],
    *,
    data: str = "mnist",
    doubtful: Sequence[int] = (),
) -> Report:
    """Evaluate `classifier` on glyphs uint8 (N, 28, 28) with labels 0..9, and measure its speed.

    Raises DataError where there are no images.
    """
    answers = ask(classifier, images, labels)
    return summarise(
        answers, Subject(data, classifier.contract.name, classifier.contract.threshold), doubtful,
        measure_speed(classifier, images),
    )  # fmt: skip


@dataclass(frozen=True)
class Subject:
    """Names of the data and of the model, and the model's acceptance threshold."""

    data: str
    model: str
    threshold: float


def ask(classifier: Classifier, images: NDArray[np.uint8], labels: NDArray[np.uint8]) -> Answers:
    """Return the classifier's answers to glyphs (N, 28, 28)."""
    probabilities = classifier.predict(images).astype(np.float64)  # (N, 11)
    digits = probabilities[:, :NOT_A_DIGIT]
    confidence = digits.max(axis=1)
    relative = digit_confidence(confidence, digits.sum(axis=1))
    return Answers(
        labels.astype(np.int64), digits.argmax(axis=1), confidence,
        relative >= classifier.contract.threshold, probabilities.argmax(axis=1) == NOT_A_DIGIT,
    )  # fmt: skip


def summarise(answers: Answers, subject: Subject, doubtful: Sequence[int] = (), speed: Speed | None = None) -> Report:
    """Return the report of `answers`; `doubtful`: indices whose label may be wrong. Raises DataError for no answers."""
    count = len(answers.labels)
    if not count:
        raise DataError(f"{subject.data} holds no digits to evaluate on: check the name")
    wrong = int(answers.wrong.sum())
    certain = np.ones(count, bool)
    certain[list(doubtful)] = False
    confusion = _confusion(answers)
    bins = reliability(answers.confidence, ~answers.wrong)
    steps = [confidence_step(confidence) for confidence in answers.confidence]
    accepted = answers.accepted
    return Report(
        data=subject.data, model=subject.model, n=count, error=wrong / count, wrong=wrong,
        error_interval=wilson(wrong, count), doubtful=len(doubtful),
        error_without_doubtful=float(answers.wrong[certain].mean()) if len(doubtful) and certain.any() else None,
        classes=_classes(answers), confusion=tuple(tuple(int(cell) for cell in row) for row in confusion),
        calibration_error=calibration_error(bins),
        reliability=bins,
        confidence_counts=tuple(int(count) for count in np.bincount(steps, minlength=len(CONFIDENCE_STEPS) + 1)),
        threshold=subject.threshold, accepted=float(accepted.mean()),
        error_among_accepted=float(answers.wrong[accepted].mean()) if accepted.any() else 0.0, speed=speed,
    )  # fmt: skip


def wilson(hits: int, count: int, z: float = Z95) -> tuple[float, float]:
    """Return Wilson's interval for a share of `hits` in `count` (more than 0), by default at 95 %.

    >>> [round(end, 3) for end in wilson(0, 100)]
    [0.0, 0.037]
    """
    share = hits / count
    middle = share + z * z / (2 * count)
    reach = z * math.sqrt(share * (1 - share) / count + z * z / (4 * count * count))
    scale = 1 + z * z / count
    return max((middle - reach) / scale, 0.0), min((middle + reach) / scale, 1.0)


def measure_speed(classifier: Classifier, images: NDArray[np.uint8]) -> Speed:
    """Return median speeds, after a first call that is not counted."""
    batch, singles = images[:BATCH_SIZE], images[:SINGLE_IMAGES]
    classifier.predict(batch)
    batch_seconds = [_seconds(lambda: classifier.predict(batch)) for _ in range(BATCH_REPEATS)]
    single_seconds = [_seconds(lambda image=image: classifier.predict(image[None])) for image in singles]  # type: ignore[misc]
    return Speed(len(batch) / statistics.median(batch_seconds), 1 / statistics.median(single_seconds))


def _seconds(call: Callable[[], object]) -> float:
    started = time.perf_counter()
    call()
    return time.perf_counter() - started


def _confusion(answers: Answers) -> NDArray[np.int64]:
    counts = np.zeros((NOT_A_DIGIT, NOT_A_DIGIT + 1), np.int64)
    np.add.at(counts, (answers.labels, np.where(answers.refused, NOT_A_DIGIT, answers.guesses)), 1)
    return counts


def _classes(answers: Answers) -> tuple[ClassScore, ...]:
    scores = []
    for digit in range(NOT_A_DIGIT):
        actual, predicted = answers.labels == digit, answers.guesses == digit
        hits, n = int((actual & predicted).sum()), int(actual.sum())
        scores.append(ClassScore(digit, n, hits / max(int(predicted.sum()), 1), hits / max(n, 1)))
    return tuple(scores)
