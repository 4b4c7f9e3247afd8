# SPDX-License-Identifier: GPL-3.0-or-later
"""The bundled size's autoencoder: absolute coordinates in and out, with a linear way beside the convolutions.

A convolution carries several metres of travel to a centimetre only with great effort, and most of a pose is
linear in it anyway. So both take a linear way, and the paper's network adds what is left:

* three latent channels are the token's mean pelvis (the path), drawn linearly between token centres;
* the others begin as the principal components of a token's four frames relative to that path, pelvis velocity
  included, so that travel can be told twice: by place and by speed. Network and components are trained together.

Mean joint error on held-out clips: 13 mm by the linear way alone, before any training, and 9 to 10 mm after 1700 steps;
the plain form of the same width was at 95 to 150 mm after 600 to 2000 (with latents of 128 channels against 64 here).

A component with deviation s metres is stored as s^(-1/2) times itself: full whitening would make the generator
spend as much on millimetres as on decimetres, none at all would drown the small ones in its noise.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from ....rigs.body.skeleton import JOINTS, TOKEN_FRAMES
from ..config import AutoencoderConfig
from ..graphs import Graphs
from ..streams import bones, motion
from .convolution import Decoder, Encoder

COORDINATES = 3 * len(JOINTS)
PATH = 3  # latent channels of the path
GROUND = (0, 2)  # those of it that say where on the ground it is
PATH_MEAN = (0.0, 0.92, 0.0)  # metres; the pelvis of a standing figure
PATH_SCALE = (0.45, 0.14, 1.05)  # metres per unit: two thirds of the deviations, for the path must be exact
VELOCITY_WEIGHT = 4.0  # pelvis velocity (m per frame) beside positions (m) in the linear way
RESIDUAL_FLOOR = 0.05  # metres; coordinates that hardly vary (the pelvis about its path) are not blown up


def upsampled_path(path: Tensor) -> Tensor:
    """Token means (B, T, 3) -> frames (B, 4 T, 3), linear between token centres and on beyond the outer ones."""
    tokens = path.shape[1]
    if tokens == 1:
        return path.repeat_interleave(TOKEN_FRAMES, dim=1)
    at = (torch.arange(TOKEN_FRAMES * tokens, device=path.device) - (TOKEN_FRAMES - 1) / 2) / TOKEN_FRAMES
    left = at.floor().clamp(0, tokens - 2).long()
    part = (at - left).unsqueeze(-1).to(path.dtype)
    return path[:, left] * (1 - part) + path[:, left + 1] * part


class PathAutoencoder(nn.Module):
    """Same interface as ``Autoencoder``: metres in, latents, metres out."""

    def __init__(self, config: AutoencoderConfig) -> None:
        super().__init__()
        own = config.latent - PATH
        frames = TOKEN_FRAMES * COORDINATES
        self.config = config
        self.graphs: Graphs | None = None  # where it runs on CUDA
        self.encoder = Encoder(COORDINATES, config.width, own, config.dropout)
        self.decoder = Decoder(config.latent, config.width, COORDINATES, config.dropout)
        self.linear_encoder = nn.Linear(frames + TOKEN_FRAMES * 3, own)
        self.linear_decoder = nn.Linear(own, frames)
        for end in (self.encoder.out, self.decoder.out):
            nn.init.zeros_(end.weight)
            assert end.bias is not None
            nn.init.zeros_(end.bias)
        self.mean: Tensor
        self.std: Tensor
        self.path_mean: Tensor
        self.path_scale: Tensor
        self.register_buffer("mean", torch.zeros(COORDINATES))  # of joints relative to the path, metres
        self.register_buffer("std", torch.ones(COORDINATES))
        self.register_buffer("path_mean", torch.tensor(PATH_MEAN))
        self.register_buffer("path_scale", torch.tensor(PATH_SCALE))

    @property
    def latent(self) -> int:
        """Channels of a token."""
        return self.config.latent

    def split(self, joints: Tensor) -> tuple[Tensor, Tensor]:
        """Joints (B, F, 66) -> path (B, T, 3) in metres and joints relative to the drawn path (B, F, 66)."""
        batch, frames, _ = joints.shape
        path = joints[..., :3].reshape(batch, frames // TOKEN_FRAMES, TOKEN_FRAMES, 3).mean(2)
        return path, joints - upsampled_path(path).repeat(1, 1, len(JOINTS))

    def patches(self, joints: Tensor, relative: Tensor) -> Tensor:
        """What the linear way reads: a token's four frames and its pelvis velocities, (B, T, 4 * 66 + 4 * 3)."""
        batch, frames, _ = joints.shape
        pelvis = joints[..., :3]
        velocity = functional.pad(pelvis[:, 1:] - pelvis[:, :-1], (0, 0, 1, 0))
        velocity = torch.cat([velocity[:, 1:2], velocity[:, 1:]], dim=1) if frames > 1 else velocity
        tokens = frames // TOKEN_FRAMES
        return torch.cat(
            [relative.reshape(batch, tokens, -1), VELOCITY_WEIGHT * velocity.reshape(batch, tokens, -1)], dim=-1
        )

    def encode(self, joints: Tensor) -> Tensor:
        """Joints (B, F, 66) in metres, F = 4 T -> latents (B, T, C)."""
        path, relative = self.split(joints)
        joint = (relative - self.mean) / self.std
        own = self.linear_encoder(self.patches(joints, relative))
        own = own + self.encoder(joint, bones(joint), motion(joint))
        return torch.cat([(path - self.path_mean) / self.path_scale, own], dim=-1)

    def decode(self, latents: Tensor) -> Tensor:
        """Latents (B, T, C) -> joints (B, 4 T, 66) in metres."""
        batch, tokens, _ = latents.shape
        path = latents[..., :PATH] * self.path_scale + self.path_mean
        relative = self.linear_decoder(latents[..., PATH:]).reshape(batch, tokens * TOKEN_FRAMES, COORDINATES)
        relative = relative + self.decoder(self.centred(latents)) * self.std
        return relative + upsampled_path(path).repeat(1, 1, len(JOINTS))

    def centred(self, latents: Tensor) -> Tensor:
        """What the convolutions read: of the path the height, and the step over the ground from the token before.

        Where on the ground a figure is has no bearing on its pose; how fast it goes and how high it is has.
        """
        ground = latents[..., 0:PATH:2]
        step = functional.pad(ground[:, 1:] - ground[:, :-1], (0, 0, 1, 0))
        return torch.cat([step, latents[..., 1:2], latents[..., PATH:]], dim=-1)

    @torch.no_grad()
    def fit_linear(self, relative: Tensor, patches: Tensor) -> None:
        """Set statistics and the linear way from data.

        Args:
            relative: (N, 66) joints relative to the path, metres.
            patches: (N', 4 * 66 + 4 * 3) rows of ``patches``.
        """
        self.mean.copy_(relative.mean(0))
        self.std.copy_(relative.std(0).clamp_min(RESIDUAL_FLOOR))
        own, patches = self.latent - PATH, patches.cpu()  # not every device has float64
        centre = patches.mean(0)
        spread = (patches - centre).double()
        covariance = spread.T @ spread / len(patches)
        values, vectors = torch.linalg.eigh(covariance)
        basis = vectors.flip(1)[:, :own].float()  # (inputs, own), largest variance first
        deviation = values.flip(0)[:own].clamp_min(1e-12).sqrt().float()
        # stored = c s^(-1/2) * coefficient; c makes the mean variance of the channels one
        scale = deviation.rsqrt() / deviation.mean().sqrt()
        self.linear_encoder.weight.copy_((basis * scale).T)
        self.linear_encoder.bias.copy_(-(centre @ basis) * scale)
        frames = TOKEN_FRAMES * COORDINATES
        self.linear_decoder.weight.copy_((basis / scale)[:frames])
        self.linear_decoder.bias.copy_(centre[:frames])
