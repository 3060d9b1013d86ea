"""The history as a browser without JavaScript uses it: search, review, download, delete, undo. Real HTTP."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

import pytest

from numink.factories import open_store
from store_material import a_reading
from web_client import Client, Served, served
from web_pictures import digits, scribble


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Served]:
    """A server whose history is empty."""
    with served(tmp_path) as running:
        yield running


@pytest.fixture
def visitor(fresh: Served) -> Client:
    return Client(fresh.port, browser=True)


def names(page: str) -> list[str]:
    """The file names on a page of the history, in their order."""
    return re.findall(r'class="name">([^<]*)<', page)


def read(visitor: Client, name: str, picture: bytes | None = None, **fields: str) -> str:
    """Reads a picture by the API; its id."""
    return str(Client(visitor.port).read(picture or digits("7", 60), name, **fields).json["id"])


def correct(visitor: Client, reading: str, *said: dict[str, object]) -> None:
    body = json.dumps({"corrections": said}).encode()
    answer = Client(visitor.port).ask(
        "POST", f"/api/v1/readings/{reading}/corrections", body, {"Content-Type": "application/json"}
    )
    assert answer.status == 201


def test_the_history_has_parts_newest_first(visitor: Client) -> None:
    assert "No readings yet" in visitor.get("/history").text
    for number in range(26):
        read(visitor, f"{number}.png")
    first = visitor.get("/history").text
    more = re.search(r'href="(/history\?at=[^"]+)" rel="next"', first)
    assert more
    second = visitor.get(more[1]).text

    assert "<b>26</b> readings" in first
    assert names(first) + names(second) == [f"{number}.png" for number in range(25, -1, -1)]
    assert 'rel="next"' not in second
    assert 'rel="prev"' in second


def test_readings_are_found_by_number_file_day_doubt_and_correction(visitor: Client) -> None:
    read(visitor, "one.png", digits("472"))
    read(visitor, "two.png")
    read(visitor, "scrawl.png", scribble(), single="on")
    correct(visitor, read(visitor, "fixed.png", digits("4")), {"number": 0, "text": "9321"})

    def found(query: str) -> list[str]:
        return names(visitor.get(f"/history?{query}").text)

    assert found("text=472") == ["one.png"]
    assert found("text=TWO") == ["two.png"]
    assert found("text=932") == ["fixed.png"]
    assert found("show=doubts") == ["scrawl.png"]
    assert found("show=corrected") == ["fixed.png"]
    assert found("sort=oldest") == ["one.png", "two.png", "scrawl.png", "fixed.png"]
    assert found("since=2020-01-01") == ["fixed.png", "scrawl.png", "two.png", "one.png"]
    assert found("until=2020-01-01") == []
    assert "No readings match your search" in visitor.get("/history?text=%25").text


@pytest.mark.parametrize("query", ["since=yesterday", "until=2026-13-01", "since=%27"])
def test_a_day_that_is_none_is_a_sentence(visitor: Client, query: str) -> None:
    answer = visitor.get(f"/history?{query}")

    assert answer.status == 422
    assert "is not a date: write it as" in answer.text


@pytest.mark.parametrize("at", ["-1", "x", "99999999999999999999", "5"])
def test_a_part_that_is_not_there_is_a_page(visitor: Client, at: str) -> None:
    assert visitor.get(f"/history?at={at}").status == 200
    assert visitor.get(f"/review?skip={at}").status == 200


def test_chosen_readings_are_deleted_and_come_back(visitor: Client) -> None:
    first, _, third = (read(visitor, f"{name}.png") for name in ("a", "b", "c"))
    token = visitor.token("/history")
    body = f"csrf_token={quote(token)}&id={quote(first)}&id={quote(third)}".encode()
    sent = visitor.ask("POST", "/history/discard", body, {"Content-Type": "application/x-www-form-urlencoded"})
    page = visitor.get("/history").text

    assert sent.status == 303
    assert names(page) == ["b.png"]
    assert "2 readings deleted" in page
    assert visitor.get(f"/readings/{first}").status == 404
    assert visitor.get(f"/api/v1/readings/{first}/thumbnail").status == 404
    assert visitor.send("/history/undo", {"csrf_token": token}).status == 303
    page = visitor.get("/history").text
    assert names(page) == ["c.png", "b.png", "a.png"]
    assert "2 readings restored" in page
    visitor.send("/history/undo", {"csrf_token": token})
    assert "nothing to bring back" in visitor.get("/history").text


def test_one_or_all_that_was_found_is_deleted_at_once(visitor: Client) -> None:
    keep = read(visitor, "keep.png")
    for number in range(3):
        read(visitor, f"slip-{number}.png")
    token = visitor.token("/history")
    visitor.send("/history/discard", {"csrf_token": token, "text": "slip", "all": "on"})
    assert names(visitor.get("/history").text) == ["keep.png"]
    visitor.send("/history/discard", {"csrf_token": token, "only": keep})
    assert names(visitor.get("/history").text) == []
    assert visitor.send("/history/discard", {"csrf_token": token}).status == 422


def test_review_brings_one_doubt_after_another_and_ends(visitor: Client) -> None:
    for turns in (3, 5, 6):
        read(visitor, f"{turns}.png", scribble(turns), single="on")
    shown = set()
    for left in (3, 2, 1):
        page = visitor.get("/review").text
        assert f"<b>{left}</b>" in page
        shown.add(tuple(names_of(page)))
        fields = dict(re.findall(r'type="hidden" name="([a-z_]+)" value="([^"]*)"', page))
        assert visitor.send("/review", {**fields, **({"text": "5"} if left > 1 else {"none": "on"})}).status == 303

    assert len(shown) == 3
    assert "Nothing to review" in visitor.get("/review").text


def test_later_goes_round(visitor: Client) -> None:
    for turns in (3, 5):
        read(visitor, f"{turns}.png", scribble(turns), single="on")
    first, second = visitor.get("/review").text, visitor.get("/review?skip=1").text

    assert names_of(first) != names_of(second)
    assert 'href="/review?skip=0"' in second


def names_of(page: str) -> list[str]:
    return re.findall(r"[0-9]\.png", page)


@pytest.fixture
def taken(visitor: Client) -> Client:
    """A history with a correction, a name that is a formula, and a doubtful digit."""
    read(visitor, "=cmd()|'x'.png", digits("472"))
    correct(visitor, read(visitor, "fixed.png"), {"number": 0, "text": "1"})
    read(visitor, "scrawl.png", scribble(), single="on")
    return visitor


def test_a_table_has_what_counts_and_no_formula(taken: Client) -> None:
    answer = taken.get("/history/download/csv?sort=oldest")
    rows = list(csv.DictReader(io.StringIO(answer.text)))

    assert answer.headers["Content-Disposition"] == "attachment; filename=numink.csv"
    assert [row["number"] for row in rows[:2]] == ["472", "1"]
    assert [row["read_as"] for row in rows[:2]] == ["", "7"]
    assert [row["accepted"] for row in rows] == ["yes", "corrected", "no"]
    assert rows[0]["file"] == "'=cmd()|'x'.png"
    assert len(list(csv.DictReader(io.StringIO(taken.get("/history/download/csv?text=fixed").text)))) == 1


def test_json_has_the_readings_and_their_corrections(taken: Client) -> None:
    readings = taken.get("/history/download/json?sort=oldest").json

    assert [reading["name"] for reading in readings] == ["=cmd()|'x'.png", "fixed.png", "scrawl.png"]
    assert [reading["corrections"] for reading in readings] == [[], [{"page": 0, "number": 0, "text": "1"}], []]
    assert readings[0]["pages"][0]["text"] == readings[0]["final"] == "472"
    assert taken.get("/history/download/json?text=nothing").json == []


def test_what_was_missed_and_the_right_order_are_in_tables_and_json(visitor: Client) -> None:
    missed, digit = {"page": 0, "box": [5, 5, 20, 20], "text": "8"}, {"page": 0, "number": 0, "digit": 0, "text": "1"}
    said = [missed, digit, {"page": 0, "order": [1, 0]}]
    correct(visitor, read(visitor, "two.png", digits("74")), *said)
    rows = list(csv.DictReader(io.StringIO(visitor.get("/history/download/csv").text)))
    (told,) = visitor.get("/history/download/json").json

    assert [(row["number"], row["read_as"]) for row in rows] == [("8", ""), ("14", "74")]
    assert [row["accepted"] for row in rows] == ["corrected"] * 2
    assert [row["confidence"] != "" for row in rows] == [False, True]
    assert told["corrections"] == said
    assert told["final"] == "8\n14"
    assert names(visitor.get("/history?text=14").text) == ["two.png"]


def test_a_zip_has_tables_and_pictures_under_names_of_our_own(taken: Client) -> None:
    answer = taken.get("/history/download/zip")
    archive = zipfile.ZipFile(io.BytesIO(answer.body))
    pictures = [name for name in archive.namelist() if name.startswith("pictures/")]

    assert archive.testzip() is None
    assert len(pictures) == 3
    assert all(re.fullmatch(r"pictures/[0-9a-f-]{36}\.jpg", name) for name in pictures)
    assert all(archive.read(name).startswith(b"\xff\xd8") for name in pictures)
    assert archive.read("readings.csv").decode().count("\n") == 4
    assert len(json.loads(archive.read("readings.json"))) == 3
    assert taken.get("/history/download/exe").status == 404


def test_more_readings_than_are_fetched_at_once_are_all_taken(visitor: Client) -> None:
    for number in range(103):
        read(visitor, f"{number}.png", digits("1", 30))

    assert visitor.get("/history/download/csv").text.count("\n") == 104


def test_readings_that_are_too_old_are_gone_after_a_start(tmp_path: Path) -> None:
    with closing(open_store(f"sqlite:///{tmp_path}/history.db")) as store:
        for name, days in (("old.png", 31), ("young.png", 29)):
            created = (datetime.now(UTC) - timedelta(days=days)).isoformat(timespec="milliseconds")
            store.save(replace(a_reading("local"), name=name, created=created))
    with served(tmp_path, NUMINK_KEEP_DAYS="30") as server:
        assert names(server.client.get("/history").text) == ["young.png"]


def test_what_was_deleted_long_ago_is_gone_for_good_after_a_start(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/history.db"
    with closing(open_store(url)) as store:
        moments = [(datetime.now(UTC) - timedelta(minutes=minutes)).isoformat() for minutes in (11, 9)]
        for moment in moments:
            reading = a_reading("local")
            store.save(reading)
            store.discard("local", [reading.id], moment)
    with served(tmp_path):
        pass
    with closing(open_store(url)) as store:
        assert [store.restore("local", moment) for moment in moments] == [0, 1]
