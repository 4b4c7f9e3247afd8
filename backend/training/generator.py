# SPDX-License-Identifier: GPL-3.0-or-later
"""Training the generator on the frozen autoencoder's latents and the frozen text encoder's sentences."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from ...rigs.canonical import at_origin
from ...rigs.resample import resample
from ...rigs.skeleton import FPS, MAX_FRAMES, MIN_FRAMES, TOKEN_FRAMES
from ..model.autoencoder import Autoencoder
from ..model.generator import Generator
from ..model.path_autoencoder import PathAutoencoder
from ..model.text import TextEncoder
from .data import Clip
from .loop import Draw

SPEEDS = (0.88, 1.14)  # a clip is also shown played a little slower and faster
LABEL_SHARE = 0.1  # of the conditions are a clip's label words instead of a sentence


@dataclass(frozen=True)
class LatentClip:
    """A clip as the generator sees it."""

    latents: tuple[Tensor, ...]  # (T, C) each; the clip begun 0 to 3 frames later, so at every phase; and faster
    sentences: Tensor  # (N, W)
    labels: Tensor  # (M, W), M may be 0


@torch.no_grad()
def latent_clip(
    clip: Clip, autoencoder: Autoencoder | PathAutoencoder, text: TextEncoder, speeds: Sequence[float] = ()
) -> LatentClip:
    """Encode one clip at its own length (no padding ever reaches the autoencoder), and at other ``speeds``."""
    device = text.device
    played = [clip.joints[shift:] for shift in range(TOKEN_FRAMES)]
    played += [resample(clip.joints, FPS * speed, FPS)[:MAX_FRAMES] for speed in speeds]
    variants: list[Tensor] = []
    for joints in played:
        frames = joints[: len(joints) // TOKEN_FRAMES * TOKEN_FRAMES]
        if not variants or len(frames) >= MIN_FRAMES:
            rows = torch.from_numpy(at_origin(frames).astype(np.float32)).flatten(1)[None].to(device)
            variants.append(autoencoder.encode(rows)[0].cpu())
    labels = [*clip.labels, " and ".join(clip.labels)] if clip.labels else []
    encoded = text.encode([*clip.texts, *labels]).cpu()
    return LatentClip(tuple(variants), encoded[: len(clip.texts)], encoded[len(clip.texts) :])


class LatentBatches:
    """Random batches of clips of similar length, padded to the longest; each drawn as often as its share says.

    Clips are 10 to 49 tokens long; a batch across all lengths would be a third padding. In order of length every clip
    has a stretch of the unit circle as long as its share (N,), by default equal. A batch falls evenly on an arc of it
    that begins anywhere, so every clip is drawn exactly as often as it should; few arcs hold both ends of the order.
    """

    def __init__(self, clips: Sequence[LatentClip], shares: np.ndarray | None = None) -> None:
        order = sorted(range(len(clips)), key=lambda i: len(clips[i].latents[0]))
        self.clips = [clips[i] for i in order]
        self.ends = np.cumsum((np.ones(len(clips)) if shares is None else shares)[order])

    def draw(self, rng: np.random.Generator, count: int) -> tuple[Tensor, Tensor, Tensor]:
        """Latents (B, T, C), valid tokens (B, T) and conditions (B, W)."""
        latents, conditions = [], []
        arc = min(1.0, 3 * count / len(self.clips))
        places = (rng.random() + arc * rng.random(count)) % 1.0 * self.ends[-1]
        for i in np.searchsorted(self.ends, places, side="right"):
            clip = self.clips[int(i)]
            latents.append(clip.latents[int(rng.integers(len(clip.latents)))])
            words = clip.labels if len(clip.labels) and rng.random() < LABEL_SHARE else clip.sentences
            conditions.append(words[int(rng.integers(len(words)))])
        padded = nn.utils.rnn.pad_sequence(latents, batch_first=True)
        lengths = torch.tensor([len(clip) for clip in latents])
        return padded, torch.arange(padded.shape[1])[None] < lengths[:, None], torch.stack(conditions)


def generator_loss(model: Generator, batches: LatentBatches, batch: int) -> Callable[[Draw], Mapping[str, Tensor]]:
    """The masked diffusion loss of a random batch, for ``loop.train``."""
    device = next(model.parameters()).device

    def loss_of(draw: Draw) -> Mapping[str, Tensor]:
        latents, valid, condition = (value.to(device) for value in batches.draw(draw.numpy, batch))
        return {"loss": model.forward_loss(latents, valid, condition, draw.torch)}

    return loss_of


@torch.no_grad()
def held_out_loss(model: Generator, batches: LatentBatches, repeats: int = 4) -> dict[str, float]:
    """The same loss on held-out clips with fixed draws."""
    device = next(model.parameters()).device
    losses = []
    for k in range(repeats):
        drawn = batches.draw(np.random.default_rng(k), 64)
        latents, valid, condition = (value.to(device) for value in drawn)
        losses.append(float(model.forward_loss(latents, valid, condition, torch.Generator().manual_seed(k))))
    return {"loss": float(np.mean(losses))}
