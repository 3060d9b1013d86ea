"""Binarization: a grey picture becomes a soft foreground mask of the pen strokes, whatever the light.

A pen stroke is narrow, and darker (or lighter) than the paper on both sides of it. A grey-value closing by a square a
little wider than the pen estimates the paper without the strokes; it follows shadows, so the edge of a shadow is no
stroke. The width of the square is searched for first, on a small copy of the picture.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from .contrast import FULL_CONTRAST, contrast_histogram, stroke_width, strongest_contrast
from .scaling import block_means, shrunk

Grey = NDArray[np.uint8]
Floats = NDArray[np.float32]


@dataclass(frozen=True)
class BinarizationParameters:
    """Tuned constants of binarization.

    Chosen by experiments of docs/log.md: `min_working_side` E033 and E034, `working_square` E026 and E035,
    `search_side` E024 and E033, `present` E004, `background_share` E068, `max_square` E024. The others by eye.
    """

    max_working_side: int = 1280
    """Longest side of the working picture in pixels: enough for digits of a fortieth of the page."""
    min_working_side: int = 480
    """Least longest side of the working picture of a larger picture, in pixels."""
    max_fine_side: int = 1600
    """The same of pictures with fine strokes: forms have digits of a hundredth of the page."""
    fine_stroke: float = 2.5
    """Width in the working picture, in pixels, that fine strokes keep where `max_fine_side` allows it."""
    fine_present: float = 0.5
    """Contrast from which a pixel is part of a fine stroke, as a share of the strongest: squared paper is fainter."""
    fine_square: int = 11
    """Closing square's side, in pixels of a picture of `max_fine_side`, that brings fine strokes out."""
    fine_strength: float = 0.8
    """Least contrast of fine strokes, as a share of the strongest strokes of the search."""
    fine_least_height: int = 6
    """Least height of fine strokes that are counted, in pixels of a picture of `max_fine_side`."""
    fine_least_count: int = 60
    """Least number of fine strokes: fewer are no page of writing."""
    working_square: int = 37
    """Closing square's side in the working picture, in pixels, that sets its size: thick pens need fewer pixels."""
    search_side: int = 192
    """Longest side of the copy on which the pen's width and the polarity are searched for, in pixels."""
    squares: tuple[int, ...] = (3, 5, 7, 11, 17, 25, 37, 55, 81, 121, 181)
    """Sides of the closing squares that are tried, in pixels of that copy."""
    strong: float = 0.7
    """Least contrast of a square's strongest strokes, as a share of the strongest strokes that any square gives."""
    present: float = 0.35
    """Contrast from which a pixel counts as part of a stroke, as a share of that of the strongest strokes."""
    growth: float = 1.2
    """A square is wide enough where the next one finds fewer than this many times as many pixels of strokes."""
    background_share: float = 0.5
    """Side of the neighbourhood that gives a stroke's background brightness, as a share of the picture's short side."""
    max_square: int = 12
    """Widest closing square in pixels that is applied at full size; wider ones are applied to a reduced copy."""
    min_contrast: float = 0.07
    """Least contrast of foreground, as a share of the paper's brightness."""
    darkest_paper: int = 60
    """Least brightness that contrast is measured against, 0..255: noise in the dark is no foreground."""
    min_smoothed_side: int = 150
    """Longest short side, in pixels, of pictures that are not smoothed, since their pens may be 1 pixel wide."""
    edge_margin: float = 0.02
    """Margin that the search leaves out, as a share of the short side: frames and edges of scans lie there."""


PARAMETERS = BinarizationParameters()
"""Parameters that the reader uses."""


@dataclass(frozen=True)
class Binarization:
    """Foreground mask of a picture, with the scale at which it was computed."""

    foreground: Floats
    """Foreground mask, float32 (h, w): 0 is paper, 1 the body of a stroke."""
    scale: float
    """Factor by which the picture was reduced: h = H * scale, at most 1."""
    is_light_on_dark: bool
    """True where the pen is brighter than the paper."""
    surface: Grey
    """The picture at that scale, uint8 (h, w), inverted where the pen is brighter: dark strokes on light paper."""


