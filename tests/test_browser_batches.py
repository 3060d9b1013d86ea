"""Many files in a real browser: sent with progress, followed, safe from a reload and from a server that is killed."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from batch_material import SLIP, slips, zipped
from browser import DESK, PHONE, SHOTS, goes_beyond_the_screen, shoot
from web_client import served
from web_pictures import digits

SCREENS = pytest.mark.parametrize(("screen", "device"), [("desk", DESK), ("phone", PHONE)])


def files(*named: tuple[str, bytes]) -> list[Any]:
    return [{"name": name, "mimeType": "application/octet-stream", "buffer": content} for name, content in named]


def choose_many(page: Page, *named: tuple[str, bytes], field: str = "#file") -> None:
    page.set_input_files(field, files(*named))


def expect_done(page: Page, done: int, total: int) -> None:
    expect(page.locator(".far")).to_contain_text(f"{done} of {total} file", timeout=30_000)


def row(page: Page, name: str) -> Any:
    return page.locator(f'tr[data-name="{name}"]')


@SCREENS
def test_several_files_are_sent_and_read_on_a_page_of_their_own(
    visit: Any, screen: str, device: dict[str, Any]
) -> None:
    page = visit("/", **device)
    choose_many(page, ("seven.png", digits("7")), ("letter.png", b"dear Anna"), ("more.png", digits("472")))
    expect_done(page, 3, 3)
    assert "/batches/local:" in page.url
    expect(row(page, "seven.png").get_by_role("link")).to_contain_text("7")
    expect(row(page, "letter.png")).to_contain_text("This is not a picture")
    expect(row(page, "more.png").get_by_role("link")).to_contain_text("472")
    assert [one.get_attribute("data-name") for one in page.locator("#rows tr").all()] == [
        "seven.png", "letter.png", "more.png",
    ]  # fmt: skip
    assert not goes_beyond_the_screen(page)
    shoot(page, f"batch-{screen}")
    page.reload()
    expect_done(page, 3, 3)
    page.get_by_role("link", name="doubts first").click()
    expect(page.locator("#rows tr").first).to_have_attribute("data-name", "letter.png")
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").click()
    with download.value.path().open() as table:
        assert {line["file"]: line["number"] for line in csv.DictReader(table)} == {
            "seven.png": "7", "more.png": "472", "letter.png": "",
        }  # fmt: skip
    row(page, "more.png").get_by_role("link").click()
    expect(page.locator(".answer")).to_have_text("472")
    page.get_by_role("link", name="numink", exact=True).click()
    page.get_by_role("link", name="Batches").click()
    expect(page.get_by_role("link", name="seven.png and 2 more").first).to_be_visible()
    shoot(page, f"batches-{screen}")


@SCREENS
def test_a_zip_file_is_unpacked_in_its_place(visit: Any, screen: str, device: dict[str, Any]) -> None:
    page = visit("/", **device)
    choose_many(page, ("slips.zip", zipped({"b/1.png": SLIP, "b/2.png": SLIP, "link.txt": b"x"})))
    expect_done(page, 3, 3)
    names = [one.get_attribute("data-name") for one in page.locator("#rows tr").all()]
    assert names == ["b/1.png", "b/2.png", "link.txt"]
    expect(page.locator("h1")).to_have_text("slips.zip")


def test_each_file_and_all_of_them_have_a_progress_bar(visit: Any) -> None:
    page = visit()
    held: list[Route] = []
    page.route("**/files", lambda route: held.append(route))  # noqa: PLW0108 - Playwright takes functions only
    choose_many(page, *((f"{at}.png", SLIP) for at in range(3)))
    expect(page.locator("#rows progress")).to_have_count(3)
    expect(page.get_by_role("progressbar", name="All files")).to_have_attribute("value", "0")
    expect(page.get_by_text("did not arrive")).to_be_hidden()  # they are on their way
    expect(page.get_by_text("Being sent")).to_have_count(3)
    expect(page.get_by_text("Not sent").first).to_be_hidden()
    page.screenshot(path=SHOTS / "batch-sending.png")  # the network is not idle
    assert len(held) == 2  # at once
    page.unroute("**/files")  # lets go what was held
    expect_done(page, 3, 3)
    expect(page.get_by_role("progressbar", name="All files")).to_have_attribute("value", "3")


def test_a_connection_that_breaks_is_tried_again(visit: Any) -> None:
    page = visit()
    tries: list[str] = []

    def break_first(route: Route) -> None:
        tries.append(route.request.url)
        if len(tries) == 1:
            route.abort("connectionreset")
        elif len(tries) == 2:
            route.fulfill(status=503, headers={"Retry-After": "1"}, body="")
        else:
            route.continue_()

    page.route("**/files", break_first)
    choose_many(page, ("a.png", SLIP), ("b.png", SLIP))
    expect_done(page, 2, 2)
    assert len(tries) == 4


@SCREENS
def test_a_reload_loses_only_what_was_not_sent_and_says_so(visit: Any, screen: str, device: dict[str, Any]) -> None:
    page = visit("/", **device)
    page.on("dialog", lambda dialog: dialog.accept())

    def hold_all_but_the_first(route: Route) -> None:
        if b"first.png" in (route.request.post_data_buffer or b""):
            route.continue_()

    page.route("**/files", hold_all_but_the_first)
    names = ("first.png", "second.png", "third.png")
    choose_many(page, *((name, SLIP) for name in names))
    expect(row(page, "first.png").get_by_role("link")).to_contain_text("47")
    page.reload()
    page.unroute("**/files")
    expect(row(page, "first.png").get_by_role("link")).to_contain_text("47")
    expect(page.get_by_text("2 files did not arrive")).to_be_visible()
    expect(row(page, "second.png").get_by_text("Not sent")).to_be_visible()
    assert not goes_beyond_the_screen(page)
    shoot(page, f"batch-not-sent-{screen}")
    choose_many(page, *((name, SLIP) for name in names[1:]), field="#missing")
    expect_done(page, 3, 3)
    expect(page.get_by_text("did not arrive")).to_be_hidden()
    assert [one.get_attribute("data-name") for one in page.locator("#rows tr").all()] == list(names)


def test_progress_goes_on_where_the_server_is_killed_and_started_again(chromium: Browser, tmp_path: Path) -> None:
    with served(tmp_path) as server:
        page = chromium.new_context(base_url=f"http://127.0.0.1:{server.port}").new_page()
        page.goto("/")
        choose_many(page, ("slips.zip", slips(400)))
        expect(row(page, "slip-001.png").get_by_role("link")).to_be_visible(timeout=20_000)
        server.kill()
        expect(page.get_by_text("The server cannot be reached")).to_be_visible(timeout=10_000)
    with served(tmp_path, NUMINK_PORT=str(server.port)):
        expect_done(page, 400, 400)
        expect(page.get_by_text("The server cannot be reached")).to_be_hidden()
        expect(page.locator("#rows a")).to_have_count(400)
    page.context.close()


def test_what_is_known_holds_for_all_files_and_a_list_may_be_a_file(visit: Any) -> None:
    page = visit()
    page.get_by_text("I know more about the numbers").click()
    page.get_by_label("Or one of those in this file").set_input_files(
        {"name": "codes.txt", "mimeType": "text/plain", "buffer": b"11\n12\n"}
    )
    choose_many(page, ("a.png", SLIP), ("b.png", SLIP))
    expect_done(page, 2, 2)
    row(page, "b.png").get_by_role("link").click()
    expect(page.get_by_text("Does not fit")).to_be_visible()


def test_options_without_sense_are_a_sentence_on_the_first_page(visit: Any) -> None:
    page = visit()
    page.get_by_text("I know more about the numbers").click()
    page.get_by_label("Each is like this").fill("(")
    choose_many(page, ("a.png", SLIP), ("b.png", SLIP))
    expect(page.locator("#trouble-text")).to_contain_text("no regular expression")


def test_what_is_left_is_cancelled_and_the_batch_removed(visit: Any) -> None:
    page = visit()
    page.on("dialog", lambda dialog: dialog.accept())
    page.route("**/files", lambda _: None)
    choose_many(page, ("a.png", SLIP), ("b.png", SLIP))
    page.get_by_role("button", name="Cancel what is left").click()
    expect(page.get_by_text("2 cancelled")).to_be_visible()
    page.get_by_role("button", name="Remove the batch").click()
    expect(page.get_by_text("The batch is removed")).to_be_visible()


def test_without_script_a_form_takes_them_and_the_page_loads_itself_again(visit: Any) -> None:
    page = visit("/", **DESK, java_script_enabled=False)
    page.get_by_role("link", name="Batches").click()
    page.set_input_files("input[name=file]", files(("s.zip", slips(3)), ("a.png", digits("7"))))
    page.get_by_role("button", name="Read them").click()
    expect_done(page, 4, 4)
    expect(row(page, "a.png").get_by_role("link")).to_contain_text("7")
