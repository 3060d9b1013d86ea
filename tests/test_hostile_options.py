"""Hostile options and corrections over real HTTP: each is refused with a sentence, at once, on the API and on pages."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from hostile_options import BODIES, EVERY_FIELD, OTHER_FIELDS
from web_client import Answer, Client, Served, served
from web_pictures import digits

TEXT_FIELDS = ("single", "pattern", "check", "characters", "decimal", "dates", "regions", "digits", "text", "printed")
JSON = {"Content-Type": "application/json"}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("options")) as running:
        yield running


def processor_seconds(server: Served) -> float:
    """Return the processor time of all processes of a server so far."""
    ticks = 0
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if os.getpgid(int(folder.name)) == server.process.pid:
                ticks += sum(map(int, (folder / "stat").read_text().rpartition(")")[2].split()[11:13]))
        except OSError:  # it has ended
            continue
    return ticks / os.sysconf("SC_CLK_TCK")


def is_refused(answer: Answer) -> bool:
    return answer.status in (400, 413, 422) and len(answer.json["detail"]) > 30


@pytest.mark.parametrize("field", TEXT_FIELDS)
def test_a_hostile_value_of_any_field_is_refused(server: Served, field: str) -> None:
    before = processor_seconds(server)
    values = [*EVERY_FIELD, *OTHER_FIELDS.get(field, ())]
    for value in values:
        answer = server.client.read(digits("7", 40), **{field: value})
        assert is_refused(answer), (field, value[:40], answer.status)

    assert processor_seconds(server) - before < 0.1 * len(values)


def test_hostile_lists_of_valid_numbers_are_refused_or_useless(server: Served) -> None:
    before = processor_seconds(server)
    for value in [*EVERY_FIELD, *OTHER_FIELDS["among"]]:
        assert server.client.read(digits("7", 40), among=value).status in (200, 422)

    assert processor_seconds(server) - before < 2


def test_a_list_of_valid_numbers_is_limited_by_a_setting(tmp_path: Path) -> None:
    with served(tmp_path, NUMINK_MAX_VALID_NUMBERS="3") as server:
        assert server.client.read(digits("7", 40), among="7,8,9").status == 200
        refused = server.client.read(digits("7", 40), among="7,8\n9;10")
        assert refused.status == 422
        assert "more than 3 numbers" in refused.json["detail"]


def test_a_valid_number_counts_as_it_was_sent(server: Served) -> None:
    """And not as a number of JSON, which would be 7.0 and 1.5e400 at most."""
    assert server.client.read(digits("7", 40), among="7.0").json["pages"][0]["numbers"][0]["fits"] is False
    assert server.client.read(digits("7", 40), among="7").json["pages"][0]["numbers"][0]["fits"] is True


@pytest.mark.parametrize("body", BODIES, ids=range(len(BODIES)))
def test_hostile_corrections_are_refused(server: Served, body: str) -> None:
    reading = server.client.read(digits("7", 40)).json["id"]
    before = processor_seconds(server)
    answer = server.client.ask("POST", f"/api/v1/readings/{reading}/corrections", body.encode(), JSON)

    assert is_refused(answer)
    assert processor_seconds(server) - before < 0.5


@pytest.mark.parametrize("field", ["pattern", "characters", "check", "regions", "decimal", "dates"])
def test_hostile_values_of_a_pages_form_are_shown_as_a_page_with_a_sentence(server: Served, field: str) -> None:
    visitor = Client(server.port, browser=True)
    token, before = visitor.token(), processor_seconds(server)
    values = [*EVERY_FIELD, *OTHER_FIELDS.get(field, ())]
    for value in values:
        answer = visitor.send("/", {"csrf_token": token, "file": ("a.png", digits("7", 40)), field: value})
        assert answer.status in (413, 422), (field, value[:40], answer.status)
        assert "<h1>" in answer.text

    assert processor_seconds(server) - before < 0.15 * len(values)
