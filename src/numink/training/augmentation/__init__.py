"""Augmentation of training glyphs."""
