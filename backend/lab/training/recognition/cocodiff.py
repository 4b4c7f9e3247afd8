# SPDX-License-Identifier: GPL-3.0-or-later
"""CoCoDiff: a second teacher for MAR, in training only (arXiv 2504.21266; its losses: docs/measurements/cocodiff.md).

A small diffusion model learns the features that MAR's three streams have for a label. It is told the label twice: by
its name (coarse) and by a description of how the joints move (fine), and looks at both by cross-attention. From a
clip's noised features it generates others under the same label, diverse by the noise and alike by the words, and MAR's
own fusion and label vectors have to name those too:

    L = L_naming(f) + a L_noise + b L_naming(f_hat)

Nothing of it is in the recognizer, so what is saved and used is the same with and without.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from .....rigs.errors import UserError
from ....model.recognizer import Features, Recognizer
from ....model.text import TextEncoder
from .losses import naming

FINE_TEXTS = Path(__file__).with_name("fine_texts.json")
NOISE_WEIGHT, GENERATED_WEIGHT = 0.1, 0.5  # a and b
START, STEPS = 0.8, 4  # a feature is noised up to this time and brought back in so many steps
STREAMS = 3


class Guides(NamedTuple):
    """What the denoiser is told about each of L labels."""

    coarse: Tensor  # (L, W) text A of the name
    fine: Tensor  # (L, T, H) states of the text encoder along the description
    mask: Tensor  # (L, T), False behind its end


def read_fine_texts(path: Path, labels: Sequence[str]) -> list[str]:
    """A description for each label, from a JSON table. UserError ``no_fine_texts`` where one is missing."""
    try:
        table = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(table, dict) or not all(isinstance(text, str) and text.strip() for text in table.values()):
            raise ValueError("no table of texts")
    except (OSError, ValueError) as error:
        raise UserError(
            f"{path} is not a table of labels and descriptions.",
            'Write one, such as {"walk": "the legs step forward in turn"}.',
            "no_fine_texts",
        ) from error
    lacking = [label for label in labels if label not in table]
    if lacking:
        raise UserError(
            f"{len(lacking)} labels have no description of how the joints move: {', '.join(lacking[:5])}"
            f"{', ...' if len(lacking) > 5 else ''}.",
            f"Add a sentence for each to a copy of {FINE_TEXTS.name} and give it with --fine-texts.",
            "no_fine_texts",
        )
    return [table[label] for label in labels]


@torch.no_grad()
def guides(text: TextEncoder, labels: Sequence[str], fine_texts: Sequence[str]) -> Guides:
    """The names and descriptions as the frozen text encoder reads them."""
    ids = text.tokenize(fine_texts)
    states: Tensor = text.model.text_model(ids)
    ends = ids.argmax(dim=1)  # the end-of-text token has the highest id, and pads
    return Guides(text.encode(labels), states, torch.arange(ids.shape[1], device=ids.device)[None] <= ends[:, None])


def signal(time: Tensor) -> tuple[Tensor, Tensor]:
    """How much of a feature and of noise there is at a time in 0..1; the squares add up to 1 (cosine schedule)."""
    angle = time * (math.pi / 2)
    return torch.cos(angle), torch.sin(angle)


class DenoiserBlock(nn.Module):
    """Attention among the streams' tokens, cross-attention to the words, and an MLP; pre-norm."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.norms = nn.ModuleList(nn.LayerNorm(width) for _ in range(3))
        self.among = nn.MultiheadAttention(width, heads, batch_first=True)
        self.across = nn.MultiheadAttention(width, heads, batch_first=True)
        self.mlp = nn.Sequential(nn.Linear(width, 2 * width), nn.GELU(), nn.Linear(2 * width, width))

    def forward(self, x: Tensor, words: Tensor, unseen: Tensor) -> Tensor:
        """x (B, 4, D), words (B, T, D); ``unseen`` (B, T) is True on padding."""
        h = self.norms[0](x)
        x = x + self.among(h, h, h, need_weights=False)[0]
        x = x + self.across(self.norms[1](x), words, words, key_padding_mask=unseen, need_weights=False)[0]
        return x + self.mlp(self.norms[2](x))


