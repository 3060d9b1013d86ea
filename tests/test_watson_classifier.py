"""`NUMINK_CLASSIFIER=watson`: Watson reads the digits, or the local model as fallback; pages name the classifier."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from numink.cli.read import read
from numink.datasets.mnist import Mnist
from numink.errors import NuminkError, SettingsError, WatsonRefused, WatsonUnavailable
from numink.factories import classifier_from_settings, watson_classifier
from numink.reader import Reader
from numink.recognition.digit_model import SHIPPED, Classifier
from numink.recognition.explanation import explain
from numink.results import Page
from numink.settings import Settings
from numink.watson.circuit_breaker import CircuitBreaker
from numink.watson.classifier import WatsonClassifier
from numink.watson.payload import check_glyph
from pictures import as_file, one_digit
from watson_routes import KEY
from watson_standin import Fault, Standin

pytest.importorskip("ibm_cloud_sdk_core", reason="asking Watson needs the extra [scoring]")

UNAVAILABLE = [Fault(status=503)] * 60


@pytest.fixture
def settings(watson: Standin) -> Settings:
    watson.deployed(SHIPPED)
    return Settings.from_environment(
        watson.environment(NUMINK_CLASSIFIER="watson", NUMINK_WATSON_DEPLOYMENT="d", NUMINK_WATSON_TIMEOUT="20")
    )


@pytest.fixture
def remote(settings: Settings) -> WatsonClassifier:
    chosen = classifier_from_settings(settings)
    assert isinstance(chosen, WatsonClassifier)
    return chosen


def test_a_page_is_read_alike_at_watson_and_locally(remote: WatsonClassifier, watson: Standin) -> None:
    picture = one_digit("4")

    remote_page, local_page = Reader(remote).read(picture), Reader().read(picture)

    assert (remote_page.classifier, local_page.classifier) == ("watson", "local")
    assert (remote_page.text, remote_page.model) == (local_page.text, local_page.model) == ("4", local_page.model)
    assert remote_page.numbers[0].confidence == pytest.approx(local_page.numbers[0].confidence, abs=1e-3)
    assert watson.count("score") > 0


def test_many_glyphs_are_sent_in_requests_of_less_than_a_megabyte(
    remote: WatsonClassifier, mnist: Mnist, watson: Standin
) -> None:
    """The stand-in refuses larger ones."""
    noise = np.random.default_rng(0).random((200, 28, 28), dtype=np.float32)
    glyphs = np.concatenate([noise, mnist.test_images[:100].astype(np.float32) / 255])

    answers = remote.predict(glyphs)

    assert np.abs(answers - Classifier().predict(glyphs)).max() < 0.01
    assert watson.count("score") == 3


def test_an_explanation_uses_watson_too(remote: WatsonClassifier, watson: Standin) -> None:
    counts = explain(remote, check_glyph()[0], 7).counts

    assert np.abs(counts - explain(Classifier(), check_glyph()[0], 7).counts).max() < 0.01
    assert watson.count("score") == 2


def test_empty_and_invalid_batches_are_not_sent(remote: WatsonClassifier, watson: Standin) -> None:
    assert remote.predict(np.empty((0, 28, 28), np.float32)).shape == (0, 11)
    with pytest.raises(ValueError, match="must have the shape"):
        remote.predict(np.zeros((1, 28), np.float32))

    assert watson.seen == []


def test_a_page_is_read_locally_while_watson_is_unavailable_and_says_so(
    remote: WatsonClassifier, watson: Standin
) -> None:
    reader, picture = Reader(remote), one_digit("3")
    watson.fail("score", *UNAVAILABLE)

    during = reader.read(picture)
    watson.faults.clear()
    after = reader.read(picture)

    assert (during.text, during.classifier) == ("3", "fallback")
    assert (after.text, after.classifier) == ("3", "watson")
    assert Page.from_dict(json.loads(json.dumps(during.to_dict()))).classifier == "fallback"


def test_three_failures_open_the_circuit_and_a_trial_closes_it(settings: Settings, watson: Standin) -> None:
    now = [0.0]
    chosen = watson_classifier(settings)
    remote = WatsonClassifier(chosen.local, chosen.scorer, CircuitBreaker(3, 30, clock=lambda: now[0]))
    watson.fail("score", *[Fault(status=503)] * 9)

    for _ in range(5):
        remote.predict(check_glyph())
    requests = watson.count("score")
    now[0] = 31.0
    page = remote.for_page()
    page.predict(check_glyph())

    assert requests == 9  # three calls with three attempts each; none for the fourth and the fifth call
    assert (watson.count("score"), page.by) == (10, "watson")
    assert not remote.breaker.is_open


def test_a_refusal_opens_the_circuit_at_once_for_the_time_that_watson_asks_for(
    settings: Settings, watson: Standin
) -> None:
    now = [0.0]
    chosen = watson_classifier(settings)
    remote = WatsonClassifier(chosen.local, chosen.scorer, CircuitBreaker(3, 30, clock=lambda: now[0]))
    watson.fail("score", Fault(status=429, after="90"))

    for now[0] in (0.0, 1.0, 89.0, 91.0):
        remote.predict(check_glyph())

    assert watson.count("score") == 2


def test_only_one_of_many_threads_makes_the_trial_call() -> None:
    now = [0.0]
    breaker = CircuitBreaker(1, 30, clock=lambda: now[0])
    breaker.record_failure()
    now[0] = 31.0
    allowed: list[bool] = []
    threads = [threading.Thread(target=lambda: allowed.append(breaker.allows_call())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(allowed) == [False] * 7 + [True]


def test_another_model_at_watson_is_not_used(settings: Settings, watson: Standin, tmp_path: Path) -> None:
    import onnx
    from onnx import numpy_helper

    model = onnx.load(str(SHIPPED))
    for weights in model.graph.initializer:
        values = numpy_helper.to_array(weights)
        if values.dtype in (np.float16, np.float32) and values.size > 256:
            weights.CopyFrom(numpy_helper.from_array(values * values.dtype.type(0.9), weights.name))
    onnx.save(model, str(tmp_path / "older.onnx"))
    watson.deployed(tmp_path / "older.onnx")

    page = Reader(classifier_from_settings(settings)).read(one_digit("4"))
    with pytest.raises(WatsonRefused, match="run 'numink watson deploy'"):
        watson_classifier(settings, falls_back=False).predict(check_glyph())

    assert (page.text, page.classifier) == ("4", "fallback")


def test_without_a_fallback_an_error_is_raised(settings: Settings, watson: Standin) -> None:
    watson.fail("score", *UNAVAILABLE)

    with pytest.raises(WatsonUnavailable):
        watson_classifier(settings, falls_back=False).predict(check_glyph())


@pytest.mark.parametrize(
    ("faults", "by"), [([], "watson"), (UNAVAILABLE, "fallback")], ids=["available", "unavailable"]
)
def test_numink_read_names_the_classifier(
    watson: Standin, tmp_path: Path, faults: list[Fault], by: str, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "five.png").write_bytes(as_file(one_digit("5")))
    watson.deployed(SHIPPED)
    watson.fail("score", *faults)
    environment = watson.environment(NUMINK_CLASSIFIER="watson", NUMINK_WATSON_DEPLOYMENT="d")

    result = CliRunner(env=environment).invoke(read, ["--json", str(tmp_path / "five.png")])
    page = json.loads(result.stdout.splitlines()[0])

    assert (page["text"], page["classifier"]) == ("5", by)
    assert ("the local model replaces Watson: Watson failed (status 503" in caplog.text) is bool(faults)
    assert KEY not in result.output + caplog.text


@pytest.mark.parametrize("name", ["NUMINK_WATSON_APIKEY", "NUMINK_WATSON_SPACE", "NUMINK_WATSON_DEPLOYMENT"])
def test_a_missing_setting_is_named(watson: Standin, name: str) -> None:
    environment = watson.environment(NUMINK_CLASSIFIER="watson", NUMINK_WATSON_DEPLOYMENT="d") | {name: ""}

    with pytest.raises(SettingsError, match=name):
        classifier_from_settings(Settings.from_environment(environment))


def test_the_repr_of_settings_does_not_show_the_key(settings: Settings) -> None:
    assert settings.watson_apikey == KEY
    assert KEY not in repr(settings)


def test_a_missing_extra_is_named(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    for module in ("numink.watson.rest", "numink.watson.classifier"):
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.setitem(sys.modules, "ibm_cloud_sdk_core", None)

    with pytest.raises(NuminkError, match=r"pip install 'numink\[scoring\]'"):
        classifier_from_settings(settings)
