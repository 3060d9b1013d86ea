"""Sheets as a camera or a scanner gives them: turned, in perspective, on a desk, with shadow, blur, noise and JPEG."""

from __future__ import annotations

import io
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from PIL import Image

from drawing import PAPER
from sheet import DrawnPaper

Floats = NDArray[np.float32]
SURFACES: dict[str, tuple[int, int, int]] = {"brown": (122, 84, 54), "black": (22, 22, 24), "light": (214, 206, 192)}
"""RGB of desks."""


@dataclass(frozen=True)
class Photo:
    """How a photo is taken; lengths in pixels of the sheet."""

    surface: str = "brown"
    """One of SURFACES, or 'paper': more of the same paper around it, as under a scanner's lid."""
    rim: tuple[float, float] = (40.0, 90.0)
    """Least and largest width of the desk at each side."""
    rotation: float = 0.0
    """Degrees by which the sheet is rotated clockwise."""
    perspective: float = 0.0
    """Largest shift of a corner, as a part of the longer side."""
    shadow: float = 0.0
    """Part of the light that the shadow of a hand takes away."""
    slope: float = 0.0
    """Part of the light that is missing at the dark side."""
    blur: float = 0.0
    """Standard deviation of the blur."""
    noise: float = 0.0
    """Standard deviation of the noise in grey values."""
    quality: int = 0
    """Quality of the JPEG file; 0 for none."""
    width: int = 0
    """Width of the picture; 0 for that which leaves the sheet's size unchanged."""


def take(paper: DrawnPaper, photo: Photo, rng: Generator) -> DrawnPaper:
    """Return a drawn sheet as the photo shows it: RGB, with the transform from the sheet to the photo."""
    matrix, (width, height) = _view(paper, photo, rng)
    sheet = np.repeat(paper.picture[:, :, None], 3, axis=2) if paper.picture.ndim == 2 else paper.picture
    size = (width, height)
    flat = cv2.warpPerspective(sheet, matrix, size, flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REPLICATE)
    mask = cv2.warpPerspective(np.full(sheet.shape[:2], 255, np.uint8), matrix, size)
    cover = mask[:, :, None].astype(np.float32) / 255
    out = _surface(photo.surface, width, height, rng) * (1 - cover) + flat.astype(np.float32) * cover
    out = out * _light(photo, width, height, rng)[:, :, None]
    if photo.blur:
        out = np.asarray(cv2.GaussianBlur(out, (0, 0), photo.blur))
    out = out + rng.normal(0, max(photo.noise, 0.5), (height, width, 1))
    picture = np.clip(out, 0, 255).astype(np.uint8)
    if photo.quality:
        file = io.BytesIO()
        Image.fromarray(picture).save(file, "JPEG", quality=photo.quality)
        picture = np.asarray(Image.open(file).convert("RGB"))
    return replace(paper, picture=picture, matrix=matrix @ paper.matrix)


def _view(paper: DrawnPaper, photo: Photo, rng: Generator) -> tuple[NDArray[np.float64], tuple[int, int]]:
    """Return the transform from the sheet to the photo, and the photo's width and height."""
    height, width = paper.picture.shape[:2]
    corners = np.array([(0, 0), (width, 0), (width, height), (0, height)], dtype=np.float64)
    angle = np.radians(photo.rotation)
    rotation = np.array([(np.cos(angle), np.sin(angle)), (-np.sin(angle), np.cos(angle))])
    shifts = rng.uniform(-1, 1, (4, 2)) * photo.perspective * max(width, height)
    seen = (corners - corners.mean(axis=0)) @ rotation + shifts
    left, top, right, bottom = rng.uniform(*photo.rim, 4)
    seen += np.array([left, top]) - seen.min(axis=0)
    extent = seen.max(axis=0) + np.array([right, bottom])
    scale = photo.width / extent[0] if photo.width else 1.0
    matrix = cv2.getPerspectiveTransform(corners.astype(np.float32), (seen * scale).astype(np.float32))
    columns, rows = np.ceil(extent * scale).astype(int)
    return np.asarray(matrix, dtype=np.float64), (photo.width or int(columns), int(rows))


def _surface(name: str, width: int, height: int, rng: Generator) -> Floats:
    """Return a desk, with a grain along its width where it is of wood: float32 (H, W, 3)."""
    if name == "paper":
        return np.full((height, width, 3), PAPER, np.float32)
    grain = rng.normal(0, 1, (max(height // 3, 2), max(width // 60, 2))).astype(np.float32)
    wide = cv2.resize(grain, (width, height), interpolation=cv2.INTER_CUBIC)[:, :, None]
    surface: Floats = np.array(SURFACES[name], np.float32) * (1 + (0.02 if name == "black" else 0.06) * wide)
    return surface


def _light(photo: Photo, width: int, height: int, rng: Generator) -> Floats:
    """Return the part of the light that reaches each pixel: falling to one side, less in the shadow of a hand."""
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float32)
    angle = rng.uniform(0, 2 * np.pi)
    across = (columns / width - 0.5) * np.cos(angle) + (rows / height - 0.5) * np.sin(angle)
    light = 1 - photo.slope * (across + 0.5)
    if photo.shadow:
        angle = rng.uniform(0, 2 * np.pi)
        edge = (columns - width * rng.uniform(0.3, 0.7)) * np.cos(angle)
        edge += (rows - height * rng.uniform(0.3, 0.7)) * np.sin(angle)
        light = light * (1 - photo.shadow / (1 + np.exp(-edge / (0.012 * width))))
    return np.asarray(light, dtype=np.float32)
