"""IBM's SDK for Cloudant: who we are, one request, tried again within a patience, its errors translated into ours.

The only file that knows `ibmcloudant`. Credentials come from the SDK's own variables (CLOUDANT_URL, CLOUDANT_APIKEY and
so on), a binding or VCAP_SERVICES, and are never part of what is said or logged. Knows nothing of readings.
"""

from __future__ import annotations

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

from ...errors import SettingsError, StoreError, StoreFull, TooLargeToStore
from ...timeouts import Timeouts
from .retry import Answer, Exists, Later, Missing, tried

SERVICES = ("CLOUDANT", "CLOUDANTNOSQLDB")
"""Beginnings of variables that are looked for where none is named, in this order; Code Engine's own is the second."""
LATER = (408, 429, 500, 502, 503, 504)
"""Answers after which the same request may go well."""
TOO_LARGE = "Cloudant takes no document so large: set NUMINK_PREVIEW_SIDE smaller"
LEAST = 0.5
"""Seconds that an attempt has at least."""
LOCAL = ("localhost", "127.0.0.1", "::1")
log = logging.getLogger(__name__)
HURRIED = ("post_bulk_docs", "get_database_information")
"""What has another way to go: it is not waited for beyond the patience. A search that was begun may be late."""

for _noisy in ("ibm-cloud-sdk-core", "ibmcloudant"):
    logging.getLogger(_noisy).setLevel(logging.CRITICAL)  # it would log requests with what they hold


class _LoggedOut(Exception):
    """The token or the session is no longer taken."""


class Service:
    """One account, used by many threads. Nothing is asked before the first call."""

    def __init__(self, name: str, patience: Timeouts) -> None:
        """`name` of the service, as its variables begin; empty: what is found. Raises SettingsError."""
        self.patience = patience
        self._name = name or next((one for one in SERVICES if _said(one).get("URL")), SERVICES[0])
        self._lock, self._token = threading.Lock(), threading.Lock()
        self._client = self._new_client()

    def call(self, operation: str, patience: float = 0.0, **arguments: Any) -> Answer:
        """Does an operation of the SDK; within `patience` seconds, or those of the service.

        Raises StoreUnavailable where that was not enough, Missing, Exists, StoreFull, StoreError for what stays wrong.
        """
        return tried(lambda end: self._once(operation, end, arguments), patience or self.patience.total)

    def close(self) -> None:
        """Gives back connections."""
        self._client.get_http_client().close()

    def _once(self, operation: str, end: float, arguments: dict[str, Any]) -> Any:
        left = max(end - time.monotonic(), LEAST)
        longest = left if operation in HURRIED else self.patience.answer
        limits = (min(self.patience.connect, left), min(self.patience.answer, longest))
        client = self._logged_in(limits)
        try:
            answer = self._ask(client, operation, {**arguments, "timeout": limits})
        except _LoggedOut:  # the session is over, or the token was taken back: once more with a new one
            self._forget(client)
            try:
                answer = self._ask(self._logged_in(limits), operation, {**arguments, "timeout": limits})
            except _LoggedOut:
                raise StoreError(self._refused()) from None
        if not isinstance(answer, dict | list):
            raise Later("an answer that is no JSON")
        return answer

    def _ask(self, client: CloudantV1, operation: str, arguments: dict[str, Any]) -> Any:
        ask: Callable[..., Any] = getattr(client, operation)
        try:
            return ask(**arguments).get_result()
        except ApiException as error:
            raise _translated(error) from None
        except SSLError:
            raise StoreError(f"the certificate of {self._name}_URL is not one to trust: check the address") from None
        except RequestException as error:
            raise Later(f"no answer, {type(error).__name__}") from None
        except (ValueError, StopIteration) as error:  # what the SDK itself refuses
            raise StoreError(f"the request cannot be sent ({type(error).__name__}): the id is wrong") from None

    def _logged_in(self, limits: tuple[float, float]) -> CloudantV1:
        """With a token where one is needed, so that its errors are told from those of the request."""
        with self._token:  # one at a time: the SDK lets those that come second wait for a minute where the first fails
            client = self._client
            manager = getattr(client.authenticator, "token_manager", None)
            if manager is None:
                return client
            manager.http_config = {"timeout": limits}
            try:
                manager.get_token()
            except ApiException as error:
                self._forget(client)
                if error.status_code in LATER or error.status_code < 400:
                    raise Later(f"no token, {error.status_code}", _retry_after(error)) from None
                raise StoreError(self._refused()) from None
            except RequestException as error:
                self._forget(client)
                raise Later(f"no token, {type(error).__name__}") from None
            except Exception:  # a JWT that cannot be read; no cookie in the answer (StopIteration)
                self._forget(client)
                raise StoreError(self._refused()) from None
            return client

    def _refused(self) -> str:
        name = self._name.upper()
        return (
            f"Cloudant does not take the credentials: check {name}_APIKEY (or {name}_USERNAME and {name}_PASSWORD) "
            f"and {name}_AUTH_TYPE"
        )

    def _forget(self, client: CloudantV1) -> None:
        with self._lock:
            if self._client is client:
                self._client = self._new_client()

    def _new_client(self) -> CloudantV1:
        """Raises SettingsError that says which variable to set."""
        name = self._name.upper()
        said = _said(self._name)
        if not said.get("URL"):
            raise SettingsError(
                f"{name}_URL is not set: it is the 'url' of the service credentials of your Cloudant instance"
            )
        if (
            not said.get("APIKEY")
            and not said.get("AUTH_TYPE")
            and not any(key.startswith("IAM_PROFILE") for key in said)
        ):
            raise SettingsError(
                f"{name}_APIKEY is not set: see 'apikey' of the service credentials; for CouchDB set {name}_USERNAME, "
                f"{name}_PASSWORD and {name}_AUTH_TYPE=COUCHDB_SESSION (or BASIC)"
            )
        try:
            client = CloudantV1.new_instance(self._name)
            client.set_service_url(_address(said["URL"], name))
        except (ValueError, TypeError, AttributeError) as error:
            why = str(error).partition(":")[0] if isinstance(error, ValueError) else type(error).__name__
            raise SettingsError(f"the {name}_ variables do not go together ({why}): see docs/ibm.md") from None
        client.get_http_client().hooks["response"].append(_refuse_session)
        client.disable_retries()  # ours know which requests may be sent twice
        client.set_http_config({})  # each request has its own time
        return client


