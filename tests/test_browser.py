"""The pages in a real browser: choose, drop, paste, draw, history, delete; without script; on a phone; in the dark.

Needs a Chromium on the machine. Pictures of the pages are left in test-results/.
"""

from __future__ import annotations

import base64
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect, sync_playwright

from web_client import Served, served
from web_pictures import STROKES, digits, draw, encoded

SHOTS = Path(__file__).parent.parent / "test-results"
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip
DESK: dict[str, Any] = {"viewport": {"width": 1280, "height": 860}}
PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844}, "device_scale_factor": 2, "has_touch": True, "is_mobile": True,
}  # fmt: skip


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not path:
        pytest.fail("these tests need a browser: install Debian's 'chromium', or put google-chrome on the PATH")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("browser")) as running:
        yield running


@pytest.fixture
def visit(chromium: Browser, server: Served) -> Iterator[Any]:
    """Opens a page of the server; fails where its scripts or its policy complain."""
    opened, complaints = [], []

    def open_page(path: str = "/", **context: Any) -> Page:
        made = chromium.new_context(**(context or DESK), base_url=f"http://127.0.0.1:{server.port}")
        opened.append(made)
        page = made.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(said.text) if "Content Security" in said.text else None)
        page.goto(path)
        return page

    yield open_page
    for context in opened:
        context.close()
    assert not complaints


def shoot(page: Page, name: str) -> None:
    SHOTS.mkdir(exist_ok=True)
    page.wait_for_load_state("networkidle")
    page.screenshot(path=SHOTS / f"{name}.png", full_page=True)


def choose(page: Page, content: bytes, name: str = "digit.png") -> None:
    page.set_input_files("#file", {"name": name, "mimeType": "image/png", "buffer": content})


def expect_answer(page: Page, text: str) -> None:
    expect(page.locator("#answer .answer")).to_have_text(text, timeout=20_000)


def draw_with_mouse(page: Page, digit: str) -> None:
    box = page.locator("#paper").bounding_box()
    assert box
    side = min(box["width"], box["height"]) * 0.7
    left, top = box["x"] + box["width"] / 2 - side / 2, box["y"] + box["height"] * 0.15
    for stroke in STROKES[digit]:
        (x, y), *rest = stroke
        page.mouse.move(left + x * side, top + y * side)
        page.mouse.down()
        for x, y in rest:
            page.mouse.move(left + x * side, top + y * side, steps=6)
        page.mouse.up()


def test_a_chosen_picture_is_answered_on_the_same_page(visit: Any) -> None:
    page = visit()
    shoot(page, "home")
    choose(page, digits("7"))
    expect_answer(page, "7")
    assert page.url.endswith("/")
    expect(page.locator("#answer svg .mark rect")).to_have_count(1)
    expect(page.locator("#answer .bars").first).to_be_visible()
    expect(page.locator("#said")).to_contain_text("Read 7")
    expect(page.locator("#read")).to_be_hidden()
    shoot(page, "answer-one")
    page.get_by_role("button", name="Try another").click()
    expect(page.locator("#read")).to_be_visible()
    expect(page.locator("#answer")).to_be_hidden()
    choose(page, digits("4"))
    expect_answer(page, "4")


def test_several_numbers_are_marked_and_linked_to_the_list(visit: Any) -> None:
    from PIL import Image

    sheet = Image.new("RGB", (1100, 700), (240, 240, 240))
    sheet.paste(draw("74", 160), (20, 20))
    sheet.paste(draw("172", 160), (440, 20))
    sheet.paste(draw("4271", 160), (60, 380))
    page = visit()
    choose(page, encoded(sheet), "numbers.png")
    expect(page.locator("#answer .answer")).to_be_visible(timeout=20_000)
    count = page.locator("#answer .numbers li").count()
    assert count >= 2
    expect(page.locator("#answer svg .mark")).to_have_count(count)
    page.locator("#answer .numbers li").nth(1).hover()
    expect(page.locator("#answer svg .mark.lit")).to_have_count(1)
    page.get_by_text("What else it may be").first.click()
    expect(page.locator("#answer .bars").first).to_be_visible()
    shoot(page, "answer-several")


