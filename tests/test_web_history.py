"""The history pages without JavaScript, over real HTTP: search, review, download, delete and undo."""

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


def file_names(page: str) -> list[str]:
    """Return the file names on a page of the history, in order."""
    return re.findall(r'class="name">([^<]*)<', page)


def read(visitor: Client, name: str, picture: bytes | None = None, **fields: str) -> str:
    """Read a picture over the API and return its id."""
    return str(Client(visitor.port).read(picture or digits("7", 60), name, **fields).json["id"])


def correct(visitor: Client, reading: str, *corrections: dict[str, object]) -> None:
    body = json.dumps({"corrections": corrections}).encode()
    answer = Client(visitor.port).ask(
        "POST", f"/api/v1/readings/{reading}/corrections", body, {"Content-Type": "application/json"}
    )
    assert answer.status == 201


def test_the_history_is_shown_newest_first_page_by_page(visitor: Client) -> None:
    assert "No readings yet" in visitor.get("/history").text
    for number in range(26):
        read(visitor, f"{number}.png")
    first = visitor.get("/history").text
    more = re.search(r'href="(/history\?at=[^"]+)" rel="next"', first)
    assert more
    second = visitor.get(more[1]).text

    assert "<b>26</b> readings" in first
    assert file_names(first) + file_names(second) == [f"{number}.png" for number in range(25, -1, -1)]
    assert 'rel="next"' not in second
    assert 'rel="prev"' in second


def test_readings_are_found_by_number_file_day_doubt_and_correction(visitor: Client) -> None:
    read(visitor, "one.png", digits("472"))
    read(visitor, "two.png")
    read(visitor, "scrawl.png", scribble(), single="on")
    correct(visitor, read(visitor, "fixed.png", digits("4")), {"number": 0, "text": "9321"})

    def search(query: str) -> list[str]:
        return file_names(visitor.get(f"/history?{query}").text)

    assert search("text=472") == ["one.png"]
    assert search("text=TWO") == ["two.png"]
    assert search("text=932") == ["fixed.png"]
    assert search("show=doubts") == ["scrawl.png"]
    assert search("show=corrected") == ["fixed.png"]
    assert search("sort=oldest") == ["one.png", "two.png", "scrawl.png", "fixed.png"]
    assert search("since=2020-01-01") == ["fixed.png", "scrawl.png", "two.png", "one.png"]
    assert search("until=2020-01-01") == []
    assert "No readings match your search" in visitor.get("/history?text=%25").text


@pytest.mark.parametrize("query", ["since=yesterday", "until=2026-13-01", "since=%27", "until=9999-12-31"])
def test_an_invalid_day_is_explained(visitor: Client, query: str) -> None:
    answer = visitor.get(f"/history?{query}")

    assert answer.status == 422
    assert "is not a date: write it as" in answer.text


@pytest.mark.parametrize("offset", ["-1", "x", "99999999999999999999", "5"])
def test_an_invalid_offset_shows_a_page(visitor: Client, offset: str) -> None:
    assert visitor.get(f"/history?at={offset}").status == 200
    assert visitor.get(f"/review?skip={offset}").status == 200


def test_chosen_readings_are_deleted_and_restored(visitor: Client) -> None:
    first, _, third = (read(visitor, f"{name}.png") for name in ("a", "b", "c"))
    token = visitor.token("/history")
    body = f"csrf_token={quote(token)}&id={quote(first)}&id={quote(third)}".encode()
    sent = visitor.ask("POST", "/history/discard", body, {"Content-Type": "application/x-www-form-urlencoded"})
    page = visitor.get("/history").text

    assert sent.status == 303
    assert file_names(page) == ["b.png"]
    assert "2 readings deleted" in page
    assert visitor.get(f"/readings/{first}").status == 404
    assert visitor.get(f"/api/v1/readings/{first}/thumbnail").status == 404
    assert visitor.send("/history/undo", {"csrf_token": token}).status == 303
    page = visitor.get("/history").text
    assert file_names(page) == ["c.png", "b.png", "a.png"]
    assert "2 readings restored" in page
    visitor.send("/history/undo", {"csrf_token": token})
    assert "Nothing was restored" in visitor.get("/history").text


def test_one_reading_or_all_found_readings_can_be_deleted(visitor: Client) -> None:
    keep = read(visitor, "keep.png")
    for number in range(3):
        read(visitor, f"slip-{number}.png")
    token = visitor.token("/history")
    visitor.send("/history/discard", {"csrf_token": token, "text": "slip", "all": "on"})
    assert file_names(visitor.get("/history").text) == ["keep.png"]
    visitor.send("/history/discard", {"csrf_token": token, "only": keep})
    assert file_names(visitor.get("/history").text) == []
    assert visitor.send("/history/discard", {"csrf_token": token}).status == 422


def test_the_review_shows_one_doubtful_number_after_another(visitor: Client) -> None:
    for turns in (3, 5, 6):
        read(visitor, f"{turns}.png", scribble(turns), single="on")
    names_shown = set()
    for count in (3, 2, 1):
        page = visitor.get("/review").text
        assert f"<b>{count}</b>" in page
        names_shown.add(tuple(digit_file_names(page)))
        fields = dict(re.findall(r'type="hidden" name="([a-z_]+)" value="([^"]*)"', page))
        assert visitor.send("/review", {**fields, **({"text": "5"} if count > 1 else {"none": "on"})}).status == 303

    assert len(names_shown) == 3
    assert "Nothing to review" in visitor.get("/review").text


