"""State of the Watson stand-in, and JSON Schemas of the requests and answers that numink uses.

Sources: the requests of IBM's own library, IBM's samples, and the typed fields of its ABAP client (docs/ibm.md).
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
"""Newest versions that onnxruntime 1.17.3 loads, tried with its wheel (docs/ibm.md)."""
CREATED = "2026-11-25T00:00:00Z"
TEXT = {"type": "string", "minLength": 1}
ID = {"type": "string", "pattern": "^[0-9a-f-]{36}$"}


def _object(required: dict[str, Any], optional: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return the schema of an object with these fields and no others."""
    properties = {**required, **(optional or {})}
    return {"type": "object", "required": list(required), "properties": properties, "additionalProperties": False}


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
    """The service refuses a request with a status and a message."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status, self.message = status, message


def check(kind: str, value: object) -> None:
    """Raise Refused where `value` is not a valid request of that kind."""
    try:
        jsonschema.validate(value, REQUESTS[kind])
    except jsonschema.ValidationError as error:
        raise Refused(400, f"{kind}: {error.message[:200]}") from None


@dataclass
class StoredModel:
    """A model in the space."""

    facts: dict[str, Any]
    session: Any = None

    def load(self, content: bytes) -> None:
        """Load a tar.gz with one ONNX file that is not too new for the runtime. Raises Refused."""
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
        opset = max(entry.version for entry in model.opset_import if entry.domain in ("", "ai.onnx"))
        if model.ir_version > NEWEST_IR or opset > NEWEST_OPSET:
            raise Refused(400, f"IR {model.ir_version} or opset {opset} is too new for the runtime")
        self.session = onnxruntime.InferenceSession(raw, providers=["CPUExecutionProvider"])

    def score(self, body: dict[str, Any]) -> dict[str, Any]:
        """Answer like the ONNX runtime: one entry for each output, whose id is the output's name. Raises Refused."""
        inputs = self.session.get_inputs()
        if len(body["input_data"]) != len(inputs):
            raise Refused(400, f"the model has {len(inputs)} inputs")
        try:
            values = np.asarray(body["input_data"][0]["values"])  # of one type, else an object or a text
            answers = self.session.run(None, {inputs[0].name: values.astype(np.float32, casting="same_kind")})
        except Exception as error:
            raise Refused(400, f"the values do not fit the model: {str(error)[:100]}") from None
        names = [output.name for output in self.session.get_outputs()]
        predictions = [{"id": name, "values": values.tolist()} for name, values in zip(names, answers, strict=True)]
        return {"predictions": predictions}


@dataclass
class Deployment:
    """An online deployment, ready after `slow` requests for its state."""

    facts: dict[str, Any]
    slow: int
    asset: str = ""
    failure: str = ""
    reverted: bool = False
    """True where a later model failed and the deployment went back to the earlier one."""

    def details(self, id_: str, url: str) -> dict[str, Any]:
        """Return the answer to a GET."""
        ready = self.slow <= 0
        self.slow -= 1
        endpoint = f"{url}/ml/v4/deployments/{id_}/predictions"
        status: dict[str, Any] = {"state": "ready" if ready else "initializing"}
        if ready:
            status |= {"online_url": {"url": endpoint}, "inference": [{"url": endpoint}]}
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
    """Models and deployments of the space."""

    models: dict[str, StoredModel] = field(default_factory=dict)
    deployments: dict[str, Deployment] = field(default_factory=dict)
    slow: int = 1
    """Requests for its state until a new or changed deployment is ready."""
    fails: str = ""
    """Reason for which the next deployment fails; empty: it succeeds."""

    def model(self, id_: str) -> StoredModel:
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
        self.models[id_] = StoredModel(facts)
        return id_

    def deploy(self, facts: dict[str, Any]) -> str:
        check("create deployment", facts)
        if self.model(facts["asset"]["id"]).session is None:
            raise Refused(400, "the model has no content")
        id_ = str(uuid.uuid4())
        self.deployments[id_] = Deployment(facts, self.slow, facts["asset"]["id"], self.fails)
        return id_

    def change(self, id_: str, patch: list[dict[str, Any]]) -> None:
        """Replace the model; go back to the earlier one where the deployment is to fail."""
        check("update deployment", patch)
        deployment = self.deployment(id_)
        self.model(patch[0]["value"]["id"])
        if self.fails:
            deployment.failure, deployment.reverted = self.fails, True
        else:
            deployment.asset = patch[0]["value"]["id"]
        deployment.slow = self.slow

    def delete_model(self, id_: str) -> None:
        if any(deployment.asset == id_ for deployment in self.deployments.values()):
            raise Refused(409, "the asset is deployed")
        self.model(id_)
        del self.models[id_]

    def delete_deployment(self, id_: str) -> None:
        self.deployment(id_)
        del self.deployments[id_]
