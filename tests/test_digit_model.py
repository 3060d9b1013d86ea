"""The digit model: glyphs in, calibrated probabilities out."""

from __future__ import annotations

import numpy as np
import pytest

import numink
from numink.errors import ModelError
from numink.recognition.digit_model import NOT_A_DIGIT, PARAMETERS, Classifier, calibrated
from numink.recognition.glyph import normalise, normalise_all
from numink.recognition.softmax import softmax
from pictures import one_digit


@pytest.fixture(scope="module")
def glyphs() -> np.ndarray:
    return normalise_all([255 - one_digit(digit) for digit in "0123456789"])


def test_every_drawn_digit_is_recognized(classifier: Classifier, glyphs: np.ndarray) -> None:
    predictions = classifier.predict(glyphs)

    assert predictions.dtype == np.float32
    assert predictions.argmax(axis=1).tolist() == list(range(10))
    assert predictions.sum(axis=1) == pytest.approx(1, abs=1e-5)


def test_noise_is_not_one_digit(classifier: Classifier) -> None:
    noise = (np.random.default_rng(0).random((1, 28, 28)) < 0.4).astype(np.float32)

    assert classifier.predict(noise)[0].argmax() == NOT_A_DIGIT


def test_bytes_and_floats_give_the_same_answers(classifier: Classifier, glyphs: np.ndarray) -> None:
    as_bytes = np.round(glyphs * 255).astype(np.uint8)

    assert np.allclose(classifier.predict(as_bytes), classifier.predict(as_bytes / np.float32(255)), atol=1e-6)


def test_large_batches_are_answered_in_order(classifier: Classifier, glyphs: np.ndarray) -> None:
    count = PARAMETERS.least_threaded_glyphs + 7
    many = np.resize(glyphs, (count, 28, 28))

    assert classifier.predict(many).argmax(axis=1).tolist() == [index % 10 for index in range(count)]
    assert classifier.predict(glyphs[:0]).shape == (0, 11)


@pytest.mark.parametrize(
    ("glyphs", "message"),
    [
        (np.zeros((28, 28), np.uint8), "shape"),
        (np.zeros((1, 28, 27), np.uint8), "shape"),
        (np.zeros((1, 28, 28), np.float64), "uint8"),
    ],
)
def test_other_shapes_and_types_are_refused(classifier: Classifier, glyphs: np.ndarray, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        classifier.predict(glyphs)


def test_a_missing_file_is_a_model_error(tmp_path) -> None:
    with pytest.raises(ModelError, match="there is no model file"):
        Classifier(tmp_path / "none.onnx")


def test_the_classifier_is_exported_from_the_package() -> None:
    assert numink.Classifier is Classifier


def test_probabilities_are_the_softmax_at_the_models_temperature(classifier: Classifier) -> None:
    logits = classifier.logits(normalise(255 - one_digit("7"))[None])
    powers = np.exp(logits.astype(np.float64) / classifier.contract.temperature)

    assert calibrated(logits, classifier.contract.temperature) == pytest.approx(powers / powers.sum(), abs=1e-6)


def test_softmax_keeps_the_precision_of_the_logits_and_does_not_overflow() -> None:
    for precision in (np.float32, np.float64):
        result = softmax(np.array([[4000.0, 0.0]], precision), 2.0)
        assert (result.dtype, result.tolist()) == (precision, [[1.0, 0.0]])


def test_a_higher_temperature_makes_answers_less_certain() -> None:
    logits = np.array([[2.0, 0.0]])

    assert softmax(logits, 1.0)[0, 0] > softmax(logits, 3.0)[0, 0] > 0.5
