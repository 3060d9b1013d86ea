"""Appearance augmentation: effects of scanners, cameras, light, paper and pens on a batch of glyphs.

Each effect maps glyphs float32 (N, 1, 28, 28) in 0..1 to the same shape, with random strength; none is a copy of a
corruption of a benchmark. All random numbers come from the given generator.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import partial

import torch
import torch.nn.functional as F
from torch import Generator, Tensor

from ...recognition.glyph import GLYPH_SIDE

Effect = Callable[[Tensor, Generator], Tensor]


def change_appearance(glyphs: Tensor, share: float, effects: Sequence[Effect], generator: Generator) -> Tensor:
    """Return `glyphs` with one random effect applied to each of a `share` of them."""
    kinds = torch.randint(len(effects), (len(glyphs),), generator=generator)
    kinds[torch.rand(len(glyphs), generator=generator) >= share] = -1
    out = glyphs.clone()
    for index, effect in enumerate(effects):
        chosen = (kinds == index).nonzero()[:, 0]
        if len(chosen):
            out[chosen] = effect(glyphs[chosen], generator).clamp_(0, 1)
    return out


def _between(low: float, high: float, generator: Generator) -> float:
    return low + (high - low) * float(torch.rand((), generator=generator))


def _each(count: int, low: float, high: float, generator: Generator) -> Tensor:
    """Return a random number for each glyph: (count, 1, 1, 1)."""
    return low + (high - low) * torch.rand(count, 1, 1, 1, generator=generator)


def _filtered(glyphs: Tensor, kernel: Tensor) -> Tensor:
    """Return `glyphs` convolved with `kernel` (k, k), normalized to a sum of 1."""
    return F.conv2d(glyphs, (kernel / kernel.sum())[None, None], padding=kernel.shape[-1] // 2)


def _offsets(reach: int) -> tuple[Tensor, Tensor]:
    """Return the rows and columns of a kernel of 2 `reach` + 1 pixels a side, relative to its centre."""
    line = torch.arange(-reach, reach + 1, dtype=torch.float32)
    return line[:, None].expand(-1, len(line)), line[None].expand(len(line), -1)


def _soft(glyphs: Tensor, generator: Generator, low: float = 0.5, high: float = 3.2) -> Tensor:
    """Gaussian blur of `low` to `high` pixels, with part of the lost contrast restored."""
    sigma = math.exp(_between(math.log(low), math.log(high), generator))
    rows, columns = _offsets(max(round(2.5 * sigma), 1))
    blurred = _filtered(glyphs, torch.exp(-(rows**2 + columns**2) / (2 * sigma**2)))
    return blurred * _each(len(glyphs), 1.0, 1.0 + min(sigma, 1.5), generator)


def _unfocused(glyphs: Tensor, generator: Generator, low: float = 1.0, high: float = 4.5) -> Tensor:
    """Defocus: each point becomes a disc with a radius of `low` to `high` pixels."""
    radius = _between(low, high, generator)
    rows, columns = _offsets(math.ceil(radius))
    disc = (radius + 0.5 - torch.sqrt(rows**2 + columns**2)).clamp(0, 1)
    return _filtered(glyphs, disc) * _each(len(glyphs), 1.0, 1.8, generator)


def _motion_blurred(glyphs: Tensor, generator: Generator, low: float = 2.0, high: float = 11.0) -> Tensor:
    """Motion blur over `low` to `high` pixels along a line, even or fading."""
    angle, length = _between(0, 2 * math.pi, generator), _between(low, high, generator)
    rows, columns = _offsets(math.ceil(length))
    along = columns * math.cos(angle) + rows * math.sin(angle)
    aside = (columns * math.sin(angle) - rows * math.cos(angle)).abs()
    fading = torch.exp(-along.clamp(0) / (length * _between(0.4, 4.0, generator)))
    kernel = (1.2 - aside).clamp(0, 1) * (along >= 0) * (along <= length) * fading
    return _filtered(glyphs, kernel) * _each(len(glyphs), 1.0, 2.0, generator)


def _scattered(glyphs: Tensor, generator: Generator, low: float = 0.4, high: float = 2.2) -> Tensor:
    """Pixels displaced by `low` to `high` pixels; smoothed again in half of the batches."""
    count, reach = len(glyphs), _between(low, high, generator)
    line = (torch.arange(GLYPH_SIDE, dtype=torch.float32) + 0.5) * 2 / GLYPH_SIDE - 1
    grid = torch.stack([line[None].expand(GLYPH_SIDE, -1), line[:, None].expand(-1, GLYPH_SIDE)], dim=-1)
    moved = grid + torch.randn(count, GLYPH_SIDE, GLYPH_SIDE, 2, generator=generator) * (reach * 2 / GLYPH_SIDE)
    out = F.grid_sample(glyphs, moved, mode="nearest", padding_mode="zeros", align_corners=False)
    if _between(0, 1, generator) < 0.5:
        rows, columns = _offsets(2)
        out = _filtered(out, torch.exp(-(rows**2 + columns**2) / 2)) * _between(1.0, 1.6, generator)
    return out


def _frosted(glyphs: Tensor, generator: Generator) -> Tensor:
    """Frosted glass: smoothed, strongly scattered, smoothed again."""
    return _soft(_scattered(_soft(glyphs, generator, 0.5, 1.3), generator, 1.0, 3.0), generator, 0.5, 1.3)


def _dusty(glyphs: Tensor, generator: Generator) -> Tensor:
    """Strongly scattered with high contrast: dust."""
    return (_scattered(glyphs, generator, 1.0, 3.2) - _between(0.0, 0.3, generator)) * _between(1.0, 4.0, generator)


def _coarse(glyphs: Tensor, generator: Generator) -> Tensor:
    """Low resolution, with visible squares or smoothed."""
    side = int(torch.randint(7, 17, (), generator=generator))
    small = F.adaptive_avg_pool2d(glyphs, side)
    if _between(0, 1, generator) < 0.5:
        return F.interpolate(small, size=(GLYPH_SIDE, GLYPH_SIDE), mode="nearest")
    return F.interpolate(small, size=(GLYPH_SIDE, GLYPH_SIDE), mode="bilinear", align_corners=False) * 1.2


def _hard(glyphs: Tensor, generator: Generator) -> Tensor:
    """Black and white at the same or a slightly lower resolution, as of a bitonal scanner."""
    side = int(torch.randint(16, 33, (), generator=generator))
    resized = F.interpolate(glyphs, size=(side, side), mode="bilinear", align_corners=False, antialias=True)
    bitonal = torch.sigmoid((resized - _each(len(glyphs), 0.25, 0.6, generator)) * 30)
    bitonal = bitonal * (resized > 0.02)
    return F.interpolate(bitonal, size=(GLYPH_SIDE, GLYPH_SIDE), mode="bilinear", align_corners=False, antialias=True)


def _faint(glyphs: Tensor, generator: Generator) -> Tensor:
    """A faint pen on paper that is not quite clean."""
    count = len(glyphs)
    return glyphs * _each(count, 0.15, 0.9, generator) + _each(count, 0.0, 0.12, generator)


def _smooth_field(count: int, points: int, generator: Generator) -> Tensor:
    """Return smooth random fields in 0..1 from `points` x `points` values: (count, 1, 28, 28)."""
    coarse = torch.rand(count, 1, points, points, generator=generator)
    return F.interpolate(coarse, size=(GLYPH_SIDE, GLYPH_SIDE), mode="bicubic", align_corners=True).clamp(0, 1)


def _veiled(glyphs: Tensor, generator: Generator) -> Tensor:
    """Fog or an uneven background: a smooth field added behind the glyph."""
    count = len(glyphs)
    field = _smooth_field(count, int(torch.randint(2, 8, (), generator=generator)), generator)
    depth = _each(count, 0.2, 0.75, generator)
    return glyphs * (1 - depth * _each(count, 0.3, 1.0, generator)) + field * depth


def _lifted(glyphs: Tensor, generator: Generator) -> Tensor:
    """Raised brightness: a grey background and a saturated foreground."""
    return glyphs + _each(len(glyphs), 0.1, 0.6, generator)


def _textured(glyphs: Tensor, generator: Generator) -> Tensor:
    """A textured background: noise of several sizes, isotropic or directed."""
    count = len(glyphs)
    grain = torch.rand(count, 1, GLYPH_SIDE, GLYPH_SIDE, generator=generator)
    points = int(torch.randint(6, 20, (), generator=generator))
    ground = 0.5 * _smooth_field(count, points, generator) + 0.5 * _motion_blurred(grain, generator)
    depth, level = _each(count, 0.15, 0.7, generator), _each(count, 0.0, 0.4, generator)
    return glyphs * (1 - depth * 0.5) + (ground - 0.5) * depth + level


def _streaked(glyphs: Tensor, generator: Generator) -> Tensor:
    """Bright streaks and flakes on top of the glyph."""
    flakes = (torch.rand(glyphs.shape, generator=generator) < _between(0.01, 0.08, generator)).float()
    return torch.maximum(glyphs, _motion_blurred(flakes, generator) * _between(1.5, 5.0, generator)) + _between(
        0.0, 0.15, generator
    )


def _stained(glyphs: Tensor, generator: Generator) -> Tensor:
    """Drops and smears, brighter or darker than the foreground."""
    count = len(glyphs)
    field = _smooth_field(count, int(torch.randint(6, 15, (), generator=generator)), generator)
    stains = torch.sigmoid((field - _each(count, 0.62, 0.85, generator)) * 25)
    return glyphs + (_each(count, 0.0, 0.8, generator) - glyphs) * stains


def _noisy(glyphs: Tensor, generator: Generator) -> Tensor:
    """Sensor noise."""
    noise = torch.randn(glyphs.shape, generator=generator)
    return glyphs + noise * _each(len(glyphs), 0.03, 0.3, generator)


def _peppered(glyphs: Tensor, generator: Generator) -> Tensor:
    """Salt-and-pepper noise."""
    lost = torch.rand(glyphs.shape, generator=generator) < _each(len(glyphs), 0.01, 0.15, generator)
    return torch.where(lost, (torch.rand(glyphs.shape, generator=generator) < 0.5).float(), glyphs)


EFFECTS: tuple[Effect, ...] = (
    _soft, _soft, _unfocused, _unfocused, _motion_blurred, _scattered, _scattered, _coarse, _hard, _hard, _hard,
    _faint, _veiled, _veiled, _lifted, _textured, _streaked, _stained, _noisy, _peppered,
)  # fmt: skip
"""Effects that pictures of a careful person have; an entry that is repeated is applied more often."""
SEVERE_EFFECTS: tuple[Effect, ...] = (
    partial(_soft, low=2.0, high=4.5), partial(_unfocused, low=3.0, high=7.0), partial(_unfocused, low=3.0, high=7.0),
    partial(_motion_blurred, low=6.0, high=18.0), partial(_motion_blurred, low=6.0, high=18.0),
    _frosted, _frosted, _frosted, _dusty, _dusty, _coarse, _hard, _hard,
)  # fmt: skip
"""Effects at which a person only just reads the digit, like EFFECTS.

Low resolution and hard edges are among them because coarse bitonal scans are read worst.
"""
