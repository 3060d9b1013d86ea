"""`numink serve` with `NUMINK_CLASSIFIER=watson`: the API and the pages name the classifier."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from numink.recognition.digit_model import SHIPPED
from pictures import as_file, one_digit
from watson_routes import KEY
from watson_standin import Fault, Standin
from web_client import Served, served

pytest.importorskip("ibm_cloud_sdk_core", reason="asking Watson needs the extra [scoring]")


@pytest.fixture
def server(watson: Standin, tmp_path: Path) -> Iterator[Served]:
    """Run a server that uses Watson and logs everything; check afterwards that its log has no secrets."""
    id_ = watson.deployed(SHIPPED)
    settings = watson.environment(
        NUMINK_CLASSIFIER="watson", NUMINK_WATSON_DEPLOYMENT=id_, NUMINK_WATSON_TIMEOUT="3", NUMINK_LOG_LEVEL="debug"
    )
    with served(tmp_path, **settings) as running:
        yield running
    log = running.errors.read_text()
    assert KEY not in log
    assert not any(token in log for token in watson.tokens)


def test_the_api_and_the_page_name_the_classifier(server: Served, watson: Standin) -> None:
    picture = as_file(one_digit("4"))

    before = server.client.read(picture).json
    watson.fail("score", *[Fault("drop")] * 60)
    during = server.client.read(picture).json

    assert [page["classifier"] for page in (*before["pages"], *during["pages"])] == ["watson", "fallback"]
    assert before["pages"][0]["text"] == during["pages"][0]["text"] == "4"
    assert " on Watson" in server.client.get(f"/readings/{before['id']}").text
    assert "Watson did not respond" in server.client.get(f"/readings/{during['id']}").text
    assert "the local model replaces Watson" in server.errors.read_text()


def test_a_server_starts_while_watson_is_unavailable(watson: Standin, tmp_path: Path) -> None:
    watson.fail("token", *[Fault(status=503)] * 60)
    settings = watson.environment(NUMINK_CLASSIFIER="watson", NUMINK_WATSON_DEPLOYMENT="d", NUMINK_WATSON_TIMEOUT="1")

    with served(tmp_path, **settings) as server:
        assert server.client.get("/readyz").status == 200
        assert server.client.read(as_file(one_digit("7"))).json["pages"][0]["classifier"] == "fallback"
