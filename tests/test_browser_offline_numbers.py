"""Numbers drawn on the offline page: the line model in the browser reads what the server's line model reads."""

from __future__ import annotations

import base64
import io
from typing import Any

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from browser import EACH_SCREEN, PHONE, draw_with_mouse, scrolls_sideways, shoot
from numink.imaging.binarization import binarize
from numink.reader import Reader
from numink.recognition.alphabet import BLANK, COLUMNS
from numink.recognition.components import find_components
from numink.recognition.ctc import beam_search, merge_strings
from numink.recognition.line_image import image_of_line
from numink.recognition.line_segmentation import segment_lines
from numink.web.pages.offline import is_available
from pictures import Sheet, as_file, write

pytestmark = pytest.mark.skipif(not is_available(), reason="no offline page: run deploy/onnxruntime_web.py with npm")
READY_TIMEOUT = 60_000
"""Time limit in milliseconds for loading the models on a busy machine."""
TEXTS = ("4071", "228", "3550", "96", "1234567")
OPEN = """
    const { dataset } = document.getElementById("offline");
    const load = (name) => import(dataset.runtime.replace("ort.mjs", name));
    const imageOf = async (picture) => {
        const bytes = Uint8Array.from(atob(picture), (sign) => sign.charCodeAt(0));
        const bitmap = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
        const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d");
        context.drawImage(bitmap, 0, 0);
        return context.getImageData(0, 0, bitmap.width, bitmap.height);
    };
"""
"""Script that gives the other scripts `load`, for modules, and `imageOf`, for pictures."""


@pytest.fixture
def draw_page(visit: Any) -> Page:
    page: Page = visit("/draw")
    expect(page.locator("#state")).to_contain_text("also offline", timeout=READY_TIMEOUT)
    return page


def evaluate(page: Page, script: str, pictures: list[bytes]) -> Any:
    encoded = [base64.b64encode(picture).decode() for picture in pictures]
    return page.evaluate(f"async (pictures) => {{ {OPEN} {script} }}", encoded)


def written(text: str) -> bytes:
    return as_file(write(text, 60, 80, 110, 9, Sheet(1000, 300)))


def grey(picture: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(picture)).convert("L"))


def test_line_images_are_those_of_the_server(draw_page: Page) -> None:
    pictures = [written(text) for text in TEXTS]
    script = """
        const { binarize } = await load("binarization.js");
        const { componentsOf } = await load("components.js");
        const { grey } = await load("pixels.js");
        const { lineImages } = await load("text_line.js");
        const images = [];
        for (const picture of pictures) {
            const [image] = lineImages(componentsOf(binarize(grey(await imageOf(picture))).foreground));
            images.push([image.width, image.height, [...image.data]]);
        }
        return images;"""
    for picture, (width, height, values) in zip(pictures, evaluate(draw_page, script, pictures), strict=True):
        (line,) = segment_lines(find_components(binarize(grey(picture)).foreground))
        expected = image_of_line(line).pixels
        assert (height, width) == expected.shape
        assert np.abs(np.reshape(values, expected.shape) - expected).mean() < 0.005


def test_browser_and_line_model_read_the_same_strings(draw_page: Page) -> None:
    reader, pictures = Reader(), [written(text) for text in TEXTS]
    script = """
        const { openLineReader } = await load("line_reader.js");
        const numbers = (text) => text.split(" ").map(Number);
        const [temperatures, weights] = [numbers(dataset.temperatures), numbers(dataset.weights)];
        const read = await openLineReader({ ...dataset, temperatures, weights });
        const results = [];
        for (const picture of pictures) results.push(await read(await imageOf(picture)));
        return results;"""
    for picture, result in zip(pictures, evaluate(draw_page, script, pictures), strict=True):
        (line,) = segment_lines(find_components(binarize(grey(picture)).foreground))
        (output,) = reader.line_model.predict([image_of_line(line)])
        strings = merge_strings([beam_search(frames) for frames in output.probabilities], output.ensemble_weights)
        text, confidence = next(iter(strings.items()))
        assert result["text"] == text
        assert abs(result["confidence"] - confidence) < 0.02


@pytest.mark.parametrize("text", ["-24.15", "6/2/98", "12,50€", "AB77", ""])
def test_signs_and_letters_are_decoded(draw_page: Page, text: str) -> None:
    frames = np.full((2 * len(text) + 1, BLANK + 1), 1e-6)
    frames[::2, BLANK] = 1
    for index, character in enumerate(text):
        frames[2 * index + 1, COLUMNS[character]] = 1
    best = draw_page.evaluate(
        f"""async (frames) => {{ {OPEN} const {{ beamSearch }} = await load("line_reader.js");
            return [...beamSearch(frames)].sort((a, b) => b[1] - a[1])[0]; }}""",
        frames.tolist(),
    )

    assert best == [text, pytest.approx(1, abs=1e-3)]


@EACH_SCREEN
def test_a_drawn_number_is_read_offline(visit: Any, device: dict[str, Any]) -> None:
    page = visit("/draw", **device)
    expect(page.locator("#state")).to_contain_text("also offline", timeout=READY_TIMEOUT)
    page.context.set_offline(True)
    page.get_by_label("A number, with its signs").check()
    draw_with_mouse(page, "4")
    expect(page.locator("#answer")).to_have_text("4", timeout=READY_TIMEOUT)
    expect(page.get_by_text("Only the server accepts numbers")).to_be_visible()
    expect(page.locator("#bars")).to_be_hidden()
    assert not scrolls_sideways(page)
    shoot(page, f"draw-number-{'phone' if device is PHONE else 'desk'}")
    page.get_by_label("One digit").check()
    expect(page.locator("#answer")).to_have_text("–")
    draw_with_mouse(page, "7")
    expect(page.locator("#bars tr.best")).to_contain_text("7", timeout=READY_TIMEOUT)
