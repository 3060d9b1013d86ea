"""The model taken to Watson and away again: packed, stored, deployed, found, removed. The only file that knows
ibm-watsonx-ai.

That library falls back to unverified TLS unless it is told how to verify, prints to stdout, and waits in steps of five
seconds; so it is always told, its words are swallowed, and the waiting is done here.
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

TIMEOUT = httpx.Timeout(60, connect=10)
"""Seconds; the library's own is half an hour."""
WAIT = 900.0
"""Seconds that a deployment may take to become ready."""
UNDER_WAY = ("initializing", "updating")
Say = Callable[[str], None]

logging.getLogger("ibm_watsonx_ai").setLevel(logging.CRITICAL)
"""It would log requests with what they hold."""


@dataclass(frozen=True)
class Specification:
    """How a model is stored and run, in IBM's names (docs/ibm.md)."""

    type: str = "onnxruntime_1.17"
    software: str = "onnxruntime_opset_21"
    hardware: str = "S"


@dataclass(frozen=True)
class Deployment:
    """An online deployment in the space."""

    id: str
    name: str
    state: str
    model: str
    """Id of the stored model."""
    url: str
    """Where it is scored; empty while it is not ready."""
    problem: str = ""

    @classmethod
    def of(cls, details: dict[str, Any]) -> Deployment:
        """From what the service says of it."""
        metadata, entity = details["metadata"], details["entity"]
        status = entity.get("status", {})
        places = [*status.get("inference", []), status.get("online_url", {})]
        failed = status.get("failure", {}).get("errors", [])
        return cls(
            id=metadata["id"], name=entity.get("name") or metadata.get("name", ""), state=status.get("state", "?"),
            model=entity.get("asset", {}).get("id", ""), url=next((one["url"] for one in places if "url" in one), ""),
            problem="; ".join(one["message"] if isinstance(one, dict) else str(one) for one in failed),
        )  # fmt: skip


