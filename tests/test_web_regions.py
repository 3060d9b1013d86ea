"""Parts of a picture that was read before, without JavaScript: each is stored as a reading of its own."""

from __future__ import annotations

from typing import Any

import pytest

from web_client import Answer, Client, Served
from web_pictures import digits, document, encoded

PART = {"page": "0", "x": "40", "y": "270", "w": "500", "h": "190"}
"""The lower of the two lines."""


@pytest.fixture
def visitor(server: Served) -> Client:
    return Client(server.port, browser=True)


def read_part(visitor: Client, reading: str, **fields: Any) -> Answer:
    token = visitor.token(f"/readings/{reading}")
    return visitor.send(f"/readings/{reading}/regions", {"csrf_token": token, **PART, **fields})


def reading_of(visitor: Client, answer: Answer) -> dict[str, Any]:
    assert answer.status == 303
    reading: dict[str, Any] = visitor.get(f"/api/v1{answer.headers['Location']}").json
    return reading


def test_a_part_is_read_from_the_stored_copy_and_stored(visitor: Client, lines: str) -> None:
    reading = reading_of(visitor, read_part(visitor, lines))
    (page,) = reading["pages"]

    assert reading["id"] != lines
    assert reading["name"] == "lines.png"
    assert page["text"] == "3550"
    assert page["numbers"][0]["box"][1] > int(PART["y"])
    assert visitor.get(f"/api/v1/readings/{lines}").json["pages"][0]["text"] == "4071 228\n3550"


def test_a_part_is_read_at_full_size_where_the_file_is_sent_again(visitor: Client) -> None:
    large = digits("7412", 500)
    reading = visitor.read(large, "large.png").json["id"]
    part = {"x": "1500", "y": "0", "w": "750", "h": "750"}

    reduced = reading_of(visitor, read_part(visitor, reading, **part))["pages"][0]
    full = reading_of(visitor, read_part(visitor, reading, **part, file=("large.png", large)))["pages"][0]

    assert (reduced["text"], full["text"]) == ("2", "2")
    assert (reduced["width"], full["width"]) == (1024, 2250)
    assert full["numbers"][0]["box"][0] > 1500


def test_a_part_of_a_later_page_of_a_document_is_read(visitor: Client) -> None:
    pages = document("74", "12")
    reading = visitor.read(pages, "pages.pdf").json["id"]
    page = visitor.get(f"/api/v1/readings/{reading}").json["pages"][1]
    half = {"page": "1", "x": "0", "y": "0", "w": str(page["width"] // 2), "h": str(page["height"])}

    for file in ({}, {"file": ("pages.pdf", pages)}):
        assert reading_of(visitor, read_part(visitor, reading, **half, **file))["pages"][0]["text"] == "1"


def test_another_picture_is_refused(visitor: Client, lines: str) -> None:
    answer = read_part(visitor, lines, file=("other.png", digits("7")))

    assert answer.status == 422
    assert "not the picture of the reading" in answer.text


@pytest.mark.parametrize(
    ("fields", "status"),
    [({"x": "5000"}, 422), ({"w": ""}, 422), ({"w": "many"}, 422), ({"page": "7"}, 404), ({"page": "x"}, 422)],
)
def test_a_part_outside_the_picture_is_refused(
    visitor: Client, lines: str, fields: dict[str, str], status: int
) -> None:
    assert read_part(visitor, lines, **fields).status == status


def test_a_picture_without_numbers_offers_a_frame(visitor: Client) -> None:
    from PIL import Image

    reading = visitor.read(encoded(Image.new("L", (300, 200), 240)), "blank.png").json["id"]

    assert "Draw a frame around the number" in visitor.get(f"/readings/{reading}").text


def test_options_apply_to_a_part(visitor: Client, lines: str) -> None:
    part = {"x": "0", "y": "0", "w": "1000", "h": "260", "pattern": r"\d{4}"}
    page = reading_of(visitor, read_part(visitor, lines, **part))["pages"][0]

    assert all(len(number["text"]) == 4 or not number["fits"] for number in page["numbers"])
