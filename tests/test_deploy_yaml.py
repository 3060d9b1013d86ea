"""deploy/*.yaml: pods by the schema of Kubernetes, additions of Knative and Code Engine by code_engine.schema.json."""

from __future__ import annotations

import json
import re
from copy import deepcopy
from pathlib import Path
from typing import Any

import jsonschema
import kubernetes_validate
import pytest
import yaml

DEPLOY = Path(__file__).parents[1] / "deploy"
SCHEMA = json.loads(Path(__file__).with_name("code_engine.schema.json").read_text())
ANNOTATION = "autoscaling.knative.dev/min-scale"
FILES = sorted(DEPLOY.glob("*.yaml"))


def load(name: str) -> Any:
    return yaml.safe_load((DEPLOY / name).read_text())


def pod(manifest: Any) -> dict[str, Any]:
    """Return the pod of a service or a job."""
    template = manifest["spec"]["template"]
    spec = deepcopy(template["spec"] if manifest["kind"] == "Service" else template)
    for added in ("containerConcurrency", "timeoutSeconds"):
        spec.pop(added, None)
    spec["containers"][0].setdefault("name", "user-container")
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": manifest["metadata"]["name"]}, "spec": spec}


def validate(manifest: Any) -> None:
    """Raise the first error of a manifest."""
    jsonschema.validate(manifest, SCHEMA)
    kubernetes_validate.validate(pod(manifest), "1.31", strict=True)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_the_file_is_valid_for_kubernetes_knative_and_code_engine(path: Path) -> None:
    validate(load(path.name))


@pytest.mark.parametrize(
    "change",
    [
        lambda service: service["spec"]["template"]["spec"].update(timeoutSeconds=601),
        lambda service: service["spec"]["template"]["metadata"]["annotations"].update({ANNOTATION: 0}),
        lambda service: container(service)["readinessProbe"]["httpGet"].pop("port"),
        lambda service: container(service).pop("livenessProbe"),
        lambda service: container(service).update(redinessProbe={}),
        lambda service: container(service)["resources"].pop("limits"),
        lambda service: container(service)["ports"].append({"containerPort": 8081}),
    ],
)  # fmt: skip
def test_the_validation_finds_errors(change: Any) -> None:
    service = load("service.yaml")
    change(service)
    with pytest.raises((jsonschema.ValidationError, kubernetes_validate.ValidationError)):
        validate(service)


def container(service: Any) -> Any:
    return service["spec"]["template"]["spec"]["containers"][0]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_resource_requests_equal_the_limits(path: Path) -> None:
    resources = pod(load(path.name))["spec"]["containers"][0]["resources"]
    assert resources["requests"] == resources["limits"]


def test_the_service_runs_unprivileged_with_only_tmp_writable() -> None:
    service = container(load("service.yaml"))
    assert service["securityContext"]["readOnlyRootFilesystem"]
    assert service["securityContext"]["runAsNonRoot"]
    assert [mount["mountPath"] for mount in service["volumeMounts"]] == ["/tmp"]


def test_yaml_script_and_dockerfile_agree() -> None:
    """Port, user, probes, sizes and limits are written in three files, which must agree."""
    script = (DEPLOY / "code-engine.sh").read_text()
    dockerfile = (DEPLOY.parent / "Dockerfile").read_text()
    service, revision = container(load("service.yaml")), load("service.yaml")["spec"]["template"]
    size, user = service["resources"]["limits"], service["securityContext"]["runAsUser"]
    for options in (
        f"--port {service['ports'][0]['containerPort']} --user {user} --cpu {size['cpu']} --memory {size['memory']} "
        f"--ephemeral-storage {size['ephemeral-storage']}",
        f"--concurrency {revision['spec']['containerConcurrency']} ",
        f"--request-timeout {revision['spec']['timeoutSeconds']} ",
        f"--probe-ready path={service['readinessProbe']['httpGet']['path']} ",
        f"--probe-live path={service['livenessProbe']['httpGet']['path']} ",
    ):
        assert options in re.sub(r" \\\n +", " ", script)
    assert f"USER {user}:{user}" in dockerfile
    assert f"EXPOSE {service['ports'][0]['containerPort']}\n" in dockerfile