def _said(name: str) -> dict[str, str]:
    """What the SDK finds of a service."""
    return dict(read_external_sources(name))


def _address(url: str, name: str) -> str:
    """Without a name and a password in it: those would be sent instead of the credentials, and end in errors."""
    try:
        parts = urlsplit(url.strip())
        host, port = parts.hostname or "", parts.port
    except ValueError:
        host, port, parts = "", None, urlsplit("")
    if parts.scheme not in ("http", "https") or not host:
        raise SettingsError(f"{name}_URL is no address: it begins with https:// and has a host")
    if parts.scheme == "http" and host not in LOCAL:
        log.warning("%s_URL is http://: whoever listens on the way sees the credentials and all readings", name)
    host = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{host}{f':{port}' if port else ''}{parts.path.rstrip('/')}"


def _refuse_session(response: Response, **_: Any) -> None:
    """The SDK takes any answer to a log-in for one with a cookie."""
    if response.status_code >= 400 and str(response.request.path_url).endswith("/_session"):
        raise ApiException(response.status_code, http_response=response)


def _translated(error: ApiException) -> Exception:
    code, said = error.status_code, str(error.message or "")
    if code in LATER:
        return Later(f"it answers {code}", _retry_after(error))
    if code < 400:
        return Later("half an answer")
    answers: dict[int, Exception] = {
        401: _LoggedOut(),
        402: StoreFull("there is no room left in the Cloudant plan: delete readings, or take a larger plan"),
        403: StoreError(
            f"Cloudant refuses ({said[:80]}): the credentials may not do that, or there are too many databases"
        ),
        404: Missing("there is no such document", deleted="deleted" in said),
        409: Exists("it was changed meanwhile"),
        412: Exists("it is there already"),
        413: Later("it answers 413", end=TooLargeToStore(TOO_LARGE)),  # ours are below what it says it takes
    }
    return answers.get(code) or StoreError(f"Cloudant refuses the request (it answers {code}): see its log")


def _retry_after(error: ApiException) -> float:
    """Seconds that the service asks to wait; 0 where it does not say."""
    headers = getattr(error.http_response, "headers", None) or {}
    try:
        return max(float(headers.get("Retry-After", 0)), 0.0)
    except ValueError:  # a date
        return 1.0