class Deployments:
    """Those of one space."""

    def __init__(self, account: Account, poll: float = 2.0) -> None:
        """Gets a token. `poll` in seconds. Raises WatsonError's kinds."""
        self._account, self._poll = account, poll
        with self._translated("the sign-in"):
            self._client = APIClient(
                Credentials(
                    url=account.url, api_key=account.apikey, platform_url=account.platform_url or None,
                    auth_url=f"{account.iam_url}/identity/token", verify=account.verify,
                ),
                space_id=account.space, httpx_client=HttpClientConfig(timeout=TIMEOUT),
            )  # fmt: skip

    def all(self) -> list[Deployment]:
        """All of them."""
        with self._translated("the list of deployments"):
            details = self._client.deployments.get_details(get_all=True, limit=100)
        return [Deployment.of(one) for one in details["resources"]]

    def find(self, name: str) -> Deployment:
        """The one of that name. Raises WatsonRefused where there is none, or more than one."""
        found = self._named(name)
        if len(found) != 1:
            raise WatsonRefused(
                f"there are {len(found)} deployments named '{name}': 'numink watson list' shows all, "
                "and --name takes an id too"
            )
        return found[0]

    def deploy(self, model: Path, name: str, title: str, specification: Specification, say: Say) -> Deployment:
        """Stores `model` (an ONNX file) under `title`, and creates or updates the deployment `name` with it."""
        before = self._named(name)
        if len(before) > 1:
            self.find(name)
        say(f"storing {title}")
        stored = self._store(model, title, specification)
        made: Deployment | None = None
        try:
            if before:
                say(f"updating the deployment {name}")
                ready = self._wait(self._update(before[0], stored), stored, say)
            else:
                say(f"creating the deployment {name}")
                made = self._create(name, stored, specification)
                ready = self._wait(made, stored, say)
            if ready.model != stored:
                why = self._account.told(ready.problem) or "it does not say why"
                raise WatsonRefused(f"Watson went back to the earlier model ({why})")
        except WatsonError:
            with contextlib.suppress(WatsonError):  # what is left of it would cost, and stand in the way
                self._delete(made, stored)
            raise
        if before:
            say("removing the earlier model")
            self._delete(None, before[0].model)
        return ready

    def remove(self, name: str) -> Deployment:
        """Removes the deployment and its model; it costs nothing any more."""
        one = self.find(name)
        self._delete(one, one.model)
        return one

    def _named(self, name: str) -> list[Deployment]:
        return [one for one in self.all() if name in (one.name, one.id)]

    def _store(self, model: Path, title: str, specification: Specification) -> str:
        names = self._client.repository.ModelMetaNames
        with self._translated(
            f"the software specification '{specification.software}' (set NUMINK_WATSON_SPECIFICATION and "
            "NUMINK_WATSON_TYPE to a pair that IBM supports)"
        ):
            software = self._client.software_specifications.get_id_by_name(specification.software)
        with self._translated("the storing of the model"), tempfile.TemporaryDirectory() as folder:
            packed = pack(model, Path(folder) / "model.tar.gz")
            facts = {names.NAME: title, names.TYPE: specification.type, names.SOFTWARE_SPEC_ID: software}
            details = self._client.repository.store_model(str(packed), meta_props=facts)
            return str(self._client.repository.get_model_id(details))

    def _create(self, name: str, model: str, specification: Specification) -> Deployment:
        names = self._client.deployments.ConfigurationMetaNames
        facts = {
            names.NAME: name,
            names.ONLINE: {},
            names.HARDWARE_SPEC: {"name": specification.hardware, "num_nodes": 1},
        }
        with self._translated("the deployment"):
            return Deployment.of(self._client.deployments.create(model, meta_props=facts, background_mode=True))

    def _update(self, one: Deployment, model: str) -> Deployment:
        asset = self._client.deployments.ConfigurationMetaNames.ASSET
        with self._translated("the update of the deployment"):
            self._client.deployments.update(one.id, {asset: {"id": model}}, background_mode=True)
        return one

    def _wait(self, one: Deployment, model: str, say: Say) -> Deployment:
        """Until it is ready with `model`, or Watson says why it went back to an earlier one."""
        end = time.monotonic() + WAIT
        while True:
            with self._translated("the state of the deployment"):
                now = Deployment.of(self._client.deployments.get_details(one.id))
            if now.state == "ready" and (now.model == model or now.problem):
                return now
            if now.state not in (*UNDER_WAY, "ready"):
                why = self._account.told(now.problem) or "Watson says no more"
                raise WatsonRefused(f"the deployment {now.name} is {now.state}: {why}")
            if time.monotonic() > end:
                raise WatsonUnavailable(
                    f"the deployment {now.name} is not ready after {WAIT:.0f} seconds: see 'numink watson list'"
                )
            say(f"waiting: the deployment is {now.state}")
            time.sleep(self._poll)

    def _delete(self, deployed: Deployment | None, model: str) -> None:
        if deployed is not None:
            with self._translated("the removal of the deployment"):
                self._client.deployments.delete(deployed.id)
        if model:
            with self._translated("the removal of the model"):
                self._client.repository.delete(model)

    @contextlib.contextmanager
    def _translated(self, what: str) -> Iterator[None]:
        """Swallows what the library prints and warns of; its errors become ours, without secrets."""
        try:
            with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
                warnings.simplefilter("ignore")
                yield
        except WatsonError:
            raise
        except (WMLClientError, httpx.HTTPError, OSError) as error:
            raise self._translation(what, error) from None
        except (ValueError, LookupError, TypeError, AttributeError) as error:  # what the library makes of rubbish
            raise WatsonUnavailable(
                f"{what}: Watson's answer cannot be read ({type(error).__name__}): try again"
            ) from None

    def _translation(self, what: str, error: Exception) -> WatsonError:
        code = error.response.status_code if isinstance(error, ApiRequestFailure) else None
        said = self._account.told(getattr(error, "error_msg", None) or error)
        if code is None and "CERTIFICATE_VERIFY" in str(error).upper():
            return WatsonRefused(
                f"the certificate of {self._account.url} or {self._account.iam_url} is not one to trust: check the "
                "addresses, or name the file of your authority with NUMINK_WATSON_CERTIFICATES"
            )
        if code in (401, 403):
            return WatsonRefused(
                f"{what}: Watson does not take the key ({said}): check NUMINK_WATSON_APIKEY and the space"
            )
        if isinstance(error, httpx.HTTPError) or (code is not None and code >= 500):
            return WatsonUnavailable(f"{what} failed ({said}): check the address and the network, and try again")
        return WatsonRefused(f"{what} failed ({said}): check the settings whose names begin with NUMINK_WATSON")
