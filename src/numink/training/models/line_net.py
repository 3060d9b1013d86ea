"""The line network: line images to character logits at each frame (Graves et al. 2006; convolutions only)."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from .digit_net import OUTPUTS, ResidualBlock, conv_block


class _ContextBlock(nn.Module):
    """A residual block along the line: each frame sees its neighbours."""

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
    """Line images float32 (N, 1, 40, W) in 0..1 -> logits (N, T, 12), one frame for every four columns.

    The outputs are the ten digits, CTC's blank, and the evidence that the line is upside down.
    """

    def __init__(self, width: int) -> None:
        """`width` is the number of channels of the middle stage."""
        super().__init__()
        half, double = width // 2, width * 2
        self.body = nn.Sequential(
            conv_block(1, half, 5, 2),  # (N, half, 20, W / 2)
            conv_block(half, width, 3, (2, 1)),  # (N, width, 10, W / 2)
            ResidualBlock(width),
            conv_block(width, double, 3, 2),  # (N, double, 5, W / 4)
            ResidualBlock(double),
            ResidualBlock(double),
            nn.Conv2d(double, double, (5, 1), bias=False), nn.BatchNorm2d(double), nn.ReLU(),
            _ContextBlock(double, 1), _ContextBlock(double, 2), _ContextBlock(double, 1),
        )  # fmt: skip
        self.head = nn.Conv2d(double, OUTPUTS + 1, 1)

    def forward(self, images: Tensor) -> Tensor:
        """See the class."""
        logits: Tensor = self.head(self.body(images))
        return logits[:, :, 0].transpose(1, 2)


class LineEnsemble(nn.Module):
    """Several line networks over the same line images -> logits (N, M, T, 12) of all M networks."""

    def __init__(self, networks: Sequence[nn.Module]) -> None:
        super().__init__()
        self.networks = nn.ModuleList(networks)

    def forward(self, images: Tensor) -> Tensor:
        """See the class."""
        return torch.stack([network(images) for network in self.networks], dim=1)