def test_a_dropped_picture_is_read(visit: Any) -> None:
    page = visit()
    give(page, "drop", "dataTransfer")
    expect_answer(page, "7")


def test_a_pasted_picture_is_read(visit: Any) -> None:
    page = visit()
    give(page, "paste", "clipboardData")
    expect_answer(page, "7")


def give(page: Page, event: str, member: str) -> None:
    """A drop or a paste of a picture, as the browser makes it."""
    page.evaluate(
        """([kind, member, content]) => {
            const bytes = Uint8Array.from(atob(content), (sign) => sign.charCodeAt(0));
            const held = new DataTransfer();
            held.items.add(new File([bytes], "given.png", { type: "image/png" }));
            const Kind = kind === "drop" ? DragEvent : ClipboardEvent;
            document.getElementById("drop").dispatchEvent(new Kind(kind, { [member]: held, bubbles: true }));
        }""",
        [event, member, base64.b64encode(digits("7")).decode()],
    )


def test_a_drawing_is_read(visit: Any) -> None:
    page = visit()
    button = page.locator("#read-drawing")
    expect(button).to_be_disabled()
    draw_with_mouse(page, "7")
    expect(button).to_be_enabled()
    shoot(page, "drawing")
    button.click()
    expect_answer(page, "7")


def test_strokes_are_taken_back_and_cleared(visit: Any) -> None:
    page = visit()
    blank = page.locator("#paper").evaluate("paper => paper.toDataURL()")
    draw_with_mouse(page, "4")
    page.locator("#undo").click()
    one_left = page.locator("#paper").evaluate("paper => paper.toDataURL()")
    assert one_left != blank
    page.locator("#undo").click()
    assert page.locator("#paper").evaluate("paper => paper.toDataURL()") == blank
    expect(page.locator("#undo")).to_be_disabled()
    draw_with_mouse(page, "1")
    page.locator("#clear").click()
    assert page.locator("#paper").evaluate("paper => paper.toDataURL()") == blank


def test_exactly_one_digit_is_asked_for_when_ticked(visit: Any) -> None:
    page = visit()
    page.check("#single")
    choose(page, digits("4"))
    expect_answer(page, "4")
    expect(page.locator("#answer .chart")).to_have_count(1)


def test_what_goes_wrong_is_a_sentence_and_one_can_go_on(visit: Any) -> None:
    page = visit()
    choose(page, b"this is no picture", "notes.png")
    expect(page.locator("#trouble-text")).to_contain_text("not a picture", timeout=20_000)
    expect(page.locator("#said")).to_contain_text("not a picture")
    shoot(page, "trouble")
    choose(page, digits("7"))
    expect_answer(page, "7")
    expect(page.locator("#trouble")).to_be_hidden()


def test_a_server_that_is_gone_is_a_sentence(visit: Any) -> None:
    page = visit()
    page.context.set_offline(True)
    choose(page, digits("7"))
    expect(page.locator("#trouble-text")).to_contain_text("cannot be reached")


def test_waiting_is_shown(visit: Any) -> None:
    page = visit()
    held: list[Route] = []
    page.route("**/", lambda route: held.append(route))  # noqa: PLW0108 - Playwright takes functions only
    choose(page, digits("7"))
    expect(page.locator("#wait")).to_be_visible()
    expect(page.locator("#said")).to_contain_text("Reading")
    held[0].continue_()
    expect_answer(page, "7")


def test_the_history_shows_the_reading_and_deletes_it(visit: Any) -> None:
    page = visit()
    choose(page, digits("7"), "history-one.png")
    expect_answer(page, "7")
    page.get_by_role("link", name="History").click()
    card = page.locator(".cards li", has_text="history-one.png")
    expect(card).to_have_count(1)
    shoot(page, "history")
    assert card.locator("img").evaluate("image => image.complete && image.naturalWidth") > 0
    card.locator("summary").click()
    card.get_by_role("button", name="Delete for good").click()
    expect(page.get_by_text("The reading and its picture are deleted.")).to_be_visible()
    expect(page.locator(".cards li", has_text="history-one.png")).to_have_count(0)


