"""Drawn digits read on the visitor's own device: the same answer as the server's, with and without a connection."""

from __future__ import annotations

import base64
import contextlib
import io
import re
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Browser, Page, expect

from browser import DESK, PHONE, draw_with_mouse, goes_beyond_the_screen, shoot
from drawings import INK, SIDE, as_png, drawings, tiny
from numink.imaging.binarization import binarize
from numink.reader import Reader
from numink.recognition.components import whole
from numink.recognition.digit_model import SHIPPED
from numink.recognition.glyph import normalise_all
from numink.web.pages.offline import offered
from web_client import Served, served, until

pytestmark = pytest.mark.skipif(not offered(), reason="no reader for browsers: run deploy/onnxruntime_web.py with npm")
READY = 60_000
"""Milliseconds that the reader may take to be ready on a busy machine."""


@pytest.fixture
def draw_page(visit: Any) -> Page:
    page: Page = visit("/draw")
    expect(page.locator("#state")).to_contain_text("with or without a connection", timeout=READY)
    return page


def read_in_browser(page: Page, pictures: list[bytes]) -> list[Any]:
    """What the page's own reader says of each picture on a canvas."""
    return page.evaluate(
        """async (pictures) => {
            const { dataset } = document.getElementById("device");
            const { openReader } = await import(dataset.runtime.replace("ort.mjs", "reader.js"));
            const [temperature, threshold, doubt] = [dataset.temperature, dataset.threshold, dataset.doubt].map(Number);
            const read = await openReader({ ...dataset, temperature, threshold, doubt });
            const said = [];
            for (const picture of pictures) {
                const bytes = Uint8Array.from(atob(picture), (sign) => sign.charCodeAt(0));
                const bitmap = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
                const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d");
                context.drawImage(bitmap, 0, 0);
                const answer = await read(context.getImageData(0, 0, bitmap.width, bitmap.height));
                said.push(answer);
            }
            return said;
        }""",
        [base64.b64encode(picture).decode() for picture in pictures],
    )


def test_the_browser_and_the_server_say_the_same_of_any_drawing(draw_page: Page, server: Served) -> None:
    """Every probability of 0..9 and of 'not one digit' that the network gives, and the answer over HTTP."""
    reader = Reader()
    made = list(drawings())
    made += [tiny(one, side) for one, side in zip(made[::5], (48, 64, 96) * 4, strict=True)]
    said = read_in_browser(draw_page, [as_png(one) for one in made])
    unsure = 0
    for drawing, answer in zip(made, said, strict=True):
        pieces = whole(binarize(np.asarray(drawing.convert("L"))).ink)
        chances = reader.classifier.predict(normalise_all([piece.ink for piece in pieces]))
        assert np.abs(chances - np.array(answer["chances"])).max(axis=1).min() < 1e-3
        digit = server.client.read(as_png(drawing), single="on").json["pages"][0]["numbers"][0]["digits"][0]
        assert answer["text"] == digit["text"]
        assert answer["accepted"] == digit["accepted"]
        assert abs(answer["confidence"] - digit["confidence"]) < 1e-3
        near = {one["text"]: one["confidence"] for one in answer["alternatives"]}
        assert all(abs(near.get(one["text"], 0) - one["confidence"]) < 1e-3 for one in digit["alternatives"])
        unsure += not digit["accepted"]
    assert unsure > 5  # where the network is torn, small differences would show most


def test_an_empty_sheet_says_nothing_and_a_line_from_edge_to_edge_is_left_to_the_server(draw_page: Page) -> None:
    empty = Image.new("RGB", (SIDE, SIDE), "white")
    ruled = empty.copy()
    ImageDraw.Draw(ruled).line([(0, 300), (SIDE, 302)], INK, 6)
    assert read_in_browser(draw_page, [as_png(empty), as_png(ruled)]) == [None, {"ruled": True}]


@pytest.mark.parametrize("device", [DESK, PHONE], ids=["desk", "phone"])
def test_a_drawn_digit_is_read_without_a_connection_after_a_reload(visit: Any, device: dict[str, Any]) -> None:
    page = visit("/draw", **device)
    expect(page.locator("#state")).to_contain_text("with or without a connection", timeout=READY)
    page.context.set_offline(True)
    page.reload()
    expect(page.locator("#state")).to_contain_text("The reader is ready", timeout=READY)
    draw_with_mouse(page, "4")
    expect(page.locator("#answer")).to_have_text("4", timeout=READY)
    expect(page.locator("#bars tr.best")).to_contain_text("4")
    assert not goes_beyond_the_screen(page)
    shoot(page, f"draw-{'phone' if device is PHONE else 'desk'}")
    page.get_by_role("button", name="Clear").click()
    expect(page.locator("#answer")).to_have_text("–")
    draw_with_mouse(page, "7")
    expect(page.locator("#answer")).to_have_text("7", timeout=READY)


def test_any_page_without_a_connection_is_the_one_to_draw_on_and_says_so(draw_page: Page) -> None:
    draw_page.context.set_offline(True)
    draw_page.goto("/history")
    expect(draw_page.locator("#away")).to_be_visible()
    expect(draw_page.locator("#state")).to_contain_text("The reader is ready", timeout=READY)
    draw_page.context.set_offline(False)
    draw_page.reload()
    expect(draw_page.get_by_role("heading", name="History")).to_be_visible()


