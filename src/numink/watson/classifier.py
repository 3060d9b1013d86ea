"""Classifier at IBM Watson, with the local classifier as its fallback.

Both run the same model. Each batch begins with a check digit of known logits, so that another model at Watson is
noticed. Once Watson has failed on a page, the local classifier reads the rest of that page.
"""

from __future__ import annotations

import logging
import time

import numpy as np
from numpy.typing import NDArray

from ..errors import WatsonBusy, WatsonError, WatsonRefused
from ..recognition.digit_model import FALLBACK, Classifier, as_float, calibrated
from .circuit_breaker import CircuitBreaker
from .payload import CHECK_TOLERANCE, check_glyph
from .rest import Scorer

log = logging.getLogger(__name__)
REQUEST_BATCH = 128
"""Glyphs of one request: less than 1 MB of JSON."""
PAUSE_AFTER_REFUSAL = 300.0
"""Seconds without calls after Watson refused one: only a change of the settings helps."""


class WatsonClassifier:
    """Classifier at Watson; thread-safe. It implements `DigitClassifier`.

    Args:
        local: The local classifier, which answers instead of Watson.
        scorer: Connection to the deployment.
        breaker: Circuit breaker.
        falls_back: Answer with `local` where Watson fails; else raise the error.
        batch: Glyphs of one request.
    """

    by = "watson"

    def __init__(
        self, local: Classifier, scorer: Scorer, breaker: CircuitBreaker | None = None, *, falls_back: bool = True,
        batch: int = REQUEST_BATCH,
    ) -> None:  # fmt: skip
        self.local, self.scorer, self.breaker = local, scorer, breaker or CircuitBreaker()
        self.falls_back, self.batch = falls_back, batch
        self.path, self.contract = local.path, local.contract  # the model at Watson is the same
        self._expected = local.logits(check_glyph())

    def for_page(self) -> PageClassifier:
        """Return a classifier for the digits of one page."""
        return PageClassifier(self)

    def logits(self, glyphs: NDArray[np.uint8] | NDArray[np.float32]) -> NDArray[np.float32]:
        """Return logits as `Classifier.logits` does. Raises WatsonError without a fallback."""
        return self.for_page().logits(glyphs)

    def predict(self, glyphs: NDArray[np.uint8] | NDArray[np.float32]) -> NDArray[np.float32]:
        """Return probabilities as `Classifier.predict` does. Raises WatsonError without a fallback."""
        return self.for_page().predict(glyphs)

    def remote_logits(self, glyphs: NDArray[np.float32], timeout: float) -> NDArray[np.float32]:
        """Return Watson's logits, float32 (N, 11), of glyphs (N, 28, 28).

        Raises WatsonError, also where another model is deployed.
        """
        deadline = time.monotonic() + timeout
        parts = []
        for start in range(0, len(glyphs), self.batch):
            batch = np.concatenate([check_glyph(), glyphs[start : start + self.batch]])
            logits = self.scorer.logits(batch, max(deadline - time.monotonic(), 0.0))
            if np.abs(logits[:1] - self._expected).max() > CHECK_TOLERANCE:
                raise WatsonRefused(
                    f"the model at Watson is not the local one, {self.contract.name}: run 'numink watson deploy'"
                )
            parts.append(logits[1:])
        return np.concatenate(parts)


class PageClassifier:
    """Classifier for the digits of one page."""

    def __init__(self, classifier: WatsonClassifier) -> None:
        self._classifier = classifier
        self.by = classifier.by
        """The classifier that answered so far: "watson", or "fallback" once the local one had to."""
        self.path, self.contract = classifier.path, classifier.contract
        self._time_left = classifier.scorer.timeout

    def for_page(self) -> PageClassifier:
        """Return this classifier, which is one page's already."""
        return self

    def logits(self, glyphs: NDArray[np.uint8] | NDArray[np.float32]) -> NDArray[np.float32]:
        """Return logits as `Classifier.logits` does."""
        values = as_float(glyphs)
        if not len(values):
            return self._classifier.local.logits(values)
        answer = None if self.by == FALLBACK else self._remote_logits(values)
        if answer is None:
            self.by = FALLBACK
            return self._classifier.local.logits(values)
        return answer

    def predict(self, glyphs: NDArray[np.uint8] | NDArray[np.float32]) -> NDArray[np.float32]:
        """Return probabilities as `Classifier.predict` does."""
        return calibrated(self.logits(glyphs), self.contract.temperature)

    def _remote_logits(self, glyphs: NDArray[np.float32]) -> NDArray[np.float32] | None:
        """Return Watson's logits; None where the local classifier has to answer."""
        classifier, started = self._classifier, time.monotonic()
        if not classifier.falls_back:
            return classifier.remote_logits(glyphs, classifier.scorer.timeout)
        if not classifier.breaker.allows_call():
            return None
        try:
            logits = classifier.remote_logits(glyphs, self._time_left)
        except WatsonError as error:
            _record_failure(classifier.breaker, error)
            return None
        if classifier.breaker.record_success():
            log.warning("Watson answers again")
        self._time_left -= time.monotonic() - started
        return logits


def _record_failure(breaker: CircuitBreaker, error: WatsonError) -> None:
    pause = 0.0
    if isinstance(error, WatsonBusy):
        pause = error.seconds
    elif isinstance(error, WatsonRefused):
        pause = PAUSE_AFTER_REFUSAL
    opens = breaker.record_failure(pause=pause, at_once=isinstance(error, WatsonBusy | WatsonRefused))
    log.warning("the local model replaces Watson%s: %s", " for a while" if opens else "", error)
