"""The offline page: the same results as the server's, with and without a connection."""

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

from browser import DESKTOP, PHONE, draw_with_mouse, scrolls_sideways, shoot
from drawings import COLOUR, SIDE, as_png, drawings, tiny
from numink.imaging.binarization import binarize
from numink.reader import Reader
from numink.recognition.components import find_components
from numink.recognition.digit_model import SHIPPED
from numink.recognition.glyph import normalise_all
from numink.recognition.single_digit import single_digit_candidates
from numink.web.pages.offline import is_available
from web_client import Served, served, until

pytestmark = pytest.mark.skipif(not is_available(), reason="no offline page: run deploy/onnxruntime_web.py with npm")
READY_TIMEOUT = 60_000
"""Time limit in milliseconds for loading the model on a busy machine."""


@pytest.fixture
def draw_page(visit: Any) -> Page:
    page: Page = visit("/draw")
    expect(page.locator("#state")).to_contain_text("also offline", timeout=READY_TIMEOUT)
    return page


def read_in_browser(page: Page, pictures: list[bytes]) -> list[Any]:
    """Read pictures with the reader of the page."""
    return page.evaluate(
        """async (pictures) => {
            const { dataset } = document.getElementById("offline");
            const { openReader } = await import(dataset.runtime.replace("ort.mjs", "reader.js"));
            const [temperature, threshold, doubt] = [dataset.temperature, dataset.threshold, dataset.doubt].map(Number);
            const read = await openReader({ ...dataset, temperature, threshold, doubt });
            const results = [];
            for (const picture of pictures) {
                const bytes = Uint8Array.from(atob(picture), (sign) => sign.charCodeAt(0));
                const bitmap = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
                const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d");
                context.drawImage(bitmap, 0, 0);
                const answer = await read(context.getImageData(0, 0, bitmap.width, bitmap.height));
                results.push(answer);
            }
            return results;
        }""",
        [base64.b64encode(picture).decode() for picture in pictures],
    )


def test_browser_and_server_read_drawings_alike(draw_page: Page, server: Served) -> None:
    """Compare all eleven probabilities with the classifier's, and the result with the one over HTTP."""
    reader = Reader()
    pictures = list(drawings())
    pictures += [tiny(drawing, side) for drawing, side in zip(pictures[::5], (48, 64, 96) * 4, strict=True)]
    results = read_in_browser(draw_page, [as_png(drawing) for drawing in pictures])
    doubtful = 0
    for drawing, result in zip(pictures, results, strict=True):
        components = single_digit_candidates(find_components(binarize(np.asarray(drawing.convert("L"))).foreground))
        probabilities = reader.classifier.predict(normalise_all([component.foreground for component in components]))
        assert np.abs(probabilities - np.array(result["chances"])).max(axis=1).min() < 1e-3
        digit = server.client.read(as_png(drawing), single="on").json["pages"][0]["numbers"][0]["digits"][0]
        assert result["text"] == digit["text"]
        assert result["accepted"] or not digit["accepted"]  # the server asks the line model, too
        assert abs(result["confidence"] - digit["confidence"]) < 1e-3
        alternatives = {entry["text"]: entry["confidence"] for entry in result["alternatives"]}
        assert all(
            abs(alternatives.get(entry["text"], 0) - entry["confidence"]) < 1e-3 for entry in digit["alternatives"]
        )
        doubtful += not digit["accepted"]
    assert doubtful > 5  # small differences would show most in doubtful digits


def test_empty_canvas_gives_null_and_a_line_from_edge_to_edge_is_ruled(draw_page: Page) -> None:
    empty = Image.new("RGB", (SIDE, SIDE), "white")
    ruled = empty.copy()
    ImageDraw.Draw(ruled).line([(0, 300), (SIDE, 302)], COLOUR, 6)
    assert read_in_browser(draw_page, [as_png(empty), as_png(ruled)]) == [None, {"ruled": True}]


