"""Deployment of the model at IBM Watson: store, deploy, update, find and remove it, with ibm-watsonx-ai.

That library falls back to unverified TLS unless `verify` is set, prints to stdout, and polls every five seconds. So
`verify` is always set, its output is discarded, and the polling is done here.
"""

from __future__ import annotations

import contextlib
import io
import logging
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from ibm_watsonx_ai import APIClient, Credentials
from ibm_watsonx_ai.utils.utils import HttpClientConfig
from ibm_watsonx_ai.wml_client_error import ApiRequestFailure, WMLClientError

from ..errors import WatsonError, WatsonRefused, WatsonUnavailable
from .account import Account
from .packing import pack

REQUEST_TIMEOUT = httpx.Timeout(60, connect=10)
"""Timeouts in seconds; the library's own is half an hour."""
READY_TIMEOUT = 900.0
"""Seconds within which a deployment has to become ready."""
PENDING_STATES = ("initializing", "updating")
Report = Callable[[str], None]

logging.getLogger("ibm_watsonx_ai").setLevel(logging.CRITICAL)
"""The library would log whole requests."""


@dataclass(frozen=True)
class Specification:
    """Specification of a stored model and its runtime, in IBM's terms (docs/ibm.md)."""

    type: str = "onnxruntime_1.17"
    software: str = "onnxruntime_opset_21"
    hardware: str = "S"


@dataclass(frozen=True)
class Deployment:
    """State of an online deployment in the space."""

    id: str
    name: str
    state: str
    model_id: str
    """Id of the stored model."""
    url: str
    """Address for scoring; empty while the deployment is not ready."""
    problem: str = ""
    """Reason of a failure."""

    @classmethod
    def of(cls, details: dict[str, Any]) -> Deployment:
        """Return the state in the details that the service gives."""
        metadata, entity = details["metadata"], details["entity"]
        status = entity.get("status", {})
        endpoints = [*status.get("inference", []), status.get("online_url", {})]
        errors = status.get("failure", {}).get("errors", [])
        return cls(
            id=metadata["id"], name=entity.get("name") or metadata.get("name", ""), state=status.get("state", "?"),
            model_id=entity.get("asset", {}).get("id", ""),
            url=next((endpoint["url"] for endpoint in endpoints if "url" in endpoint), ""),
            problem="; ".join(error["message"] if isinstance(error, dict) else str(error) for error in errors),
        )  # fmt: skip


