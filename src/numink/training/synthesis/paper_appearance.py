"""How a composed page comes to be a picture: ink and paper, light, the table around it, the camera, the file format."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from .paper_canvas import Layer, PaperCanvas

Grey = NDArray[np.uint8]
Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Photograph:
    """A picture with the coverage of its pixels by each kind of mark, all uint8 (H, W)."""

    picture: Grey
    handwriting: Layer
    printed: Layer
    rules: Layer


@dataclass(frozen=True)
class AppearanceParameters:
    """Shares of what befalls a page, set by eye."""

    scan: float = 0.25
    """Flat white paper, as of a scan or a drawing on a screen."""
    binary: float = 0.1
    """Of the scans: black and white only, as of a fax."""
    shadow: float = 0.35
    fold: float = 0.12
    sheet_edge: float = 0.15
    jpeg: float = 0.5
    coarse: float = 0.2
    """Pictures of fewer pixels, enlarged."""
    turned: float = 0.1
    """Pages tilted by up to a quarter of a right angle."""


PARAMETERS = AppearanceParameters()


def photograph(canvas: PaperCanvas, margin: int, rng: Generator) -> Photograph:
    """Return a picture of the middle of a page, `margin` pixels smaller on each side."""
    layers = _warped(canvas, margin, rng)
    handwriting, printed, rules, shade = (np.ascontiguousarray(layers[..., index]) for index in range(4))
    is_scan = rng.random() < PARAMETERS.scan
    page = np.ones(shade.shape, np.float32) * (1.0 if is_scan else rng.uniform(0.45, 1.0))
    inks = (_pen(rng), rng.uniform(0.35, 0.95), rng.uniform(0.15, 0.95))
    for layer, darkness in zip((handwriting, printed, rules), inks, strict=True):
        page *= 1 - layer * np.float32(darkness / 255)
    page *= shade / 255
    if not is_scan:
        page *= _light(page.shape, rng)
    if rng.random() < PARAMETERS.sheet_edge:
        outside = _outside(page.shape, rng)
        page = np.where(outside, _table(page.shape, rng), page).astype(np.float32)
        for layer in (handwriting, printed, rules):
            layer[outside] = 0
    picture = _taken(page, rng, is_scan=is_scan)
    return Photograph(picture, *(layer.astype(np.uint8) for layer in (handwriting, printed, rules)))


def _pen(rng: Generator) -> float:
    """Return the darkness of a pen: ink, ball-point, pencil."""
    return float(rng.uniform(0.55, 0.95) if rng.random() < 0.7 else rng.uniform(0.22, 0.6))


def _warped(canvas: PaperCanvas, margin: int, rng: Generator) -> Floats:
    """Return all layers, float32 (h, w, 4) in 0..255, rotated, stretched and in slight perspective."""
    layers = cv2.merge([
        canvas.handwriting.astype(np.float32), canvas.printed.astype(np.float32), canvas.rules.astype(np.float32),
        canvas.shade * 255,
    ])  # fmt: skip
    side = canvas.side - 2 * margin
    if rng.random() < 0.25:
        return np.ascontiguousarray(layers[margin : margin + side, margin : margin + side])
    angle = rng.normal(0, 0.02) if rng.random() > PARAMETERS.turned else rng.uniform(-0.4, 0.4)
    corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]], np.float64) * side / 2
    rotation = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    source = corners @ rotation.T * rng.uniform(0.92, 1.08) + rng.normal(0, 0.015, (4, 2)) * side + canvas.side / 2
    matrix = cv2.getPerspectiveTransform(source.astype(np.float32), (corners + side / 2).astype(np.float32))
    return cv2.warpPerspective(
        layers, matrix, (side, side), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT
    ).astype(np.float32)


def _light(shape: tuple[int, ...], rng: Generator) -> Floats:
    """Return the light on a page: uneven, with the edge of a shadow or a fold at times; around 1."""
    light = cv2.resize(rng.uniform(0.75, 1.0, (3, 3)).astype(np.float32), shape[::-1], interpolation=cv2.INTER_CUBIC)
    across = _across(shape, rng)
    if rng.random() < PARAMETERS.shadow:
        softness = rng.uniform(1, 40)
        light = light * (1 - rng.uniform(0.1, 0.6) / (1 + np.exp(-np.clip(across / softness, -30, 30))))
    if rng.random() < PARAMETERS.fold:
        fold = np.abs(_across(shape, rng))
        light = light * (1 - rng.uniform(-0.15, 0.3) * np.exp(-((fold / rng.uniform(0.7, 4)) ** 2)))
    grain = rng.uniform(0, 0.03)
    coarse = rng.normal(0, 1, (shape[0] // 3 + 1, shape[1] // 3 + 1)).astype(np.float32)
    return (light * (1 + grain * cv2.resize(coarse, shape[::-1]))).astype(np.float32)


def _across(shape: tuple[int, ...], rng: Generator) -> Floats:
    """Return the signed distance of each pixel from a random straight line, in pixels."""
    angle, (height, width) = rng.uniform(0, 2 * np.pi), shape
    y, x = np.ogrid[0:height, 0:width]
    x0, y0 = rng.uniform(0.1, 0.9, 2) * (width, height)
    across: Floats = ((x - x0) * np.cos(angle) + (y - y0) * np.sin(angle)).astype(np.float32)
    return across


def _outside(shape: tuple[int, ...], rng: Generator) -> NDArray[np.bool_]:
    """Return the pixels beyond one or two edges of the sheet."""
    outside = np.zeros(shape, np.bool_)
    for _ in range(1 if rng.random() < 0.7 else 2):
        across = _across(shape, rng)
        outside |= across > max(float(np.quantile(across, rng.uniform(0.55, 0.97))), 0.0)
    return outside


def _table(shape: tuple[int, ...], rng: Generator) -> Floats:
    """Return what a sheet lies on: plain, wood with its grain, cloth with its weave, or clutter."""
    height, width = shape
    tone = rng.uniform(0.05, 0.8)
    kind = rng.random()
    if kind < 0.4:  # wood
        bands = rng.normal(0, 1, (height // int(rng.integers(2, 12)) + 2, int(rng.integers(2, 5)))).astype(np.float32)
        pattern = cv2.resize(bands, (width, height), interpolation=cv2.INTER_CUBIC)
        pattern = pattern.T[:height, :width] if rng.random() < 0.5 and height == width else pattern
    elif kind < 0.7:  # cloth
        y, x = np.ogrid[0:height, 0:width]
        pitch = rng.uniform(0.5, 2.5)
        pattern = (np.sin(x * pitch) + np.sin(y * pitch * rng.uniform(0.8, 1.2))).astype(np.float32)
    else:
        cells = int(rng.integers(2, 24))
        pattern = cv2.resize(
            rng.normal(0, 1, (cells, cells)).astype(np.float32), (width, height), interpolation=cv2.INTER_CUBIC
        )
    table: Floats = np.clip(tone * (1 + rng.uniform(0.02, 0.35) * pattern), 0.02, 1).astype(np.float32)
    return table


def _taken(page: Floats, rng: Generator, *, is_scan: bool) -> Grey:
    """Return the picture as a camera or a scanner takes it: blur, noise, few pixels, JPEG."""
    height, width = page.shape
    if rng.random() < PARAMETERS.coarse:
        scale = rng.uniform(0.45, 0.9)
        small = cv2.resize(page, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        page = cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC).astype(np.float32)
    elif rng.random() < 0.6:
        page = cv2.GaussianBlur(page, (0, 0), rng.uniform(0.3, 1.3)).astype(np.float32)
    noise = rng.uniform(0, 0.015) if is_scan else rng.uniform(0, 0.035)
    page = page * rng.uniform(0.9, 1.0) + rng.standard_normal(page.shape, np.float32) * np.float32(noise)
    picture = np.clip(page * 255, 0, 255).astype(np.uint8)
    if is_scan and rng.random() < PARAMETERS.binary:
        return np.where(picture > rng.uniform(110, 190), 255, 0).astype(np.uint8)
    if rng.random() < PARAMETERS.jpeg:
        quality = [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(20, 95))]
        decoded = cv2.imdecode(cv2.imencode(".jpg", picture, quality)[1], cv2.IMREAD_GRAYSCALE)
        assert decoded is not None  # noqa: S101 - it was encoded the line before
        picture = decoded.astype(np.uint8, copy=False)
    return picture
