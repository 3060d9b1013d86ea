"""Endpoints that read pictures, by name: the rate limit and the upload limits apply to all of them."""

from __future__ import annotations

MULTI_FILE_ENDPOINTS = ("batches.create", "batches.receive", "batches_api.create")
"""Endpoints that accept many files at once, or a ZIP file."""
READING_ENDPOINTS = ("api.read", "pages.read", "pages.glance", "pages.read_region", *MULTI_FILE_ENDPOINTS)
"""All endpoints that read pictures."""
