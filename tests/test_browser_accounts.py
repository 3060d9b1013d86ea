"""Accounts in a real browser, on a desk and on a phone: from the first page to a reading of one's own, and out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from accounts_world import PASSWORD, World, fill, free_port, the_key, world
from axe import violations
from browser import DESK, EACH_SCREEN, PHONE, choose, expect_answer, goes_beyond_the_screen, shoot
from numink import Client as NuminkClient
from oidc_provider import providing
from web_client import Answer, Served
from web_pictures import digits

SCREENS = pytest.mark.parametrize(("screen", "device"), [("desk", DESK), ("phone", PHONE)])


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with (
        providing(free_port()) as settings,
        world(tmp_path_factory.mktemp("browser"), **settings) as running,
    ):
        yield running


@pytest.fixture(scope="module")
def server(here: World) -> Served:
    """What `visit` opens pages of."""
    return here.server


def register(page: Page, here: World, email: str) -> None:
    """From the first page to being logged in."""
    page.goto("/")
    page.get_by_role("main").get_by_role("link", name="Register").click()
    page.get_by_label("E-mail address").fill(email)
    page.locator("[name=password]").fill(PASSWORD)
    page.get_by_label("Password once more").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Look into your mail")).to_be_visible()
    page.goto(here.box.link(email))
    page.locator("[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Confirm and log in").click()
    expect(page.get_by_text("you are logged in")).to_be_visible()
    page.wait_for_load_state("load")  # the scripts too, before a picture is chosen


def log_out(page: Page) -> None:
    page.get_by_role("link", name="Account").click()
    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_text("You are logged out.")).to_be_visible()


def fits(page: Page) -> bool:
    return not goes_beyond_the_screen(page)


@SCREENS
def test_register_confirm_read_log_out_log_in_and_find_it_again(
    visit: Any, here: World, screen: str, device: dict[str, Any]
) -> None:
    email = f"anna.{screen}@example.org"
    page = visit("/", **device)
    assert fits(page)
    shoot(page, f"welcome-{screen}")
    register(page, here, email)
    choose(page, digits("7"), "mine.png")
    expect_answer(page, "7")
    page.get_by_role("link", name="History").click()
    expect(page.get_by_text("mine.png")).to_be_visible()
    assert fits(page)
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
def test_a_forgotten_password_is_reset(visit: Any, here: World, screen: str, device: dict[str, Any]) -> None:
    email = f"bea.{screen}@example.org"
    here.member(email)
    page = visit("/log-in", **device)
    page.get_by_role("link", name="I forgot my password").click()
    page.get_by_label("E-mail address").fill(email)
    page.get_by_role("button", name="Send the mail").click()
    expect(page.get_by_text("a mail with a link is on its way")).to_be_visible()
    page.goto(here.box.link(email))
    page.get_by_label("New password", exact=False).first.fill("eight blue herons")
    page.get_by_label("New password once more").fill("eight blue herons")
    shoot(page, f"reset-{screen}")
    page.get_by_role("button", name="Change the password").click()
    expect(page.get_by_text("Your password is changed")).to_be_visible()
    here.box.next()
    page.get_by_label("E-mail address").fill(email)
    page.locator("[name=password]").fill("a guess, and wrong")
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("alert")).to_contain_text("do not belong together")
    page.locator("[name=password]").fill("eight blue herons")
    page.get_by_role("button", name="Log in").click()
    expect(page.locator("#drop")).to_be_visible()


@SCREENS
def test_one_signs_in_with_the_provider(visit: Any, screen: str, device: dict[str, Any]) -> None:
    page = visit("/history", **device)
    page.get_by_role("link", name="Sign in with the provider").click()
    expect(page.get_by_role("heading", name="Sign in at the provider")).to_be_visible()
    page.get_by_label("E-mail address").fill(f"carl.{screen}@example.org")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="History")).to_be_visible()
    page.get_by_role("link", name="Account").click()
    expect(page.get_by_text(f"carl.{screen}@example.org").first).to_be_visible()


@SCREENS
def test_a_key_is_made_used_and_revoked(visit: Any, here: World, screen: str, device: dict[str, Any]) -> None:
    page = visit("/", **device)
    register(page, here, f"dora.{screen}@example.org")
    page.get_by_role("link", name="Account").click()
    page.get_by_label("Name of a new key").fill("the scanner")
    page.get_by_role("button", name="Make a key").click()
    expect(page.get_by_text("it is not shown again")).to_be_visible()
    assert fits(page)
    shoot(page, f"account-{screen}")
    key = the_key(Answer(200, {}, page.locator("code.secret").inner_text().encode()))
    assert NuminkClient(f"http://127.0.0.1:{here.server.port}", key).read(digits("472")).text == "472"
    page.get_by_role("link", name="Account").click()
    expect(page.get_by_text(re.compile("last used"))).to_be_visible()
    page.get_by_role("button", name="Revoke the scanner").click()
    expect(page.get_by_text("The key is revoked.")).to_be_visible()
    assert here.program(key).get("/api/v1/readings").status == 401


@SCREENS
def test_an_account_is_deleted_with_everything(visit: Any, here: World, screen: str, device: dict[str, Any]) -> None:
    email = f"emil.{screen}@example.org"
    page = visit("/", **device)
    register(page, here, email)
    choose(page, digits("7"), "gone.png")
    expect_answer(page, "7")
    page.get_by_role("link", name="Account").click()
    page.get_by_text("Delete everything").click()
    page.get_by_label("E-mail address of the account").fill(email)
    page.get_by_label("Your password").last.fill(PASSWORD)
    page.get_by_role("button", name="Delete my account").click()
    expect(page.get_by_text("Your account is deleted")).to_be_visible()
    register(page, here, email)
    page.goto("/history")
    expect(page.get_by_text("Nothing has been read yet.")).to_be_visible()


@EACH_SCREEN
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_of_accounts_keeps_anybody_out_and_all_fit(
    visit: Any, here: World, axe: str, scheme: str, device: dict[str, Any]
) -> None:
    email = f"finn.{scheme}.{device['viewport']['width']}@example.org"
    closed = visit("/", **device, color_scheme=scheme)
    paths = ["/", "/log-in", "/register", "/forgot", "/mail-sent", "/confirm/used"]
    fill(here.visitor(), "/register", email="late@example.org", password=PASSWORD, again=PASSWORD)
    paths.append(here.box.link("late@example.org"))
    known = visit("/", **device, color_scheme=scheme)
    register(known, here, email)
    here.make_admin(email)
    for page, addresses in ((closed, paths), (known, ["/account", "/admin"])):
        for path in addresses:
            page.goto(path)
            page.evaluate("document.querySelectorAll('details').forEach((part) => { part.open = true; })")
            name = re.sub(r"\W+", "-", path.strip("/"))[:12] or "welcome"
            shoot(page, f"accounts-{scheme}-{name}")
            assert violations(page, axe) == [], path
            assert fits(page), path


def test_the_keyboard_alone_is_enough(visit: Any, here: World) -> None:
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
    assert {"Log out", "Make a key", "Change the password", "Send a mail to it", "Delete everything"} <= reached


def test_all_of_it_works_without_script(visit: Any, here: World) -> None:
    page = visit("/", **DESK, java_script_enabled=False)
    register(page, here, "hugo@example.org")
    page.set_input_files("#file", {"name": "plain.png", "mimeType": "image/png", "buffer": digits("7")})
    page.get_by_role("button", name="Read it").click()
    expect(page.locator(".answer")).to_have_text("7")
    log_out(page)
