"""Synthetic glyphs, lines and pages with known texts."""
