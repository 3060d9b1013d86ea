"""Scoring with a deployment over REST: a token from IAM, one POST for a batch, translation of errors.

A timeout covers the whole call: all attempts, the pauses between them, and the token.
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
from ibm_cloud_sdk_core import ApiException, BaseService
from ibm_cloud_sdk_core.authenticators import IAMAuthenticator
from numpy.typing import NDArray
from requests.exceptions import RequestException, SSLError

from ..errors import NuminkError, WatsonBusy, WatsonError, WatsonRefused, WatsonUnavailable
from ..timeouts import RetryLater, with_retries
from .account import Account
from .payload import from_answer, to_input

Result = TypeVar("Result")
API_VERSION = "2021-05-01"
"""Date of the API's version; any past date is accepted (docs/ibm.md)."""
CONNECT_TIMEOUT = 3.0
"""Seconds to connect."""
MAX_REQUEST_ATTEMPTS = 3
TOO_MANY_REQUESTS = 429
DEFAULT_RETRY_AFTER = 30.0
"""Seconds to wait after too many requests where the answer has no Retry-After."""
KEY_REFUSED_STATUSES = (400, 401, 403)
"""IAM's statuses for an invalid key."""

logging.getLogger("ibm-cloud-sdk-core").setLevel(logging.CRITICAL)
"""The library would log whole requests, and advise turning off the verification of certificates."""


