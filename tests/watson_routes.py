"""Requests that the Watson stand-in handles, and their answers as (status, JSON)."""

from __future__ import annotations

import json
import time
from collections import defaultdict
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import jsonschema

from watson_rules import PREDICTIONS, SPACE, SPECIFICATIONS, Refused, check

if TYPE_CHECKING:
    from watson_standin import Standin

KEY = "a-secret-API_key-3141592653589793"
MAX_REQUEST_BYTES = 1_000_000
"""Size limit of a request to score; IBM's own limit is not known (docs/ibm.md)."""


def _token(standin: Standin, _parts: list[str], body: bytes, _query: Any) -> tuple[int, Any]:
    form = {name: values[0] for name, values in parse_qs(body.decode()).items()}
    check("token", form)
    if form["apikey"] != KEY:
        raise Refused(400, f"Provided API key could not be found: {form['apikey']}")
    now = int(time.time())
    return 200, {
        "access_token": standin.new_token(), "refresh_token": "not_supported", "token_type": "Bearer",
        "expires_in": 3600, "expiration": now + 3600, "scope": "ibm openid",
    }  # fmt: skip


def _space(_standin: Standin, parts: list[str], _body: bytes, _query: Any) -> tuple[int, Any]:
    if parts[-1] != SPACE:
        raise Refused(404, "there is no such space")
    status = {"state": "active"}
    compute = [{"name": "runtime", "crn": "crn:v1:x", "guid": "g", "type": "machine_learning"}]
    return 200, {"metadata": {"id": SPACE}, "entity": {"name": "digits", "status": status, "compute": compute}}


def _specifications(_standin: Standin, _parts: Any, _body: bytes, query: dict[str, list[str]]) -> tuple[int, Any]:
    name = query.get("name", [""])[0]
    names = [name] if name in SPECIFICATIONS else []
    resources = [
        {
            "metadata": {
                "name": match, "asset_id": SPECIFICATIONS[match], "asset_type": "software_specification",
                "href": f"/v2/software_specifications/{SPECIFICATIONS[match]}", "created_at": "2026-01-01T00:00:00Z",
            },
            "entity": {"software_specification": {"type": "base"}},
        }
        for match in names
    ]  # fmt: skip
    return 200, {"total_results": len(resources), "resources": resources}


def _model(standin: Standin, id_: str) -> dict[str, Any]:
    facts = standin.space.model(id_).facts
    return {
        "metadata": {"id": id_, "name": facts["name"], "space_id": SPACE, "created_at": "2026-11-25T00:00:00Z"},
        "entity": {"type": facts["type"], "software_spec": facts["software_spec"]},
    }


def _store(standin: Standin, _parts: Any, body: bytes, _query: Any) -> tuple[int, Any]:
    return 201, _model(standin, standin.space.store(json.loads(body)))


def _content(standin: Standin, parts: list[str], body: bytes, _query: Any) -> tuple[int, Any]:
    standin.space.model(parts[3]).load(body)
    return 201, {"metadata": {"id": parts[3]}}


def _asset(standin: Standin, parts: list[str], _body: bytes, _query: Any) -> tuple[int, Any]:
    standin.space.delete_model(parts[2])
    return 204, None


def _deploy(standin: Standin, _parts: Any, body: bytes, _query: Any) -> tuple[int, Any]:
    id_ = standin.space.deploy(json.loads(body))
    return 202, standin.space.deployment(id_).details(id_, standin.url)


def _deployments(standin: Standin, _parts: Any, _body: bytes, query: dict[str, list[str]]) -> tuple[int, Any]:
    asset = query.get("asset_id", [""])[0]
    resources = [
        deployment.details(id_, standin.url)
        for id_, deployment in standin.space.deployments.items()
        if asset in ("", deployment.asset)
    ]
    return 200, {"limit": 100, "first": {"href": "/ml/v4/deployments"}, "resources": resources}


def _deployment(standin: Standin, parts: list[str], _body: bytes, _query: Any) -> tuple[int, Any]:
    return 200, standin.space.deployment(parts[3]).details(parts[3], standin.url)


def _update(standin: Standin, parts: list[str], body: bytes, _query: Any) -> tuple[int, Any]:
    standin.space.change(parts[3], json.loads(body))
    return 202, standin.space.deployment(parts[3]).details(parts[3], standin.url)


def _undeploy(standin: Standin, parts: list[str], _body: bytes, _query: Any) -> tuple[int, Any]:
    standin.space.delete_deployment(parts[3])
    return 204, None


def _score(standin: Standin, parts: list[str], body: bytes, _query: Any) -> tuple[int, Any]:
    deployment = standin.space.deployment(parts[3])
    sent = json.loads(body)
    check("score", sent)
    if len(body) > MAX_REQUEST_BYTES:
        raise Refused(413, "more than 1 MB")
    answer = standin.space.model(deployment.asset).score(sent)
    jsonschema.validate(answer, PREDICTIONS)
    return 200, answer


def _not_found(*_: Any) -> tuple[int, Any]:
    raise Refused(404, "not found")


ROUTES: dict[str, Any] = defaultdict(
    lambda: _not_found,
    {
        "token": _token, "score": _score, "GET /v2/spaces/{id}": _space,
        "GET /v2/software_specifications": _specifications, "DELETE /v2/assets/{id}": _asset,
        "POST /ml/v4/models": _store, "PUT /ml/v4/models/{id}/content": _content,
        "GET /ml/v4/models/{id}": lambda standin, parts, *_: (200, _model(standin, parts[3])),
        "POST /ml/v4/deployments": _deploy, "GET /ml/v4/deployments": _deployments,
        "GET /ml/v4/deployments/{id}": _deployment, "PATCH /ml/v4/deployments/{id}": _update,
        "DELETE /ml/v4/deployments/{id}": _undeploy,
    },
)  # fmt: skip


def name_of(method: str, path: str) -> str:
    """Return the name of a request in ROUTES and for faults: 'token', 'score', 'GET /ml/v4/deployments/{id}' ..."""
    parts = path.strip("/").split("/")
    if path == "/identity/token":
        return "token"
    if parts[-1] == "predictions":
        return "score"
    id_index = 3 if parts[0] == "ml" else 2
    if len(parts) > id_index:
        parts[id_index] = "{id}"
    return f"{method} /{'/'.join(parts)}"
