"""The routes that have pictures read, by the names of their views: what limits readings is laid on all of them."""

from __future__ import annotations

MANY = ("batches.create", "batches.receive", "batches_api.create")
"""Those that take many files at once, or a ZIP file."""
READING = ("api.read", "pages.read", "pages.glance", *MANY)
