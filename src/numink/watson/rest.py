"""A deployment asked over plain REST: IAM's token, one POST for a batch, the errors translated into ours.

The only file that knows ibm-cloud-sdk-core. Nothing is asked for longer than its patience: attempts, waiting between
them and the token are all inside it.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout
from typing import Any, TypeVar
from urllib.parse import quote

import numpy as np
import tenacity
from ibm_cloud_sdk_core import ApiException, BaseService
from ibm_cloud_sdk_core.authenticators import IAMAuthenticator
from numpy.typing import NDArray
from requests.exceptions import RequestException, SSLError

from ..errors import NuminkError, WatsonBusy, WatsonError, WatsonRefused, WatsonUnavailable
from .account import Account
from .payload import from_answer, to_input

Result = TypeVar("Result")
VERSION = "2021-05-01"
"""Date of the interface; it may be any that is past (docs/ibm.md)."""
CONNECT = 3.0
"""Seconds for a connection."""
ATTEMPTS = 3
GIVEN_UP = 429
HELD_OFF = 30.0
"""Seconds that Watson is left alone where it says that it has too much to do, and not for how long."""
NO_KEY = (400, 401, 403)
"""IAM's answers to a key that is none."""

logging.getLogger("ibm-cloud-sdk-core").setLevel(logging.CRITICAL)
"""It would log requests with what they hold, and advise turning off the check of certificates."""


class Scorer:
    """Asks one deployment; used by many threads."""

    def __init__(self, account: Account, deployment: str, patience: float = 5.0) -> None:
        """`deployment` is its id or its serving name; `patience` in seconds, for one batch."""
        self.account, self.deployment, self.patience = account, deployment, patience
        self._service = self._new_service()

    def logits(self, glyphs: NDArray[np.float32], patience: float | None = None) -> NDArray[np.float32]:
        """What the network there says of glyphs (N, 28, 28), 0..1: float32 (N, 11). Raises WatsonError's kinds."""
        patience = self.patience if patience is None else min(patience, self.patience)
        body = to_input(glyphs)
        answer = within(patience, lambda: self._retried(body, time.monotonic() + patience))
        return from_answer(answer, len(glyphs))

    def _retried(self, body: dict[str, Any], end: float) -> object:
        attempts = tenacity.Retrying(
            retry=tenacity.retry_if_exception_type(WatsonUnavailable),
            stop=lambda state: state.attempt_number >= ATTEMPTS or time.monotonic() + state.upcoming_sleep >= end,
            wait=tenacity.wait_random_exponential(multiplier=0.2, max=2),
            reraise=True,
        )
        return attempts(self._ask, body, end)

    def _ask(self, body: dict[str, Any], end: float) -> object:
        """Once; twice where the token is no longer taken."""
        service = self._service
        try:
            return self._post(service, body, end)
        except _TokenRefused:
            self._forget(service)
        try:
            return self._post(self._service, body, end)
        except _TokenRefused as error:
            self._forget(self._service)
            raise WatsonRefused(
                f"Watson does not take the key ({error}): check NUMINK_WATSON_APIKEY and what it may do in the space"
            ) from None

    def _post(self, service: BaseService, body: dict[str, Any], end: float) -> object:
        left = max(end - time.monotonic(), 0.1)
        service.set_http_config({"timeout": (min(CONNECT, left), left), "verify": self.account.verify})
        path = f"/ml/v4/deployments/{quote(self.deployment, safe='')}/predictions"
        try:
            request = service.prepare_request("POST", path, params={"version": VERSION}, data=body)
        except Exception as error:  # a manager that has failed once keeps all others waiting for a minute
            self._forget(service)
            raise self._no_token(error) from None
        try:
            return service.send(request).get_result()
        except ApiException as error:
            raise self._no_answer(error) from None
        except RequestException as error:
            raise self._unreachable(error, self.account.url) from None

    def _no_token(self, error: Exception) -> NuminkError:
        if isinstance(error, ApiException):
            if error.status_code in NO_KEY:
                return WatsonRefused(
                    f"IBM Cloud does not know the key ({self.account.told(error.message)}): check NUMINK_WATSON_APIKEY"
                )
            if error.status_code == GIVEN_UP:
                return WatsonBusy("IBM Cloud has too many requests for tokens", _seconds(error))
            return WatsonUnavailable(f"IBM Cloud gives no token (it answers {error.status_code}): try again later")
        if isinstance(error, RequestException):
            return self._unreachable(error, self.account.iam_url)
        return WatsonUnavailable(
            f"IBM Cloud's token cannot be read ({type(error).__name__}): check NUMINK_WATSON_IAM_URL"
        )

    def _no_answer(self, error: ApiException) -> Exception:
        code, said = error.status_code, self.account.told(error.message)
        if code == 401:
            return _TokenRefused(said)
        if code == GIVEN_UP:
            return WatsonBusy("Watson has too many requests: your plan allows no more at once", _seconds(error))
        if code == 404:
            return WatsonRefused(
                f"Watson has no deployment '{self.deployment}': run 'numink watson deploy', "
                "and set NUMINK_WATSON_DEPLOYMENT to what it prints"
            )
        if code < 400:  # an answer, but one that cannot be read
            return WatsonUnavailable(f"Watson's answer is cut or no JSON (it answers {code}): try again later")
        if code >= 500 or code == 408:
            return WatsonUnavailable(f"Watson fails (it answers {code}, {said}): try again later")
        return WatsonRefused(f"Watson refuses the request (it answers {code}, {said}): deploy the model again")

    def _unreachable(self, error: RequestException, url: str) -> WatsonError:
        if isinstance(error, SSLError):
            return WatsonRefused(
                f"the certificate of {url} is not one to trust: check the address, or name the file of your "
                "authority with NUMINK_WATSON_CERTIFICATES"
            )
        return WatsonUnavailable(f"{url} does not answer ({type(error).__name__}): check the address and the network")

    def _forget(self, service: BaseService) -> None:
        """The token, by a new service; unless another thread has done so meanwhile."""
        if self._service is service:
            self._service = self._new_service()

    def _new_service(self) -> BaseService:
        try:
            key = IAMAuthenticator(self.account.apikey, url=self.account.iam_url)
            return BaseService(service_url=self.account.url, authenticator=key)
        except ValueError:  # its message may hold the key
            raise WatsonRefused(
                "NUMINK_WATSON_APIKEY or the address of Watson has quotes or brackets around it: leave them out"
            ) from None


class _TokenRefused(Exception):
    """Watson answers 401: the token is over, or was taken back."""


def within(seconds: float, task: Callable[[], Result]) -> Result:
    """What `task` returns or raises, or WatsonAway after `seconds`, whatever it is still doing.

    Time-outs of a socket begin anew with each byte. The thread is left behind; it does not keep the program alive.
    """
    done: Future[Result] = Future()

    def run() -> None:
        try:
            done.set_result(task())
        except BaseException as error:  # handed over, whatever it is
            done.set_exception(error)

    threading.Thread(target=run, name="watson", daemon=True).start()
    try:
        return done.result(seconds)
    except FutureTimeout:
        raise WatsonUnavailable(
            f"Watson has not answered within {seconds:.1f} seconds: see NUMINK_WATSON_TIMEOUT"
        ) from None


def _seconds(error: ApiException) -> float:
    """What Retry-After says, where it says seconds."""
    headers = error.http_response.headers if error.http_response is not None else {}
    text = str(headers.get("Retry-After", ""))
    return float(text) if text.isdecimal() else HELD_OFF
