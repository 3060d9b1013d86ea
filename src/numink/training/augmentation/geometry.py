"""Batches of glyphs made different: turned, sheared, stretched, bent, thinned, thickened, cut into; and their looks.

Works on whole batches in torch; every random number comes from the generator handed in, so that a run repeats.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Generator, Tensor

from ..recipes import Recipe
from .appearance import HARSH, LOOKS, change_looks

SIDE = 28


def augment(glyphs: Tensor, recipe: Recipe, generator: Generator) -> Tensor:
    """`glyphs` float32 (N, 1, 28, 28) in 0..1 -> the same shape, each in another shape and look."""
    warped = F.grid_sample(
        glyphs, _grid(len(glyphs), recipe, generator), mode="bilinear", padding_mode="zeros", align_corners=False
    )
    seen = change_looks(_erase(_pen(warped, generator), generator), recipe.looks, LOOKS, generator)
    if recipe.harsh:
        seen = change_looks(seen, recipe.harsh, HARSH, generator)
    return seen.clamp_(0, 1)


def _uniform(count: int, reach: float, generator: Generator) -> Tensor:
    return (torch.rand(count, generator=generator) * 2 - 1) * reach


def _grid(count: int, recipe: Recipe, generator: Generator) -> Tensor:
    """Where each pixel comes from: an affine map and a smooth field, (N, 28, 28, 2) in -1..1."""
    turn = _uniform(count, math.radians(recipe.rotation), generator)
    shear = _uniform(count, recipe.shear, generator)
    across = torch.exp(_uniform(count, recipe.scale, generator))
    along = torch.exp(_uniform(count, recipe.scale, generator))
    cosine, sine = torch.cos(turn), torch.sin(turn)
    theta = torch.zeros(count, 2, 3)
    theta[:, 0, 0], theta[:, 0, 1] = cosine * across, (shear - sine) * across
    theta[:, 1, 0], theta[:, 1, 1] = sine * along, cosine * along
    theta[:, 0, 2] = _uniform(count, recipe.shift * 2 / SIDE, generator)
    theta[:, 1, 2] = _uniform(count, recipe.shift * 2 / SIDE, generator)
    grid = F.affine_grid(theta, [count, 1, SIDE, SIDE], align_corners=False)
    coarse = torch.randn(count, 2, 5, 5, generator=generator) * (recipe.elastic * 2 / SIDE / 2)
    strength = torch.rand(count, 1, 1, 1, generator=generator)
    field = F.interpolate(coarse * strength, size=(SIDE, SIDE), mode="bicubic", align_corners=True)
    return grid + field.permute(0, 2, 3, 1)


def _pen(glyphs: Tensor, generator: Generator) -> Tensor:
    """A third of the glyphs with a thicker pen, a sixth with a thinner one, by part of a pixel."""
    thick = F.max_pool2d(glyphs, 3, 1, 1)
    thin = -F.max_pool2d(-glyphs, 3, 1, 1)
    choice = torch.rand(len(glyphs), 1, 1, 1, generator=generator)
    part = torch.rand(len(glyphs), 1, 1, 1, generator=generator)
    glyphs = torch.where(choice < 1 / 3, glyphs + (thick - glyphs) * part, glyphs)
    return torch.where(choice > 5 / 6, glyphs + (thin - glyphs) * part * 0.6, glyphs)


def _erase(glyphs: Tensor, generator: Generator) -> Tensor:
    """A tenth of the glyphs with a patch of up to 4x4 pixels wiped out, as a dry pen or a speck does."""
    count = len(glyphs)
    top = torch.randint(4, 22, (count, 1, 1, 1), generator=generator)
    left = torch.randint(4, 22, (count, 1, 1, 1), generator=generator)
    side = torch.randint(1, 5, (count, 1, 1, 1), generator=generator)
    side = side * (torch.rand(count, 1, 1, 1, generator=generator) < 0.1)
    line = torch.arange(SIDE)
    rows, columns = line.view(1, 1, SIDE, 1), line.view(1, 1, 1, SIDE)
    inside = (rows >= top) & (rows < top + side) & (columns >= left) & (columns < left + side)
    return glyphs.masked_fill(inside, 0.0)