def test_nothing_that_is_drawn_is_sent(draw_page: Page) -> None:
    asked: list[str] = []
    draw_page.on("request", lambda request: asked.append(request.url))
    draw_with_mouse(draw_page, "2")
    expect(draw_page.locator("#answer")).to_have_text("2", timeout=READY)
    assert asked == []


def test_the_reader_is_not_loaded_by_other_pages_and_kept_by_none_of_them(visit: Any) -> None:
    page = visit("/history")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/")
    page.wait_for_load_state("networkidle")
    assert not [address for address in asked if "/device/" in address or "worker.js" in address]
    assert page.evaluate("navigator.serviceWorker.getRegistrations().then((all) => all.length)") == 0


def test_what_is_installed_as_an_app_is_kept_on_the_device(visit: Any) -> None:
    page = visit()
    page.evaluate("window.dispatchEvent(new Event('appinstalled'))")
    page.wait_for_function("() => Boolean(navigator.serviceWorker.controller)", timeout=READY)
    page.context.set_offline(True)
    page.reload()
    expect(page.locator("#state")).to_contain_text("The reader is ready", timeout=READY)


UNKNOWN = b"\xc2\x3e\x01x"
"""A field of protobuf's that no reader of models knows: the file is another, and says the same."""


def test_a_newer_version_takes_the_place_of_what_a_device_keeps(chromium: Browser, tmp_path: Path) -> None:
    model = Path(shutil.copy(SHIPPED, tmp_path))
    context = chromium.new_context(**DESK)
    with served(tmp_path, NUMINK_MODEL=str(model)) as running, contextlib.closing(context):
        page = context.new_page()
        page.goto(f"http://127.0.0.1:{running.port}/draw")
        expect(page.locator("#state")).to_contain_text("with or without a connection", timeout=READY)
        (older,) = page.evaluate("caches.keys()")
        model.write_bytes(SHIPPED.read_bytes() + UNKNOWN)
        page.evaluate("navigator.serviceWorker.ready.then((one) => one.update()).then(() => true)")
        until(lambda: older not in page.evaluate("caches.keys()"), READY / 1000)
        assert len(page.evaluate("caches.keys()")) == 1
        running.stop()
        page.reload()
        expect(page.locator("#state")).to_contain_text("The reader is ready", timeout=READY)
        draw_with_mouse(page, "7")
        expect(page.locator("#answer")).to_have_text("7", timeout=READY)


def test_a_browser_sees_an_app_that_can_be_installed(visit: Any) -> None:
    page = visit("/draw")
    found = page.context.new_cdp_session(page).send("Page.getAppManifest")
    assert found["errors"] == []
    told = page.request.get(found["url"]).json()
    assert (told["display"], told["start_url"], told["shortcuts"][0]["url"]) == ("standalone", "/", "/draw")
    for icon in told["icons"]:
        content = page.request.get(icon["src"]).body()
        assert f"{'x'.join(map(str, Image.open(io.BytesIO(content)).size))}" == icon["sizes"]
    errors = page.context.new_cdp_session(page).send("Page.getInstallabilityErrors")["installabilityErrors"]
    assert [error["errorId"] for error in errors] in ([], ["in-incognito"])


def test_without_the_reader_for_browsers_numink_serves_and_does_not_offer_it(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from numink.settings import Settings
    from numink.web import create_app
    from numink.web.pages import offline as device

    monkeypatch.setattr(device, "RUNTIME", tmp_path)
    client = create_app(Settings(store=f"sqlite:///{tmp_path}/history.db", threads=1)).test_client()
    home = client.get("/")
    assert home.status_code == 200
    assert "/draw" not in home.text
    assert "shortcuts" not in client.get("/manifest.webmanifest").json
    for path in ("/draw", "/worker.js", "/device/x/ort.mjs"):
        assert client.get(path).status_code == 404


def test_compiling_from_bytes_is_allowed_on_the_drawing_page_alone(server: Served) -> None:
    policies = {path: server.client.get(path).headers["Content-Security-Policy"] for path in ("/draw", "/", "/history")}
    assert "'wasm-unsafe-eval'" in policies["/draw"]
    assert not any("unsafe" in policy for path, policy in policies.items() if path != "/draw")
    assert "'unsafe-inline'" not in policies["/draw"]
    assert "'unsafe-eval'" not in policies["/draw"]


def test_files_of_another_version_are_not_there(server: Served) -> None:
    assert server.client.get("/device/0123456789abcdef/reader.js").status == 404


def test_the_runtime_comes_packed_where_the_browser_takes_that(tmp_path_factory: pytest.TempPathFactory) -> None:
    with served(tmp_path_factory.mktemp("packed")) as running:
        (address,) = re.findall(r'data-wasm="([^"]+)"', running.client.get("/draw").text)
        packed = running.client.ask("GET", address, headers={"Accept-Encoding": "gzip"})
        plain = running.client.get(address)
    assert packed.headers["Content-Encoding"] == "gzip"
    assert packed.headers["Content-Type"] == plain.headers["Content-Type"] == "application/wasm"
    assert len(packed.body) < len(plain.body) / 3
    assert plain.body[:4] == b"\0asm"