def binarize(grey: Grey, parameters: BinarizationParameters = PARAMETERS) -> Binarization:
    """Compute the foreground mask of a grey picture.

    Args:
        grey: Picture, uint8 (H, W), 0 is black.
        parameters: Tuned constants.

    Returns:
        The mask, float32 (h, w), at a working size of its own; all 0 where nothing has contrast.

    Example:
        >>> page = np.full((60, 60), 230, np.uint8)
        >>> page[10:50, 28:32] = 20  # a pen stroke
        >>> result = binarize(page)
        >>> float(result.foreground[30, 30]), float(result.foreground[30, 5]), result.scale
        (1.0, 0.0, 1.0)
    """
    return _Binarizer(parameters).binarize(grey)


class _Binarizer:
    """The steps of `binarize` for one set of parameters."""

    def __init__(self, parameters: BinarizationParameters) -> None:
        self._parameters = parameters

    def binarize(self, grey: Grey) -> Binarization:
        parameters = self._parameters
        # A reduction by less than whole blocks keeps the grain of dithered pictures, which would pass for strokes.
        is_small = max(grey.shape) < 2 * parameters.search_side
        search_copy, search_scale = shrunk(self._smoothed(grey) if is_small else grey, parameters.search_side)
        square, strongest, is_light = self._search(self._without_edges(search_copy))
        if square == 0:
            empty = np.zeros(search_copy.shape, np.float32)
            return Binarization(empty, search_scale, is_light_on_dark=False, surface=search_copy)
        wanted_side = max(grey.shape) * parameters.working_square / (square / search_scale)
        side = round(float(np.clip(wanted_side, parameters.min_working_side, parameters.max_working_side)))
        if side < min(max(grey.shape), parameters.max_fine_side):
            side = max(side, self._side_for_fine_strokes(grey, strongest, is_light=is_light))
        working, scale = shrunk(grey, side)
        working = self._smoothed(working)
        surface = 255 - working if is_light else working
        contrast = self._contrast(surface, _odd(square * scale / search_scale))
        return Binarization(self._foreground(contrast), scale, is_light, surface)

    def _smoothed(self, grey: Grey) -> Grey:
        if min(grey.shape) <= self._parameters.min_smoothed_side:
            return grey
        return cv2.GaussianBlur(grey, (3, 3), 0).astype(np.uint8, copy=False)

    def _without_edges(self, grey: Grey) -> Grey:
        margin = round(self._parameters.edge_margin * min(grey.shape))
        return np.ascontiguousarray(grey[margin:-margin, margin:-margin]) if margin else grey

    def _search(self, grey: Grey) -> tuple[int, float, bool]:
        """Return the closing square's side, the strongest contrast and whether the pen is light; side 0 without any.

        The polarity that makes the strokes differ more from the brightness around them wins: between white
        strokes on black there are black strokes too, but black is the background of that picture. The brightness is
        that of the neighbourhood, not of the whole picture, half of which may lie in shadow.
        """
        parameters = self._parameters
        background = cv2.medianBlur(grey, _odd(parameters.background_share * min(grey.shape))).astype(np.int16)
        best: tuple[int, float, bool] = (0, 0.0, False)
        best_distance = 0.0
        for is_light in (False, True):
            square, contrast, strongest = self._smallest_sufficient_square(255 - grey if is_light else grey)
            strokes = contrast > parameters.present * strongest * FULL_CONTRAST
            if strongest < parameters.min_contrast or not strokes.any():
                continue
            distance = float((grey - background)[strokes].mean()) * (1 if is_light else -1)
            if distance > best_distance:
                best, best_distance = (square, strongest, is_light), distance
        return best

    def _side_for_fine_strokes(self, grey: Grey, strongest: float, *, is_light: bool) -> int:
        """Return the working side at which fine strokes keep the width that they need; 0 where there are none.

        On the small copy of the search they are averaged away, and thick ones, such as logos and frames, decide.
        """
        parameters = self._parameters
        fine = self._smoothed(shrunk(grey, parameters.max_fine_side)[0])
        contrast = self._contrast(255 - fine if is_light else fine, parameters.fine_square)
        own_strongest = strongest_contrast(contrast_histogram(contrast))
        if own_strongest < parameters.fine_strength * strongest:
            return 0
        mask = (contrast > parameters.fine_present * own_strongest * FULL_CONTRAST).astype(np.uint8)
        width = stroke_width(mask, parameters.fine_least_height, parameters.fine_least_count)
        return min(round(max(fine.shape) * parameters.fine_stroke / width), parameters.max_fine_side) if width else 0

    def _smallest_sufficient_square(self, surface: Grey) -> tuple[int, Grey, float]:
        """Return the smallest square that brings out whole strokes, its contrast, and the strongest contrast of all."""
        parameters = self._parameters
        squares = [side for side in parameters.squares if side < 0.75 * min(surface.shape)] or [3]
        factors = [max(side // parameters.max_square, 1) for side in squares]
        copies = {factor: shrunk(surface, max(surface.shape) // factor)[0] for factor in set(factors)}
        histograms = [
            contrast_histogram(self._contrast(copies[factor], _odd(side / factor)))
            for side, factor in zip(squares, factors, strict=True)
        ]
        strengths = [strongest_contrast(histogram) for histogram in histograms]
        strongest = max(strengths)
        areas = [
            int(histogram[int(parameters.present * strongest * FULL_CONTRAST) + 1 :].sum()) * factor**2
            for histogram, factor in zip(histograms, factors, strict=True)
        ]
        chosen = squares[-1]
        for index in range(len(squares) - 1):
            is_strong = strengths[index] > parameters.strong * strongest
            if areas[index] and is_strong and areas[index + 1] < parameters.growth * areas[index] + 5:
                chosen = squares[index + 1]
                break
        return chosen, self._contrast(surface, chosen), strongest

    def _contrast(self, surface: Grey, side: int) -> Grey:
        """Return how much darker each pixel is than the paper: uint8 (h, w), 255 is all of the paper's brightness."""
        paper = self._paper(surface, side)
        darker = cv2.subtract(paper, surface)
        bright = np.maximum(paper, self._parameters.darkest_paper)
        return cv2.divide(darker, bright, scale=FULL_CONTRAST).astype(np.uint8, copy=False)

    def _paper(self, surface: Grey, side: int) -> Grey:
        """Close `surface` by a square; a wide one on a reduced copy, which costs a sixteenth or less."""
        factor = max(side // self._parameters.max_square, 1)
        if factor == 1:
            return _closed(surface, side)
        height, width = surface.shape
        coarse = _closed(block_means(surface, factor), _odd(side / factor))
        fine = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_LINEAR)
        return cv2.max(fine, surface).astype(np.uint8, copy=False)

    def _foreground(self, contrast: Grey) -> Floats:
        """Scale contrast to a mask: 0 at the grain of the paper, 1 at the body of a stroke."""
        histogram = contrast_histogram(contrast)
        strongest = strongest_contrast(histogram)
        if strongest < self._parameters.min_contrast:
            return np.zeros(contrast.shape, np.float32)
        paper = np.cumsum(histogram[: max(int(self._parameters.present * strongest * FULL_CONTRAST), 1)])
        grain = float(np.searchsorted(paper, 0.95 * paper[-1])) / FULL_CONTRAST
        low, high = max(0.15 * strongest, min(grain, 0.3 * strongest)), 0.6 * strongest
        levels = np.clip((np.arange(FULL_CONTRAST + 1) / FULL_CONTRAST - low) / (high - low), 0, 1).astype(np.float32)
        return cv2.LUT(contrast, levels).astype(np.float32, copy=False)


def _odd(size: float) -> int:
    return max(round(size), 3) | 1


def _closed(surface: cv2.typing.MatLike, side: int) -> Grey:
    square = np.ones((side, side), np.uint8)
    closed = cv2.morphologyEx(surface, cv2.MORPH_CLOSE, square, borderType=cv2.BORDER_REPLICATE)
    return closed.astype(np.uint8, copy=False)