def test_skipped_numbers_are_shown_again(visitor: Client) -> None:
    for turns in (3, 5):
        read(visitor, f"{turns}.png", scribble(turns), single="on")
    first, second = visitor.get("/review").text, visitor.get("/review?skip=1").text

    assert digit_file_names(first) != digit_file_names(second)
    assert 'href="/review?skip=0"' in second


def digit_file_names(page: str) -> list[str]:
    return re.findall(r"[0-9]\.png", page)


@pytest.fixture
def corrected_history(visitor: Client) -> Client:
    """A history with a correction, a name that is a formula, and a doubtful digit."""
    read(visitor, "=cmd()|'x'.png", digits("472"))
    correct(visitor, read(visitor, "fixed.png"), {"number": 0, "text": "1"})
    read(visitor, "scrawl.png", scribble(), single="on")
    return visitor


def test_a_table_has_corrected_numbers_and_no_formula(corrected_history: Client) -> None:
    answer = corrected_history.get("/history/download/csv?sort=oldest")
    rows = list(csv.DictReader(io.StringIO(answer.text)))

    assert answer.headers["Content-Disposition"] == "attachment; filename=numink.csv"
    assert [row["number"] for row in rows[:2]] == ["472", "1"]
    assert [row["read_as"] for row in rows[:2]] == ["", "7"]
    assert [row["accepted"] for row in rows] == ["yes", "corrected", "no"]
    assert rows[0]["file"] == "'=cmd()|'x'.png"
    assert len(list(csv.DictReader(io.StringIO(corrected_history.get("/history/download/csv?text=fixed").text)))) == 1


def test_json_has_the_readings_and_their_corrections(corrected_history: Client) -> None:
    readings = corrected_history.get("/history/download/json?sort=oldest").json

    assert [reading["name"] for reading in readings] == ["=cmd()|'x'.png", "fixed.png", "scrawl.png"]
    assert [reading["corrections"] for reading in readings] == [[], [{"page": 0, "number": 0, "text": "1"}], []]
    assert readings[0]["pages"][0]["text"] == readings[0]["final"] == "472"
    assert corrected_history.get("/history/download/json?text=nothing").json == []


def test_missed_numbers_and_the_right_order_are_in_csv_and_json(visitor: Client) -> None:
    missed, digit = {"page": 0, "box": [5, 5, 20, 20], "text": "8"}, {"page": 0, "number": 0, "digit": 0, "text": "1"}
    corrections = [missed, digit, {"page": 0, "order": [1, 0]}]
    correct(visitor, read(visitor, "two.png", digits("74")), *corrections)
    rows = list(csv.DictReader(io.StringIO(visitor.get("/history/download/csv").text)))
    (downloaded,) = visitor.get("/history/download/json").json

    assert [(row["number"], row["read_as"]) for row in rows] == [("8", ""), ("14", "74")]
    assert [row["accepted"] for row in rows] == ["corrected"] * 2
    assert [row["confidence"] != "" for row in rows] == [False, True]
    assert downloaded["corrections"] == corrections
    assert downloaded["final"] == "8\n14"
    assert file_names(visitor.get("/history?text=14").text) == ["two.png"]


def test_a_zip_has_tables_and_pictures_named_by_reading_id(corrected_history: Client) -> None:
    answer = corrected_history.get("/history/download/zip")
    archive = zipfile.ZipFile(io.BytesIO(answer.body))
    pictures = [name for name in archive.namelist() if name.startswith("pictures/")]

    assert archive.testzip() is None
    assert len(pictures) == 3
    assert all(re.fullmatch(r"pictures/[0-9a-f-]{36}\.jpg", name) for name in pictures)
    assert all(archive.read(name).startswith(b"\xff\xd8") for name in pictures)
    assert archive.read("readings.csv").decode().count("\n") == 4
    assert len(json.loads(archive.read("readings.json"))) == 3
    assert corrected_history.get("/history/download/exe").status == 404


def test_a_download_has_all_readings_if_they_are_fetched_in_portions(visitor: Client) -> None:
    for number in range(103):
        read(visitor, f"{number}.png", digits("1", 30))

    assert visitor.get("/history/download/csv").text.count("\n") == 104


def test_expired_readings_are_removed_at_startup(tmp_path: Path) -> None:
    with closing(open_store(f"sqlite:///{tmp_path}/history.db")) as store:
        for name, days in (("old.png", 31), ("young.png", 29)):
            created = (datetime.now(UTC) - timedelta(days=days)).isoformat(timespec="milliseconds")
            store.save(replace(a_reading("local"), name=name, created=created))
    with served(tmp_path, NUMINK_KEEP_DAYS="30") as server:
        assert file_names(server.client.get("/history").text) == ["young.png"]


def test_deleted_readings_are_removed_for_good_after_the_undo_period(tmp_path: Path) -> None:
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
