"""The history in a real browser, on a desktop and a phone: select, delete, undo, search, review by keyboard."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from browser import DESKTOP, PHONE, choose, expect_answer, shoot
from web_client import Served
from web_pictures import digits, scribble


def read(page: Page, content: bytes, name: str, text: str) -> None:
    page.goto("/")
    choose(page, content, name)
    expect_answer(page, text)


@pytest.mark.parametrize(("screen", "device"), [("desk", DESKTOP), ("phone", PHONE)])
def test_readings_are_selected_deleted_and_restored(visit: Any, screen: str, device: dict[str, Any]) -> None:
    page = visit("/", **device)
    for name in ("first", "second"):
        read(page, digits("7"), f"{screen}-{name}.png", "7")
    page.get_by_role("link", name="History").click()
    cards = page.locator(".cards li", has_text=f"{screen}-")
    expect(cards).to_have_count(2)
    assert cards.first.locator("img").evaluate("image => image.decode().then(() => image.naturalWidth)") > 0
    shoot(page, f"history-{screen}")
    delete = page.get_by_role("button", name="Delete selected")
    expect(delete).to_be_disabled()
    for index in range(2):
        cards.nth(index).get_by_role("checkbox").check()
    page.get_by_role("button", name="Delete selected (2)").click()
    expect(cards).to_have_count(0)
    expect(page.get_by_text("2 readings deleted.")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(cards).to_have_count(2)
    page.get_by_role("searchbox").fill(f"{screen}-second")
    page.keyboard.press("Enter")
    expect(page.locator(".cards li")).to_have_count(1)
    page.locator(".cards li").get_by_role("button", name="Delete").click()
    expect(page.get_by_text("Reading deleted.")).to_be_visible()


def test_all_readings_of_a_page_are_selected_with_one_click(visit: Any) -> None:
    page = visit()
    for name in ("one", "two", "three"):
        read(page, digits("7"), f"all-{name}.png", "7")
    page.goto("/history?text=all-")
    page.get_by_role("button", name="Select all on this page").click()
    page.get_by_role("button", name="Delete selected (3)").click()
    expect(page.get_by_text("No readings match your search.")).to_be_visible()


def test_matching_readings_are_exported_as_csv(visit: Any) -> None:
    page = visit()
    read(page, digits("472"), "table.png", "472")
    page.goto("/history?text=table.png")
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").click()
    rows = list(csv.DictReader(io.StringIO(download.value.path().read_text())))

    assert download.value.suggested_filename == "numink.csv"
    assert [(row["file"], row["number"]) for row in rows] == [("table.png", "472")]


@pytest.mark.parametrize(("screen", "device"), [("desk", DESKTOP), ("phone", PHONE)])
def test_doubts_are_reviewed_with_the_keyboard_alone(
    visit: Any, server: Served, screen: str, device: dict[str, Any]
) -> None:
    for turns in (3, 5):
        server.client.read(scribble(turns), f"{turns}.png", single="on")
    page = visit("/review", **device)
    expect(page.locator("[role=status] b")).to_have_text("2")
    field = page.get_by_label("Correct value")
    expect(field).to_be_focused()
    shoot(page, f"review-{screen}")
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("31")
    page.keyboard.press("Enter")
    expect(page.locator("[role=status] b")).to_have_text("1")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Nothing to review")).to_be_visible()
    page.goto("/history?show=corrected&text=31")
    expect(page.locator(".cards li")).to_have_count(1)
    page.get_by_role("button", name="Delete all 1").click()
