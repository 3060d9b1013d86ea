"""axe-core, which looks for what keeps people out of a page; got with the npm client, once a run."""

from __future__ import annotations

import tarfile
from typing import Any

import pytest
from playwright.sync_api import Page

from numink.datasets.npm import npm_package

PACKAGE = "axe-core@4.14.1"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
"""WCAG 2.2 up to AA, and what axe's authors advise beyond."""


def get_axe(factory: pytest.TempPathFactory) -> str:
    """Its program."""
    path = factory.getbasetemp() / "axe.min.js"
    if not path.exists():
        with npm_package(PACKAGE) as archive, tarfile.open(archive) as files:
            member = files.extractfile("package/axe.min.js")
            assert member
            path.write_bytes(member.read())
    return path.read_text()


def violations(page: Page, axe: str) -> list[str]:
    """What is wrong with the page as it is now: the rule, and the first elements that break it."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(axe)
    found: list[dict[str, Any]] = page.evaluate(
        "async (tags) => (await axe.run(document, { runOnly: tags, resultTypes: ['violations'] })).violations", TAGS
    )
    return [
        f"{one['id']}: {one['help']}: {'; '.join(node['html'][:140] for node in one['nodes'][:3])}" for one in found
    ]
