# SPDX-License-Identifier: GPL-3.0-or-later
"""Training the generator on the frozen autoencoder's latents and the frozen text encoder's sentences."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby, islice

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

SEEN, CLIPS = 16, 8  # tokens and clips on which it is looked at what a latent channel moves
FULL, COUNTS = 0.02, (0.25, 3.0)  # metres from which a channel counts fully; the least and the most that it counts


@dataclass(frozen=True)
class LatentClip:
    """A clip as the generator sees it."""

    latents: tuple[Tensor, ...]  # (T, C) each; the clip begun 0 to 3 frames later, so at every phase; and faster
    sentences: Tensor  # (N, W)
    labels: Tensor  # (M, W), M may be 0
    wordings: Tensor = field(default_factory=lambda: torch.zeros(0, 0))  # (K, W), K may be 0


class SentenceMemory:
    """A frozen text encoder that reads each sentence once: a bank's wordings stand with hundreds of clips."""

    def __init__(self, text: TextEncoder) -> None:
        self.text = text
        self.device = text.device
        self.known: dict[str, Tensor] = {}

    def read(self, texts: Iterable[str], batch: int = 256) -> None:
        """Encode those that are new, in batches of like length, as a batch is padded to its longest sentence."""
        new = sorted(set(texts) - self.known.keys(), key=len)
        for at in range(0, len(new), batch):
            part = new[at : at + batch]
            self.known.update(zip(part, self.text.encode(part).cpu(), strict=True))

    def encode(self, texts: Sequence[str]) -> Tensor:
        """(N, W) on the CPU."""
        self.read(texts)
        return torch.stack([self.known[text] for text in texts])


@torch.no_grad()
def latent_clip(
    clip: Clip,
    autoencoder: Autoencoder | PathAutoencoder,
    text: TextEncoder | SentenceMemory,
    speeds: Sequence[float] = (),
    shifts: Sequence[int] = range(TOKEN_FRAMES),
) -> LatentClip:
    """Encode one clip at its own length (no padding ever reaches the autoencoder), begun later by each of ``shifts``
    frames, and at other ``speeds``."""
    return with_words(clip, encoded(played(clip, speeds, shifts), autoencoder, text.device), text)


def played(clip: Clip, speeds: Sequence[float], shifts: Sequence[int]) -> list[np.ndarray]:
    """The clip begun later by each of ``shifts`` frames and at other ``speeds``: whole tokens of (F, 22, 3)."""
    variants = [clip.joints[shift:] for shift in shifts]
    variants += [resample(clip.joints, FPS * speed, FPS)[:MAX_FRAMES] for speed in speeds]
    first, *others = (joints[: len(joints) // TOKEN_FRAMES * TOKEN_FRAMES] for joints in variants)
    return [first, *(frames for frames in others if len(frames) >= MIN_FRAMES)]


def encoded(
    windows: Sequence[np.ndarray], autoencoder: Autoencoder | PathAutoencoder, device: torch.device, batch: int = 16
) -> list[Tensor]:
    """Latents (T, C) on the CPU of windows (F, 22, 3); those of one length together, which takes half the time."""
    latents: list[Tensor] = [torch.empty(0)] * len(windows)
    order = sorted(range(len(windows)), key=lambda i: len(windows[i]))
    for _, group in groupby(order, key=lambda i: len(windows[i])):
        same = list(group)
        for some in (same[at : at + batch] for at in range(0, len(same), batch)):
            rows = np.stack([at_origin(windows[i]).astype(np.float32) for i in some])
            found = autoencoder.encode(torch.from_numpy(rows).flatten(2).to(device)).cpu()
            for i, tokens in zip(some, found, strict=True):
                latents[i] = tokens.clone()
    return latents


def with_words(clip: Clip, latents: Sequence[Tensor], text: TextEncoder | SentenceMemory) -> LatentClip:
    """Its latents (T, C) beside what it is called."""
    labels = [*clip.labels, " and ".join(clip.labels)] if clip.labels else []
    vectors = text.encode([*clip.texts, *labels, *clip.wordings]).cpu()
    sentences, labels_, wordings = torch.split(vectors, [len(clip.texts), len(labels), len(clip.wordings)])
    return LatentClip(tuple(latents), sentences, labels_, wordings)


def varied(rng: np.random.Generator) -> tuple[tuple[float], tuple[int, int]]:
    """Speeds and shifts as a large set can afford them: as it is, begun 1 to 3 frames later, and slower or faster."""
    shifts = (0, int(rng.integers(1, TOKEN_FRAMES)))
    return (float(rng.choice(SPEEDS)),), shifts


@torch.no_grad()
def varied_latents(
    clips: Sequence[Clip],
    autoencoder: Autoencoder | PathAutoencoder,
    text: TextEncoder | SentenceMemory,
    rng: np.random.Generator,
) -> list[LatentClip]:
    """``latent_clip`` of several clips, each in three variants drawn at random."""
    windows = [played(clip, *varied(rng)) for clip in clips]
    latents = iter(encoded([frames for each in windows for frames in each], autoencoder, text.device))
    return [with_words(clip, list(islice(latents, len(each))), text) for clip, each in zip(clips, windows, strict=True)]


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
        self.spread = spread_of(clips) if varied else torch.zeros(0)

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


def spread_of(clips: Sequence[LatentClip]) -> Tensor:
    """Deviation (W,) of each number of the clips' sentences; where all clips have one and the same, as a few takes of
    one action have, of their wordings with it."""
    said = torch.cat([clip.sentences for clip in clips])
    if bool((said == said[0]).all()):
        said = torch.cat([said, *(clip.wordings for clip in clips if len(clip.wordings))])
    spread: Tensor = said.std(0, correction=1 if len(said) > 1 else 0)
    return spread


@torch.no_grad()
def channel_weights(latents: Sequence[Tensor], autoencoder: Autoencoder | PathAutoencoder) -> Tensor:
    """How much the error of each latent channel counts (C,), on average 1: by how far a deviation of it moves joints.

    Two thirds of the bundled autoencoder's channels move joints by less than a centimetre and a fifth by 2 to 8 cm, and
    what a hand does is said by these. Alike, the fine ones would have most of the loss. ``latents``: (T, C) each.
    """
    device = next(autoencoder.parameters()).device
    deviation = torch.cat(list(latents)).std(0).to(device)
    some = [clip[:SEEN] for clip in latents if len(clip) >= SEEN][:CLIPS]
    if not some:
        return torch.ones_like(deviation)
    tokens = torch.stack(some).to(device)
    plain: Tensor = autoencoder.decode(tokens)  # (B, F, 66)
    moved = []
    for channel, step in enumerate(deviation):
        other = tokens.clone()
        other[..., channel] += step
        moves = autoencoder.decode(other) - plain
        moved.append(moves.view(*moves.shape[:2], -1, 3).norm(dim=-1).mean())
    weights = (torch.stack(moved) / FULL).clamp(*COUNTS)
    return weights / weights.mean()


def generator_loss(
    model: Generator, batches: LatentBatches, batch: int, weights: Tensor | None = None
) -> Callable[[Draw], Mapping[str, Tensor]]:
    """The masked diffusion loss of a random batch, for ``loop.train``; ``weights`` as of ``Generator.forward_loss``."""
    device = next(model.parameters()).device

    def loss_of(draw: Draw) -> Mapping[str, Tensor]:
        latents, valid, condition = (value.to(device) for value in batches.draw(draw.numpy, batch))
        return {"loss": model.forward_loss(latents, valid, condition, draw.torch, weights=weights)}

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
