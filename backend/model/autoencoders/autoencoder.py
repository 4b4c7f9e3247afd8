# SPDX-License-Identifier: GPL-3.0-or-later
"""The paper's autoencoder in its plain form: normalised coordinates through convolutions, four frames per token."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from ....rigs.body.skeleton import JOINTS
from ..config import AutoencoderConfig
from ..graphs import Graphs
from ..streams import bones, motion
from .convolution import Decoder, Encoder
from .path_autoencoder import PathAutoencoder

COORDINATES = 3 * len(JOINTS)


class Autoencoder(nn.Module):
    """Metres in, latents, metres out; ``mean`` and ``std`` (66,) are those of the training data."""

    mean: Tensor
    std: Tensor

    def __init__(self, config: AutoencoderConfig) -> None:
        super().__init__()
        self.config = config
        self.graphs: Graphs | None = None  # where it runs on CUDA
        self.encoder = Encoder(COORDINATES, config.width, config.latent, config.dropout)
        self.decoder = Decoder(config.latent, config.width, COORDINATES, config.dropout)
        self.register_buffer("mean", torch.zeros(COORDINATES))
        self.register_buffer("std", torch.ones(COORDINATES))

    @property
    def latent(self) -> int:
        """Channels of a token."""
        return self.config.latent

    def encode(self, joints: Tensor) -> Tensor:
        """Joints (B, F, 66) in metres, F = 4 T and no padding -> latents (B, T, C)."""
        joint = (joints - self.mean) / self.std
        latents: Tensor = self.encoder(joint, bones(joint), motion(joint))
        return latents

    def decode(self, latents: Tensor) -> Tensor:
        """Latents (B, T, C) -> joints (B, 4 T, 66) in metres."""
        joints: Tensor = self.decoder(latents)
        return joints * self.std + self.mean


def build_autoencoder(config: AutoencoderConfig) -> Autoencoder | PathAutoencoder:
    """The form that the config names."""
    return PathAutoencoder(config) if config.path else Autoencoder(config)
