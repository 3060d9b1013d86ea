"""Glyphs asked of a deployment over real HTTPS, while all goes wrong that can: each fault is a sentence, in time."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import pytest

from numink.datasets.mnist import Mnist
from numink.errors import WatsonBusy, WatsonError, WatsonRefused, WatsonUnavailable
from numink.recognition.digit_model import SHIPPED, Classifier
from numink.watson.account import Account
from numink.watson.rest import ATTEMPTS, Scorer
from watson_routes import KEY
from watson_rules import SPACE
from watson_standin import Fault, Standin

pytest.importorskip("ibm_cloud_sdk_core", reason="asking Watson needs the extra [scoring]")

GLYPHS = np.random.default_rng(7).random((3, 28, 28), dtype=np.float32)


@pytest.fixture
def account(watson: Standin) -> Account:
    return Account(KEY, SPACE, watson.url, watson.url, watson.url, watson.certificates)


@pytest.fixture
def scorer(watson: Standin, account: Account, caplog: pytest.LogCaptureFixture) -> Iterator[Scorer]:
    """Asks the shipped model at Watson; neither key nor tokens are in anything that is logged."""
    with caplog.at_level(logging.DEBUG):
        yield Scorer(account, watson.deployed(SHIPPED), patience=4)
        logged = "\n".join(record.getMessage() + str(record.args) for record in caplog.records)
        assert KEY not in logged
        assert not any(token in logged for token in watson.tokens)


def refusal(call: Callable[[], object]) -> WatsonError:
    """The error, which holds no secret, nor does what it came from."""
    with pytest.raises(WatsonError) as caught:
        call()
    error: BaseException | None = caught.value
    while error is not None:
        assert KEY not in str(error) + repr(error)
        assert "eyJ" not in str(error)
        error = error.__cause__
    return caught.value


def test_watson_says_what_the_model_here_says(scorer: Scorer, classifier: Classifier, mnist: Mnist) -> None:
    digits = mnist.test_images[:40].astype(np.float32) / 255

    assert np.abs(scorer.logits(digits) - classifier.logits(digits)).max() < 0.01


def test_one_token_serves_many_requests(scorer: Scorer, watson: Standin) -> None:
    for _ in range(3):
        scorer.logits(GLYPHS)

    assert (watson.count("token"), watson.count("score")) == (1, 3)


@pytest.mark.parametrize(
    "fault",
    [
        Fault(status=500),
        Fault(status=503),
        Fault(status=504),
        Fault(status=408),
        Fault("drop"),
        Fault("half"),
        Fault("rubbish"),
    ],
    ids=lambda fault: fault.kind + str(fault.status),
)
def test_a_fault_that_passes_is_not_noticed(scorer: Scorer, watson: Standin, fault: Fault) -> None:
    expected = scorer.logits(GLYPHS)
    watson.fail("score", fault)

    assert np.array_equal(scorer.logits(GLYPHS), expected)
    assert watson.count("score") == 3


@pytest.mark.parametrize("fault", [Fault(status=503), Fault("drop"), Fault("half")], ids=lambda fault: fault.kind)
def test_a_fault_that_stays_is_told(scorer: Scorer, watson: Standin, fault: Fault) -> None:
    watson.fail("score", *[fault] * 9)

    error = refusal(lambda: scorer.logits(GLYPHS))

    assert isinstance(error, WatsonUnavailable)
    assert watson.count("score") == ATTEMPTS


@pytest.mark.parametrize("name", ["token", "score"])
@pytest.mark.parametrize("kind", ["hang", "drip"])
def test_patience_ends_whatever_watson_does(scorer: Scorer, watson: Standin, name: str, kind: str) -> None:
    watson.fail(name, *[Fault(kind)] * 9)
    began = time.monotonic()

    error = refusal(lambda: scorer.logits(GLYPHS, 0.6))

    assert isinstance(error, WatsonUnavailable)
    assert time.monotonic() - began < 2


def test_a_token_that_failed_once_does_not_keep_others_waiting(scorer: Scorer, watson: Standin) -> None:
    """IBM's token manager would let every other call wait for a minute."""
    watson.fail("token", Fault(status=500), Fault("drop"))
    began = time.monotonic()

    scorer.logits(GLYPHS)

    assert time.monotonic() - began < 3
    assert watson.count("token") == 3


def test_a_token_that_was_taken_back_is_renewed(scorer: Scorer, watson: Standin) -> None:
    scorer.logits(GLYPHS)
    watson.tokens.clear()

    scorer.logits(GLYPHS)

    assert watson.count("token") == 2


def test_a_key_that_watson_does_not_take_is_told(scorer: Scorer, watson: Standin) -> None:
    watson.fail("score", Fault(status=401), Fault(status=401))

    error = refusal(lambda: scorer.logits(GLYPHS))

    assert isinstance(error, WatsonRefused)
    assert "check NUMINK_WATSON_APIKEY" in str(error)
    assert watson.count("score") == 2


def test_a_key_that_there_is_not_is_told_at_once(account: Account, watson: Standin) -> None:
    scorer = Scorer(replace(account, apikey="another-secret-key"), "d", patience=4)

    error = refusal(lambda: scorer.logits(GLYPHS))

    assert isinstance(error, WatsonRefused)
    assert "IBM Cloud does not know the key" in str(error)
    assert "another-secret-key" not in str(error)
    assert (watson.count("token"), watson.count("score")) == (1, 0)


@pytest.mark.parametrize("name", ["token", "score"])
def test_too_many_requests_are_not_made_more(scorer: Scorer, watson: Standin, name: str) -> None:
    watson.fail(name, Fault(status=429, after="17"))

    error = refusal(lambda: scorer.logits(GLYPHS))

    assert isinstance(error, WatsonBusy)
    assert (error.seconds, watson.count(name)) == (17, 1)


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (Fault(status=404), "run 'numink watson deploy'"),
        (Fault(status=400), "deploy the model again"),
        (Fault("other"), "another model is deployed there"),
    ],
    ids=["404", "400", "other"],
)
def test_what_will_not_pass_is_asked_once(scorer: Scorer, watson: Standin, fault: Fault, said: str) -> None:
    watson.fail("score", fault)

    error = refusal(lambda: scorer.logits(GLYPHS))

    assert isinstance(error, WatsonRefused)
    assert said in str(error)
    assert watson.count("score") == 1


def test_who_is_not_vouched_for_gets_no_key(account: Account, watson: Standin) -> None:
    scorer = Scorer(replace(account, certificates=None), "d", patience=4)

    error = refusal(lambda: scorer.logits(GLYPHS))

    assert isinstance(error, WatsonRefused)
    assert "is not one to trust" in str(error)
    assert watson.seen == []


def test_nobody_there_is_told(account: Account) -> None:
    scorer = Scorer(replace(account, url="https://localhost:9"), "d", patience=2)

    assert "https://localhost:9 does not answer" in str(refusal(lambda: scorer.logits(GLYPHS)))


def test_quotes_around_a_key_are_told_without_it(account: Account) -> None:
    error = refusal(lambda: Scorer(replace(account, apikey=f'"{KEY}"'), "d"))

    assert "quotes or brackets" in str(error)


def test_an_account_does_not_show_its_key(account: Account) -> None:
    assert KEY not in repr(account)
    assert account.told(f"no {KEY}, no\nBearer abc.def") == "no ***, no ***"
