"""`numink watson` with IBM's own library against an HTTPS stand-in: deployment, scoring, update and removal."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from numink.cli import numink
from numink.errors import NuminkError, SettingsError, WatsonRefused, WatsonUnavailable
from numink.recognition.digit_model import SHIPPED
from pictures import as_file, one_digit
from watson_routes import KEY
from watson_standin import Fault, Standin

pytest.importorskip("ibm_watsonx_ai", reason="taking a model to Watson needs the extra [watson]")

Run = Callable[..., Any]


@pytest.fixture
def run(watson: Standin) -> Run:
    """Run `numink watson ...`, and check that the output and the error do not contain the key."""

    def invoke(*arguments: str, **changed: str) -> Any:
        result = CliRunner(env=watson.environment(**changed)).invoke(numink, ["watson", *arguments])
        assert KEY not in result.output + repr(result.exception)
        return result

    return invoke


def test_a_deployed_model_answers_like_the_local_one(run: Run, watson: Standin) -> None:
    watson.space.slow = 2

    result = run("deploy")

    assert result.exit_code == 0, result.output + repr(result.exception)
    (id_,) = watson.space.deployments
    assert result.stdout == f"{watson.url}/ml/v4/deployments/{id_}/predictions\n"
    assert re.search(r"storing numink-.*creating.*waiting: the deployment is initializing", result.stderr, re.DOTALL)
    assert "check digit 7: Watson reads 7, the local model 7" in result.stderr
    assert f"NUMINK_WATSON_DEPLOYMENT={id_}" in result.stderr


def test_deploying_again_replaces_the_model_of_the_deployment(run: Run, watson: Standin) -> None:
    run("deploy")
    (id_,), (earlier,) = watson.space.deployments, watson.space.models

    result = run("deploy")

    assert result.exit_code == 0, result.output + repr(result.exception)
    assert "updating the deployment numink" in result.stderr
    assert list(watson.space.deployments) == [id_]
    assert list(watson.space.models) == [watson.space.deployments[id_].asset] != [earlier]


def test_deployments_are_listed_and_removed(run: Run, watson: Standin) -> None:
    run("deploy", "--name", "ours")
    (id_,) = watson.space.deployments

    listed = run("list")
    removed = run("remove", "--name", "ours")

    assert listed.stdout.split("\t")[:3] == ["ours", id_, "ready"]
    assert removed.exit_code == 0, removed.output
    assert (watson.space.deployments, watson.space.models) == ({}, {})
    assert run("list").stdout == ""
    again = run("remove", "--name", "ours")
    assert isinstance(again.exception, WatsonRefused)
    assert "there are 0 deployments named 'ours'" in str(again.exception)


def test_pictures_are_read_with_the_deployment_and_compared(run: Run, watson: Standin, tmp_path: Path) -> None:
    picture = tmp_path / "seven.png"
    picture.write_bytes(as_file(one_digit("7")))
    run("deploy")

    result = run("score", str(picture))
    twice = run("score", "--single", str(picture), str(tmp_path / "nothing.png"))

    assert (result.exit_code, result.stdout, result.stderr) == (0, "7\n", "")
    assert (twice.exit_code, twice.stdout) == (1, f"{picture}: 7\n")
    assert "nothing.png" in twice.stderr
    assert watson.count("score") > 2


def test_a_deployment_that_fails_leaves_nothing_behind(run: Run, watson: Standin) -> None:
    watson.space.fails = f"the pod died; key {KEY}"

    result = run("deploy")

    assert isinstance(result.exception, WatsonRefused)
    assert str(result.exception) == "the deployment numink is failed: the pod died; key ***"
    assert (watson.space.deployments, watson.space.models) == ({}, {})


def test_an_update_that_watson_reverts_keeps_the_earlier_model(run: Run, watson: Standin) -> None:
    run("deploy")
    earlier = dict(watson.space.models)
    watson.space.fails = "no room"

    result = run("deploy")

    assert isinstance(result.exception, WatsonRefused)
    assert "went back to the earlier model (no room)" in str(result.exception)
    assert watson.space.models == earlier


def test_an_answer_of_another_model_is_an_error(run: Run, watson: Standin, tmp_path: Path) -> None:
    (tmp_path / "one.png").write_bytes(as_file(one_digit("1")))
    id_ = watson.deployed(SHIPPED)
    watson.fail("score", Fault("other"))

    result = run("score", str(tmp_path / "one.png"), NUMINK_WATSON_DEPLOYMENT=id_)

    assert isinstance(result.exception, WatsonRefused)
    assert "another model is deployed there" in str(result.exception)


@pytest.mark.parametrize(
    ("name", "fault", "kind", "message"),
    [
        ("token", Fault(status=400), WatsonRefused, "the sign-in"),
        ("token", Fault(status=403), WatsonRefused, "the sign-in"),
        ("GET /v2/spaces/{id}", Fault(status=404), WatsonRefused, "NUMINK_WATSON"),
        ("GET /ml/v4/deployments", Fault(status=403), WatsonRefused, "check NUMINK_WATSON_APIKEY and the space"),
        ("POST /ml/v4/models", Fault(status=400), WatsonRefused, "the storing of the model failed"),
        ("PUT /ml/v4/models/{id}/content", Fault(status=413), WatsonRefused, "the storing of the model failed"),
        ("POST /ml/v4/deployments", Fault(status=429), WatsonRefused, "the deployment failed"),
        ("GET /ml/v4/deployments", Fault("rubbish"), WatsonRefused, "the list of deployments failed"),
        ("POST /ml/v4/models", Fault("half"), WatsonUnavailable, "the storing of the model failed"),
    ],
)
def test_a_refusal_of_watson_is_an_error_with_advice(
    run: Run, watson: Standin, name: str, fault: Fault, kind: type[NuminkError], message: str
) -> None:
    watson.fail(name, fault)

    result = run("deploy")

    assert isinstance(result.exception, kind), repr(result.exception)
    assert message in str(result.exception)
    assert result.stdout == ""
    assert watson.space.deployments == {}


def test_a_temporary_fault_is_retried(run: Run, watson: Standin) -> None:
    watson.fail("POST /ml/v4/models", Fault(status=503))
    watson.fail("GET /ml/v4/deployments/{id}", Fault(status=502))

    assert run("deploy").exit_code == 0


def test_an_unavailable_service_is_an_error(run: Run, watson: Standin) -> None:
    watson.fail("GET /ml/v4/deployments", *[Fault(status=503)] * 9)

    result = run("list")

    assert isinstance(result.exception, WatsonUnavailable)
    assert "try again" in str(result.exception)


def test_an_untrusted_server_gets_no_key(run: Run, watson: Standin) -> None:
    """IBM's library alone would send the request again without verifying the certificate."""
    result = run("list", NUMINK_WATSON_CERTIFICATES="")

    assert isinstance(result.exception, WatsonRefused)
    assert "is not trusted" in str(result.exception)
    assert watson.seen == []


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"NUMINK_WATSON_APIKEY": ""}, "Watson needs NUMINK_WATSON_APIKEY"),
        ({"NUMINK_WATSON_SPACE": ""}, "Watson needs NUMINK_WATSON_SPACE"),
        ({"NUMINK_WATSON_URL": "http://localhost:1"}, "allowed: an address such as https://"),
        ({"NUMINK_WATSON_CERTIFICATES": "/nowhere.pem"}, "there is no file /nowhere.pem"),
    ],
)
def test_an_invalid_setting_is_an_error(run: Run, changed: dict[str, str], message: str) -> None:
    result = run("list", **changed)

    assert isinstance(result.exception, SettingsError)
    assert message in str(result.exception)


def test_a_retired_specification_is_an_error_with_advice(run: Run, watson: Standin) -> None:
    result = run("deploy", NUMINK_WATSON_SPECIFICATION="onnxruntime_opset_19")

    assert isinstance(result.exception, WatsonRefused)
    assert "set NUMINK_WATSON_SPECIFICATION" in str(result.exception)
    assert watson.space.models == {}


def test_a_missing_extra_is_named(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "numink.watson.deployment", raising=False)
    monkeypatch.setitem(sys.modules, "ibm_watsonx_ai", None)

    result = run("list")

    assert isinstance(result.exception, NuminkError)
    assert "pip install 'numink[watson]'" in str(result.exception)
