"""Test files that take long, for the order of the files and for the mark `slow`."""

from __future__ import annotations

SECONDS = {
    "install": 75, "image_build": 52, "train_lines": 48, "architecture": 45, "accounts_guard": 38, "web_server": 34,
    "train_command": 30, "drain": 25, "safety_files": 22, "code_engine": 20, "epochs": 16, "evaluate_pictures": 14,
    "store_processes": 13, "doctests": 12, "cascade": 10, "datasets": 9, "cloudant_faults": 8, "evaluate": 7, "i18n": 7,
    "watson_classifier": 7, "watson_notebook": 6, "line_batches": 9, "fit_acceptance": 8, "synthesis_lines": 8,
    "line_weights": 6, "train_pages": 12, "paper_pages": 8,
    # by their order in a run of the whole suite
    "browser_regions": 45,
    "browser_corrections": 40, "browser_pictures": 35, "batch_kill": 30, "api_schema": 28, "browser_offline": 26,
    "browser_accounts": 25, "browser_batches": 24, "browser_pages": 23, "browser_language": 20, "cloudant_server": 20,
    "batch_limits": 18, "browser_access": 16, "browser": 15, "cli_read": 15, "usage": 12, "web_pages": 12,
    "web_regions": 10,
    "form_reader": 15, "alignment": 14, "cli_form": 12, "proposals": 12, "form_new": 8,
    "hostile_pictures": 20, "decoder_pool": 5,
    "batches": 12, "browser_basics": 11, "browser_camera": 11, "browser_history": 11, "browser_usage": 11,
    "browser_zoom": 11, "cloudant": 10, "safety_http": 10, "accounts_self": 10, "accounts_sign_in": 10, "job": 9,
    "accounts_admin": 8, "accounts_entry": 8, "api_read": 8, "web_history": 8, "watson_deploy": 8, "api_readings": 7,
    "accounts_routes": 6, "watson_rest": 6, "watson_server": 6, "web_documents": 6, "datasets_fetch": 6,
    "datasets_download": 6, "client": 5, "outbox": 5, "store_copy": 5, "safety_page": 5,
}  # fmt: skip
"""Processor seconds of each test file, without the start of pytest; the slowest files run first."""
CHECKED = {"architecture", "doctests"}
"""Files that `make check` runs although they take long."""


def seconds(file: str) -> int:
    """Return the processor seconds of a test file, 0 where it takes few."""
    return SECONDS.get(_short(file), 0)


def is_slow(file: str) -> bool:
    """Return whether all tests of a file are marked `slow`."""
    return seconds(file) > 0 and _short(file) not in CHECKED


def _short(file: str) -> str:
    return file.removeprefix("test_").removesuffix(".py")
