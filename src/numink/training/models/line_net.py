"""The line network: strips of ink to what stands where along them (Graves et al. 2006; convolutions only)."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from .digit_net import CLASSES, Residual, step


class _Along(nn.Module):
    """A residual step along the line: what stands beside a place is seen with it."""

    def __init__(self, channels: int, dilation: int) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(channels, channels, (1, 5), padding=(0, 2 * dilation), dilation=(1, dilation), bias=False),
            nn.BatchNorm2d(channels), nn.ReLU(),
            nn.Conv2d(channels, channels, 1, bias=False), nn.BatchNorm2d(channels),
        )  # fmt: skip

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, 1, T) -> (N, C, 1, T)."""
        return torch.relu(x + self.body(x))


class LineNet(nn.Module):
    """Strips float32 (N, 1, 40, W) in 0..1 -> logits (N, T, 12): ten digits, nothing (CTC's blank) and, last, how much
    speaks for the strip's standing on its head, at a place for every `speller.STEP` columns."""

    def __init__(self, width: int) -> None:
        """`width`: channels of the middle stage."""
        super().__init__()
        half, double = width // 2, width * 2
        self.body = nn.Sequential(
            step(1, half, 5, 2),  # (N, half, 20, W / 2)
            step(half, width, 3, (2, 1)),  # (N, width, 10, W / 2)
            Residual(width),
            step(width, double, 3, 2),  # (N, double, 5, W / 4)
            Residual(double),
            Residual(double),
            nn.Conv2d(double, double, (5, 1), bias=False), nn.BatchNorm2d(double), nn.ReLU(),
            _Along(double, 1), _Along(double, 2), _Along(double, 1),
        )  # fmt: skip
        self.head = nn.Conv2d(double, CLASSES + 1, 1)

    def forward(self, strips: Tensor) -> Tensor:
        """See the class."""
        answer: Tensor = self.head(self.body(strips))
        return answer[:, :, 0].transpose(1, 2)


class Together(nn.Module):
    """Several networks that see the same strips -> logits (N, M, T, 12), one of the M after the other."""

    def __init__(self, networks: Sequence[nn.Module]) -> None:
        super().__init__()
        self.networks = nn.ModuleList(networks)

    def forward(self, strips: Tensor) -> Tensor:
        """See the class."""
        return torch.stack([network(strips) for network in self.networks], dim=1)
