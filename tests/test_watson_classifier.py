"""`NUMINK_CLASSIFIER=watson`: digits told by Watson, or by the model here where it fails; every answer says by whom."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from numink.cli.read import read
from numink.datasets.mnist import Mnist
from numink.errors import NuminkError, SettingsError, WatsonAway, WatsonRefused
from numink.factories import classifier_of, watson_classifier
from numink.reader import Reader
from numink.recognition.digit_model import SHIPPED, Classifier
from numink.recognition.explanation import explain
from numink.results import Page
from numink.settings import Settings
from numink.watson.breaker import Breaker
from numink.watson.classifier import WatsonClassifier
from numink.watson.payload import check_glyph
from pictures import as_file, one
from watson_routes import KEY
from watson_standin import Fault, Standin

pytest.importorskip("ibm_cloud_sdk_core", reason="asking Watson needs the extra [scoring]")

AWAY = [Fault(status=503)] * 60


@pytest.fixture
def settings(watson: Standin) -> Settings:
    watson.deployed(SHIPPED)
    return Settings.from_environment(
        watson.environment(NUMINK_CLASSIFIER="watson", NUMINK_WATSON_DEPLOYMENT="d", NUMINK_WATSON_TIMEOUT="20")
    )


@pytest.fixture
def remote(settings: Settings) -> WatsonClassifier:
    chosen = classifier_of(settings)
    assert isinstance(chosen, WatsonClassifier)
    return chosen


def test_a_page_is_read_at_watson_as_here(remote: WatsonClassifier, watson: Standin) -> None:
    picture = one("4")

    there, here = Reader(remote).read(picture), Reader().read(picture)

    assert (there.classifier, here.classifier) == ("watson", "local")
    assert (there.text, there.model) == (here.text, here.model) == ("4", here.model)
    assert there.numbers[0].confidence == pytest.approx(here.numbers[0].confidence, abs=1e-3)
    assert watson.count("score") > 0


def test_many_glyphs_go_in_requests_below_a_megabyte(remote: WatsonClassifier, mnist: Mnist, watson: Standin) -> None:
    """The stand-in refuses larger ones."""
    noise = np.random.default_rng(0).random((200, 28, 28), dtype=np.float32)
    glyphs = np.concatenate([noise, mnist.test_images[:100].astype(np.float32) / 255])

    answers = remote.predict(glyphs)

    assert np.abs(answers - Classifier().predict(glyphs)).max() < 0.01
    assert watson.count("score") == 3


def test_what_counted_for_a_digit_is_asked_of_watson_too(remote: WatsonClassifier, watson: Standin) -> None:
    counts = explain(remote, check_glyph()[0], 7).counts

    assert np.abs(counts - explain(Classifier(), check_glyph()[0], 7).counts).max() < 0.01
    assert watson.count("score") == 2


def test_no_glyphs_and_wrong_glyphs_are_never_sent(remote: WatsonClassifier, watson: Standin) -> None:
    assert remote.predict(np.empty((0, 28, 28), np.float32)).shape == (0, 11)
    with pytest.raises(ValueError, match="must have the shape"):
        remote.predict(np.zeros((1, 28), np.float32))

    assert watson.seen == []


def test_a_page_is_read_here_where_watson_is_away_and_says_so(remote: WatsonClassifier, watson: Standin) -> None:
    reader, picture = Reader(remote), one("3")
    watson.fail("score", *AWAY)

    fallen = reader.read(picture)
    watson.faults.clear()
    back = reader.read(picture)

    assert (fallen.text, fallen.classifier) == ("3", "fallback")
    assert (back.text, back.classifier) == ("3", "watson")
    assert Page.from_dict(json.loads(json.dumps(fallen.to_dict()))).classifier == "fallback"


def test_who_fails_three_times_is_left_alone_and_tried_again(settings: Settings, watson: Standin) -> None:
    now = [0.0]
    chosen = watson_classifier(settings)
    remote = WatsonClassifier(chosen.local, chosen.scorer, Breaker(3, 30, clock=lambda: now[0]))
    watson.fail("score", *[Fault(status=503)] * 9)

    for _ in range(5):
        remote.predict(check_glyph())
    asked = watson.count("score")
    now[0] = 31.0
    page = remote.for_page()
    page.predict(check_glyph())

    assert asked == 9  # three times, each with three attempts; not the fourth and the fifth time
    assert (watson.count("score"), page.by) == (10, "watson")
    assert not remote.breaker.open


def test_a_refusal_opens_at_once_and_for_as_long_as_watson_says(settings: Settings, watson: Standin) -> None:
    now = [0.0]
    chosen = watson_classifier(settings)
    remote = WatsonClassifier(chosen.local, chosen.scorer, Breaker(3, 30, clock=lambda: now[0]))
    watson.fail("score", Fault(status=429, after="90"))

    for now[0] in (0.0, 1.0, 89.0, 91.0):
        remote.predict(check_glyph())

    assert watson.count("score") == 2


def test_of_many_threads_one_tries_again() -> None:
    now = [0.0]
    breaker = Breaker(1, 30, clock=lambda: now[0])
    breaker.failed()
    now[0] = 31.0
    told: list[bool] = []
    threads = [threading.Thread(target=lambda: told.append(breaker.may_try())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(told) == [False] * 7 + [True]


def test_another_model_at_watson_is_not_believed(settings: Settings, watson: Standin, tmp_path: Path) -> None:
    import onnx
    from onnx import numpy_helper

    model = onnx.load(str(SHIPPED))
    for weights in model.graph.initializer:
        values = numpy_helper.to_array(weights)
        if values.dtype in (np.float16, np.float32) and values.size > 256:
            weights.CopyFrom(numpy_helper.from_array(values * values.dtype.type(0.9), weights.name))
    onnx.save(model, str(tmp_path / "older.onnx"))
    watson.deployed(tmp_path / "older.onnx")

    page = Reader(classifier_of(settings)).read(one("4"))
    with pytest.raises(WatsonRefused, match="run 'numink watson deploy'"):
        watson_classifier(settings, falls_back=False).predict(check_glyph())

    assert (page.text, page.classifier) == ("4", "fallback")


def test_without_falling_back_an_error_is_an_error(settings: Settings, watson: Standin) -> None:
    watson.fail("score", *AWAY)

    with pytest.raises(WatsonAway):
        watson_classifier(settings, falls_back=False).predict(check_glyph())


@pytest.mark.parametrize(("faults", "by"), [([], "watson"), (AWAY, "fallback")], ids=["well", "away"])
def test_numink_read_says_who_told_the_digits(
    watson: Standin, tmp_path: Path, faults: list[Fault], by: str, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "five.png").write_bytes(as_file(one("5")))
    watson.deployed(SHIPPED)
    watson.fail("score", *faults)
    environment = watson.environment(NUMINK_CLASSIFIER="watson", NUMINK_WATSON_DEPLOYMENT="d")

    result = CliRunner(env=environment).invoke(read, ["--json", str(tmp_path / "five.png")])
    page = json.loads(result.stdout.splitlines()[0])

    assert (page["text"], page["classifier"]) == ("5", by)
    assert ("the local model answers in Watson's place: Watson fails (it answers 503" in caplog.text) is bool(faults)
    assert KEY not in result.output + caplog.text


@pytest.mark.parametrize("name", ["NUMINK_WATSON_APIKEY", "NUMINK_WATSON_SPACE", "NUMINK_WATSON_DEPLOYMENT"])
def test_what_is_not_set_is_named(watson: Standin, name: str) -> None:
    environment = watson.environment(NUMINK_CLASSIFIER="watson", NUMINK_WATSON_DEPLOYMENT="d") | {name: ""}

    with pytest.raises(SettingsError, match=name):
        classifier_of(Settings.from_environment(environment))


def test_settings_do_not_show_the_key(settings: Settings) -> None:
    assert settings.watson_apikey == KEY
    assert KEY not in repr(settings)


def test_the_extra_that_is_missing_is_named(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    for module in ("numink.watson.rest", "numink.watson.classifier"):
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.setitem(sys.modules, "ibm_cloud_sdk_core", None)

    with pytest.raises(NuminkError, match=r"pip install 'numink\[scoring\]'"):
        classifier_of(settings)
