"""The page network: the contrast of a page to a class of each cell; an encoder and a decoder (Ronneberger et al. 2015).

Nearly all of its work is done at a quarter of the resolution and below. The last layer answers for the cells of a
2 x 2 block at once (Shi et al. 2016), so that no layer has the resolution of its output.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn.functional import interpolate

from ...imaging.page_segmentation import CLASS_NAMES
from .digit_net import ResidualBlock, conv_block


class PageNet(nn.Module):
    """Contrast float32 (N, 1, H, W) in 0..1, H and W multiples of 32 -> logits (N, 4, H / 2, W / 2).

    >>> sum(weight.numel() for weight in PageNet(24).parameters())
    293456
    """

    def __init__(self, width: int) -> None:
        """Make a network with random weights; `width` is the number of channels at a quarter of the resolution."""
        super().__init__()
        half, middle, deep = width * 2 // 3, width * 5 // 3, width * 8 // 3
        self.stem = conv_block(1, half, 5, 2)  # (N, half, H / 2, W / 2)
        self.quarter = conv_block(half, width, 3, 2)
        self.eighth = nn.Sequential(conv_block(width, middle, 3, 2), ResidualBlock(middle))
        self.sixteenth = nn.Sequential(conv_block(middle, deep, 3, 2), ResidualBlock(deep))
        self.bottom = nn.Sequential(conv_block(deep, deep, 3, 2), ResidualBlock(deep))  # (N, deep, H / 32, W / 32)
        self.to_sixteenth = _Merge(deep, deep, middle)
        self.to_eighth = _Merge(middle, middle, width)
        self.to_quarter = _Merge(width, width, width)
        self.head = nn.Sequential(nn.Conv2d(width, 4 * len(CLASS_NAMES), 1), nn.PixelShuffle(2))

    def forward(self, contrast: Tensor) -> Tensor:
        """See the class."""
        quarter = self.quarter(self.stem(contrast))
        eighth = self.eighth(quarter)
        sixteenth = self.sixteenth(eighth)
        x = self.to_sixteenth(self.bottom(sixteenth), sixteenth)
        x = self.to_quarter(self.to_eighth(x, eighth), quarter)
        logits: Tensor = self.head(x)
        return logits


class _Merge(nn.Module):
    """Features of a coarser layer, enlarged, and those of a finer one, summed and joined by a convolution."""

    def __init__(self, coarse: int, fine: int, outputs: int) -> None:
        super().__init__()
        self.match = nn.Conv2d(coarse, fine, 1, bias=False)
        self.join = conv_block(fine, outputs, 3, 1)

    def forward(self, coarse: Tensor, fine: Tensor) -> Tensor:
        """(N, coarse, H, W) and (N, fine, 2H, 2W) -> (N, outputs, 2H, 2W)."""
        enlarged = interpolate(self.match(coarse), scale_factor=2.0, mode="nearest")
        joined: Tensor = self.join(torch.relu(enlarged + fine))
        return joined
