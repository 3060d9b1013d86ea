"""Client of IBM Cloudant's SDK: credentials, one request with retries until a timeout, errors translated into ours.

The only module that imports `ibmcloudant`. Credentials come from the SDK's own variables (CLOUDANT_URL, CLOUDANT_APIKEY
and so on), a service binding or VCAP_SERVICES, and never appear in a message or a log.
"""

from __future__ import annotations

import itertools
import logging
import threading
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from ibm_cloud_sdk_core import ApiException, read_external_sources
from ibmcloudant.cloudant_v1 import CloudantV1
from requests import Response
from requests.exceptions import RequestException, SSLError

from ...errors import SettingsError, StoreError, StoreFull, StoreUnavailable, TooLargeToStore
from ...timeouts import RetryLater, Timeouts, with_retries
from .answers import Answer, ResourceConflict, ResourceMissing

SERVICES = ("CLOUDANT", "CLOUDANTNOSQLDB")
"""Prefixes of variables that are tried in this order where none is named; the second is Code Engine's own."""
RETRYABLE_STATUSES = (408, 429, 500, 502, 503, 504)
"""Statuses after which the same request may succeed."""
TOO_LARGE = "Cloudant takes no document so large: set NUMINK_PREVIEW_SIDE smaller"
MIN_ATTEMPT_SECONDS = 0.5
LOCAL_HOSTS = ("localhost", "127.0.0.1", "::1")
log = logging.getLogger(__name__)
HARD_DEADLINE = ("post_bulk_docs", "get_database_information")
"""Operations whose last attempt ends with the timeout, since the caller has an alternative; others may be late."""

for _noisy in ("ibm-cloud-sdk-core", "ibmcloudant"):
    logging.getLogger(_noisy).setLevel(logging.CRITICAL)  # it would log requests with their content


class _SessionEnded(Exception):
    """Answer to a token or a session that is not accepted any more."""


class CouchClient:
    """One account, used by many threads. No request is sent before the first call.

    Args:
        service: Prefix of the variables with the credentials; empty for the first of SERVICES that is set.
        timeouts: Timeouts of requests.

    Raises:
        SettingsError: A variable is missing, or the variables contradict each other.
    """

    def __init__(self, service: str, timeouts: Timeouts) -> None:
        self.timeouts = timeouts
        self._service = service or next((name for name in SERVICES if _variables(name).get("URL")), SERVICES[0])
        self._lock, self._token_lock = threading.Lock(), threading.Lock()
        self._sdk = self._new_sdk()

    def call(self, operation: str, timeout: float = 0.0, **arguments: Any) -> Answer:
        """Call an operation of the SDK, with retries.

        Args:
            operation: Name of a method of `CloudantV1`.
            timeout: Seconds for all attempts together; 0 for `timeouts.whole`.
            arguments: Arguments of the operation.

        Raises:
            StoreAway: No attempt succeeded in time.
            ResourceMissing: The server answered 404.
            ResourceConflict: The server answered 409 or 412.
            StoreFull: There is no room left in the plan.
            StoreError: The request is refused.
        """
        deadline, earlier = time.monotonic() + (timeout or self.timeouts.total), itertools.count()
        return with_retries(
            lambda: Answer(repeated=next(earlier) > 0, result=self._attempt(operation, deadline, arguments)), deadline
        )

    def close(self) -> None:
        """Close the connections."""
        self._sdk.get_http_client().close()

    def _attempt(self, operation: str, deadline: float, arguments: dict[str, Any]) -> Any:
        left = max(deadline - time.monotonic(), MIN_ATTEMPT_SECONDS)
        longest = left if operation in HARD_DEADLINE else self.timeouts.answer
        limits = (min(self.timeouts.connect, left), min(self.timeouts.answer, longest))
        sdk = self._logged_in(limits)
        try:
            answer = self._request(sdk, operation, {**arguments, "timeout": limits})
        except _SessionEnded:  # the session is over, or the token was revoked: once more with a new one
            self._replace(sdk)
            try:
                answer = self._request(self._logged_in(limits), operation, {**arguments, "timeout": limits})
            except _SessionEnded:
                raise StoreError(self._rejected()) from None
        if not isinstance(answer, dict | list):
            raise _unavailable("an answer that is no JSON")
        return answer

    def _request(self, sdk: CloudantV1, operation: str, arguments: dict[str, Any]) -> Any:
        method: Callable[..., Any] = getattr(sdk, operation)
        try:
            return method(**arguments).get_result()
        except ApiException as error:
            raise _translated(error) from None
        except SSLError:
            raise StoreError(f"the certificate of {self._service}_URL is not trusted: check the address") from None
        except RequestException as error:
            raise _unavailable(f"no answer, {type(error).__name__}") from None
        except (ValueError, StopIteration) as error:  # refused by the SDK itself
            raise StoreError(f"the request cannot be sent ({type(error).__name__}): the id is wrong") from None

    def _logged_in(self, limits: tuple[float, float]) -> CloudantV1:
        """Return the SDK with a token where one is needed, so that its errors differ from those of the request."""
        with self._token_lock:  # one thread: where the first fails, the SDK lets a second one wait for a minute
            sdk = self._sdk
            manager = getattr(sdk.authenticator, "token_manager", None)
            if manager is None:
                return sdk
            manager.http_config = {"timeout": limits}
            try:
                manager.get_token()
            except ApiException as error:
                self._replace(sdk)
                if error.status_code in RETRYABLE_STATUSES or error.status_code < 400:
                    raise _unavailable(f"no token, {error.status_code}", _retry_after(error)) from None
                raise StoreError(self._rejected()) from None
            except RequestException as error:
                self._replace(sdk)
                raise _unavailable(f"no token, {type(error).__name__}") from None
            except Exception:  # a JWT that cannot be parsed; no cookie in the answer (StopIteration)
                self._replace(sdk)
                raise StoreError(self._rejected()) from None
            return sdk

    def _rejected(self) -> str:
        name = self._service.upper()
        return (
            f"Cloudant rejects the credentials: check {name}_APIKEY (or {name}_USERNAME and {name}_PASSWORD) "
            f"and {name}_AUTH_TYPE"
        )

    def _replace(self, sdk: CloudantV1) -> None:
        with self._lock:
            if self._sdk is sdk:
                self._sdk = self._new_sdk()

    def _new_sdk(self) -> CloudantV1:
        """Return the SDK with our settings. Raises SettingsError that says which variable to set."""
        name = self._service.upper()
        variables = _variables(self._service)
        if not variables.get("URL"):
            raise SettingsError(
                f"{name}_URL is not set: it is the 'url' of the service credentials of your Cloudant instance"
            )
        if (
            not variables.get("APIKEY")
            and not variables.get("AUTH_TYPE")
            and not any(key.startswith("IAM_PROFILE") for key in variables)
        ):
            raise SettingsError(
                f"{name}_APIKEY is not set: see 'apikey' of the service credentials; for CouchDB set {name}_USERNAME, "
                f"{name}_PASSWORD and {name}_AUTH_TYPE=COUCHDB_SESSION (or BASIC)"
            )
        try:
            sdk = CloudantV1.new_instance(self._service)
            sdk.set_service_url(_address(variables["URL"], name))
        except (ValueError, TypeError, AttributeError) as error:
            why = str(error).partition(":")[0] if isinstance(error, ValueError) else type(error).__name__
            raise SettingsError(f"the {name}_ variables do not go together ({why}): see docs/ibm.md") from None
        sdk.get_http_client().hooks["response"].append(_refuse_session)
        sdk.disable_retries()  # with_retries knows which requests may be sent twice
        sdk.set_http_config({})  # each request has its own timeouts
        return sdk


