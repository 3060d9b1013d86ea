"""The pages without JavaScript and their protection, over real HTTP."""

from __future__ import annotations

import json
import re
import shutil
from html.parser import HTMLParser
from pathlib import Path

import pytest
from PIL import Image

from numink.recognition.digit_model import SHIPPED
from numink.web.static_files import static_path
from web_client import Answer, Client, Served, served
from web_pictures import digits, document, encoded, photo

PAGES = ("/", "/history", "/review", "/model", "/api/docs")


@pytest.fixture
def visitor(server: Served) -> Client:
    return Client(server.port, browser=True)


def send_picture(visitor: Client, picture: bytes, name: str = "digit.png", **fields: str) -> Answer:
    return visitor.send("/", {"csrf_token": visitor.token(), "file": (name, picture), **fields})


def read_page(visitor: Client, picture: bytes, name: str = "digit.png") -> tuple[str, Answer]:
    """Send the form and return the address and the page of the reading."""
    sent = send_picture(visitor, picture, name)
    assert sent.status == 303, sent.text
    return sent.headers["Location"], visitor.get(sent.headers["Location"])


def visible_text(answer: Answer) -> str:
    """Return the text of a page."""
    words: list[str] = []
    parser = HTMLParser()
    parser.handle_data = words.append  # type: ignore[method-assign]
    parser.feed(answer.text)
    return " ".join(" ".join(words).split())


def test_a_form_without_javascript_leads_to_the_reading(visitor: Client) -> None:
    address, page = read_page(visitor, digits("7"))
    assert address.startswith("/readings/local:")
    assert re.search(r'class="digit"[^>]*>7<', page.text)
    assert "Read another picture" in visible_text(page)
    assert "Accepted" in visible_text(page) or "Needs review" in visible_text(page)
    assert "/picture" in page.text


def test_a_photo_of_12_megapixels_is_accepted_by_the_form(visitor: Client) -> None:
    assert send_picture(visitor, photo(), "photo.jpg").status == 303


def test_single_digit_option_is_respected(visitor: Client) -> None:
    sent = send_picture(visitor, digits("4"), single="on")
    assert sent.status == 303
    assert len(re.findall(r'class="digit[ "]', visitor.get(sent.headers["Location"]).text)) == 1


def test_picture_without_digits_is_reported(visitor: Client) -> None:
    _, page = read_page(visitor, encoded(Image.new("L", (100, 100), 255)))
    assert "No numbers found" in visible_text(page)


def test_errors_are_shown_as_pages_with_a_sentence(visitor: Client) -> None:
    for content, status, words in ((b"hello", 415, "not a picture"), (digits()[:500], 422, "damaged")):
        answer = send_picture(visitor, content)
        assert answer.status == status
        assert answer.headers["Content-Type"].startswith("text/html")
        assert words in visible_text(answer)
        assert "Traceback" not in answer.text
    assert visitor.get("/nowhere").status == 404
    assert "no page at this address" in visible_text(visitor.get("/nowhere"))
    assert visitor.get("/readings/local:none").status == 404


def test_a_form_without_a_picture_is_explained(visitor: Client) -> None:
    answer = visitor.send("/", {"csrf_token": visitor.token(), "file": ("", b"")})
    assert answer.status == 400
    assert "choose one" in visible_text(answer)


def test_a_correction_is_stored_and_shown(visitor: Client) -> None:
    address, page = read_page(visitor, digits("7"))
    fields = {"csrf_token": visitor.token(), "page": "0", "number": "0", "text": " 1 "}
    sent = visitor.send(f"{address}/corrections", fields)
    assert sent.status == 303
    page = visitor.get(address)
    assert re.search(r'class="digit corrected"[^>]*>1<', page.text)
    assert "Correction saved" in visible_text(page)


@pytest.mark.parametrize(
    "change",
    [{"text": "sié1"}, {"number": "x"}, {"number": "5"}, {"text": "1" * 65},
     {"digit": "x"}, {"digit": "1"}, {"box": "1,2"}, {"box": "1,2,3,x"}, {"box": "0,0,9,99999"}, {"order": "0,0"}],
)  # fmt: skip
def test_an_invalid_correction_is_refused(visitor: Client, change: dict[str, str]) -> None:
    address, _ = read_page(visitor, digits("7"))
    fields = {"csrf_token": visitor.token(), "page": "0", "number": "0", "text": "1", **change}
    assert visitor.send(f"{address}/corrections", fields).status == 422


def test_the_last_correction_can_be_withdrawn_by_a_form(visitor: Client) -> None:
    address, _ = read_page(visitor, digits("7"))
    visitor.send(f"{address}/corrections", {"csrf_token": visitor.token(), "page": "0", "number": "0", "text": "1"})
    match = re.search(r'name="correction" value="([^"]+)"', visitor.get(address).text)
    assert match
    fields = {"csrf_token": visitor.token(), "correction": match[1]}
    assert visitor.send(f"{address}/corrections/undo", fields).status == 303
    page = visitor.get(address)
    assert "correction undone" in visible_text(page)
    assert 'name="correction"' not in page.text
    assert visitor.send(f"{address}/corrections/undo", fields).status == 404


