"""Separation of print from handwriting: each connected component of the foreground goes to one side, or is cut.

A component goes by the page segmentation of all its pixels; among handwriting it takes more to be print. Only a
component with much of both is cut. Handwriting that is lost is worse than print that stays, so all that is not clearly
print counts as handwriting.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from .page_segmentation import CELL, CLASS_NAMES, HANDWRITING, NEITHER, PRINT, RULE, PageSegmentation
from .text_runs import classify_runs

Floats = NDArray[np.float32]
Sums = NDArray[np.float64]


@dataclass(frozen=True)
class PrintSeparationParameters:
    """Tuned constants of the separation; experiments are in docs/log.md."""

    least_components: int = 10
    """A page with fewer components holds no print worth to look for: reading it costs less than the page model."""
    least_ruled_components: int = 100
    """The same of a page from which rules were not removed, which are components, too, and join others."""
    least_area: int = 10
    """Pixels of a component that counts for that."""
    foreground_threshold: float = 0.4
    """Foreground above this connects neighbouring pixels, as for the components of recognition."""
    least_printed_components: int = 6
    """With fewer components of print a page counts as handwriting: a few digits may look printed by chance."""
    least_print_share: float = 0.9
    """Share of print in the text of a component from which it is print."""
    context_weight: float = 0.5
    """Weight of the text around a component against its own, at most; small components lean on it most."""
    context_reach: tuple[float, float] = (3.0, 0.7)
    """Reach of that context to the sides, and up and down, in median heights of the page's components."""
    own_pixels: float = 120.0
    """Pixels of a component whose own evidence weighs as much as its context before `context_weight`."""
    least_cut_share: float = 0.25
    """A component is cut where print and handwriting each have this share of it, and"""
    least_cut_pixels: int = 40
    """so many pixels, which"""
    least_cut_ratio: float = 4.0
    """are so many times likelier to be one than the other."""
    edge: int = 5
    """Side of the square, in pixels, by which removed print and pictures take their soft edges with them."""
    least_neither_share: float = 0.8
    """Share of what is neither text nor a rule from which a component is part of a picture, and dropped."""


PARAMETERS = PrintSeparationParameters()


@dataclass(frozen=True)
class SeparatedForeground:
    """The foreground of a page in two masks of its size, float32 (h, w) in 0..1."""

    handwriting: Floats
    """Without print, and without pictures."""
    printed: Floats
    """Print alone."""

    @property
    def holds_print(self) -> bool:
        """Whether there is any print."""
        return bool(self.printed.any())


def may_hold_print(
    foreground: Floats, parameters: PrintSeparationParameters = PARAMETERS, *, is_ruled: bool = False
) -> bool:
    """Return whether a page, float32 (h, w), has so many components that the page model should be asked about it.

    Where it still `is_ruled`, False means that this cannot be told yet.
    """
    mask = (foreground > parameters.foreground_threshold).astype(np.uint8)
    _, _, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    large = stats[1:, cv2.CC_STAT_AREA] >= parameters.least_area
    return int(large.sum()) >= (parameters.least_ruled_components if is_ruled else parameters.least_components)


