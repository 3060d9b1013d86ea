"""Evaluation of a digit model: figures against cases worked out by hand, and on real digits."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

from numink.datasets.mnist import DOUBTFUL, Mnist
from numink.errors import DataError
from numink.evaluation.digits import Answers, Report, Subject, evaluate, summarise, wilson
from numink.recognition.digit_model import Classifier

SUBJECT = Subject("made up", "a model", 0.9)


@pytest.fixture(scope="session")
def report(classifier: Classifier, mnist: Mnist) -> Report:
    """The report on the first 1,000 test digits."""
    return evaluate(classifier, mnist.test_images[:1000], mnist.test_labels[:1000], doubtful=DOUBTFUL[:1])


def answers(
    labels: list[int], guesses: list[int], confidence: list[float], refused: list[int] | None = None
) -> Answers:
    values = np.array(confidence)
    rejected = np.isin(np.arange(len(labels)), refused or [])
    return Answers(np.array(labels), np.array(guesses), values, values >= 0.9, rejected)


# --- the arithmetic


def test_the_error_is_the_share_of_wrong_answers() -> None:
    report = summarise(answers([1, 2, 3, 4], [1, 2, 3, 9], [0.99] * 4), SUBJECT)

    assert report.error == 0.25
    assert report.accuracy == 0.75
    assert report.wrong == 1
    assert report.n == 4


def test_the_interval_is_that_of_wilson() -> None:
    low, high = wilson(40, 10_000)

    assert (round(low, 5), round(high, 5)) == (0.00294, 0.00544)  # R: prop.test(40, 10000, correct = FALSE)
    assert wilson(0, 20)[0] == 0
    assert wilson(20, 20)[1] == 1


def test_doubtful_labels_are_left_out_of_the_second_error() -> None:
    report = summarise(answers([1, 2, 3, 4], [1, 7, 3, 9], [0.99] * 4), SUBJECT, doubtful=(3,))

    assert report.error == 0.5
    assert report.error_without_doubtful == pytest.approx(1 / 3)
    assert report.doubtful == 1


def test_precision_and_recall_are_per_class() -> None:
    report = summarise(answers([4, 4, 4, 9, 9], [4, 4, 9, 9, 9], [0.99] * 5), SUBJECT)

    four, nine, zero = report.classes[4], report.classes[9], report.classes[0]
    assert (four.n, four.precision, four.recall) == (3, 1.0, pytest.approx(2 / 3))
    assert (nine.n, nine.precision, nine.recall) == (2, pytest.approx(2 / 3), 1.0)
    assert (zero.n, zero.precision, zero.recall) == (0, 0.0, 0.0)


def test_the_confusion_matrix_has_a_column_for_rejections_and_rows_that_add_up() -> None:
    report = summarise(answers([4, 4, 4, 9], [4, 9, 4, 9], [0.9] * 4, refused=[2]), SUBJECT)

    assert [len(row) for row in report.confusion] == [11] * 10
    assert report.confusion[4][4] == 1
    assert report.confusion[4][9] == 1
    assert report.confusion[4][10] == 1
    assert report.refused == 1
    assert sum(map(sum, report.confusion)) == 4


def test_the_calibration_error_is_zero_where_confidence_equals_accuracy() -> None:
    confidence = [0.8] * 1500
    guesses = [0, 0, 0, 0, 1] * 300

    report = summarise(answers([0] * 1500, guesses, confidence), SUBJECT)

    assert len(report.reliability) == 15
    assert report.calibration_error == pytest.approx(0)


def test_the_calibration_error_is_the_gap_of_an_overconfident_model() -> None:
    report = summarise(answers([0] * 300, [0, 1] * 150, [1.0] * 300), SUBJECT)

    assert report.calibration_error == pytest.approx(0.5)
    assert {part.n for part in report.reliability} == {20}


def test_answers_above_the_threshold_count_as_accepted() -> None:
    report = summarise(answers([1, 2, 3, 4], [1, 2, 8, 9], [0.95, 0.99, 0.91, 0.5]), SUBJECT)

    assert report.accepted == 0.75
    assert report.error_among_accepted == pytest.approx(1 / 3)


def test_an_empty_data_set_is_an_error_and_not_a_division_by_zero() -> None:
    with pytest.raises(DataError, match="holds no digits"):
        summarise(answers([], [], []), SUBJECT)


# --- on real digits


def test_the_shipped_model_reads_mnist(report: Report, classifier: Classifier) -> None:
    assert report.n == 1000
    assert report.error < 0.02
    assert report.error_interval[0] <= report.error <= report.error_interval[1]
    assert report.error_without_doubtful is not None
    assert report.model == classifier.contract.name
    assert report.threshold == classifier.contract.threshold
    assert sum(part.n for part in report.reliability) == 1000


def test_speed_is_measured_in_batches_and_for_single_images(report: Report) -> None:
    assert report.speed is not None
    assert report.speed.batch > 0
    assert report.speed.one_at_a_time > 0


def test_the_report_agrees_with_the_classifier_itself(report: Report, classifier: Classifier, mnist: Mnist) -> None:
    guesses = classifier.predict(mnist.test_images[:1000])[:, :10].argmax(axis=1)

    assert report.wrong == int((guesses != mnist.test_labels[:1000]).sum())


def test_a_report_can_be_stored_as_json(report: Report) -> None:
    stored = json.loads(json.dumps(report.to_dict()))

    assert math.isclose(stored["accuracy"] + stored["error"], 1)
    assert len(stored["confusion"]) == 10
    assert stored["speed"]["batch"] > 0
