# SPDX-License-Identifier: GPL-3.0-or-later
"""Guidance by the recognizer: latents follow the gradient of how well their motion fits the text (paper, section 3)."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn.functional import cosine_similarity

from ...rigs.skeleton import TOKEN_FRAMES
from .autoencoder import Autoencoder
from .path_autoencoder import PathAutoencoder
from .recognizer import Features, Recognizer

FUSED_WEIGHT, STREAM_WEIGHT = 0.7, 0.1
BASE_STEP = 0.5


class Slope(NamedTuple):
    """Gradient (B, T, C) of the score (B,), and the motion (B, F, 66) in metres at which it was taken."""

    gradient: Tensor
    score: Tensor
    joints: Tensor


def text_score(features: Features, text: Tensor) -> Tensor:
    """0.7 cos(fused, text B) + 0.1 for each of the three streams: (B,) for text (B, feature)."""
    streams = (features.joint, features.bone, features.motion)
    total = FUSED_WEIGHT * cosine_similarity(features.fused, text)
    return total + STREAM_WEIGHT * sum((cosine_similarity(s, text) for s in streams), torch.zeros_like(total))


def slope(
    autoencoder: Autoencoder | PathAutoencoder,
    recognizer: Recognizer,
    latents: Tensor,
    text: Tensor,
    valid: Tensor | None = None,
) -> Slope:
    """Decode latents (B, T, C), recognise them and differentiate the score.

    Where ``valid`` (B, T) is False a token is padding: it is zeroed before decoding and hidden from the recognizer,
    as in the released code.
    """
    with torch.enable_grad():
        start = latents if valid is None else latents * valid[..., None]
        start = start.detach().requires_grad_()
        joints = autoencoder.decode(start)
        frames = None if valid is None else valid.repeat_interleave(TOKEN_FRAMES, dim=1)
        score = text_score(recognizer(joints, frames), text)
        (gradient,) = torch.autograd.grad(score.sum(), start)
    return Slope(gradient, score.detach(), joints.detach())


def climbed(latents: Tensor, gradient: Tensor, hidden: Tensor, strength: float) -> Tensor:
    """Latents moved by (0.5 + lambda) along the gradient, of unit length per sample, on hidden tokens (B, T)."""
    length = gradient.flatten(1).norm(dim=1).clamp(min=torch.finfo(gradient.dtype).tiny)[:, None, None]
    return latents + (BASE_STEP + strength) * gradient / length * hidden[..., None]
