"""What IBM's services take and give, as far as numink asks them: JSON Schemas of requests and answers, and the state.

After what IBM's own library sends, IBM's samples and the typed fields of its ABAP client (docs/ibm.md). Knows no HTTP.
"""

from __future__ import annotations

import io
import tarfile
import uuid
from dataclasses import dataclass, field
from typing import Any

import jsonschema
import numpy as np
import onnx
import onnxruntime

SPACE = "5f2e6f0b-1111-4e2b-9a63-000000000001"
SPECIFICATIONS = {"onnxruntime_opset_21": "d0b5361f-0810-554e-8d7b-874b5ff799b1"}
TYPES = {"onnxruntime_1.17": SPECIFICATIONS["onnxruntime_opset_21"]}
NEWEST_IR, NEWEST_OPSET = 9, 20
"""What onnxruntime 1.17.3 loads; tried with its wheel (docs/ibm.md)."""
CREATED = "2026-11-25T00:00:00Z"
TEXT = {"type": "string", "minLength": 1}
ID = {"type": "string", "pattern": "^[0-9a-f-]{36}$"}


def _object(needed: dict[str, Any], others: dict[str, Any] | None = None) -> dict[str, Any]:
    """An object with these fields and no others."""
    properties = {**needed, **(others or {})}
    return {"type": "object", "required": list(needed), "properties": properties, "additionalProperties": False}


REQUESTS: dict[str, dict[str, Any]] = {
    "token": _object(
        {"grant_type": {"const": "urn:ibm:params:oauth:grant-type:apikey"}, "apikey": TEXT}, {"response_type": TEXT}
    ),
    "store model": _object(
        {"name": TEXT, "type": {"enum": list(TYPES)}, "software_spec": _object({"id": ID}), "space_id": ID},
    ),
    "create deployment": _object(
        {
            "name": TEXT,
            "space_id": ID,
            "asset": _object({"id": ID}),
            "online": {"type": "object"},
            "hardware_spec": _object({"name": {"enum": ["XS", "S", "M", "L", "XL"]}, "num_nodes": {"type": "integer"}}),
        }
    ),
    "update deployment": {
        "type": "array",
        "minItems": 1,
        "items": _object(
            {"op": {"enum": ["add", "replace"]}, "path": {"const": "/asset"}, "value": _object({"id": ID})}
        ),
    },
    "score": _object(
        {"input_data": {"type": "array", "minItems": 1, "items": _object({"values": {"type": "array", "minItems": 1}})}}
    ),
}
ERRORS = {
    "type": "object",
    "required": ["trace", "errors"],
    "properties": {"errors": {"type": "array", "items": {"type": "object", "required": ["code", "message"]}}},
}
PREDICTIONS = _object({"predictions": {"type": "array", "items": _object({"id": TEXT, "values": {"type": "array"}})}})


class Refused(Exception):
    """The service says no, with a status and a sentence."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status, self.message = status, message


def check(kind: str, value: object) -> None:
    """Raises Refused where `value` is not what a request of that kind may hold."""
    try:
        jsonschema.validate(value, REQUESTS[kind])
    except jsonschema.ValidationError as error:
        raise Refused(400, f"{kind}: {error.message[:200]}") from None


@dataclass
class Stored:
    """A model as it is kept."""

    facts: dict[str, Any]
    session: Any = None

    def load(self, content: bytes) -> None:
        """Takes a tar.gz with one ONNX file, as new as the runtime loads. Raises Refused."""
        try:
            with tarfile.open(fileobj=io.BytesIO(content), mode="r:gz") as archive:
                members = archive.getmembers()
                if len(members) != 1 or not members[0].name.endswith(".onnx"):
                    raise Refused(400, "the archive must hold one .onnx file")
                opened = archive.extractfile(members[0])
                raw = opened.read() if opened else b""
        except tarfile.TarError:
            raise Refused(400, "the content is no tar.gz") from None
        model = onnx.load_model_from_string(raw)
        opset = max(one.version for one in model.opset_import if one.domain in ("", "ai.onnx"))
        if model.ir_version > NEWEST_IR or opset > NEWEST_OPSET:
            raise Refused(400, f"IR {model.ir_version} or opset {opset} is too new for the runtime")
        self.session = onnxruntime.InferenceSession(raw, providers=["CPUExecutionProvider"])

    def score(self, body: dict[str, Any]) -> dict[str, Any]:
        """As the runtime for ONNX answers: one entry an output, its id the output's name. Raises Refused."""
        inputs = self.session.get_inputs()
        if len(body["input_data"]) != len(inputs):
            raise Refused(400, f"the model has {len(inputs)} inputs")
        try:
            values = np.asarray(body["input_data"][0]["values"])  # all of one kind, or it is an object or a text
            answers = self.session.run(None, {inputs[0].name: values.astype(np.float32, casting="same_kind")})
        except Exception as error:
            raise Refused(400, f"the values do not suit the model: {str(error)[:100]}") from None
        names = [one.name for one in self.session.get_outputs()]
        predictions = [{"id": name, "values": one.tolist()} for name, one in zip(names, answers, strict=True)]
        return {"predictions": predictions}


