"""deploy/*.yaml: the pods by Kubernetes' own schema, what Knative and Code Engine add by a small one of ours."""

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


def pod(thing: Any) -> dict[str, Any]:
    """The pod that a service or a job is a template of."""
    template = thing["spec"]["template"]
    spec = deepcopy(template["spec"] if thing["kind"] == "Service" else template)
    for added in ("containerConcurrency", "timeoutSeconds"):
        spec.pop(added, None)
    spec["containers"][0].setdefault("name", "user-container")
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": thing["metadata"]["name"]}, "spec": spec}


def judge(thing: Any) -> None:
    """Raises what is wrong with it."""
    jsonschema.validate(thing, SCHEMA)
    kubernetes_validate.validate(pod(thing), "1.31", strict=True)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_it_is_what_kubernetes_knative_and_code_engine_take(path: Path) -> None:
    judge(load(path.name))


@pytest.mark.parametrize(
    "spoil",
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
def test_the_judgement_is_one(spoil: Any) -> None:
    service = load("service.yaml")
    spoil(service)
    with pytest.raises((jsonschema.ValidationError, kubernetes_validate.ValidationError)):
        judge(service)


def container(service: Any) -> Any:
    return service["spec"]["template"]["spec"]["containers"][0]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_requests_are_the_limits(path: Path) -> None:
    resources = pod(load(path.name))["spec"]["containers"][0]["resources"]
    assert resources["requests"] == resources["limits"]


def test_the_service_is_nobody_on_a_read_only_file_system_with_tmp_alone_to_write_to() -> None:
    service = container(load("service.yaml"))
    assert service["securityContext"]["readOnlyRootFilesystem"]
    assert service["securityContext"]["runAsNonRoot"]
    assert [mount["mountPath"] for mount in service["volumeMounts"]] == ["/tmp"]


def test_yaml_commands_and_dockerfile_say_the_same() -> None:
    """Port, user, probes, sizes and limits stand in three places, which must not part."""
    script = (DEPLOY / "code-engine.sh").read_text()
    dockerfile = (DEPLOY.parent / "Dockerfile").read_text()
    service, revision = container(load("service.yaml")), load("service.yaml")["spec"]["template"]
    size, user = service["resources"]["limits"], service["securityContext"]["runAsUser"]
    for said in (
        f"--port {service['ports'][0]['containerPort']} --user {user} --cpu {size['cpu']} --memory {size['memory']} "
        f"--ephemeral-storage {size['ephemeral-storage']}",
        f"--concurrency {revision['spec']['containerConcurrency']} ",
        f"--request-timeout {revision['spec']['timeoutSeconds']} ",
        f"--probe-ready path={service['readinessProbe']['httpGet']['path']} ",
        f"--probe-live path={service['livenessProbe']['httpGet']['path']} ",
    ):
        assert said in re.sub(r" \\\n +", " ", script)
    assert f"USER {user}:{user}" in dockerfile
    assert f"EXPOSE {service['ports'][0]['containerPort']}\n" in dockerfile
