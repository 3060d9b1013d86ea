"""POST /api/v1/read over real HTTP: formats, fields, and invalid pictures."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from web_client import Answer, Served, multipart, served
from web_pictures import bomb, digits, document, draw, encoded, photo


def is_problem(answer: Answer, status: int, kind: str) -> str:
    """Check that the response is an RFC 9457 problem with a sentence and no traceback, and return its detail."""
    assert answer.status == status, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    problem = answer.json
    assert set(problem) == {"type", "title", "status", "detail"}
    assert problem["status"] == status
    assert problem["type"] == (f"urn:numink:problem:{kind}" if kind else "about:blank")
    assert problem["detail"][0].isupper()
    assert problem["detail"].endswith(".")
    assert "Traceback" not in answer.text
    assert "numink/web" not in answer.text
    return str(problem["detail"])


def test_a_drawn_digit_is_read_and_stored(server: Served) -> None:
    answer = server.client.read(digits("7"), "seven.png")
    assert answer.status == 200
    page = answer.json["pages"][0]
    assert page["text"] == "7"
    assert page["file"] == "seven.png"
    assert (page["width"], page["height"]) == (300, 300)
    stored = server.client.get(f"/api/v1/readings/{answer.json['id']}").json
    assert stored["pages"] == answer.json["pages"]
    assert stored["name"] == "seven.png"


def test_digits_on_a_line_come_in_order(server: Served) -> None:
    page = server.client.read(digits("4721")).json["pages"][0]
    assert page["text"].replace(" ", "") == "4721"


def test_single_returns_one_digit(server: Served) -> None:
    page = server.client.read(digits("4"), single="true").json["pages"][0]
    assert page["text"] == "4"
    assert len(page["numbers"][0]["digits"]) == 1


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "AVIF", "JPEG2000", "GIF", "BMP", "TIFF", "PPM"])
def test_every_common_format_is_read(server: Served, kind: str) -> None:
    assert server.client.read(encoded(draw("7"), kind), f"a.{kind}").json["pages"][0]["text"] == "7"


@pytest.mark.parametrize("mode", ["1", "L", "P", "LA", "RGBA", "CMYK", "I;16"])
def test_every_pixel_format_is_read(server: Served, mode: str) -> None:
    if mode == "I;16":
        picture = Image.fromarray(__import__("numpy").asarray(draw("7", mode="L")).astype("uint16") * 257)
    else:
        picture = draw("7").convert(mode)
    content = encoded(picture, "TIFF" if mode == "CMYK" else "PNG")
    assert server.client.read(content).json["pages"][0]["text"] == "7"


def test_the_format_is_recognised_by_content_not_by_name(server: Served) -> None:
    assert server.client.read(encoded(draw("7"), "JPEG"), "a.txt").status == 200


def test_a_photo_of_12_megapixels_passes(server: Served) -> None:
    page = server.client.read(photo("472"), "photo.jpg").json["pages"][0]
    assert (page["width"], page["height"]) == (4000, 3000)


def test_an_empty_picture_is_no_error(server: Served) -> None:
    page = server.client.read(encoded(Image.new("L", (200, 200), 255))).json["pages"][0]
    assert (page["text"], page["numbers"]) == ("", [])


@pytest.mark.parametrize(
    ("content", "status", "kind"),
    [
        pytest.param(b"", 415, "not-a-picture", id="empty"),
        pytest.param(b"hello", 415, "not-a-picture", id="text"),
        pytest.param(b"<svg xmlns='x'><script>1</script></svg>", 415, "not-a-picture", id="svg"),
        pytest.param(b"%PDF-1.7\n", 422, "broken-picture", id="pdf"),
        pytest.param(b"PK\x03\x04" + bytes(60), 415, "not-a-picture", id="zip"),
        pytest.param(digits()[:700], 422, "broken-picture", id="truncated"),
        pytest.param(bomb(), 413, "too-large", id="30,000 x 30,000 of one colour"),
    ],
)
def test_a_file_that_is_no_picture_is_refused_with_a_sentence(
    server: Served, content: bytes, status: int, kind: str
) -> None:
    is_problem(server.client.read(content), status, kind)


def test_the_pages_of_a_pdf_are_returned_in_order(server: Served) -> None:
    pages = server.client.read(document("472", "7"), "form.pdf").json["pages"]
    assert [(page["page"], page["text"]) for page in pages] == [(1, "472"), (2, "7")]


def test_too_many_bytes_are_413_with_the_limit(tmp_path: Path) -> None:
    with served(tmp_path, NUMINK_MAX_BYTES="100000") as small:
        assert "MB" in is_problem(small.client.read(bytes(700_000)), 413, "too-large")
        assert "MB" in is_problem(small.client.read(bytes(200_000)), 413, "too-large")


def test_no_file_is_400(server: Served) -> None:
    assert "choose" in is_problem(server.client.send("/api/v1/read", {"single": "true"}), 400, "no-file")
    is_problem(server.client.ask("POST", "/api/v1/read"), 400, "no-file")
    is_problem(server.client.send("/api/v1/read", {"file": "a text, not a file"}), 400, "no-file")


def test_another_content_type_is_415(server: Served) -> None:
    for kind in ("text/plain", "application/x-www-form-urlencoded", "application/zip"):
        answer = server.client.ask("POST", "/api/v1/read", digits(), {"Content-Type": kind})
        assert "multipart" in is_problem(answer, 415, "not-multipart")


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("pattern", "([", "no regular expression"), ("check", "lune", "luhn, verhoeff"),
        ("among", "12ß", "which cannot be read"),
    ],
)  # fmt: skip
def test_an_invalid_constraint_is_422(server: Served, field: str, value: str, words: str) -> None:
    assert words in is_problem(server.client.read(digits(), **{field: value}), 422, "bad-knowledge")


def test_constraints_are_used_and_violations_are_marked(server: Served) -> None:
    for constraints, fits in (
        ({"among": "472, 4711\n555"}, True),
        ({"among": "472"}, True),
        ({"pattern": "[4,5,7]+2"}, True),
        ({"pattern": r"[89]\d{2}"}, False),
    ):
        number = server.client.read(digits("472"), **constraints).json["pages"][0]["numbers"][0]
        assert (number["text"], number["fits"]) == ("472", fits)
        assert fits or not number["accepted"]


def test_an_invalid_field_is_named(server: Served) -> None:
    assert "'single'" in is_problem(server.client.read(digits(), single="perhaps"), 422, "invalid")


def test_an_incomplete_form_is_400(server: Served) -> None:
    body, kind = multipart({"file": ("a.png", digits())})
    answer = server.client.ask("POST", "/api/v1/read", body[: len(body) // 2], {"Content-Type": kind})
    assert answer.status == 400
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_unknown_addresses_and_methods_are_problems(server: Served) -> None:
    is_problem(server.client.get("/api/v1/nothing"), 404, "")
    answer = server.client.ask("PUT", "/api/v1/read")
    is_problem(answer, 405, "")
    assert "POST" in answer.headers["Allow"]


@pytest.mark.parametrize(
    "name",
    ["../../etc/passwd", "..\\..\\x.png", "/etc/passwd", "a\x00.png", "x" * 300, "\u202egnp.exe", "a\tb"],
)
def test_a_name_is_never_a_path(server: Served, name: str) -> None:
    answer = server.client.read(digits(), name)
    assert answer.status == 200
    name_shown = answer.json["pages"][0]["file"]
    assert len(name_shown) <= 200
    assert all(character.isprintable() for character in name_shown)
    stored = {path.name.partition("-")[0] for path in server.folder.iterdir()}
    assert stored == {"history.db", "secret.key", "stderr.txt"}


def test_only_a_copy_without_metadata_is_served(server: Served) -> None:
    exif = Image.Exif()
    exif[0x010E] = "here I live"
    sent = draw("7")
    path = server.folder.parent / "exif.jpg"
    sent.save(path, exif=exif)
    answer = server.client.read(path.read_bytes())
    for kind in ("picture", "thumbnail"):
        name_shown = server.client.get(f"/api/v1/readings/{answer.json['id']}/{kind}")
        assert name_shown.headers["Content-Type"] == "image/jpeg"
        assert name_shown.headers["X-Content-Type-Options"] == "nosniff"
        assert b"here I live" not in name_shown.body
        assert name_shown.body != path.read_bytes()


def test_regions_are_read_alone_and_refused_outside_the_picture(server: Served) -> None:
    whole = server.client.read(digits("4721")).json["pages"][0]
    x, y, w, h = whole["numbers"][0]["digits"][3]["box"]
    part = server.client.read(digits("4721"), regions=f"{x - 8},{y - 8},{w + 16},{h + 16}").json["pages"][0]

    assert part["text"] == "1"
    assert abs(part["numbers"][0]["box"][0] - x) < 4
    is_problem(server.client.read(digits("7"), regions="5000,5000,10,10"), 422, "bad-region")
    is_problem(server.client.read(digits("7"), regions="a,b"), 422, "bad-region")