@dataclass
class Deployment:
    """An online deployment, which is ready after `slow` looks."""

    facts: dict[str, Any]
    slow: int
    asset: str = ""
    failure: str = ""
    reverted: bool = False
    """The failure is that of a later model; it went back to the one that it had."""

    def details(self, id_: str, url: str) -> dict[str, Any]:
        """What a GET answers."""
        ready = self.slow <= 0
        self.slow -= 1
        place = f"{url}/ml/v4/deployments/{id_}/predictions"
        status: dict[str, Any] = {"state": "ready" if ready else "initializing"}
        if ready:
            status |= {"online_url": {"url": place}, "inference": [{"url": place}]}
        if ready and self.failure:
            status["state"] = "ready" if self.reverted else "failed"
            status["failure"] = {"errors": [{"code": "deploy_failed", "message": self.failure}]}
        return {
            "metadata": {"id": id_, "name": self.facts["name"], "space_id": SPACE, "created_at": CREATED},
            "entity": {
                "name": self.facts["name"], "asset": {"id": self.asset}, "online": {}, "space_id": SPACE,
                "deployed_asset_type": "model", "status": status,
            },
        }  # fmt: skip


@dataclass
class Space:
    """What the space holds."""

    models: dict[str, Stored] = field(default_factory=dict)
    deployments: dict[str, Deployment] = field(default_factory=dict)
    slow: int = 1
    """Looks that a new deployment, or a changed one, takes until it is ready."""
    fails: str = ""
    """Why the next deployment fails, if it is to."""

    def model(self, id_: str) -> Stored:
        if id_ not in self.models:
            raise Refused(404, f"there is no asset {id_}")
        return self.models[id_]

    def deployment(self, id_: str) -> Deployment:
        if id_ not in self.deployments:
            raise Refused(404, f"there is no deployment {id_}")
        return self.deployments[id_]

    def store(self, facts: dict[str, Any]) -> str:
        check("store model", facts)
        if facts["software_spec"]["id"] != TYPES[facts["type"]]:
            raise Refused(400, "the type does not go with the software specification")
        id_ = str(uuid.uuid4())
        self.models[id_] = Stored(facts)
        return id_

    def deploy(self, facts: dict[str, Any]) -> str:
        check("create deployment", facts)
        if self.model(facts["asset"]["id"]).session is None:
            raise Refused(400, "the model has no content")
        id_ = str(uuid.uuid4())
        self.deployments[id_] = Deployment(facts, self.slow, facts["asset"]["id"], self.fails)
        return id_

    def change(self, id_: str, patch: list[dict[str, Any]]) -> None:
        """Takes another model; goes back to the earlier one where it is to fail."""
        check("update deployment", patch)
        deployment = self.deployment(id_)
        self.model(patch[0]["value"]["id"])
        if self.fails:
            deployment.failure, deployment.reverted = self.fails, True
        else:
            deployment.asset = patch[0]["value"]["id"]
        deployment.slow = self.slow

    def delete_model(self, id_: str) -> None:
        if any(one.asset == id_ for one in self.deployments.values()):
            raise Refused(409, "the asset is deployed")
        self.model(id_)
        del self.models[id_]

    def delete_deployment(self, id_: str) -> None:
        self.deployment(id_)
        del self.deployments[id_]
