"""The usage page in a real browser: on a desktop and a phone, light and dark, with a history of five weeks."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import expect

from axe import violations
from browser import DESKTOP, PHONE, scrolls_sideways, shoot
from numink.factories import open_store
from store_material import a_correction, a_page, a_reading
from web_client import Served, served


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Server with readings of 36 days, those of the last week with lower confidence."""
    with served(tmp_path_factory.mktemp("use")) as running:
        fill(running)
        yield running


def fill(running: Served) -> None:
    rng = np.random.default_rng(3)
    with closing(open_store(f"sqlite:///{running.folder}/history.db")) as store:
        for days_ago in range(36):
            moment = (datetime.now(UTC) - timedelta(days=days_ago)).isoformat(timespec="milliseconds")
            for _ in range(int(rng.integers(16, 34))):
                text = "".join(map(str, rng.integers(0, 10, int(rng.choice([1, 1, 1, 6])))))
                page = a_page(text)
                (number,) = page.numbers
                confidence = 1 - 10 ** -rng.uniform(0 if days_ago < 7 else 3, 6)
                digits = tuple(
                    replace(digit, confidence=confidence, accepted=confidence > 0.999) for digit in number.digits
                )
                page = replace(page, numbers=(replace(number, digits=digits),), milliseconds=rng.uniform(3, 300))
                reading = replace(a_reading("local"), pages=(page,), created=moment, previews=(), thumbnail=b"")
                store.save(reading)
                if confidence < 0.999:
                    right = text.replace("7", "1").replace("4", "9") if rng.random() < 0.7 else text
                    store.correct(reading.id, [replace(a_correction(reading, right), created=moment)])


@pytest.mark.parametrize("device", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_charts_are_shown_with_their_data_as_tables(visit: Any, device: dict[str, Any]) -> None:
    page = visit("/use", **device)
    charts = page.locator("svg[role=img]")
    expect(charts).to_have_count(6)
    for index in range(6):
        assert charts.nth(index).locator("rect").count() > 0
        assert charts.nth(index).get_attribute("aria-label")
    for swatch in page.locator(".legend svg").all():
        assert swatch.bounding_box() | {"x": 0, "y": 0} == {"x": 0, "y": 0, "width": 12, "height": 12}
    shoot(page, f"use-{'phone' if device is PHONE else 'desk'}")
    page.get_by_text("Show as table").first.click()
    expect(page.get_by_role("table", name="Readings per day")).to_be_visible()
    expect(page.get_by_role("table", name="Confusion matrix")).to_be_visible()
    assert not scrolls_sideways(page)
    expect(page.get_by_text("drift: review some")).not_to_have_count(0)


def test_period_is_chosen_with_a_link(visit: Any) -> None:
    page = visit("/use")
    page.get_by_role("link", name="91 days").click()
    expect(page.get_by_text("the last 91 days")).to_be_visible()
    expect(page.get_by_role("link", name="91 days")).to_have_attribute("aria-current", "page")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ["/use", "/draw"])
def test_full_pages_are_accessible(visit: Any, axe: str, scheme: str, path: str) -> None:
    page = visit(path, **DESKTOP, color_scheme=scheme)
    page.evaluate("document.querySelectorAll('details').forEach((part) => { part.open = true; })")
    shoot(page, f"{scheme}-{path.strip('/')}")
    assert violations(page, axe) == []


def test_page_has_no_inline_style_or_script(server: Served) -> None:
    text = server.client.get("/use").text
    assert "<style" not in text
    assert " style=" not in text
    assert "<script" not in text
