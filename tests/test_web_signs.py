"""Pages of numbers with signs, without JavaScript: kind, value, what is ambiguous, struck out or not read."""

from __future__ import annotations

import csv
import io
import re

import pytest

from numink.results import KINDS
from numink.service.options import Options
from numink.web.pages.view_models import KIND_NAMES
from sign_material import NUMBERS, save_signs
from web_client import Client, Served
from web_pictures import digits


@pytest.fixture
def visitor(server: Served) -> Client:
    return Client(server.port, browser=True)


@pytest.fixture
def signs(server: Served) -> str:
    return save_signs(server.folder)


def plain(page: str) -> str:
    """Return the text of a page without tags."""
    return " ".join(re.sub(r"<[^>]*>", "", page).split())


def test_a_page_shows_signs_and_values_that_differ_from_the_text(visitor: Client, signs: str) -> None:
    text = plain(visitor.get(f"/readings/{signs}").text)

    assert "24,15 decimal 24.15" in text
    assert "6/2/98 date 1998-02-06" in text
    assert "1 450 integer 1450" in text
    assert "integer -186" not in text


def test_a_page_says_what_to_choose_for_an_ambiguous_number(visitor: Client, signs: str) -> None:
    text = plain(visitor.get(f"/readings/{signs}").text)

    assert "1.234 ambiguous" in text
    assert "Ambiguous 1.234: choose the decimal sign" in text
    assert "choose the order in dates" not in text


def test_a_page_marks_what_is_struck_out_not_read_or_doubtful_as_a_whole(visitor: Client, signs: str) -> None:
    page = visitor.get(f"/readings/{signs}").text

    assert "Struck out 827" in plain(page)
    assert 'class="number struck"' in page
    assert "Handwriting in one place was not read" in plain(page)
    assert '<rect class="left-over" x="500" y="300" width="120" height="60">' in page
    assert "Check the whole number: 6/2/98." in plain(page)
    assert "Check the 4 marked digits." in plain(page)


def test_the_page_is_german_for_a_german(visitor: Client, signs: str) -> None:
    page = visitor.ask("GET", f"/readings/{signs}", headers={"Accept-Language": "de"}).text

    assert "Dezimalzahl 24.15" in plain(page)
    assert "Mehrdeutig 1.234" in plain(page)
    assert "Handschrift an einer Stelle wurde nicht gelesen" in plain(page)


@pytest.mark.parametrize("text", ["-24,15", "€ 12.50", "AB123456", "<b>7</b>"])
def test_a_number_is_corrected_to_a_text_with_signs(visitor: Client, server: Served, signs: str, text: str) -> None:
    fields = {"csrf_token": visitor.token(), "page": "0", "number": "0", "text": text}

    assert visitor.send(f"/readings/{signs}/corrections", fields).status == 303
    (stored,) = server.client.get(f"/api/v1/readings/{signs}/corrections").json["corrections"]
    assert stored["text"] == text
    assert "<b>7</b>" not in visitor.get(f"/readings/{signs}").text


def test_another_reading_of_the_whole_number_is_chosen_with_a_button(
    visitor: Client, server: Served, signs: str
) -> None:
    assert 'name="alternative" value="24,75"' in visitor.get(f"/readings/{signs}").text
    fields = {"csrf_token": visitor.token(), "page": "0", "number": "0", "text": "24,15", "alternative": "24,75"}
    visitor.send(f"/readings/{signs}/corrections", fields)

    (stored,) = server.client.get(f"/api/v1/readings/{signs}/corrections").json["corrections"]
    assert stored["text"] == "24,75"
    assert 'name="alternative"' not in visitor.get(f"/readings/{signs}").text


def test_signs_are_in_the_history_the_search_and_the_table(visitor: Client, signs: str) -> None:
    for text in ("24,15", "-186", "6/2/98"):
        assert f"/readings/{signs}" in visitor.get(f"/history?text={text.replace('/', '%2F')}").text
    table = csv.DictReader(io.StringIO(visitor.get("/history/download/csv").text))
    rows = [row for row in table if row["reading"] == signs]

    assert [row["number"].removeprefix("'") for row in rows] == [text for text, _, _ in NUMBERS]
    assert [row["value"] for row in rows] == ["24.15", "-186", "", "1998-02-06", "827", "1450"]


def test_the_history_marks_a_reading_with_unread_handwriting(visitor: Client, signs: str) -> None:
    assert plain(visitor.get("/history?text=24,15").text).count("Not read") > 0
    visitor.send("/", {"file": ("seven.png", digits("7")), "csrf_token": visitor.token()})
    assert "Not read" not in plain(visitor.get("/history?text=seven.png").text)


def test_digits_are_explained_and_signs_are_not(visitor: Client, server: Served, signs: str) -> None:
    address = f"/api/v1/readings/{signs}/explanation?number=0&digit="

    assert visitor.get(f"/readings/{signs}").text.count("/explanation?") == sum(
        character.isdigit() for text, _, _ in NUMBERS for character in text
    )
    assert server.client.get(f"{address}0").status == 200
    answer = server.client.get(f"{address}2")
    assert (answer.status, answer.json["type"]) == (422, "urn:numink:problem:no-such-number")


def test_options_of_the_form_reach_the_reader(visitor: Client) -> None:
    fields = {"decimal": "comma", "dates": "day-first", "text": "on", "csrf_token": visitor.token()}

    assert visitor.send("/", {**fields, "file": ("a.png", digits("7"))}).status == 303
    for change, words in (
        ({"decimal": "colon"}, "the decimal sign is"), ({"dates": "x"}, "the order in dates is"),
        ({"digits": "on"}, "choose one of the two"),
    ):  # fmt: skip
        answer = visitor.send("/", {**fields, **change, "file": ("a.png", digits("7"))})
        assert answer.status == 422
        assert words in plain(answer.text).lower()


def test_options_are_those_of_the_reader() -> None:
    read = Options(decimal="comma", dates="month-first", text=True).read_options()
    assert (read.decimal, read.day_first, read.digits_only, read.words) == ("comma", False, False, True)
    assert Options(digits=True).read_options().digits_only
    with_letters = {text for text in ("letters", "AB", "code", "digits", "0-9.-") if letters_of(text)}
    assert with_letters == {"letters", "AB", "code"}
    assert Options.from_dict(Options(decimal="point", digits=True).to_dict()) == Options(decimal="point", digits=True)


def letters_of(characters: str) -> bool:
    return Options(characters=characters).read_options().letters


def test_every_kind_has_a_name() -> None:
    assert set(KIND_NAMES) == set(KINDS)