class Scorer:
    """Connection to a deployment; thread-safe.

    Args:
        account: Account at IBM Watson.
        deployment: Id or serving name of the deployment.
        timeout: Seconds for one batch.
    """

    def __init__(self, account: Account, deployment: str, timeout: float = 5.0) -> None:
        self.account, self.deployment, self.timeout = account, deployment, timeout
        self._service = self._new_service()

    def logits(self, glyphs: NDArray[np.float32], timeout: float | None = None) -> NDArray[np.float32]:
        """Return the logits of glyphs.

        Args:
            glyphs: Batch, float32 (N, 28, 28), 0..1.
            timeout: Seconds, if less than the connection's own timeout.

        Returns:
            Logits, float32 (N, 11).

        Raises:
            WatsonError: Watson gave no valid answer in time, is busy, or refused the request.
        """
        timeout = self.timeout if timeout is None else min(timeout, self.timeout)
        body = to_input(glyphs)
        answer = call_with_timeout(timeout, lambda: self._request_with_retries(body, time.monotonic() + timeout))
        return from_answer(answer, len(glyphs))

    def _request_with_retries(self, body: dict[str, Any], deadline: float) -> object:
        def attempt() -> object:
            try:
                return self._request(body, deadline)
            except WatsonUnavailable as error:
                raise RetryLater(error) from None

        return with_retries(attempt, deadline, MAX_REQUEST_ATTEMPTS)

    def _request(self, body: dict[str, Any], deadline: float) -> object:
        """Send a request, and once more with a new token where the token is no longer accepted."""
        service = self._service
        try:
            return self._post(service, body, deadline)
        except _TokenRefused:
            self._renew(service)
        try:
            return self._post(self._service, body, deadline)
        except _TokenRefused as error:
            self._renew(self._service)
            raise WatsonRefused(
                f"Watson does not accept the key ({error}): check NUMINK_WATSON_APIKEY and its access to the space"
            ) from None

    def _post(self, service: BaseService, body: dict[str, Any], deadline: float) -> object:
        time_left = max(deadline - time.monotonic(), 0.1)
        timeouts = (min(CONNECT_TIMEOUT, time_left), time_left)
        service.set_http_config({"timeout": timeouts, "verify": self.account.verify})
        path = f"/ml/v4/deployments/{quote(self.deployment, safe='')}/predictions"
        try:
            request = service.prepare_request("POST", path, params={"version": API_VERSION}, data=body)
        except Exception as error:  # after a failure IBM's token manager blocks other threads for a minute
            self._renew(service)
            raise self._token_error(error) from None
        try:
            return service.send(request).get_result()
        except ApiException as error:
            raise self._answer_error(error) from None
        except RequestException as error:
            raise self._connection_error(error, self.account.url) from None

    def _token_error(self, error: Exception) -> NuminkError:
        if isinstance(error, ApiException):
            if error.status_code in KEY_REFUSED_STATUSES:
                reason = self.account.redacted(error.message)
                return WatsonRefused(f"IBM Cloud does not accept the key ({reason}): check NUMINK_WATSON_APIKEY")
            if error.status_code == TOO_MANY_REQUESTS:
                return WatsonBusy("IBM Cloud has too many requests for tokens", _retry_after(error))
            return WatsonUnavailable(f"IBM Cloud gives no token (status {error.status_code}): try again later")
        if isinstance(error, RequestException):
            return self._connection_error(error, self.account.iam_url)
        return WatsonUnavailable(
            f"IBM Cloud's token cannot be read ({type(error).__name__}): check NUMINK_WATSON_IAM_URL"
        )

    def _answer_error(self, error: ApiException) -> Exception:
        status, reason = error.status_code, self.account.redacted(error.message)
        if status == 401:
            return _TokenRefused(reason)
        if status == TOO_MANY_REQUESTS:
            return WatsonBusy("Watson has too many requests: your plan allows no more at once", _retry_after(error))
        if status == 404:
            return WatsonRefused(
                f"Watson has no deployment '{self.deployment}': run 'numink watson deploy', "
                "and set NUMINK_WATSON_DEPLOYMENT to what it prints"
            )
        if status < 400:  # a success whose body cannot be parsed
            return WatsonUnavailable(f"Watson's answer is truncated or not JSON (status {status}): try again later")
        if status >= 500 or status == 408:
            return WatsonUnavailable(f"Watson failed (status {status}, {reason}): try again later")
        return WatsonRefused(f"Watson refused the request (status {status}, {reason}): deploy the model again")

    def _connection_error(self, error: RequestException, url: str) -> WatsonError:
        if isinstance(error, SSLError):
            return WatsonRefused(
                f"the certificate of {url} is not trusted: check the address, or set NUMINK_WATSON_CERTIFICATES to "
                "the file of your certificate authority"
            )
        return WatsonUnavailable(f"{url} does not answer ({type(error).__name__}): check the address and the network")

    def _renew(self, service: BaseService) -> None:
        """Replace the service, and so its token, unless another thread has done so meanwhile."""
        if self._service is service:
            self._service = self._new_service()

    def _new_service(self) -> BaseService:
        try:
            key = IAMAuthenticator(self.account.apikey, url=self.account.iam_url)
            return BaseService(service_url=self.account.url, authenticator=key)
        except ValueError:  # its message may contain the key
            raise WatsonRefused(
                "NUMINK_WATSON_APIKEY or the address of Watson has quotes or brackets around it: remove them"
            ) from None


class _TokenRefused(Exception):
    """Watson answered 401: the token has expired or was revoked."""


def call_with_timeout(seconds: float, task: Callable[[], Result]) -> Result:
    """Return or raise the result of `task`; raise WatsonUnavailable after `seconds`.

    The timeout of a socket restarts with each byte, so it alone does not suffice. The thread that is left behind does
    not keep the program running.
    """
    result: Future[Result] = Future()

    def run() -> None:
        try:
            result.set_result(task())
        except BaseException as error:  # passed on to the caller
            result.set_exception(error)

    threading.Thread(target=run, name="watson", daemon=True).start()
    try:
        return result.result(seconds)
    except FutureTimeout:
        raise WatsonUnavailable(
            f"Watson has not answered within {seconds:.1f} seconds: see NUMINK_WATSON_TIMEOUT"
        ) from None


def _retry_after(error: ApiException) -> float:
    headers = error.http_response.headers if error.http_response is not None else {}
    text = str(headers.get("Retry-After", ""))
    return float(text) if text.isdecimal() else DEFAULT_RETRY_AFTER
