"""The pages in German in a real browser: the switch, scripts' texts, long words on a phone, nobody kept out."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from axe import violations
from browser import DESK, EACH_SCREEN, PHONE, choose, draw_with_mouse, expect_answer, goes_beyond_the_screen, shoot
from numink.web.pages.offline import offered
from web_pictures import digits

GERMAN = {"locale": "de-DE"}
READY = 60_000


def speaks(page: Page, code: str) -> None:
    expect(page.locator("html")).to_have_attribute("lang", code)


@EACH_SCREEN
def test_the_switch_changes_the_language_and_stays_on_the_page(visit: Any, device: dict[str, Any]) -> None:
    page = visit("/history?show=doubts", **device)
    speaks(page, "en")
    page.get_by_role("link", name="Deutsch").click()
    speaks(page, "de")
    assert page.url.endswith("/history?show=doubts")
    expect(page.get_by_role("heading", name="Verlauf")).to_be_visible()
    page.get_by_role("link", name="Lesen", exact=True).click()
    expect(page.get_by_role("heading", name="Handgeschriebene Ziffern, richtig gelesen")).to_be_visible()
    page.get_by_role("link", name="English").click()
    speaks(page, "en")
    expect(page.get_by_role("heading", name="Handwritten digits, read right")).to_be_visible()


def test_the_switch_works_without_script(visit: Any) -> None:
    page = visit("/model", **DESK, java_script_enabled=False)
    page.get_by_role("link", name="Deutsch").click()
    expect(page.get_by_role("heading", name="Das Modell")).to_be_visible()


def test_a_picture_is_read_and_corrected_in_german_and_scripts_speak_it_too(visit: Any) -> None:
    page = visit("/", **DESK, **GERMAN, permissions=["clipboard-read", "clipboard-write"])
    choose(page, b"no picture", "notes.txt")
    expect(page.locator("#trouble-text")).to_contain_text("Das ist kein Bild, das numink kennt")
    choose(page, digits("472"), "kopie.png")
    expect_answer(page, "472")
    page.get_by_role("button", name="Kopieren").click()
    expect(page.get_by_role("button", name="Kopiert")).to_be_visible()
    page.keyboard.press("n")
    expect(page.locator(".pad-what")).to_contain_text(", ")
    page.keyboard.press("1")
    expect(page.get_by_role("button", name="Rückgängig")).to_be_visible()
    expect(page.locator(".saved")).to_contain_text("Danke: Ihre Korrektur ist gespeichert")
    page.goto("/history")
    page.get_by_role("button", name="Alle hier wählen").click()
    expect(page.get_by_role("button", name="Keine wählen")).to_be_visible()
    expect(page.locator("#delete-chosen")).to_contain_text("Die gewählten")
    expect(page.locator("#delete-chosen")).to_contain_text("löschen")


def test_a_server_that_is_away_is_told_in_german(visit: Any) -> None:
    page = visit("/", **DESK, **GERMAN)
    page.context.set_offline(True)
    choose(page, digits("4"), "weg.png")
    expect(page.locator("#trouble-text")).to_have_text(
        "Der Server ist nicht erreichbar: prüfen Sie die Verbindung und versuchen Sie es noch einmal."
    )


@pytest.mark.parametrize(("locale", "code"), [("en-US", "en"), ("de-DE", "de")])
def test_no_page_scrolls_sideways_on_a_phone(visit: Any, pages: dict[str, str], locale: str, code: str) -> None:
    page = visit("/", **PHONE, locale=locale)
    wide = []
    for path in pages.values():
        page.goto(path)
        speaks(page, code)
        page.evaluate("document.querySelectorAll('main details').forEach((part) => { part.open = true; })")
        if goes_beyond_the_screen(page):
            wide.append(path)
    page.goto("/")
    shoot(page, f"phone-home-{code}")

    assert wide == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nobody_is_kept_out_of_german_pages_on_a_phone(visit: Any, axe: str, reading: str, scheme: str) -> None:
    page = visit("/", **PHONE, **GERMAN, color_scheme=scheme)
    wrong = {}
    for path in ("/", f"/readings/{reading}", "/history", "/api/docs"):
        page.goto(path)
        speaks(page, "de")
        if found := violations(page, axe):
            wrong[path] = found

    assert wrong == {}


@pytest.mark.skipif(not offered(), reason="no reader for browsers")
def test_a_device_draws_on_in_the_language_that_was_chosen_without_a_connection(visit: Any) -> None:
    page = visit("/draw")
    page.get_by_role("link", name="Deutsch").click()
    expect(page.locator("#state")).to_have_text("Der Leser ist bereit, mit oder ohne Verbindung.", timeout=READY)
    page.context.set_offline(True)
    page.goto("/history")
    speaks(page, "de")
    expect(page.locator("#away")).to_contain_text("keine Verbindung zu numink")
    expect(page.locator("#state")).to_contain_text("Der Leser ist bereit", timeout=READY)
    draw_with_mouse(page, "7")
    expect(page.locator("#answer")).to_have_text("7", timeout=READY)
    expect(page.locator("#bars tr.best .share")).to_contain_text("%")
