"""Scoring with a deployment over real HTTPS, with faults of every kind: each becomes an error in time."""

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
from numink.watson.rest import MAX_REQUEST_ATTEMPTS, Scorer
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
    """Connect to the shipped model at Watson; check afterwards that no key and no token was logged."""
    with caplog.at_level(logging.DEBUG):
        yield Scorer(account, watson.deployed(SHIPPED), timeout=4)
        logged = "\n".join(record.getMessage() + str(record.args) for record in caplog.records)
        assert KEY not in logged
        assert not any(token in logged for token in watson.tokens)


def refusal(call: Callable[[], object]) -> WatsonError:
    """Return the error of a call, and check that it and its causes contain no secret."""
    with pytest.raises(WatsonError) as caught:
        call()
    error: BaseException | None = caught.value
    while error is not None:
        assert KEY not in str(error) + repr(error)
        assert "eyJ" not in str(error)
        error = error.__cause__
    return caught.value


def test_watson_gives_the_logits_of_the_local_model(scorer: Scorer, classifier: Classifier, mnist: Mnist) -> None:
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
def test_a_temporary_fault_is_retried(scorer: Scorer, watson: Standin, fault: Fault) -> None:
    expected = scorer.logits(GLYPHS)
    watson.fail("score", fault)

    assert np.array_equal(scorer.logits(GLYPHS), expected)
    assert watson.count("score") == 3


@pytest.mark.parametrize("fault", [Fault(status=503), Fault("drop"), Fault("half")], ids=lambda fault: fault.kind)
def test_a_permanent_fault_is_an_error(scorer: Scorer, watson: Standin, fault: Fault) -> None:
    watson.fail("score", *[fault] * 9)

    error = refusal(lambda: scorer.logits(GLYPHS))

    assert isinstance(error, WatsonUnavailable)
    assert watson.count("score") == MAX_REQUEST_ATTEMPTS


@pytest.mark.parametrize("name", ["token", "score"])
@pytest.mark.parametrize("kind", ["hang", "drip"])
def test_the_timeout_ends_a_call_whatever_watson_does(scorer: Scorer, watson: Standin, name: str, kind: str) -> None:
    watson.fail(name, *[Fault(kind)] * 9)
    started = time.monotonic()

    error = refusal(lambda: scorer.logits(GLYPHS, 0.6))

    assert isinstance(error, WatsonUnavailable)
    assert time.monotonic() - started < 2


def test_a_failed_token_request_does_not_block_other_calls(scorer: Scorer, watson: Standin) -> None:
    """IBM's token manager would block every other call for a minute."""
    watson.fail("token", Fault(status=500), Fault("drop"))
    started = time.monotonic()

    scorer.logits(GLYPHS)

    assert time.monotonic() - started < 3
    assert watson.count("token") == 3


def test_a_revoked_token_is_renewed(scorer: Scorer, watson: Standin) -> None:
    scorer.logits(GLYPHS)
    watson.tokens.clear()

    scorer.logits(GLYPHS)

    assert watson.count("token") == 2


def test_a_key_that_watson_refuses_is_an_error(scorer: Scorer, watson: Standin) -> None:
    watson.fail("score", Fault(status=401), Fault(status=401))

    error = refusal(lambda: scorer.logits(GLYPHS))

    assert isinstance(error, WatsonRefused)
    assert "check NUMINK_WATSON_APIKEY" in str(error)
    assert watson.count("score") == 2


def test_an_unknown_key_is_an_error_at_once(account: Account, watson: Standin) -> None:
    scorer = Scorer(replace(account, apikey="another-secret-key"), "d", timeout=4)

    error = refusal(lambda: scorer.logits(GLYPHS))

    assert isinstance(error, WatsonRefused)
    assert "IBM Cloud does not accept the key" in str(error)
    assert "another-secret-key" not in str(error)
    assert (watson.count("token"), watson.count("score")) == (1, 0)


@pytest.mark.parametrize("name", ["token", "score"])
def test_too_many_requests_are_not_retried(scorer: Scorer, watson: Standin, name: str) -> None:
    watson.fail(name, Fault(status=429, after="17"))

    error = refusal(lambda: scorer.logits(GLYPHS))

    assert isinstance(error, WatsonBusy)
    assert (error.seconds, watson.count(name)) == (17, 1)


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        (Fault(status=404), "run 'numink watson deploy'"),
        (Fault(status=400), "deploy the model again"),
        (Fault("other"), "another model is deployed there"),
    ],
    ids=["404", "400", "other"],
)
def test_a_refused_request_is_not_retried(scorer: Scorer, watson: Standin, fault: Fault, message: str) -> None:
    watson.fail("score", fault)

    error = refusal(lambda: scorer.logits(GLYPHS))

    assert isinstance(error, WatsonRefused)
    assert message in str(error)
    assert watson.count("score") == 1


def test_an_untrusted_server_gets_no_key(account: Account, watson: Standin) -> None:
    scorer = Scorer(replace(account, certificates=None), "d", timeout=4)

    error = refusal(lambda: scorer.logits(GLYPHS))

    assert isinstance(error, WatsonRefused)
    assert "is not trusted" in str(error)
    assert watson.seen == []


def test_an_unreachable_server_is_an_error(account: Account) -> None:
    scorer = Scorer(replace(account, url="https://localhost:9"), "d", timeout=2)

    assert "https://localhost:9 does not answer" in str(refusal(lambda: scorer.logits(GLYPHS)))


def test_quotes_around_a_key_are_an_error_without_the_key(account: Account) -> None:
    error = refusal(lambda: Scorer(replace(account, apikey=f'"{KEY}"'), "d"))

    assert "quotes or brackets" in str(error)


def test_the_repr_of_an_account_does_not_show_its_key(account: Account) -> None:
    assert KEY not in repr(account)
    assert account.redacted(f"no {KEY}, no\nBearer abc.def") == "no ***, no ***"
