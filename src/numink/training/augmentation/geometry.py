"""Augmentation of a batch of glyphs: affine and elastic distortion, pen width, erased patches, then appearance.

All random numbers come from the given generator, so that a training is reproducible.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Generator, Tensor

from ...recognition.glyph import GLYPH_SIDE
from ..recipes import Recipe
from .appearance import EFFECTS, SEVERE_EFFECTS, change_appearance


def augment(glyphs: Tensor, recipe: Recipe, generator: Generator) -> Tensor:
    """Return `glyphs` float32 (N, 1, 28, 28) in 0..1, each distorted, some with another appearance."""
    warped = F.grid_sample(
        glyphs,
        _sampling_grid(len(glyphs), recipe, generator),
        mode="bilinear",
        padding_mode="zeros",
        align_corners=False,
    )
    out = _erase(_change_pen_width(warped, generator), generator)
    out = change_appearance(out, recipe.appearance, EFFECTS, generator)
    if recipe.severe_appearance:
        out = change_appearance(out, recipe.severe_appearance, SEVERE_EFFECTS, generator)
    return out.clamp_(0, 1)


def _uniform(count: int, reach: float, generator: Generator) -> Tensor:
    return (torch.rand(count, generator=generator) * 2 - 1) * reach


def _sampling_grid(count: int, recipe: Recipe, generator: Generator) -> Tensor:
    """Return the sampling grid of an affine map and an elastic distortion: (N, 28, 28, 2) in -1..1."""
    angle = _uniform(count, math.radians(recipe.rotation), generator)
    shear = _uniform(count, recipe.shear, generator)
    scale_x = torch.exp(_uniform(count, recipe.scale, generator))
    scale_y = torch.exp(_uniform(count, recipe.scale, generator))
    cosine, sine = torch.cos(angle), torch.sin(angle)
    theta = torch.zeros(count, 2, 3)
    theta[:, 0, 0], theta[:, 0, 1] = cosine * scale_x, (shear - sine) * scale_x
    theta[:, 1, 0], theta[:, 1, 1] = sine * scale_y, cosine * scale_y
    theta[:, 0, 2] = _uniform(count, recipe.shift * 2 / GLYPH_SIDE, generator)
    theta[:, 1, 2] = _uniform(count, recipe.shift * 2 / GLYPH_SIDE, generator)
    grid = F.affine_grid(theta, [count, 1, GLYPH_SIDE, GLYPH_SIDE], align_corners=False)
    coarse = torch.randn(count, 2, 5, 5, generator=generator) * (recipe.elastic * 2 / GLYPH_SIDE / 2)
    strength = torch.rand(count, 1, 1, 1, generator=generator)
    field = F.interpolate(coarse * strength, size=(GLYPH_SIDE, GLYPH_SIDE), mode="bicubic", align_corners=True)
    return grid + field.permute(0, 2, 3, 1)


def _change_pen_width(glyphs: Tensor, generator: Generator) -> Tensor:
    """Return a third of the glyphs with a thicker pen and a sixth with a thinner one, by a fraction of a pixel."""
    thick = F.max_pool2d(glyphs, 3, 1, 1)
    thin = -F.max_pool2d(-glyphs, 3, 1, 1)
    choice = torch.rand(len(glyphs), 1, 1, 1, generator=generator)
    part = torch.rand(len(glyphs), 1, 1, 1, generator=generator)
    glyphs = torch.where(choice < 1 / 3, glyphs + (thick - glyphs) * part, glyphs)
    return torch.where(choice > 5 / 6, glyphs + (thin - glyphs) * part * 0.6, glyphs)


def _erase(glyphs: Tensor, generator: Generator) -> Tensor:
    """Return a tenth of the glyphs with a patch of up to 4x4 pixels erased, as by a dry pen or a speck."""
    count = len(glyphs)
    top = torch.randint(4, 22, (count, 1, 1, 1), generator=generator)
    left = torch.randint(4, 22, (count, 1, 1, 1), generator=generator)
    side = torch.randint(1, 5, (count, 1, 1, 1), generator=generator)
    side = side * (torch.rand(count, 1, 1, 1, generator=generator) < 0.1)
    line = torch.arange(GLYPH_SIDE)
    rows, columns = line.view(1, 1, GLYPH_SIDE, 1), line.view(1, 1, 1, GLYPH_SIDE)
    inside = (rows >= top) & (rows < top + side) & (columns >= left) & (columns < left + side)
    return glyphs.masked_fill(inside, 0.0)
