"""Accounts in a real browser, on a desktop and a phone: registration, passwords, API keys, deletion."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from accounts_world import PASSWORD, World, fill, free_port, the_key, world
from axe import violations
from browser import DESKTOP, EACH_SCREEN, PHONE, choose, expect_answer, scrolls_sideways, shoot
from numink import Client as NuminkClient
from oidc_provider import providing
from web_client import Answer, Served
from web_pictures import digits

SCREENS = pytest.mark.parametrize(("screen", "device"), [("desk", DESKTOP), ("phone", PHONE)])


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with (
        providing(free_port()) as settings,
        world(tmp_path_factory.mktemp("browser"), **settings) as running,
    ):
        yield running


@pytest.fixture(scope="module")
def server(here: World) -> Served:
    """Server whose pages `visit` opens."""
    return here.server


def register(page: Page, here: World, email: str) -> None:
    """Register from the start page and log in."""
    page.goto("/")
    page.get_by_role("main").get_by_role("link", name="Register").click()
    page.get_by_label("E-mail address").fill(email)
    page.locator("[name=password]").fill(PASSWORD)
    page.get_by_label("Repeat password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Check your e-mail")).to_be_visible()
    page.goto(here.box.link(email))
    page.locator("[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Confirm and log in").click()
    expect(page.get_by_text("you are logged in")).to_be_visible()
    page.wait_for_load_state("load")  # the scripts too, before a picture is chosen


def log_out(page: Page) -> None:
    page.get_by_role("link", name="Account").click()
    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_text("You are logged out.")).to_be_visible()


def is_within_screen(page: Page) -> bool:
    return not scrolls_sideways(page)


@SCREENS
def test_reading_is_found_after_logging_out_and_in_again(
    visit: Any, here: World, screen: str, device: dict[str, Any]
) -> None:
    email = f"anna.{screen}@example.org"
    page = visit("/", **device)
    assert is_within_screen(page)
    shoot(page, f"welcome-{screen}")
    register(page, here, email)
    choose(page, digits("7"), "mine.png")
    expect_answer(page, "7")
    page.get_by_role("link", name="History").click()
    expect(page.get_by_text("mine.png")).to_be_visible()
    assert is_within_screen(page)
    log_out(page)
    page.go_back()
    page.goto("/history")
    expect(page.get_by_role("heading", name="Log in")).to_be_visible()
    shoot(page, f"log-in-{screen}")
    page.get_by_label("E-mail address").fill(email)
    page.locator("[name=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_text("mine.png")).to_be_visible()


@SCREENS
def test_forgotten_password_is_reset(visit: Any, here: World, screen: str, device: dict[str, Any]) -> None:
    email = f"bea.{screen}@example.org"
    here.member(email)
    page = visit("/log-in", **device)
    page.get_by_role("link", name="Forgot password?").click()
    page.get_by_label("E-mail address").fill(email)
    page.get_by_role("button", name="Send e-mail").click()
    expect(page.get_by_text("an e-mail with a link is on its way")).to_be_visible()
    page.goto(here.box.link(email))
    page.get_by_label("New password", exact=False).first.fill("eight blue herons")
    page.get_by_label("Repeat new password").fill("eight blue herons")
    shoot(page, f"reset-{screen}")
    page.get_by_role("button", name="Change password").click()
    expect(page.get_by_text("Your password is changed")).to_be_visible()
    here.box.next()
    page.get_by_label("E-mail address").fill(email)
    page.locator("[name=password]").fill("a guess, and wrong")
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("alert")).to_contain_text("Wrong e-mail address or password")
    page.locator("[name=password]").fill("eight blue herons")
    page.get_by_role("button", name="Log in").click()
    expect(page.locator("#drop")).to_be_visible()


@SCREENS
def test_visitor_logs_in_with_the_provider(visit: Any, screen: str, device: dict[str, Any]) -> None:
    page = visit("/history", **device)
    page.get_by_role("link", name="Log in with the provider").click()
    expect(page.get_by_role("heading", name="Sign in at the provider")).to_be_visible()
    page.get_by_label("E-mail address").fill(f"carl.{screen}@example.org")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="History")).to_be_visible()
    page.get_by_role("link", name="Account").click()
    expect(page.get_by_text(f"carl.{screen}@example.org").first).to_be_visible()


@SCREENS
def test_api_key_is_created_used_and_revoked(visit: Any, here: World, screen: str, device: dict[str, Any]) -> None:
    page = visit("/", **device)
    register(page, here, f"dora.{screen}@example.org")
    page.get_by_role("link", name="Account").click()
    page.get_by_label("Name of the new key").fill("the scanner")
    page.get_by_role("button", name="Create key").click()
    expect(page.get_by_text("It will not be shown again")).to_be_visible()
    assert is_within_screen(page)
    shoot(page, f"account-{screen}")
    key = the_key(Answer(200, {}, page.locator("code.secret").inner_text().encode()))
    assert NuminkClient(f"http://127.0.0.1:{here.server.port}", key).read(digits("472")).text == "472"
    page.get_by_role("link", name="Account").click()
    expect(page.get_by_text(re.compile("last used"))).to_be_visible()
    page.get_by_role("button", name="Revoke the scanner").click()
    expect(page.get_by_text("The key is revoked.")).to_be_visible()
    assert here.program(key).get("/api/v1/readings").status == 401


@SCREENS
def test_account_is_deleted_with_all_data(visit: Any, here: World, screen: str, device: dict[str, Any]) -> None:
    email = f"emil.{screen}@example.org"
    page = visit("/", **device)
    register(page, here, email)
    choose(page, digits("7"), "gone.png")
    expect_answer(page, "7")
    page.get_by_role("link", name="Account").click()
    page.get_by_text("Delete everything").click()
    page.get_by_label("E-mail address of this account").fill(email)
    page.get_by_label("Current password").last.fill(PASSWORD)
    page.get_by_role("button", name="Delete my account").click()
    expect(page.get_by_text("Your account is deleted")).to_be_visible()
    register(page, here, email)
    page.goto("/history")
    expect(page.get_by_text("No readings yet.")).to_be_visible()


@EACH_SCREEN
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_account_pages_are_accessible_and_fit_the_screen(
    visit: Any, here: World, axe: str, scheme: str, device: dict[str, Any]
) -> None:
    email = f"finn.{scheme}.{device['viewport']['width']}@example.org"
    logged_out = visit("/", **device, color_scheme=scheme)
    paths = ["/", "/log-in", "/register", "/forgot", "/mail-sent", "/confirm/used"]
    fill(here.visitor(), "/register", email="late@example.org", password=PASSWORD, again=PASSWORD)
    paths.append(here.box.link("late@example.org"))
    logged_in = visit("/", **device, color_scheme=scheme)
    register(logged_in, here, email)
    here.make_admin(email)
    for page, addresses in ((logged_out, paths), (logged_in, ["/account", "/admin"])):
        for path in addresses:
            page.goto(path)
            page.evaluate("document.querySelectorAll('details').forEach((part) => { part.open = true; })")
            name = re.sub(r"\W+", "-", path.strip("/"))[:12] or "welcome"
            shoot(page, f"accounts-{scheme}-{name}")
            assert violations(page, axe) == [], path
            assert is_within_screen(page), path


def test_account_pages_work_with_the_keyboard_alone(visit: Any, here: World) -> None:
    here.member("gina@example.org")
    page = visit("/log-in")
    expect(page.get_by_label("E-mail address")).to_be_focused()
    page.keyboard.type("gina@example.org")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("#drop")).to_be_visible()
    page.goto("/account")
    reached = set()
    for _ in range(30):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.textContent.trim() || document.activeElement.name"))
    assert {"Log out", "Create key", "Change password", "Send confirmation e-mail", "Delete everything"} <= reached


def test_account_pages_work_without_script(visit: Any, here: World) -> None:
    page = visit("/", **DESKTOP, java_script_enabled=False)
    register(page, here, "hugo@example.org")
    page.set_input_files("#file", {"name": "plain.png", "mimeType": "image/png", "buffer": digits("7")})
    page.get_by_role("button", name="Read picture").click()
    expect(page.locator(".answer")).to_have_text("7")
    log_out(page)
