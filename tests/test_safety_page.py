"""docs/safety.md is true: every test that it names is there."""

from __future__ import annotations

import re
from pathlib import Path

TESTS = Path(__file__).parent
PAGE = (TESTS.parent / "docs" / "safety.md").read_text()


def named() -> list[tuple[str, str]]:
    """(file, test) of every test on the page; a test without a file is in the one named before it in its row."""
    tests_named = []
    for row in PAGE.splitlines():
        file = ""
        for words in re.findall(r"`([a-z_0-9: ]+)`", row):
            before, parted, test = words.rpartition(": ")
            file = before if parted else file
            if file.startswith("test_"):
                tests_named.append((file, test))
    return tests_named


def test_every_test_that_the_page_names_is_there() -> None:
    missing = [
        f"{file}: {test}" for file, test in named() if f"def test_{test}(" not in (TESTS / f"{file}.py").read_text()
    ]
    assert missing == []
    assert len(named()) > 50
