# SPDX-License-Identifier: GPL-3.0-or-later
"""Training the generator on the frozen autoencoder's latents and the frozen text encoder's sentences."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import torch
from torch import Tensor, nn

from ...rigs.body.canonical import at_origin
from ...rigs.body.resample import resample
from ...rigs.body.skeleton import FPS, MAX_FRAMES, MIN_FRAMES, TOKEN_FRAMES
from ..model.autoencoders.autoencoder import Autoencoder
from ..model.autoencoders.path_autoencoder import PathAutoencoder
from ..model.generator import Generator
from ..model.text import TextEncoder
from .data import Clip
from .loop import Draw

SPEEDS = (0.9, 1.12)  # a clip is also shown played a little slower and faster
LABEL_SHARE = 0.1  # of the conditions are label words instead of a caption, where a clip has no wordings
WORDING_SHARE = 0.55  # are one of its wordings, where it has some
BETWEEN = 0.15  # of them lie somewhere between two sentences about the clip
NOISE_SHARE, NOISE = 0.5, 0.12  # of them are moved a little; by this part of the deviation of each number


@dataclass(frozen=True)
class LatentClip:
    """A clip as the generator sees it."""

    latents: tuple[Tensor, ...]  # (T, C) each; the clip begun 0 to 3 frames later, so at every phase; and faster
    sentences: Tensor  # (N, W)
    labels: Tensor  # (M, W), M may be 0
    wordings: Tensor = field(default_factory=lambda: torch.zeros(0, 0))  # (K, W), K may be 0


@torch.no_grad()
def latent_clip(
    clip: Clip,
    autoencoder: Autoencoder | PathAutoencoder,
    text: TextEncoder,
    speeds: Sequence[float] = (),
    shifts: Sequence[int] = range(TOKEN_FRAMES),
) -> LatentClip:
    """Encode one clip at its own length (no padding ever reaches the autoencoder), begun later by each of ``shifts``
    frames, and at other ``speeds``."""
    device = text.device
    played = [clip.joints[shift:] for shift in shifts]
    played += [resample(clip.joints, FPS * speed, FPS)[:MAX_FRAMES] for speed in speeds]
    variants: list[Tensor] = []
    for joints in played:
        frames = joints[: len(joints) // TOKEN_FRAMES * TOKEN_FRAMES]
        if not variants or len(frames) >= MIN_FRAMES:
            rows = torch.from_numpy(at_origin(frames).astype(np.float32)).flatten(1)[None].to(device)
            variants.append(autoencoder.encode(rows)[0].cpu())
    labels = [*clip.labels, " and ".join(clip.labels)] if clip.labels else []
    encoded = text.encode([*clip.texts, *labels, *clip.wordings]).cpu()
    sentences, labels_, wordings = torch.split(encoded, [len(clip.texts), len(labels), len(clip.wordings)])
    return LatentClip(tuple(variants), sentences, labels_, wordings)


def varied_latents(
    clip: Clip, autoencoder: Autoencoder | PathAutoencoder, text: TextEncoder, rng: np.random.Generator
) -> LatentClip:
    """``latent_clip`` as a large set can afford it: as it is, begun 1 to 3 frames later, and slower or faster."""
    shifts = (0, int(rng.integers(1, TOKEN_FRAMES)))
    return latent_clip(clip, autoencoder, text, (float(rng.choice(SPEEDS)),), shifts)


class LatentBatches:
    """Random batches of clips of similar length, padded to the longest; each drawn as often as its share says.

    Clips are 10 to 49 tokens long; a batch across all lengths would be a third padding. In order of length every clip
    has a stretch of the unit circle as long as its share (N,), by default equal. A batch falls evenly on an arc of it
    that begins anywhere, so every clip is drawn exactly as often as it should; few arcs hold both ends of the order.

    With ``varied`` words a condition is any caption or wording, sometimes between two of them and moved a little, so
    that what lies between the sentences of a clip means that clip as well.
    """

    def __init__(self, clips: Sequence[LatentClip], shares: np.ndarray | None = None, varied: bool = False) -> None:
        order = sorted(range(len(clips)), key=lambda i: len(clips[i].latents[0]))
        self.clips = [clips[i] for i in order]
        self.ends = np.cumsum((np.ones(len(clips)) if shares is None else shares)[order])
        self.varied = varied
        self.spread = torch.cat([clip.sentences for clip in clips]).std(0) if varied else torch.zeros(0)

    def draw(self, rng: np.random.Generator, count: int) -> tuple[Tensor, Tensor, Tensor]:
        """Latents (B, T, C), valid tokens (B, T) and conditions (B, W)."""
        latents, conditions = [], []
        arc = min(1.0, 3 * count / len(self.clips))
        places = (rng.random() + arc * rng.random(count)) % 1.0 * self.ends[-1]
        for i in np.searchsorted(self.ends, places, side="right"):
            clip = self.clips[int(i)]
            latents.append(clip.latents[int(rng.integers(len(clip.latents)))])
            conditions.append(self.condition(clip, rng))
        padded = nn.utils.rnn.pad_sequence(latents, batch_first=True)
        lengths = torch.tensor([len(clip) for clip in latents])
        return padded, torch.arange(padded.shape[1])[None] < lengths[:, None], torch.stack(conditions)

    def condition(self, clip: LatentClip, rng: np.random.Generator) -> Tensor:
        """(W,) what a clip is called this time."""
        words = clip.sentences
        if self.varied and len(clip.wordings):
            words = clip.wordings if rng.random() < WORDING_SHARE else words
        elif len(clip.labels) and rng.random() < LABEL_SHARE:
            words = clip.labels
        said = words[int(rng.integers(len(words)))]
        if self.varied and rng.random() < BETWEEN:
            said = torch.lerp(said, words[int(rng.integers(len(words)))], float(rng.random()))
        if self.varied and rng.random() < NOISE_SHARE:
            said = said + NOISE * self.spread * torch.from_numpy(rng.standard_normal(len(said)).astype(np.float32))
        return said


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