class Deployments:
    """Deployments of one space.

    Args:
        account: Account at IBM Watson; a token is requested for it.
        poll_interval: Seconds between requests for the state of a deployment.

    Raises:
        WatsonError: Signing in failed.
    """

    def __init__(self, account: Account, poll_interval: float = 2.0) -> None:
        self._account, self._poll_interval = account, poll_interval
        with self._translated_errors("the sign-in"):
            self._client = APIClient(
                Credentials(
                    url=account.url, api_key=account.apikey, platform_url=account.platform_url or None,
                    auth_url=f"{account.iam_url}/identity/token", verify=account.verify,
                ),
                space_id=account.space, httpx_client=HttpClientConfig(timeout=REQUEST_TIMEOUT),
            )  # fmt: skip

    def all(self) -> list[Deployment]:
        """Return all deployments of the space."""
        with self._translated_errors("the list of deployments"):
            details = self._client.deployments.get_details(get_all=True, limit=100)
        return [Deployment.of(resource) for resource in details["resources"]]

    def find(self, name: str) -> Deployment:
        """Return the deployment with a name or id. Raises WatsonRefused where there is none, or more than one."""
        matches = self._named(name)
        if len(matches) != 1:
            raise WatsonRefused(
                f"there are {len(matches)} deployments named '{name}': 'numink watson list' shows all, "
                "and --name also takes an id"
            )
        return matches[0]

    def deploy(self, model: Path, name: str, title: str, specification: Specification, report: Report) -> Deployment:
        """Store a model under `title`, and create or update the deployment `name` with it.

        `report` is called with a text for each step. Once the deployment is ready, an earlier model is deleted; where
        a step fails with WatsonError, a new deployment and the new model are.
        """
        existing = self._named(name)
        if len(existing) > 1:
            self.find(name)
        report(f"storing {title}")
        model_id = self._store(model, title, specification)
        created: Deployment | None = None
        try:
            if existing:
                report(f"updating the deployment {name}")
                ready = self._wait(self._update(existing[0], model_id), model_id, report)
            else:
                report(f"creating the deployment {name}")
                created = self._create(name, model_id, specification)
                ready = self._wait(created, model_id, report)
            if ready.model_id != model_id:
                reason = self._account.redacted(ready.problem) or "without a reason"
                raise WatsonRefused(f"Watson went back to the earlier model ({reason})")
        except WatsonError:
            with contextlib.suppress(WatsonError):  # a failed deployment would cost money and block the name
                self._delete(created, model_id)
            raise
        if existing:
            report("removing the earlier model")
            self._delete(None, existing[0].model_id)
        return ready

    def remove(self, name: str) -> Deployment:
        """Delete a deployment and its model; return the deployment."""
        deployment = self.find(name)
        self._delete(deployment, deployment.model_id)
        return deployment

    def _named(self, name: str) -> list[Deployment]:
        return [deployment for deployment in self.all() if name in (deployment.name, deployment.id)]

    def _store(self, model: Path, title: str, specification: Specification) -> str:
        names = self._client.repository.ModelMetaNames
        with self._translated_errors(
            f"the software specification '{specification.software}' (set NUMINK_WATSON_SPECIFICATION and "
            "NUMINK_WATSON_TYPE to a pair that IBM supports)"
        ):
            software = self._client.software_specifications.get_id_by_name(specification.software)
        with self._translated_errors("the storing of the model"), tempfile.TemporaryDirectory() as folder:
            packed = pack(model, Path(folder) / "model.tar.gz")
            properties = {names.NAME: title, names.TYPE: specification.type, names.SOFTWARE_SPEC_ID: software}
            details = self._client.repository.store_model(str(packed), meta_props=properties)
            return str(self._client.repository.get_model_id(details))

    def _create(self, name: str, model_id: str, specification: Specification) -> Deployment:
        names = self._client.deployments.ConfigurationMetaNames
        properties = {
            names.NAME: name,
            names.ONLINE: {},
            names.HARDWARE_SPEC: {"name": specification.hardware, "num_nodes": 1},
        }
        with self._translated_errors("the deployment"):
            return Deployment.of(self._client.deployments.create(model_id, meta_props=properties, background_mode=True))

    def _update(self, deployment: Deployment, model_id: str) -> Deployment:
        asset = self._client.deployments.ConfigurationMetaNames.ASSET
        with self._translated_errors("the update of the deployment"):
            self._client.deployments.update(deployment.id, {asset: {"id": model_id}}, background_mode=True)
        return deployment

    def _wait(self, deployment: Deployment, model_id: str, report: Report) -> Deployment:
        """Wait until a deployment is ready with a model, or Watson has gone back to the earlier one."""
        deadline = time.monotonic() + READY_TIMEOUT
        while True:
            with self._translated_errors("the state of the deployment"):
                current = Deployment.of(self._client.deployments.get_details(deployment.id))
            if current.state == "ready" and (current.model_id == model_id or current.problem):
                return current
            if current.state not in (*PENDING_STATES, "ready"):
                reason = self._account.redacted(current.problem) or "Watson gives no reason"
                raise WatsonRefused(f"the deployment {current.name} is {current.state}: {reason}")
            if time.monotonic() > deadline:
                raise WatsonUnavailable(
                    f"the deployment {current.name} is not ready after {READY_TIMEOUT:.0f} seconds: "
                    "see 'numink watson list'"
                )
            report(f"waiting: the deployment is {current.state}")
            time.sleep(self._poll_interval)

    def _delete(self, deployment: Deployment | None, model_id: str) -> None:
        if deployment is not None:
            with self._translated_errors("the removal of the deployment"):
                self._client.deployments.delete(deployment.id)
        if model_id:
            with self._translated_errors("the removal of the model"):
                self._client.repository.delete(model_id)

    @contextlib.contextmanager
    def _translated_errors(self, action: str) -> Iterator[None]:
        """Discard output and warnings of the library; translate its errors to WatsonError, without secrets."""
        try:
            with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
                warnings.simplefilter("ignore")
                yield
        except WatsonError:
            raise
        except (WMLClientError, httpx.HTTPError, OSError) as error:
            raise self._watson_error(action, error) from None
        except (
            ValueError,
            LookupError,
            TypeError,
            AttributeError,
        ) as error:  # raised by the library for invalid answers
            reason = type(error).__name__
            raise WatsonUnavailable(f"{action}: Watson's answer cannot be read ({reason}): try again") from None

    def _watson_error(self, action: str, error: Exception) -> WatsonError:
        status = error.response.status_code if isinstance(error, ApiRequestFailure) else None
        reason = self._account.redacted(getattr(error, "error_msg", None) or error)
        if status is None and "CERTIFICATE_VERIFY" in str(error).upper():
            return WatsonRefused(
                f"the certificate of {self._account.url} or {self._account.iam_url} is not trusted: check the "
                "addresses, or set NUMINK_WATSON_CERTIFICATES to the file of your certificate authority"
            )
        if status in (401, 403):
            return WatsonRefused(
                f"{action}: Watson does not accept the key ({reason}): check NUMINK_WATSON_APIKEY and the space"
            )
        if isinstance(error, httpx.HTTPError) or (status is not None and status >= 500):
            return WatsonUnavailable(f"{action} failed ({reason}): check the address and the network, and try again")
        return WatsonRefused(f"{action} failed ({reason}): check the settings whose names begin with NUMINK_WATSON")
