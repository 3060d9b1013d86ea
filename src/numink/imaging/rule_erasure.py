"""Erasure of rules from a foreground mask: strokes that cross or touch them stay whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from .rule_segments import Rule, band, run_lengths

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class RuleErasureParameters:
    """Parameters of the erasure of rules; all set by eye."""

    threshold: float = 0.35
    """Mask value above which a pixel belongs to a stroke or a rule."""
    greatest_height_factor: float = 1.25
    """A run across a rule up to this many times as long as it is thick, and a pixel more, holds no other stroke."""
    least_in_band: float = 0.85
    """A remnant with this share of its pixels along rules is dropped."""


PARAMETERS = RuleErasureParameters()


def erase_rules(cleaned: Floats, level: Sequence[Rule], upright: Sequence[Rule]) -> Floats:
    """Return a mask without its rules, of which the upright ones lie on the transposed mask; it may be changed."""
    _erase(cleaned, level)
    turned = np.ascontiguousarray(cleaned.T)
    _erase(turned, upright)
    return np.ascontiguousarray(turned.T)


def _erase(cleaned: Floats, rules: Sequence[Rule]) -> None:
    """Clear level rules, except where the foreground is taller: there a stroke crosses or touches it."""
    mask = (cleaned > PARAMETERS.threshold).astype(np.uint8)
    runs = run_lengths(mask)
    for rule in rules:
        columns, near = band(rule, rule.thickness / 2 + 1, cleaned.shape)
        limit = PARAMETERS.greatest_height_factor * rule.thickness + 1
        clear = (runs[near, columns] <= limit) & (mask[near, columns] > 0)
        for shift in (-1, 0, 1):
            rows = np.clip(near + shift, 0, cleaned.shape[0] - 1)
            hit = clear if shift == 0 else clear & (mask[rows, columns] == 0)
            cleaned[rows[hit], np.broadcast_to(columns, rows.shape)[hit]] = 0


def drop_remnants(cleaned: Floats, level: Sequence[Rule], upright: Sequence[Rule]) -> None:
    """Clear what is left of rules: components that lie along them."""
    along = np.zeros(cleaned.shape, bool)
    for rules, target in ((level, along), (upright, along.T)):
        for rule in rules:
            columns, near = band(rule, rule.thickness / 2 + 3, target.shape)
            target[near, np.broadcast_to(columns, near.shape)] = True
    mask = (cleaned > PARAMETERS.threshold).astype(np.uint8)
    count, labels = cv2.connectedComponents(mask, connectivity=8)
    flat = labels.ravel()
    total = np.bincount(flat, minlength=count)
    inside = np.bincount(flat, weights=along.ravel(), minlength=count)
    drop = inside >= PARAMETERS.least_in_band * total
    drop[0] = False
    remnants = drop[labels].astype(np.uint8)
    cleaned[cv2.dilate(remnants, np.ones((3, 3), np.uint8)) & ((labels == 0) | (remnants > 0)) > 0] = 0
