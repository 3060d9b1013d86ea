"""Batches in a real browser: upload with progress, recovery from a reload and from a killed server."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from batch_material import SLIP, slips, zipped
from browser import DESKTOP, PHONE, SHOTS, scrolls_sideways, shoot
from web_client import served
from web_pictures import digits

SCREENS = pytest.mark.parametrize(("screen", "device"), [("desk", DESKTOP), ("phone", PHONE)])


def files(*named: tuple[str, bytes]) -> list[Any]:
    return [{"name": name, "mimeType": "application/octet-stream", "buffer": content} for name, content in named]


def choose_files(page: Page, *named: tuple[str, bytes], field: str = "#file") -> None:
    page.set_input_files(field, files(*named))


def expect_done(page: Page, done: int, total: int) -> None:
    expect(page.locator(".progress-text")).to_contain_text(f"{done} of {total} file", timeout=30_000)


def row(page: Page, name: str) -> Any:
    return page.locator(f'tr[data-name="{name}"]')


@SCREENS
def test_several_files_become_a_batch_with_a_page(visit: Any, screen: str, device: dict[str, Any]) -> None:
    page = visit("/", **device)
    choose_files(page, ("seven.png", digits("7")), ("letter.png", b"dear Anna"), ("more.png", digits("472")))
    expect_done(page, 3, 3)
    assert "/batches/local:" in page.url
    expect(row(page, "seven.png").get_by_role("link")).to_contain_text("7")
    expect(row(page, "letter.png")).to_contain_text("This is not a picture")
    expect(row(page, "more.png").get_by_role("link")).to_contain_text("472")
    assert [row.get_attribute("data-name") for row in page.locator("#rows tr").all()] == [
        "seven.png", "letter.png", "more.png",
    ]  # fmt: skip
    assert not scrolls_sideways(page)
    shoot(page, f"batch-{screen}")
    page.reload()
    expect_done(page, 3, 3)
    page.get_by_role("link", name="needs review first").click()
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
def test_zip_file_is_unpacked_in_its_place(visit: Any, screen: str, device: dict[str, Any]) -> None:
    page = visit("/", **device)
    choose_files(page, ("slips.zip", zipped({"b/1.png": SLIP, "b/2.png": SLIP, "link.txt": b"x"})))
    expect_done(page, 3, 3)
    names = [row.get_attribute("data-name") for row in page.locator("#rows tr").all()]
    assert names == ["b/1.png", "b/2.png", "link.txt"]
    expect(page.locator("h1")).to_have_text("slips.zip")


def test_each_file_and_the_batch_have_a_progress_bar(visit: Any) -> None:
    page = visit()
    held_uploads: list[Route] = []
    page.route("**/files", lambda route: held_uploads.append(route))  # noqa: PLW0108 - Playwright takes functions only
    choose_files(page, *((f"{index}.png", SLIP) for index in range(3)))
    expect(page.locator("#rows progress")).to_have_count(3)
    expect(page.get_by_role("progressbar", name="All files")).to_have_attribute("value", "0")
    expect(page.get_by_text("did not arrive")).to_be_hidden()  # they are being uploaded
    expect(page.get_by_text("Uploading")).to_have_count(3)
    expect(page.get_by_text("Not uploaded").first).to_be_hidden()
    page.screenshot(path=SHOTS / "batch-sending.png")  # the network is not idle
    assert len(held_uploads) == 2  # two in parallel
    page.unroute("**/files")  # releases the held uploads
    expect_done(page, 3, 3)
    expect(page.get_by_role("progressbar", name="All files")).to_have_attribute("value", "3")


def test_broken_upload_is_retried(visit: Any) -> None:
    page = visit()
    attempts: list[str] = []

    def break_first(route: Route) -> None:
        attempts.append(route.request.url)
        if len(attempts) == 1:
            route.abort("connectionreset")
        elif len(attempts) == 2:
            route.fulfill(status=503, headers={"Retry-After": "1"}, body="")
        else:
            route.continue_()

    page.route("**/files", break_first)
    choose_files(page, ("a.png", SLIP), ("b.png", SLIP))
    expect_done(page, 2, 2)
    assert len(attempts) == 4


@SCREENS
def test_reload_loses_only_files_not_yet_uploaded_and_reports_them(
    visit: Any, screen: str, device: dict[str, Any]
) -> None:
    page = visit("/", **device)
    page.on("dialog", lambda dialog: dialog.accept())

    def hold_all_but_the_first(route: Route) -> None:
        if b"first.png" in (route.request.post_data_buffer or b""):
            route.continue_()

    page.route("**/files", hold_all_but_the_first)
    names = ("first.png", "second.png", "third.png")
    choose_files(page, *((name, SLIP) for name in names))
    expect(row(page, "first.png").get_by_role("link")).to_contain_text("47")
    page.reload()
    page.unroute("**/files")
    expect(row(page, "first.png").get_by_role("link")).to_contain_text("47")
    expect(page.get_by_text("2 files did not arrive")).to_be_visible()
    expect(row(page, "second.png").get_by_text("Not uploaded")).to_be_visible()
    assert not scrolls_sideways(page)
    shoot(page, f"batch-not-sent-{screen}")
    choose_files(page, *((name, SLIP) for name in names[1:]), field="#missing")
    expect_done(page, 3, 3)
    expect(page.get_by_text("did not arrive")).to_be_hidden()
    assert [row.get_attribute("data-name") for row in page.locator("#rows tr").all()] == list(names)


def test_batch_continues_after_the_server_is_killed_and_restarted(chromium: Browser, tmp_path: Path) -> None:
    with served(tmp_path) as server:
        page = chromium.new_context(base_url=f"http://127.0.0.1:{server.port}").new_page()
        page.goto("/")
        choose_files(page, ("slips.zip", slips(200)))
        expect(row(page, "slip-001.png").get_by_role("link")).to_be_visible(timeout=20_000)
        server.kill()
        expect(page.get_by_text("The server cannot be reached")).to_be_visible(timeout=10_000)
    with served(tmp_path, NUMINK_PORT=str(server.port)):
        expect_done(page, 200, 200)
        expect(page.get_by_text("The server cannot be reached")).to_be_hidden()
        expect(page.locator("#rows a")).to_have_count(200)
    page.context.close()


def test_constraints_apply_to_all_files_and_a_list_may_be_a_file(visit: Any) -> None:
    page = visit()
    page.get_by_text("Constraints on the numbers").click()
    page.get_by_label("File of valid numbers").set_input_files(
        {"name": "codes.txt", "mimeType": "text/plain", "buffer": b"11\n12\n"}
    )
    choose_files(page, ("a.png", SLIP), ("b.png", SLIP))
    expect_done(page, 2, 2)
    row(page, "b.png").get_by_role("link").click()
    expect(page.get_by_text("Constraints not met")).to_be_visible()


def test_invalid_constraints_are_reported_on_the_start_page(visit: Any) -> None:
    page = visit()
    page.get_by_text("Constraints on the numbers").click()
    page.get_by_label("Pattern").fill("(")
    choose_files(page, ("a.png", SLIP), ("b.png", SLIP))
    expect(page.locator("#error-text")).to_contain_text("no regular expression")


def test_remaining_files_are_cancelled_and_the_batch_removed(visit: Any) -> None:
    page = visit()
    page.on("dialog", lambda dialog: dialog.accept())
    page.route("**/files", lambda _: None)
    choose_files(page, ("a.png", SLIP), ("b.png", SLIP))
    page.get_by_role("button", name="Cancel remaining").click()
    expect(page.get_by_text("2 cancelled")).to_be_visible()
    page.get_by_role("button", name="Remove batch").click()
    expect(page.get_by_text("Batch removed")).to_be_visible()


def test_batch_is_uploaded_and_followed_without_script(visit: Any) -> None:
    page = visit("/", **DESKTOP, java_script_enabled=False)
    page.get_by_role("link", name="Batches").click()
    page.set_input_files("input[name=file]", files(("s.zip", slips(3)), ("a.png", digits("7"))))
    page.get_by_role("button", name="Read files").click()
    expect_done(page, 4, 4)
    expect(row(page, "a.png").get_by_role("link")).to_contain_text("7")
