"""The OpenAPI description is true: schemathesis generates requests from it and checks the responses against it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from typing import Any
from urllib.parse import urlencode

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance

from numink.results import Alternative, Box, Digit, Number, Page
from numink.web.api import schemas
from web_client import Served, served
from web_pictures import digits, draw, encoded

schemathesis.openapi.format(
    "binary",
    st.one_of(st.sampled_from([digits("7", 40), encoded(draw("41", 30), "JPEG")]), st.binary(max_size=64)),
)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("schema")) as running:
        for _ in range(3):
            running.client.read(digits("7", 40))
        yield running


@pytest.fixture(scope="module")
def description(server: Served) -> Any:
    return schemathesis.openapi.from_url(f"http://127.0.0.1:{server.port}/api/v1/openapi.json")


READING = "/api/v1/readings/{reading_id}"
BATCH = "/api/v1/batches/{batch_id}"
ROUTES = [
    ("/api/v1/read", "post"), ("/api/v1/readings", "get"), (READING, "get"), (READING, "delete"),
    (f"{READING}/corrections", "post"), (f"{READING}/corrections", "get"),
    (f"{READING}/corrections/{{correction_id}}", "delete"), (f"{READING}/picture", "get"),
    (f"{READING}/thumbnail", "get"), (f"{READING}/explanation", "get"),
    ("/api/v1/batches", "post"), ("/api/v1/batches", "get"), (BATCH, "get"), (BATCH, "delete"),
    (f"{BATCH}/results", "get"), (f"{BATCH}/results.csv", "get"),
]  # fmt: skip
LONGEST_ADDRESS = 8000
"""Bytes of an address, with room for the route: the server refuses more than 8,190 of a request's first line."""
MAX_FILES = 100
"""Files in one request; `test_a_request_with_too_many_files_is_refused` sends more."""
TEXT_FIELDS = ("pattern", "check", "among")
EXCLUDED_CHECKS = [
    # any bytes are valid for the field of a picture, and most are no picture: hence 415 and 422
    positive_data_acceptance,
]


def can_be_sent(case: Any) -> bool:
    """Return False for long addresses, empty lists, too many files, numbers for texts: they cannot be sent.

    An address that is too long is refused by the HTTP server itself, before there is a route that describes it.
    """
    if len(urlencode(case.query or {}, doseq=True)) > LONGEST_ADDRESS:
        return False
    form = case.body if case.media_type == "multipart/form-data" and isinstance(case.body, dict) else {}
    lists = [value for value in form.values() if isinstance(value, list)]
    return all(0 < len(values) <= MAX_FILES for values in lists) and all(
        isinstance(form.get(name, ""), str) for name in TEXT_FIELDS
    )


@pytest.mark.parametrize("mode", list(GenerationMode))
@pytest.mark.parametrize(("path", "method"), ROUTES)
def test_requests_generated_from_the_description_get_the_responses_it_describes(
    description: Any, path: str, method: str, mode: GenerationMode
) -> None:
    operation = description[path][method]

    @settings(
        max_examples=30, deadline=None, derandomize=True, database=None,
        suppress_health_check=list(HealthCheck), phases=[Phase.generate],
    )  # fmt: skip
    @given(case=operation.as_strategy(generation_mode=mode).filter(can_be_sent))
    def ask(case: Any) -> None:
        case.call_and_validate(excluded_checks=EXCLUDED_CHECKS)

    try:
        ask()
    except Unsatisfiable:
        assert mode is GenerationMode.NEGATIVE  # this operation has no invalid request


def test_a_request_with_too_many_files_is_refused(server: Served) -> None:
    part = 'Content-Disposition: form-data; name="file"; filename="a.png"\r\n\r\nx\r\n'
    for count, status in ((MAX_FILES, 202), (MAX_FILES + 1, 400)):
        body = f"--here\r\n{part}" * count + "--here--\r\n"
        headers = {"Content-Type": "multipart/form-data; boundary=here"}
        assert server.client.ask("POST", "/api/v1/batches", body.encode(), headers).status == status


def test_an_address_that_is_too_long_is_refused(server: Served) -> None:
    for length, status in ((LONGEST_ADDRESS, 422), (9000, 414)):
        headers = {"Content-Type": "image/png"}
        assert server.client.ask("POST", f"/api/v1/read?pattern={'x' * length}", digits(), headers).status == status


def test_the_description_is_openapi_3_1_and_names_every_route(server: Served) -> None:
    description = server.client.get("/api/v1/openapi.json").json
    assert description["openapi"].startswith("3.1")
    routes = {(path, method) for path, item in description["paths"].items() for method in item}
    assert routes == set(ROUTES)


def test_every_error_is_described_as_a_problem(server: Served) -> None:
    description = server.client.get("/api/v1/openapi.json").json
    assert set(description["components"]["schemas"]["Problem"]["required"]) == {"type", "title", "status", "detail"}
    for item in description["paths"].values():
        for operation in item.values():
            errors = {code: answer for code, answer in operation["responses"].items() if code >= "400"}
            assert {"422", "500", "503"} <= set(errors)
            assert all(list(answer["content"]) == ["application/problem+json"] for answer in errors.values())


def test_the_schema_of_a_page_has_the_fields_of_a_page() -> None:
    box = Box(1, 2, 3, 4)
    digit = Digit("7", 0.9, True, box, (Alternative("1", 0.1),))
    page = Page(10, 10, (Number("7", 1, 0.9, True, box, (digit,)),), "numink-1.0.0", 1.5, "a.png")
    assert schemas.Page.model_validate(page.to_dict()).model_dump() == page.to_dict()
    assert {field.name for field in fields(Digit)} == set(schemas.Digit.model_fields)
