# SPDX-License-Identifier: GPL-3.0-or-later
"""The convolutions that both autoencoders are made of (model_spec: Autoencoder).

Sequences are (B, C, F) inside; four frames meet in one latent token.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

DILATIONS = (9, 3, 1)


class ResidualBlock(nn.Module):
    """ReLU, dilated Conv k3, ReLU, Conv k1, dropout, add."""

    def __init__(self, width: int, dilation: int, dropout: float) -> None:
        super().__init__()
        self.conv1 = nn.Conv1d(width, width, 3, padding=dilation, dilation=dilation)
        self.conv2 = nn.Conv1d(width, width, 1)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Tensor) -> Tensor:
        """(B, width, F) -> the same shape."""
        return x + self.dropout(self.conv2(functional.relu(self.conv1(functional.relu(x)))))


def residual_stack(width: int, dropout: float) -> nn.Sequential:
    """Three residual blocks with dilations 9, 3, 1 in that order."""
    return nn.Sequential(*(ResidualBlock(width, dilation, dropout) for dilation in DILATIONS))


class Encoder(nn.Module):
    """Three streams -> one conv each, averaged -> two halvings -> latents."""

    def __init__(self, channels: int, width: int, latent: int, dropout: float) -> None:
        super().__init__()
        self.joint = nn.Conv1d(channels, width, 3, padding=1)
        self.bone = nn.Conv1d(channels, width, 3, padding=1)
        self.motion = nn.Conv1d(channels, width, 3, padding=1)
        self.down = nn.Sequential(
            *(
                nn.Sequential(nn.Conv1d(width, width, 4, stride=2, padding=1), residual_stack(width, dropout))
                for _ in range(2)
            )
        )
        self.out = nn.Conv1d(width, latent, 3, padding=1)

    def forward(self, joint: Tensor, bone: Tensor, motion: Tensor) -> Tensor:
        """Streams (B, F, C) -> latents (B, F / 4, latent)."""
        streams = (self.joint(joint.mT), self.bone(bone.mT), self.motion(motion.mT))
        hidden = functional.relu(torch.stack(streams).mean(0))
        latents: Tensor = self.out(self.down(hidden))
        return latents.mT


class Decoder(nn.Module):
    """Latents -> two doublings -> coordinates."""

    def __init__(self, latent: int, width: int, channels: int, dropout: float) -> None:
        super().__init__()
        self.first = nn.Conv1d(latent, width, 3, padding=1)
        self.up = nn.Sequential(
            *(
                nn.Sequential(
                    residual_stack(width, dropout),
                    nn.Upsample(scale_factor=2, mode="nearest"),
                    nn.Conv1d(width, width, 3, padding=1),
                )
                for _ in range(2)
            )
        )
        self.last = nn.Conv1d(width, width, 3, padding=1)
        self.out = nn.Conv1d(width, channels, 3, padding=1)

    def forward(self, latents: Tensor) -> Tensor:
        """(B, T, latent) -> (B, 4 T, channels)."""
        hidden = self.up(functional.relu(self.first(latents.mT)))
        coordinates: Tensor = self.out(functional.relu(self.last(hidden)))
        return coordinates.mT