def test_a_wrong_number_is_corrected_in_two_clicks(visit: Any) -> None:
    page = visit()
    choose(page, digits("7"), "wrong.png")
    expect_answer(page, "7")
    page.get_by_text("Not right?").click()
    page.get_by_label("It says").fill("1")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".answer")).to_have_text("1")
    expect(page.get_by_text("your correction is kept")).to_be_visible()
    shoot(page, "corrected")


def test_everything_works_without_script(visit: Any) -> None:
    page = visit("/", **DESK, java_script_enabled=False)
    expect(page.locator("#draw")).to_be_hidden()
    shoot(page, "home-no-script")
    choose(page, digits("7"), "plain.png")
    page.check("#single")
    page.get_by_role("button", name="Read it").click()
    expect(page.locator(".answer")).to_have_text("7")
    assert "/readings/" in page.url
    page.get_by_role("link", name="Try another").click()
    expect(page.locator("#file")).to_be_visible()


def test_on_a_phone_nothing_is_cut_off_and_fingers_draw(visit: Any) -> None:
    page = visit("/", **PHONE)
    for path in ("/history", "/model", "/"):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
    assert page.locator("#paper").evaluate("paper => getComputedStyle(paper).touchAction") == "none"
    shoot(page, "phone-home")
    page.locator("#paper").tap()
    expect(page.locator("#clear")).to_be_enabled()
    page.locator("#clear").click()
    draw_with_mouse(page, "7")
    page.locator("#read-drawing").click()
    expect_answer(page, "7")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    shoot(page, "phone-answer")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ["/", "/history", "/model", "/readings/none", "a reading"])
def test_every_text_stands_out_from_its_ground(visit: Any, server: Served, scheme: str, path: str) -> None:
    reading = server.client.read(digits("74")).json["id"]
    page = visit(f"/readings/{reading}" if path == "a reading" else path, **DESK, color_scheme=scheme)
    page.evaluate("document.querySelectorAll('details').forEach((part) => { part.open = true; })")
    shoot(page, f"{scheme}-{path.strip('/').replace('/', '-').replace(' ', '-') or 'home'}")
    weak = page.evaluate(CONTRAST)
    assert not weak


def test_the_keyboard_alone_is_enough(visit: Any) -> None:
    page = visit()
    page.keyboard.press("Tab")
    expect(page.get_by_text("Skip to the content")).to_be_focused()
    reached = set()
    for _ in range(12):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.id || document.activeElement.textContent.trim()"))
    assert {"numink", "Read", "History", "Model", "file", "single"} <= reached


CONTRAST = """() => {
    const channel = (value) => value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4;
    const light = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
    const parse = (text) => [...text.match(/[\\d.]+/g).map(Number), 1].slice(0, 4);
    const ground = (element) => {
        for (let at = element; at; at = at.parentElement) {
            const colour = parse(getComputedStyle(at).backgroundColor);
            if (colour[3] === 1) return colour;
        }
        return [255, 255, 255, 1];
    };
    const weak = [];
    for (const element of document.querySelectorAll("main *, header *, footer *")) {
        const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
        const style = getComputedStyle(element);
        if (!own || !element.offsetParent || element.closest("svg, .unseen, :disabled")) continue;
        const a = light(parse(style.color)), b = light(ground(element));
        const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
        const size = parseFloat(style.fontSize);
        const least = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700) ? 3 : 4.5;
        if (ratio < least) weak.push(`${element.textContent.trim().slice(0, 30)}: ${ratio.toFixed(2)}`);
    }
    return weak;
}"""
"""Texts with less contrast than WCAG 2.2 AA asks for."""