@pytest.mark.parametrize("device", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_drawn_digit_is_read_offline_after_a_reload(visit: Any, device: dict[str, Any]) -> None:
    page = visit("/draw", **device)
    expect(page.locator("#state")).to_contain_text("also offline", timeout=READY_TIMEOUT)
    page.context.set_offline(True)
    page.reload()
    expect(page.locator("#state")).to_contain_text("Ready", timeout=READY_TIMEOUT)
    draw_with_mouse(page, "4")
    expect(page.locator("#answer")).to_have_text("4", timeout=READY_TIMEOUT)
    expect(page.locator("#bars tr.best")).to_contain_text("4")
    assert not scrolls_sideways(page)
    shoot(page, f"draw-{'phone' if device is PHONE else 'desk'}")
    page.get_by_role("button", name="Clear").click()
    expect(page.locator("#answer")).to_have_text("–")
    draw_with_mouse(page, "7")
    expect(page.locator("#answer")).to_have_text("7", timeout=READY_TIMEOUT)


def test_any_address_shows_the_offline_page_without_a_connection(draw_page: Page) -> None:
    draw_page.context.set_offline(True)
    draw_page.goto("/history")
    expect(draw_page.locator("#offline-notice")).to_be_visible()
    expect(draw_page.locator("#state")).to_contain_text("Ready", timeout=READY_TIMEOUT)
    draw_page.context.set_offline(False)
    draw_page.reload()
    expect(draw_page.get_by_role("heading", name="History")).to_be_visible()


def test_drawings_are_not_sent(draw_page: Page) -> None:
    requests: list[str] = []
    draw_page.on("request", lambda request: requests.append(request.url))
    draw_with_mouse(draw_page, "2")
    expect(draw_page.locator("#answer")).to_have_text("2", timeout=READY_TIMEOUT)
    assert requests == []


def test_other_pages_neither_load_nor_cache_the_reader(visit: Any) -> None:
    page = visit("/history")
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.goto("/")
    page.wait_for_load_state("networkidle")
    assert not [address for address in requests if "/device/" in address or "worker.js" in address]
    assert page.evaluate("navigator.serviceWorker.getRegistrations().then((all) => all.length)") == 0


def test_installed_app_works_offline(visit: Any) -> None:
    page = visit()
    page.evaluate("window.dispatchEvent(new Event('appinstalled'))")
    page.wait_for_function("() => Boolean(navigator.serviceWorker.controller)", timeout=READY_TIMEOUT)
    page.context.set_offline(True)
    page.reload()
    expect(page.locator("#state")).to_contain_text("Ready", timeout=READY_TIMEOUT)


UNKNOWN_FIELD = b"\xc2\x3e\x01x"
"""A protobuf field that readers of the model ignore: it changes the digest, not the model."""


def test_newer_version_replaces_the_cached_one(chromium: Browser, tmp_path: Path) -> None:
    model = Path(shutil.copy(SHIPPED, tmp_path))
    context = chromium.new_context(**DESKTOP)
    with served(tmp_path, NUMINK_MODEL=str(model)) as running, contextlib.closing(context):
        page = context.new_page()
        page.goto(f"http://127.0.0.1:{running.port}/draw")
        expect(page.locator("#state")).to_contain_text("also offline", timeout=READY_TIMEOUT)
        (old_cache,) = page.evaluate("caches.keys()")
        model.write_bytes(SHIPPED.read_bytes() + UNKNOWN_FIELD)
        page.evaluate("navigator.serviceWorker.ready.then((one) => one.update()).then(() => true)")
        until(lambda: old_cache not in page.evaluate("caches.keys()"), READY_TIMEOUT / 1000)
        assert len(page.evaluate("caches.keys()")) == 1
        running.stop()
        page.reload()
        expect(page.locator("#state")).to_contain_text("Ready", timeout=READY_TIMEOUT)
        draw_with_mouse(page, "7")
        expect(page.locator("#answer")).to_have_text("7", timeout=READY_TIMEOUT)


def test_app_can_be_installed(visit: Any) -> None:
    page = visit("/draw")
    manifest = page.context.new_cdp_session(page).send("Page.getAppManifest")
    assert manifest["errors"] == []
    fields = page.request.get(manifest["url"]).json()
    assert (fields["display"], fields["start_url"], fields["shortcuts"][0]["url"]) == ("standalone", "/", "/draw")
    for icon in fields["icons"]:
        content = page.request.get(icon["src"]).body()
        assert f"{'x'.join(map(str, Image.open(io.BytesIO(content)).size))}" == icon["sizes"]
    errors = page.context.new_cdp_session(page).send("Page.getInstallabilityErrors")["installabilityErrors"]
    assert [error["errorId"] for error in errors] in ([], ["in-incognito"])


def test_server_without_the_browser_runtime_offers_no_offline_page(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from numink.settings import Settings
    from numink.web import create_app
    from numink.web.pages import offline

    monkeypatch.setattr(offline, "RUNTIME", tmp_path)
    client = create_app(Settings(store=f"sqlite:///{tmp_path}/history.db", threads=1)).test_client()
    home = client.get("/")
    assert home.status_code == 200
    assert "/draw" not in home.text
    assert "shortcuts" not in client.get("/manifest.webmanifest").json
    for path in ("/draw", "/worker.js", "/device/x/ort.mjs"):
        assert client.get(path).status_code == 404


def test_webassembly_is_allowed_on_the_offline_page_only(server: Served) -> None:
    policies = {path: server.client.get(path).headers["Content-Security-Policy"] for path in ("/draw", "/", "/history")}
    assert "'wasm-unsafe-eval'" in policies["/draw"]
    assert not any("unsafe" in policy for path, policy in policies.items() if path != "/draw")
    assert "'unsafe-inline'" not in policies["/draw"]
    assert "'unsafe-eval'" not in policies["/draw"]


def test_files_of_another_version_are_not_found(server: Served) -> None:
    assert server.client.get("/device/0123456789abcdef/reader.js").status == 404


def test_runtime_is_compressed_where_the_browser_accepts_it(tmp_path_factory: pytest.TempPathFactory) -> None:
    with served(tmp_path_factory.mktemp("packed")) as running:
        (address,) = re.findall(r'data-wasm="([^"]+)"', running.client.get("/draw").text)
        packed = running.client.ask("GET", address, headers={"Accept-Encoding": "gzip"})
        plain = running.client.get(address)
    assert packed.headers["Content-Encoding"] == "gzip"
    assert packed.headers["Content-Type"] == plain.headers["Content-Type"] == "application/wasm"
    assert len(packed.body) < len(plain.body) / 3
    assert plain.body[:4] == b"\0asm"
