"""axe-core, the accessibility checker, downloaded with the npm client once per run."""

from __future__ import annotations

import tarfile
from typing import Any

import pytest
from playwright.sync_api import Page

from numink.datasets.npm import npm_package

PACKAGE = "axe-core@4.14.1"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
"""WCAG 2.2 up to AA, and the best practices of axe."""


def get_axe(factory: pytest.TempPathFactory) -> str:
    """Return the source text of axe-core."""
    path = factory.getbasetemp() / "axe.min.js"
    if not path.exists():
        with npm_package(PACKAGE) as archive, tarfile.open(archive) as files:
            member = files.extractfile("package/axe.min.js")
            assert member
            path.write_bytes(member.read())
    return path.read_text()


def violations(page: Page, axe: str) -> list[str]:
    """List the violated rules of the page in its current state, each with the first elements concerned."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(axe)
    results: list[dict[str, Any]] = page.evaluate(
        "async (tags) => (await axe.run(document, { runOnly: tags, resultTypes: ['violations'] })).violations", TAGS
    )
    return [
        f"{rule['id']}: {rule['help']}: {'; '.join(node['html'][:140] for node in rule['nodes'][:3])}"
        for rule in results
    ]
