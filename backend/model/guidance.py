# SPDX-License-Identifier: GPL-3.0-or-later
"""Guidance by the recognizer: latents follow the gradient of how well their motion fits the text (paper, section 3)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn.functional import cosine_similarity

from ...rigs.body.skeleton import INDEX, JOINTS, TOKEN_FRAMES
from .autoencoders.autoencoder import Autoencoder
from .autoencoders.path_autoencoder import PathAutoencoder
from .recognizer import Features, Recognizer

FUSED_WEIGHT, STREAM_WEIGHT = 0.7, 0.1
BASE_STEP = 0.5


class Slope(NamedTuple):
    """Gradient (B, T, C) of the score (B,), and the motion (B, F, 66) in metres at which it was taken."""

    gradient: Tensor
    score: Tensor
    joints: Tensor


class Passage(NamedTuple):
    """Frames ``start`` to ``end`` of a motion, and the text feature (B, feature) that they are meant to fit."""

    start: int
    end: int
    text: Tensor


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
    passages: Sequence[Passage] = (),
) -> Slope:
    """Decode latents (B, T, C), recognise them and differentiate the score.

    Where ``valid`` (B, T) is False a token is padding: it is zeroed before decoding and hidden from the recognizer,
    as in the released code. With ``passages`` the score is their sum, each read as a clip of its own.
    """
    with torch.enable_grad():
        start = latents if valid is None else latents * valid[..., None]
        start = start.detach().requires_grad_()
        joints = autoencoder.decode(start)
        frames = None if valid is None else valid.repeat_interleave(TOKEN_FRAMES, dim=1)
        if passages:
            read = [text_score(recognizer(at_origin(joints[:, p.start : p.end])), p.text) for p in passages]
            score = torch.stack(read).sum(dim=0)
        else:
            score = text_score(recognizer(joints, frames), text)
        (gradient,) = torch.autograd.grad(score.sum(), start)
    return Slope(gradient, score.detach(), joints.detach())


def at_origin(joints: Tensor) -> Tensor:
    """As ``rigs.body.canonical.at_origin`` for joints (B, F, 66): at the origin, facing +Z; the turn is constant."""
    rows = joints.reshape(*joints.shape[:2], len(JOINTS), 3)
    first = rows[:, 0].detach()
    left, right = ([INDEX[f"{side}_{part}"] for part in ("hip", "shoulder")] for side in ("left", "right"))
    across = (first[:, left] - first[:, right]).sum(dim=1)  # (B, 3)
    # facing is atan2(-z, x) of the way across; turning back by it has cosine x / r and sine z / r
    c, s = (across[:, [0, 2]] / across[:, [0, 2]].norm(dim=-1, keepdim=True).clamp(min=1e-9)).unbind(-1)
    zero, one = torch.zeros_like(c), torch.ones_like(c)
    turn = torch.stack([c, zero, -s, zero, one, zero, s, zero, c], dim=-1).reshape(-1, 3, 3)
    start = first[:, None, :1] * first.new_tensor([1.0, 0.0, 1.0])
    return ((rows - start) @ turn[:, None]).flatten(2)


def climbed(latents: Tensor, gradient: Tensor, hidden: Tensor, strength: float) -> Tensor:
    """Latents moved by (0.5 + lambda) along the gradient, of unit length per sample, on hidden tokens (B, T)."""
    length = gradient.flatten(1).norm(dim=1).clamp(min=torch.finfo(gradient.dtype).tiny)[:, None, None]
    return latents + (BASE_STEP + strength) * gradient / length * hidden[..., None]
