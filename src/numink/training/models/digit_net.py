"""The network: a small residual one for 28x28 glyphs, ten digits and 'not one digit'."""

from __future__ import annotations

import torch
from torch import Tensor, nn

CLASSES = 11


def step(inputs: int, outputs: int, kernel: int, stride: int | tuple[int, int]) -> nn.Sequential:
    """A convolution, normalised, and what is positive of it."""
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, bias=False), nn.BatchNorm2d(outputs), nn.ReLU()
    )


class Residual(nn.Module):
    """Two 3x3 convolutions around which the input is carried (He et al. 2016)."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.body = nn.Sequential(
            step(channels, channels, 3, 1),
            nn.Conv2d(channels, channels, 3, 1, 1, bias=False),
            nn.BatchNorm2d(channels),
        )

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, H, W) -> (N, C, H, W)."""
        return torch.relu(x + self.body(x))


class DigitNet(nn.Module):
    """Glyphs float32 (N, 1, 28, 28) in 0..1 -> logits (N, 11).

    >>> sum(weight.numel() for weight in DigitNet(64).parameters())
    615307
    """

    def __init__(self, width: int, *, early: bool = False) -> None:
        """`early` halves the picture in the first layer, so that all that follows has a quarter of the places."""
        super().__init__()
        half, double = width // 2, width * 2
        self.body = nn.Sequential(
            step(1, half, 5, 2 if early else 1),  # (N, half, 28, 28)
            step(half, width, 3, 2),  # (N, width, 14, 14)
            Residual(width),
            step(width, double, 3, 2),  # (N, double, 7, 7)
            Residual(double),
            step(double, double, 3, 1),
        )
        self.head = nn.Linear(2 * double, CLASSES)

    def forward(self, glyphs: Tensor) -> Tensor:
        """Mean and maximum over the places feed the answer: how much of a feature, and whether it is there."""
        x = self.body(glyphs)
        answer: Tensor = self.head(torch.cat([x.mean(dim=(2, 3)), x.amax(dim=(2, 3))], dim=1))
        return answer