def test_every_form_needs_its_csrf_token(visitor: Client) -> None:
    address, _ = read_page(visitor, digits("7"))
    for path in (
        "/",
        "/history/discard",
        "/history/undo",
        "/review",
        f"{address}/corrections",
        f"{address}/corrections/undo",
    ):
        for token in ({}, {"csrf_token": "made-up"}):
            answer = visitor.send(path, {**token, "page": "0", "number": "0", "text": "1"})
            assert answer.status == 400
            assert "Reload the page" in visible_text(answer)
    assert visitor.get(address).status == 200


def test_a_token_is_valid_after_a_restart(tmp_path: Path) -> None:
    with served(tmp_path) as first:
        visitor = Client(first.port, browser=True)
        token = visitor.token()
    assert (tmp_path / "secret.key").stat().st_mode & 0o777 == 0o600
    with served(tmp_path) as second:
        visitor.port = second.port
        sent = visitor.send("/", {"csrf_token": token, "file": ("a.png", digits())})
        assert sent.status == 303


def test_markup_in_a_file_name_is_escaped(visitor: Client) -> None:
    name = "<img src=x onerror=alert(1)>'\"{{7*7}}.png"
    _, page = read_page(visitor, digits("7"), name)
    for page_shown in (page, visitor.get("/history")):
        assert "<img src=x" not in page_shown.text
        assert "&lt;img src=x" in page_shown.text
        assert "{{7*7}}" in page_shown.text


def test_pages_without_a_stored_picture_say_so(tmp_path: Path) -> None:
    with served(tmp_path, NUMINK_KEEP_PICTURES="no") as server:
        _, page = read_page(Client(server.port, browser=True), document("47", "127"), "two.pdf")

    assert page.text.count('class="result card"') == 2
    assert page.text.count("Picture not stored") == 2


@pytest.mark.parametrize("path", [*PAGES, "/nowhere", "/api/v1/readings", f"{static_path()}/numink.css", "/healthz"])
def test_every_response_has_the_security_headers(visitor: Client, path: str) -> None:
    headers = visitor.get(path).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"


def test_the_cookie_is_not_accessible_to_scripts_and_other_sites(visitor: Client) -> None:
    cookie = visitor.get("/").headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


@pytest.mark.parametrize("path", PAGES)
def test_pages_have_no_inline_code_and_no_external_resources(visitor: Client, path: str) -> None:
    tags: list[tuple[str, dict[str, str | None]]] = []
    parser = HTMLParser()
    parser.handle_starttag = lambda tag, pairs: tags.append((tag, dict(pairs)))  # type: ignore[method-assign]
    parser.feed(visitor.get(path).text)
    assert not [tag for tag, values in tags if tag == "style" or (tag == "script" and "src" not in values)]
    assert not [name for _, values in tags for name in values if name == "style" or name.startswith("on")]
    addresses = [values[name] for _, values in tags for name in ("src", "href", "action") if name in values]
    assert len(addresses) > 5
    assert all(address and address.startswith(("/", "#")) for address in addresses)


@pytest.mark.parametrize("path", PAGES)
def test_every_link_on_a_page_works(visitor: Client, path: str) -> None:
    for address in set(re.findall(r'(?:src|href)="(/[^"]+)"', visitor.get(path).text)):
        if not address.startswith("/language/"):  # which would switch this visitor to another language
            assert visitor.get(address).status == 200, address


def test_the_model_page_describes_the_model(visitor: Client) -> None:
    text = visible_text(visitor.get("/model"))
    for words in ("MNIST", "of 10,000 digits", "1 in 1,000", "Data", "Limitations"):
        assert words in text


def test_an_evaluation_report_is_shown_and_an_invalid_one_is_ignored(tmp_path: Path) -> None:
    model = Path(shutil.copy(SHIPPED, tmp_path))
    confusion = [[90 if i == k else (i * k) % 3 for k in range(11)] for i in range(10)]
    report = {
        "mnist": {
            "data": "mnist test", "n": 1000, "wrong": 31, "error": 0.031, "error_interval": [0.02, 0.04],
            "accepted": 0.97, "error_among_accepted": 0.001, "confusion": confusion,
        }
    }  # fmt: skip
    (tmp_path / "report.json").write_text(json.dumps(report))
    with served(tmp_path, NUMINK_MODEL=str(model)) as server:
        text = visible_text(server.client.get("/model"))
        assert "mnist test 1,000 31 3.10 % 2.00 to 4.00 % 97.0 % 0.100 %" in text
        assert "Confusion matrix" in text
        for strange in ("not json", "[1, 2]", '{"confusion": [[1]], "data": 5, "n": 0, "wrong": 1}', "null"):
            (tmp_path / "report.json").write_text(strange)
            assert server.client.get("/model").status == 200


def test_static_files_cannot_be_used_to_reach_other_files(visitor: Client) -> None:
    for path in ("../app.py", "%2e%2e/app.py", "..%2fapp.py"):
        assert visitor.get(f"{static_path()}/{path}").status == 404
    assert visitor.get(f"{static_path()}/numink.css").status == 200
