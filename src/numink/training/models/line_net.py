"""The line network: line images to character logits at each frame (Graves et al. 2006; convolutions only).

It has no recurrent layer: those learn the texts of the training lines by heart.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn

from ...recognition.alphabet import BLANK, OUTPUTS
from ...results import DIGIT_COUNT
from .digit_net import ResidualBlock, conv_block

UNLIKELY_LOGIT = -4.0
"""Logit of a character that the network whose weights a training starts from did not know."""


IMPOSSIBLE_LOGIT = -30.0
"""Logit of a character that a network of digits does not know."""


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
    """Line images float32 (N, 1, 40, W) in 0..1 -> logits (N, T, OUTPUTS), one frame for every four columns.

    The outputs are the characters of the alphabet, CTC's blank, and the evidence that the line is upside down.
    """

    def __init__(self, width: int, context: Sequence[int] = (1, 2, 1)) -> None:
        """Make a network with random weights.

        Args:
            width: Channels of the middle stage.
            context: Dilations of the blocks along the line, in frames.
        """
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
            *(_ContextBlock(double, dilation) for dilation in context),
        )  # fmt: skip
        self.head = nn.Conv2d(double, OUTPUTS, 1)

    def forward(self, images: Tensor) -> Tensor:
        """See the class."""
        logits: Tensor = self.head(self.body(images))
        return logits[:, :, 0].transpose(1, 2)

    def start_from(self, weights: Mapping[str, Tensor], *, digits_only: bool = False) -> None:
        """Start from the weights of a network that may have fewer context blocks, or outputs for ten digits only.

        A block that it lacks begins as the identity, a character that it lacks as unlikely, or, where the network is to
        read `digits_only`, as impossible.
        """
        own = self.state_dict()
        for name, tensor in own.items():
            if name in weights and weights[name].shape == tensor.shape:
                tensor.copy_(weights[name])
            elif name.startswith("body.") and name.endswith("body.4.weight"):  # a new block's last normalization
                tensor.zero_()
        if len(weights["head.bias"]) != OUTPUTS:
            rows = torch.tensor([*range(DIGIT_COUNT), BLANK, BLANK + 1])
            own["head.weight"].mul_(0.0 if digits_only else 0.1)
            own["head.bias"].fill_(IMPOSSIBLE_LOGIT if digits_only else UNLIKELY_LOGIT)
            for name in ("head.weight", "head.bias"):
                own[name][rows] = weights[name].to(own[name])
        self.load_state_dict(own)


class LineEnsemble(nn.Module):
    """Several line networks over the same line images -> logits (N, M, T, OUTPUTS) of all M networks."""

    def __init__(self, networks: Sequence[nn.Module]) -> None:
        super().__init__()
        self.networks = nn.ModuleList(networks)

    def forward(self, images: Tensor) -> Tensor:
        """See the class."""
        return torch.stack([network(images) for network in self.networks], dim=1)