def _variables(service: str) -> dict[str, str]:
    """Return the variables of a service, without its prefix, as the SDK finds them."""
    return dict(read_external_sources(service))


def _address(url: str, name: str) -> str:
    """Return a URL without user name and password, which would be sent instead of the credentials and fail."""
    try:
        parts = urlsplit(url.strip())
        host, port = parts.hostname or "", parts.port
    except ValueError:
        host, port, parts = "", None, urlsplit("")
    if parts.scheme not in ("http", "https") or not host:
        raise SettingsError(f"{name}_URL is no address: it begins with https:// and has a host")
    if parts.scheme == "http" and host not in LOCAL_HOSTS:
        log.warning("%s_URL is http://: anybody on the network path can read the credentials and all readings", name)
    host = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{host}{f':{port}' if port else ''}{parts.path.rstrip('/')}"


def _refuse_session(response: Response, **_: Any) -> None:
    """Raise ApiException for a failed log-in; the SDK takes any answer for one with a cookie."""
    if response.status_code >= 400 and str(response.request.path_url).endswith("/_session"):
        raise ApiException(response.status_code, http_response=response)


def _translated(error: ApiException) -> Exception:
    status, message = error.status_code, str(error.message or "")
    if status in RETRYABLE_STATUSES:
        return _unavailable(f"it answers {status}", _retry_after(error))
    if status < 400:
        return _unavailable("half an answer")
    errors: dict[int, Exception] = {
        401: _SessionEnded(),
        402: StoreFull("there is no room left in the Cloudant plan: delete readings, or take a larger plan"),
        403: StoreError(
            f"Cloudant refuses ({message[:80]}): the credentials may not do that, or there are too many databases"
        ),
        404: ResourceMissing("there is no such document", deleted="deleted" in message),
        409: ResourceConflict("it was changed meanwhile"),
        412: ResourceConflict("it exists already"),
        413: RetryLater(TooLargeToStore(TOO_LARGE)),  # our documents are below its limit
    }
    return errors.get(status) or StoreError(f"Cloudant refuses the request (it answers {status}): see its log")


def _unavailable(reason: str, seconds: float = 0.0) -> RetryLater:
    return RetryLater(
        StoreUnavailable(f"Cloudant cannot be reached at present ({reason}): try again in a moment"), seconds
    )


def _retry_after(error: ApiException) -> float:
    """Return the seconds that the service asks to wait; 0 where it does not say."""
    headers = getattr(error.http_response, "headers", None) or {}
    try:
        return max(float(headers.get("Retry-After", 0)), 0.0)
    except ValueError:  # a date
        return 1.0
