"""The digit network: a small residual network for glyphs of 28x28 pixels, with outputs for ten digits and no digit."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

OUTPUTS = 11
"""Outputs of the digit network: 0..9 and 'not one digit'."""


def conv_block(inputs: int, outputs: int, kernel: int, stride: int | tuple[int, int]) -> nn.Sequential:
    """Return a convolution with batch normalization and ReLU."""
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, bias=False), nn.BatchNorm2d(outputs), nn.ReLU()
    )


class ResidualBlock(nn.Module):
    """Two 3x3 convolutions with a shortcut (He et al. 2016)."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.body = nn.Sequential(
            conv_block(channels, channels, 3, 1),
            nn.Conv2d(channels, channels, 3, 1, 1, bias=False),
            nn.BatchNorm2d(channels),
        )

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, H, W) -> (N, C, H, W)."""
        return torch.relu(x + self.body(x))


class DigitNet(nn.Module):
    """Glyphs float32 (N, 1, 28, 28) in 0..1 -> logits (N, 11).

    >>> sum(weight.numel() for weight in DigitNet(64).parameters())
    613355
    """

    def __init__(self, width: int, *, early_stride: bool = False) -> None:
        """`early_stride` halves the resolution in the first layer: a quarter of the work for all later layers."""
        super().__init__()
        half, double = width // 2, width * 2
        self.body = nn.Sequential(
            conv_block(1, half, 5, 2 if early_stride else 1),  # (N, half, 28, 28)
            conv_block(half, width, 3, 2),  # (N, width, 14, 14)
            ResidualBlock(width),
            conv_block(width, double, 3, 2),  # (N, double, 7, 7)
            ResidualBlock(double),
            conv_block(double, double, 3, 1),
        )
        self.head = nn.Linear(2 * double, OUTPUTS)

    def forward(self, glyphs: Tensor) -> Tensor:
        """Return logits from the mean and the maximum of each feature: its amount and its presence."""
        x = self.body(glyphs)
        logits: Tensor = self.head(torch.cat([x.mean(dim=(2, 3)), x.amax(dim=(2, 3))], dim=1))
        return logits


def predict_logits(network: nn.Module, glyphs: NDArray[np.uint8], batch: int = 500) -> NDArray[np.float32]:
    """Return the logits float32 (N, 11) of `network` for glyphs uint8 (N, 28, 28)."""
    network.eval()
    device = next(network.parameters()).device
    batches = (to_input(glyphs[start : start + batch]) for start in range(0, len(glyphs), batch))
    with torch.inference_mode():
        return np.concatenate([network(images.to(device)).cpu().numpy() for images in batches])


def to_input(glyphs: NDArray[np.uint8]) -> Tensor:
    """Return glyphs uint8 (N, 28, 28) as the network's input, float32 (N, 1, 28, 28) in 0..1."""
    return torch.from_numpy(np.ascontiguousarray(glyphs))[:, None].float().div_(255)
