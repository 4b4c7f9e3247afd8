# SPDX-License-Identifier: GPL-3.0-or-later
"""Training the autoencoder (model_spec: Autoencoder; the losses in metres are ours)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import l1_loss, smooth_l1_loss

from ...model.autoencoders.autoencoder import Autoencoder
from ...model.autoencoders.path_autoencoder import PathAutoencoder
from ...model.streams import bones, motion
from ...training.data import Clip
from ...training.loop import Draw
from .windows import RandomWindows


@dataclass(frozen=True)
class AutoencoderLosses:
    """Weights of the terms. The spec's three are on normalised coordinates, the others in metres.

    A deviation of an absolute coordinate is up to 1.6 m, so that a small normalised error is 10 cm on a wrist:
    the terms in metres hold the pose, the velocity term keeps hands and planted feet from trembling.
    """

    streams: float = 1.0
    joints: float = 2.0
    velocity: float = 10.0
    # All but this share of the batch is decoded from latents with noise of up to this deviation: the generator's
    # latents are never exact, and a decoder that has met noise draws a smooth motion through them.
    clean: float = 0.5
    latent_noise: float = 0.25


OWN_LOSSES = AutoencoderLosses()
PAPER_LOSSES = AutoencoderLosses(joints=0.0, velocity=0.0, latent_noise=0.0)


def fit_statistics(
    model: Autoencoder | PathAutoencoder, windows: RandomWindows, rng: np.random.Generator, count: int = 3000
) -> None:
    """Set the model's mean and deviation, and its linear way where it has one, from random windows."""
    joints = torch.from_numpy(windows.draw(rng, count)).flatten(2)
    if isinstance(model, Autoencoder):
        model.mean.copy_(joints.flatten(0, 1).mean(0))
        model.std.copy_(joints.flatten(0, 1).std(0))
        return
    relative, patches = [], []
    for part in torch.split(joints, 500):
        rest = model.split(part)[1]
        relative.append(rest.flatten(0, 1))
        patches.append(model.patches(part, rest).flatten(0, 1))
    model.fit_linear(torch.cat(relative), torch.cat(patches))


def stream_loss(joints: Tensor, target: Tensor) -> Tensor:
    """SmoothL1 on joint, bone and motion streams of normalised coordinates (B, F, 66); motion without frame 0."""
    return (
        smooth_l1_loss(joints, target)
        + smooth_l1_loss(bones(joints), bones(target))
        + smooth_l1_loss(motion(joints)[:, 1:], motion(target)[:, 1:])
    )


def autoencoder_loss(
    model: Autoencoder | PathAutoencoder, windows: RandomWindows, batch: int, weights: AutoencoderLosses
) -> Callable[[Draw], Mapping[str, Tensor]]:
    """The loss of a random batch, for ``loop.train``."""
    device = next(model.parameters()).device

    def loss_of(draw: Draw) -> Mapping[str, Tensor]:
        joints = torch.from_numpy(windows.draw(draw.numpy, batch)).flatten(2).to(device)  # (B, F, 66)
        latents = model.encode(joints)
        level = torch.rand(batch, 1, 1, generator=draw.torch) * weights.latent_noise
        level[: round(batch * weights.clean)] = 0
        noise = torch.randn(latents.shape, generator=draw.torch) * level
        decoded = model.decode(latents + noise.to(device)).float()
        streams = stream_loss((decoded - model.mean) / model.std, (joints - model.mean) / model.std)
        pelvis, target_pelvis = (x[..., :3].repeat(1, 1, x.shape[-1] // 3) for x in (decoded, joints))
        in_metres = l1_loss(decoded, joints) + l1_loss(decoded - pelvis, joints - target_pelvis)
        velocity = l1_loss(torch.diff(decoded, dim=1), torch.diff(joints, dim=1))
        # keeps the convolutional part of the latents in the range that the linear way has set
        size = latents.pow(2).mean()
        loss = weights.streams * streams + weights.joints * in_metres + weights.velocity * velocity + 1e-3 * size
        return {
            "loss": loss,
            "streams": streams.detach(),
            "metres": in_metres.detach(),
            "velocity": velocity.detach(),
            "latent_size": size.detach(),
        }

    return loss_of


@torch.no_grad()
def reconstruction_error(model: Autoencoder | PathAutoencoder, clips: Sequence[Clip]) -> dict[str, float]:
    """Mean joint error of encode and decode over clips, in millimetres: global and relative to the pelvis."""
    device = next(model.parameters()).device
    absolute, relative = [], []
    for clip in clips:
        joints = torch.from_numpy(clip.joints).flatten(1)[None].to(device)
        error = (model.decode(model.encode(joints)) - joints).reshape(len(clip.joints), -1, 3)
        absolute.append(float(error.norm(dim=-1).mean()))
        relative.append(float((error - error[:, :1]).norm(dim=-1).mean()))
    return {"global_mm": 1000 * float(np.mean(absolute)), "relative_mm": 1000 * float(np.mean(relative))}
