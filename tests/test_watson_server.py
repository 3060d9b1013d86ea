"""`numink serve` with `NUMINK_CLASSIFIER=watson`: answers over HTTP and on the page say who told the digits."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from numink.recognition.digit_model import SHIPPED
from pictures import as_file, one
from watson_routes import KEY
from watson_standin import Fault, Standin
from web_client import Served, served

pytest.importorskip("ibm_cloud_sdk_core", reason="asking Watson needs the extra [scoring]")


@pytest.fixture
def asking(watson: Standin, tmp_path: Path) -> Iterator[Served]:
    """A server that asks Watson, and tells all it does; the key is in nothing that it says."""
    id_ = watson.deployed(SHIPPED)
    settings = watson.environment(
        NUMINK_CLASSIFIER="watson", NUMINK_WATSON_DEPLOYMENT=id_, NUMINK_WATSON_TIMEOUT="3", NUMINK_LOG_LEVEL="debug"
    )
    with served(tmp_path, **settings) as server:
        yield server
    log = server.errors.read_text()
    assert KEY not in log
    assert not any(token in log for token in watson.tokens)


def test_the_api_and_the_page_say_who_told_the_digits(asking: Served, watson: Standin) -> None:
    picture = as_file(one("4"))

    well = asking.client.read(picture).json
    watson.fail("score", *[Fault("drop")] * 60)
    fallen = asking.client.read(picture).json

    assert [page["classifier"] for page in (*well["pages"], *fallen["pages"])] == ["watson", "fallback"]
    assert well["pages"][0]["text"] == fallen["pages"][0]["text"] == "4"
    assert " at Watson" in asking.client.get(f"/readings/{well['id']}").text
    assert "Watson did not answer" in asking.client.get(f"/readings/{fallen['id']}").text
    assert "the local model answers in Watson's place" in asking.errors.read_text()


def test_a_server_starts_while_watson_is_away(watson: Standin, tmp_path: Path) -> None:
    watson.fail("token", *[Fault(status=503)] * 60)
    settings = watson.environment(NUMINK_CLASSIFIER="watson", NUMINK_WATSON_DEPLOYMENT="d", NUMINK_WATSON_TIMEOUT="1")

    with served(tmp_path, **settings) as server:
        assert server.client.get("/readyz").status == 200
        assert server.client.read(as_file(one("7"))).json["pages"][0]["classifier"] == "fallback"
