"""Whether a glyph is clean enough for a mate that knows clean digits only: told from what feeds the student's answer.

A logistic regression on the student's features, so that asking it costs nothing beside the student itself.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .augment import augment
from .material import Material
from .network import DigitNet
from .recipe import Recipe
from .styles import styled

EACH = 10_000
"""Clean digits that the gate learns from, and as many that are seen badly."""
RARE = 0.3
"""Digits in rare styles, which a mate has not seen either, for each of the clean ones."""
DECAY = 1e-3
BATCH = 500


def fit_gate(student: DigitNet, mate: Recipe, material: Material) -> nn.Linear:
    """What is above 0 for the features (N, F) of glyphs like those that `mate` was trained on."""
    glyphs, _ = material.epoch(replace(mate, negatives=0, disturbed=0.0), 0)
    chosen, generator = glyphs[:EACH], torch.Generator().manual_seed(mate.seed)
    rare, _ = styled(round(RARE * len(chosen)), np.random.default_rng((mate.seed, 0)))
    clean = replace(mate, looks=0.0, harsh=0.0)
    features = [
        _features(student, shown, look, generator)
        for shown, look in (
            (chosen, clean), (chosen[::2], replace(clean, looks=1.0)), (chosen[1::2], replace(clean, harsh=1.0)),
            (rare, clean),
        )
    ]  # fmt: skip
    together = torch.cat(features)
    return _regression(together, torch.arange(len(together)) < len(features[0]))


def _features(student: DigitNet, glyphs: np.ndarray, recipe: Recipe, generator: torch.Generator) -> Tensor:
    """Of `glyphs` uint8 (N, 28, 28) in the shapes and looks of `recipe`, float32 (N, F)."""
    parts = [torch.from_numpy(glyphs[at : at + BATCH])[:, None] for at in range(0, len(glyphs), BATCH)]
    with torch.inference_mode():
        said = [student.features(augment(part.float() / 255, recipe, generator)) for part in parts]
    return torch.cat(said)  # outside, since what is made in there cannot be learned from


def _regression(features: Tensor, clean: Tensor) -> nn.Linear:
    """Logistic, by L-BFGS on normalised features; the normalisation is folded into the answer."""
    mean, spread = features.mean(0), features.std(0) + 1e-3
    gate = nn.Linear(features.shape[1], 1)
    nn.init.zeros_(gate.weight)
    optimizer = torch.optim.LBFGS(gate.parameters(), max_iter=200, line_search_fn="strong_wolfe")
    normalised, truth = (features - mean) / spread, clean.float()

    def loss() -> Tensor:
        optimizer.zero_grad()
        value = F.binary_cross_entropy_with_logits(gate(normalised)[:, 0], truth) + DECAY * gate.weight.square().sum()
        value.backward()  # type: ignore[no-untyped-call]
        return value

    optimizer.step(loss)  # type: ignore[no-untyped-call]
    with torch.no_grad():
        gate.weight.div_(spread)
        gate.bias.sub_((gate.weight @ mean).sum())
    return gate.requires_grad_(False)