def separate_print(
    foreground: Floats, segmentation: PageSegmentation, parameters: PrintSeparationParameters = PARAMETERS
) -> SeparatedForeground:
    """Part the foreground of a page into handwriting and print.

    Args:
        foreground: Mask, float32 (h, w), 0..1, without ruled lines where they were removed; it is not changed.
        segmentation: The classes of the same picture's pixels.
        parameters: Tuned constants.

    Returns:
        The two masks. Rules, where there still are any, stay with the handwriting.
    """
    mask = (foreground > parameters.foreground_threshold).astype(np.uint8)
    count, labels, boxes, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    if count < 2:
        return SeparatedForeground(foreground, np.zeros_like(foreground))
    rows, columns = np.nonzero(mask)
    owners: NDArray[np.int32] = labels[rows, columns].astype(np.int32, copy=False)
    stats: NDArray[np.int32] = boxes.astype(np.int32, copy=False)
    chances = segmentation.probabilities[rows // CELL, columns // CELL]
    sums: Sums = np.stack(
        [np.bincount(owners, chances[:, index], count) for index in range(len(CLASS_NAMES))], axis=1
    ).astype(np.float64, copy=False)
    is_print = _print_shares(sums, stats, foreground.shape, parameters) > parameters.least_print_share
    is_print = classify_runs(is_print, _text_evidence(sums), stats, _stroke_widths(mask, owners, count), mask.shape)
    is_large = stats[1:, cv2.CC_STAT_AREA] >= parameters.least_area
    if (is_print[1:] & is_large).sum() < parameters.least_printed_components:
        return SeparatedForeground(foreground, np.zeros_like(foreground))
    is_picture = sums[:, NEITHER] > parameters.least_neither_share * np.maximum(sums.sum(axis=1), 1)
    mixed = _mixed(owners, chances, count, parameters)
    printed = np.where(mixed[owners], False, is_print[owners])
    printed = _cut(printed, mixed, owners, chances, (rows, columns), foreground.shape, parameters)
    return _masks(foreground, mask, (rows, columns), printed, is_picture[owners], parameters)


def _print_shares(
    sums: Sums, stats: NDArray[np.int32], shape: tuple[int, ...], parameters: PrintSeparationParameters
) -> Sums:
    """Return the share of print in the text of each component and its surroundings; 0 where there is no text."""
    lettering = sums[:, HANDWRITING] + sums[:, PRINT]
    sides = stats[1:, cv2.CC_STAT_HEIGHT][lettering[1:] > 0.3 * sums[1:].sum(axis=1)]
    height = float(np.median(sides[sides > 4])) if (sides > 4).any() else 12.0
    around = _around(sums, stats, shape, height, parameters)
    context = around[:, 1] / np.maximum(around.sum(axis=1), 1e-6)
    own = sums[:, PRINT] / np.maximum(lettering, 1e-6)
    trust = parameters.own_pixels / (parameters.own_pixels + lettering) * 2
    weight = np.where(around.sum(axis=1) > 1, np.minimum(trust, 1) * parameters.context_weight, 0.0)
    shares: Sums = np.where(
        lettering > 0.15 * sums.sum(axis=1), np.minimum(own, (1 - weight) * own + weight * context), 0.0
    )
    return shares


def _text_evidence(sums: Sums) -> Sums:
    """Return the evidence of handwriting and of print for each component, (count, 2); 0 for what is no text."""
    text: Sums = sums[:, (HANDWRITING, PRINT)].copy()
    text[text.sum(axis=1) <= 0.15 * sums.sum(axis=1)] = 0
    text[0] = 0  # the background
    return text


def _stroke_widths(mask: NDArray[np.uint8], owners: NDArray[np.int32], count: int) -> Sums:
    """Return the mean distance of each component's pixels from its edge, (count,): a quarter of its stroke width."""
    distances = cv2.distanceTransform(mask, cv2.DIST_L2, cv2.DIST_MASK_3)[mask > 0]
    widths: Sums = np.bincount(owners, distances, count) / np.maximum(np.bincount(owners, minlength=count), 1)
    return widths


def _around(
    sums: Sums, stats: NDArray[np.int32], shape: tuple[int, ...], height: float, parameters: PrintSeparationParameters
) -> Sums:
    """Return the evidence of handwriting and of print around each component, its own left out: (count, 2)."""
    unit = max(height / 2, 2.0)  # of a coarse map on which components are points
    size = (int(shape[1] / unit) + 1, int(shape[0] / unit) + 1)
    middle = stats[:, :2] + stats[:, 2:4] / 2
    columns, rows = ((middle[:, axis] / unit).astype(int).clip(0, size[axis] - 1) for axis in (0, 1))
    around = np.zeros((len(sums), 2))
    kernel = tuple(int(2 * reach * height / unit) | 1 for reach in parameters.context_reach)
    for index, label in enumerate((HANDWRITING, PRINT)):
        evidence = np.minimum(sums[:, label], 4 * height * height)
        points = np.zeros((size[1], size[0]))
        np.add.at(points, (rows[1:], columns[1:]), evidence[1:])
        near = cv2.boxFilter(points, -1, kernel, normalize=False, borderType=cv2.BORDER_CONSTANT)
        around[:, index] = np.maximum(near[rows, columns] - evidence, 0)
    return around


def _mixed(
    owners: NDArray[np.int32], chances: Floats, count: int, parameters: PrintSeparationParameters
) -> NDArray[np.bool_]:
    """Return which components hold many pixels that are clearly handwriting and many that are clearly print."""
    written, printed = chances[:, HANDWRITING], chances[:, PRINT]
    pixels = [
        np.bincount(owners, (likelier > parameters.least_cut_ratio * rival) & (likelier > 0.3), count)
        for likelier, rival in ((written, printed), (printed, written))
    ]
    less, both = np.minimum(*pixels), pixels[0] + pixels[1]
    mixed: NDArray[np.bool_] = (less > parameters.least_cut_share * both) & (less > parameters.least_cut_pixels)
    return mixed


def _cut(
    printed: NDArray[np.bool_], mixed: NDArray[np.bool_], owners: NDArray[np.int32], chances: Floats,
    positions: tuple[NDArray[np.int64], NDArray[np.int64]], shape: tuple[int, ...],
    parameters: PrintSeparationParameters,
) -> NDArray[np.bool_]:  # fmt: skip
    """Decide the pixels of mixed components one by one; small patches of print in handwriting stay with it."""
    inside = mixed[owners]
    if not inside.any():
        return printed
    lettering = chances[:, HANDWRITING] + chances[:, PRINT]
    likely = inside & (chances[:, PRINT] > parameters.least_print_share * lettering) & (lettering > chances[:, RULE])
    patches = np.zeros(shape, np.uint8)
    patches[positions[0][likely], positions[1][likely]] = 1
    _, labels, stats, _ = cv2.connectedComponentsWithStats(patches, connectivity=8)
    large = stats[:, cv2.CC_STAT_AREA] >= parameters.least_cut_pixels
    large[0] = False
    return np.where(inside, large[labels[positions]], printed)


def _masks(
    foreground: Floats, mask: NDArray[np.uint8], positions: tuple[NDArray[np.int64], NDArray[np.int64]],
    printed: NDArray[np.bool_], dropped: NDArray[np.bool_], parameters: PrintSeparationParameters,
) -> SeparatedForeground:  # fmt: skip
    """Return the two masks; soft edges go with their strokes, and faint strokes with no stroke stay handwriting."""
    written, print_, pictures = (np.zeros_like(mask) for _ in range(3))
    for layer, chosen in ((written, ~printed & ~dropped), (print_, printed & ~dropped), (pictures, dropped)):
        layer[positions[0][chosen], positions[1][chosen]] = 1
    edge = np.ones((parameters.edge, parameters.edge), np.uint8)
    removed = cv2.max(print_, pictures)
    halo = (cv2.dilate(removed, edge) > 0) & (cv2.dilate(written, np.ones((3, 3), np.uint8)) == 0)
    handwriting = np.where(halo | (removed > 0), 0, foreground)
    near_print = (cv2.dilate(print_, np.ones((3, 3), np.uint8)) > 0) & (mask == print_)
    return SeparatedForeground(handwriting.astype(np.float32), np.where(near_print, foreground, 0).astype(np.float32))
