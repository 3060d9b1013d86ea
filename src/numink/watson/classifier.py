"""The classifier at Watson, and the local one in its place where Watson does not answer.

Has the interface of `classifier.Classifier`. The model is the same here and there: each batch begins with a digit whose
answer is known, so that another one is noticed. Where Watson fails once on a page, the rest of the page is read here.
"""

from __future__ import annotations

import logging
import time

import numpy as np
from numpy.typing import NDArray

from ..errors import WatsonBusy, WatsonError, WatsonRefused
from ..recognition.digit_model import FALLBACK, Classifier, as_float, calibrated
from .breaker import CircuitBreaker
from .payload import ALIKE, check_glyph
from .rest import Scorer

log = logging.getLogger(__name__)
BATCH = 128
"""Glyphs of one request: below 1 MB of JSON."""
REFUSED = 300.0
"""Seconds that Watson is left alone where it says no: asking again changes little."""


class WatsonClassifier:
    """Asks Watson; thread-safe. One `for_page` goes with each page."""

    by = "watson"

    def __init__(
        self, local: Classifier, scorer: Scorer, breaker: CircuitBreaker | None = None, *, falls_back: bool = True,
        batch: int = BATCH,
    ) -> None:  # fmt: skip
        """`local` answers in Watson's place; without `falls_back` it only tells whether the model there is the same."""
        self.local, self.scorer, self.breaker = local, scorer, breaker or CircuitBreaker()
        self.falls_back, self.batch = falls_back, batch
        self.path, self.contract = local.path, local.contract  # those of the model, which is the same here and there
        self._expected = local.logits(check_glyph())

    def for_page(self) -> PageClassifier:
        """What a page's digits are asked of."""
        return PageClassifier(self)

    def logits(self, glyphs: NDArray[np.uint8] | NDArray[np.float32]) -> NDArray[np.float32]:
        """As `Classifier.logits`. Raises WatsonError where there is no falling back."""
        return self.for_page().logits(glyphs)

    def predict(self, glyphs: NDArray[np.uint8] | NDArray[np.float32]) -> NDArray[np.float32]:
        """As `Classifier.predict`. Raises WatsonError where there is no falling back."""
        return self.for_page().predict(glyphs)

    def ask(self, glyphs: NDArray[np.float32], patience: float) -> NDArray[np.float32]:
        """Watson's logits of glyphs (N, 28, 28). Raises WatsonError: also where another model is there."""
        end = time.monotonic() + patience
        parts = []
        for start in range(0, len(glyphs), self.batch):
            asked = np.concatenate([check_glyph(), glyphs[start : start + self.batch]])
            answer = self.scorer.logits(asked, max(end - time.monotonic(), 0.0))
            if np.abs(answer[:1] - self._expected).max() > ALIKE:
                raise WatsonRefused(
                    f"the model at Watson is not {self.contract.name}, which is here: run 'numink watson deploy'"
                )
            parts.append(answer[1:])
        return np.concatenate(parts)


class PageClassifier:
    """A page's classifier; `by` says who answered: 'watson', or 'fallback' once the local one had to."""

    def __init__(self, whole: WatsonClassifier) -> None:
        self._whole, self.by = whole, whole.by
        self.path, self.contract = whole.path, whole.contract
        self._left = whole.scorer.patience

    def for_page(self) -> PageClassifier:
        """Itself: it is one page's already."""
        return self

    def logits(self, glyphs: NDArray[np.uint8] | NDArray[np.float32]) -> NDArray[np.float32]:
        """As `Classifier.logits`."""
        values = as_float(glyphs)
        if not len(values):
            return self._whole.local.logits(values)
        answer = None if self.by == FALLBACK else self._asked(values)
        if answer is None:
            self.by = FALLBACK
            return self._whole.local.logits(values)
        return answer

    def predict(self, glyphs: NDArray[np.uint8] | NDArray[np.float32]) -> NDArray[np.float32]:
        """As `Classifier.predict`."""
        return calibrated(self.logits(glyphs), self.contract.temperature)

    def _asked(self, values: NDArray[np.float32]) -> NDArray[np.float32] | None:
        """None where the local model must answer."""
        whole, began = self._whole, time.monotonic()
        if not whole.falls_back:
            return whole.ask(values, whole.scorer.patience)
        if not whole.breaker.may_try():
            return None
        try:
            answer = whole.ask(values, self._left)
        except WatsonError as error:
            _note(whole.breaker, error)
            return None
        if whole.breaker.worked():
            log.warning("Watson answers again")
        self._left -= time.monotonic() - began
        return answer


def _note(breaker: CircuitBreaker, error: WatsonError) -> None:
    pause = error.seconds if isinstance(error, WatsonBusy) else REFUSED if isinstance(error, WatsonRefused) else 0.0
    opens = breaker.failed(pause=pause, at_once=isinstance(error, WatsonBusy | WatsonRefused))
    log.warning("the local model answers in Watson's place%s: %s", ", for a while" if opens else "", error)
