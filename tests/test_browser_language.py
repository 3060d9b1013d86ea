"""German pages in a real browser: language link, texts of scripts, long words on a phone, accessibility."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from axe import violations
from browser import DESKTOP, EACH_SCREEN, PHONE, choose, draw_with_mouse, expect_answer, scrolls_sideways, shoot
from numink.web.pages.offline import is_available
from web_pictures import digits

GERMAN = {"locale": "de-DE"}
READY_TIMEOUT = 60_000


def expect_language(page: Page, code: str) -> None:
    expect(page.locator("html")).to_have_attribute("lang", code)


@EACH_SCREEN
def test_language_link_changes_the_language_of_the_same_page(visit: Any, device: dict[str, Any]) -> None:
    page = visit("/history?show=doubts", **device)
    expect_language(page, "en")
    page.get_by_role("link", name="Deutsch").click()
    expect_language(page, "de")
    assert page.url.endswith("/history?show=doubts")
    expect(page.get_by_role("heading", name="Verlauf")).to_be_visible()
    page.get_by_role("link", name="Lesen", exact=True).click()
    expect(page.get_by_role("heading", name="Handgeschriebene Zahlen lesen")).to_be_visible()
    page.get_by_role("link", name="English").click()
    expect_language(page, "en")
    expect(page.get_by_role("heading", name="Read handwritten numbers")).to_be_visible()


def test_language_link_works_without_script(visit: Any) -> None:
    page = visit("/model", **DESKTOP, java_script_enabled=False)
    page.get_by_role("link", name="Deutsch").click()
    expect(page.get_by_role("heading", name="Modell")).to_be_visible()


def test_pages_and_scripts_read_and_correct_in_german(visit: Any) -> None:
    page = visit("/", **DESKTOP, **GERMAN, permissions=["clipboard-read", "clipboard-write"])
    choose(page, b"no picture", "notes.txt")
    expect(page.locator("#error-text")).to_contain_text("Das ist kein Bild in einem unterstützten Format")
    choose(page, digits("472"), "kopie.png")
    expect_answer(page, "472")
    page.get_by_role("button", name="Kopieren").click()
    expect(page.get_by_role("button", name="Kopiert")).to_be_visible()
    page.keyboard.press("n")
    expect(page.locator(".keypad-title")).to_contain_text(", ")
    page.keyboard.press("1")
    expect(page.get_by_role("button", name="Rückgängig")).to_be_visible()
    expect(page.locator(".saved")).to_contain_text("Korrektur gespeichert. Danke")
    page.goto("/history")
    page.get_by_role("button", name="Alle auf dieser Seite auswählen").click()
    expect(page.get_by_role("button", name="Auswahl aufheben")).to_be_visible()
    expect(page.locator("#delete-selected")).to_contain_text("Ausgewählte")
    expect(page.locator("#delete-selected")).to_contain_text("löschen")


def test_unreachable_server_is_reported_in_german(visit: Any) -> None:
    page = visit("/", **DESKTOP, **GERMAN)
    page.context.set_offline(True)
    choose(page, digits("4"), "weg.png")
    expect(page.locator("#error-text")).to_have_text(
        "Der Server ist nicht erreichbar. Prüfen Sie Ihre Verbindung und versuchen Sie es erneut."
    )


@pytest.mark.parametrize(("locale", "code"), [("en-US", "en"), ("de-DE", "de")])
def test_no_page_scrolls_sideways_on_a_phone(visit: Any, pages: dict[str, str], locale: str, code: str) -> None:
    page = visit("/", **PHONE, locale=locale)
    too_wide = []
    for path in pages.values():
        page.goto(path)
        expect_language(page, code)
        page.evaluate("document.querySelectorAll('main details').forEach((part) => { part.open = true; })")
        if scrolls_sideways(page):
            too_wide.append(path)
    page.goto("/")
    shoot(page, f"phone-home-{code}")

    assert too_wide == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_german_pages_are_accessible_on_a_phone(visit: Any, axe: str, reading: str, scheme: str) -> None:
    page = visit("/", **PHONE, **GERMAN, color_scheme=scheme)
    violations_by_path = {}
    for path in ("/", f"/readings/{reading}", "/history", "/api/docs"):
        page.goto(path)
        expect_language(page, "de")
        if matches := violations(page, axe):
            violations_by_path[path] = matches

    assert violations_by_path == {}


@pytest.mark.skipif(not is_available(), reason="no offline page")
def test_offline_page_keeps_the_chosen_language(visit: Any) -> None:
    page = visit("/draw")
    page.get_by_role("link", name="Deutsch").click()
    expect(page.locator("#state")).to_have_text("Bereit, auch offline.", timeout=READY_TIMEOUT)
    page.context.set_offline(True)
    page.goto("/history")
    expect_language(page, "de")
    expect(page.locator("#offline-notice")).to_contain_text("Sie sind offline")
    expect(page.locator("#state")).to_contain_text("Bereit", timeout=READY_TIMEOUT)
    draw_with_mouse(page, "7")
    expect(page.locator("#answer")).to_have_text("7", timeout=READY_TIMEOUT)
    expect(page.locator("#bars tr.best .share")).to_contain_text("%")