class CoCoDiff(nn.Module):
    """The denoiser of features (B, 3, D), three streams' tokens, under a coarse and a fine text."""

    coarse: Tensor
    fine: Tensor
    mask: Tensor

    def __init__(self, feature: int, guides: Guides, width: int = 128, layers: int = 2, heads: int = 4) -> None:
        super().__init__()
        self.enter = nn.Linear(feature, width)
        self.of_stream = nn.Parameter(torch.randn(STREAMS, width) * 0.02)
        self.of_time = nn.Sequential(nn.Linear(1, width), nn.SiLU(), nn.Linear(width, width))
        self.of_coarse = nn.Linear(guides.coarse.shape[-1], width)
        self.of_fine = nn.Linear(guides.fine.shape[-1], width)
        self.blocks = nn.ModuleList(DenoiserBlock(width, heads) for _ in range(layers))
        self.norm = nn.LayerNorm(width)
        self.leave = nn.Linear(width, feature)
        for name, value in guides._asdict().items():
            self.register_buffer(name, value, persistent=False)

    def forward(self, noised: Tensor, time: Tensor, labels: Tensor) -> Tensor:
        """The velocity cos noise - sin clean (B, 3, D) of noised features at times (B,), of labels (B,)."""
        coarse = self.of_coarse(self.coarse[labels])[:, None]
        words = torch.cat([coarse, self.of_fine(self.fine[labels])], dim=1)
        mask = self.mask[labels]
        unseen = ~torch.cat([mask.new_ones(len(mask), 1), mask], dim=1)
        x = self.enter(noised) + self.of_stream + self.of_time(time[:, None])[:, None]
        for block in self.blocks:
            x = block(x, words, unseen)
        velocity: Tensor = self.leave(self.norm(x))
        return velocity

    def noise_loss(self, clean: Tensor, labels: Tensor, time: Tensor, noise: Tensor) -> Tensor:
        """How badly features (B, 3, D) and noise are told apart at times (B,) (Salimans and Ho 2022, section 4)."""
        kept, noisy = (part[:, None, None] for part in signal(time))
        velocity = self(kept * clean + noisy * noise, time, labels)
        return ((velocity - (kept * noise - noisy * clean)) ** 2).mean()

    def generated(self, clean: Tensor, labels: Tensor, noise: Tensor) -> Tensor:
        """Features (B, 3, D) of the same labels: noised up to ``START`` and brought back by DDIM steps.

        With c = cos and s = sin, z = c clean + s noise and v = c noise - s clean, so clean = c z - s v and
        noise = s z + c v.
        """
        times = torch.linspace(START, 0.0, STEPS + 1, device=clean.device)
        kept, noisy = signal(times)
        z = kept[0] * clean + noisy[0] * noise
        for i in range(STEPS):
            velocity = self(z, times[i].expand(len(z)), labels)
            seen, left = kept[i] * z - noisy[i] * velocity, noisy[i] * z + kept[i] * velocity
            z = kept[i + 1] * seen + noisy[i + 1] * left
        return z


class Taught(nn.Module):
    """A recognizer and its second teacher, trained together; only the recognizer is kept."""

    def __init__(self, recognizer: Recognizer, cocodiff: CoCoDiff) -> None:
        super().__init__()
        self.recognizer = recognizer
        self.cocodiff = cocodiff


def streams(features: Features) -> Tensor:
    """The three streams' features (B, 3, D), each of mean 0 and variance 1, so that noise has one size for all."""
    stacked = torch.stack([features.joint, features.bone, features.motion], dim=1)
    return functional.layer_norm(stacked, stacked.shape[-1:])


def fused(recognizer: Recognizer, parts: Tensor) -> Tensor:
    """The recognizer's own fusion of three streams (B, 3, D)."""
    feature: Tensor = recognizer.fusion(recognizer.fusion_norm(parts.flatten(1)))
    return feature


def cocodiff_loss(
    taught: Taught, features: Features, labels: Tensor, right: Tensor, names: Tensor, source: torch.Generator
) -> Mapping[str, Tensor]:
    """a L_noise and b L_naming(f_hat), to be added to a recognizer's own loss.

    Args:
        features: of B clips. labels: (B,) one of each clip's labels, which the teacher is told.
        right: (B, L) all labels of each clip. names: (L, W) text A of the labels.
        source: of the noise, on the CPU.
    """
    parts = streams(features).float()
    noise, other = (torch.randn(parts.shape, generator=source).to(parts) for _ in range(2))
    time = torch.rand(len(parts), generator=source).to(parts)
    # The teacher learns the features as they are: they would grow alike if they had to be easy to tell from noise.
    noise_loss = taught.cocodiff.noise_loss(parts.detach(), labels, time, noise)
    again = naming(fused(taught.recognizer, taught.cocodiff.generated(parts, labels, other)), names, right)
    return {"noise": NOISE_WEIGHT * noise_loss, "generated": GENERATED_WEIGHT * again}
