# SPDX-License-Identifier: GPL-3.0-or-later
"""The judge of generated motion: a motion encoder and a text encoder in one space, and names of actions.

It shares nothing with the product's own recognizer, so guidance by that one cannot please it: convolutions and a
two-way recurrent network over velocities, heights and poses seen from the body, against hashed words and pairs of words
without any order beyond that; other seed, own loss, the training split alone. The scheme, two encoders trained together
by a contrastive loss, is that of Guo et al., "Generating Diverse and Natural 3D Human Motions from Text" (CVPR 2022).
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path
from zlib import crc32

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import normalize
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence, pad_sequence

from ....rigs.body.canonical import facing
from ....rigs.body.skeleton import FPS, INDEX
from ....rigs.errors import UserError
from ...model.weights import load_module, save_module
from ...system.atomic_write import replacing

WEIGHTS, FACTS = "evaluator.safetensors", "evaluator.json"
BUCKETS = 8192  # of hashed words; a thousand words and their pairs meet in few of them
CHANNELS = 4 + 22 * 3 * 2  # of a frame
STRIDE = 4  # frames behind one step of the recurrent network
_FEET = [INDEX["left_foot"], INDEX["right_foot"]]
_WORD = re.compile(r"[a-z']+|\d+")


@dataclass(frozen=True)
class EvaluatorConfig:
    """Sizes, and the names of the actions that it tells apart."""

    labels: tuple[str, ...]
    width: int = 192
    feature: int = 128
    seed: int = 20_000
    dropout: float = 0.3


def seen_from_the_body(joints: np.ndarray) -> np.ndarray:
    """What a clip (F, 22, 3) shows without where it is: (F, 136) float32.

    Turning speed (rad/s) and pelvis velocity (m/s, sideways and forward) in the figure's own heading, height of the
    lower toe, joints relative to the point below the pelvis, and velocities of the joints, all turned into the heading.
    """
    joints = joints.astype(np.float64)
    heading = np.unwrap(facing(joints))  # (F,)
    c, s = np.cos(-heading), np.sin(-heading)
    turn = np.zeros((len(joints), 3, 3))  # rows times this matrix: turned by -heading about +Y
    turn[:, 0, 0], turn[:, 0, 2], turn[:, 2, 0], turn[:, 2, 2], turn[:, 1, 1] = c, -s, s, c, 1.0
    local = (joints - joints[:, :1] * np.array([1.0, 0.0, 1.0])) @ turn
    speed = np.gradient(joints, axis=0) * FPS @ turn  # (F, 22, 3)
    rows = (
        np.gradient(heading)[:, None] * FPS,
        speed[:, 0, [0, 2]],
        joints[:, _FEET, 1].min(axis=1, keepdims=True),
        local.reshape(len(joints), -1),
        speed.reshape(len(joints), -1),
    )
    return np.concatenate(rows, axis=1).astype(np.float32)


def hashed(text: str) -> list[int]:
    """Buckets of the words, of their beginnings (jumps, jumping) and of pairs of neighbours (left leg)."""
    words = _WORD.findall(text.lower())
    parts = [*words, *(f"{word[:4]}*" for word in words), *(f"{a} {b}" for a, b in pairwise(words))]
    return [crc32(part.encode()) % BUCKETS for part in parts] or [0]


class Evaluator(nn.Module):
    """Unit features of motion and text, and scores of the labels."""

    mean: Tensor
    std: Tensor

    def __init__(self, config: EvaluatorConfig) -> None:
        super().__init__()
        self.config = config
        width, feature = config.width, config.feature
        self.register_buffer("mean", torch.zeros(CHANNELS))
        self.register_buffer("std", torch.ones(CHANNELS))
        self.convolutions = nn.ModuleList((nn.Conv1d(CHANNELS, width, 4, 2, 1), nn.Conv1d(width, width, 4, 2, 1)))
        self.dropout = nn.Dropout(config.dropout)
        self.recurrent = nn.GRU(width, width // 2, batch_first=True, bidirectional=True)
        self.to_feature = nn.Sequential(nn.Dropout(config.dropout), nn.Linear(2 * width, feature))
        self.to_labels = nn.Sequential(nn.Dropout(config.dropout), nn.Linear(2 * width, len(config.labels)))
        self.words = nn.EmbeddingBag(BUCKETS, 2 * width, mode="mean")
        self.text = nn.Sequential(
            nn.LayerNorm(2 * width),
            nn.Dropout(config.dropout),
            nn.Linear(2 * width, 2 * width),
            nn.ReLU(),
            nn.Dropout(config.dropout),
            nn.Linear(2 * width, feature),
        )

    @property
    def device(self) -> torch.device:
        """Where the weights are."""
        return self.mean.device

    def forward(self, motions: Sequence[np.ndarray]) -> tuple[Tensor, Tensor]:
        """Unit features (B, D) and label scores (B, L) of motions (F, 22, 3)."""
        clips = [torch.from_numpy(seen_from_the_body(joints)) for joints in motions]
        lengths = torch.tensor([len(clip) // STRIDE for clip in clips])
        rows = pad_sequence([clip[: len(clip) // STRIDE * STRIDE] for clip in clips], batch_first=True).to(self.device)
        there = torch.arange(rows.shape[1], device=self.device)[None] < (lengths * STRIDE).to(self.device)[:, None]
        steps = ((rows - self.mean) / self.std).transpose(1, 2)
        inside = there
        for convolution in self.convolutions:
            # what lies behind the end of a clip is zero at every level, as if the clip were alone
            steps = self.dropout(convolution(steps * inside[:, None]).relu())
            inside = inside[:, ::2]
        steps = (steps * inside[:, None]).transpose(1, 2)
        packed = pack_padded_sequence(steps, lengths, batch_first=True, enforce_sorted=False)
        out, _ = pad_packed_sequence(self.recurrent(packed)[0], batch_first=True)  # (B, T, W)
        held = inside[:, : out.shape[1], None]
        mean = (out * held).sum(1) / held.sum(1)
        most = out.masked_fill(~held, -1.0).amax(1)  # a GRU's outputs lie between -1 and 1
        pooled = torch.cat([mean, most], dim=-1)
        return normalize(self.to_feature(pooled), dim=-1), self.to_labels(pooled)

    def describe(self, buckets: Sequence[Sequence[int]]) -> Tensor:
        """Unit features (B, D) of texts given as ``hashed`` words."""
        flat = torch.tensor([bucket for row in buckets for bucket in row], device=self.device)
        starts = torch.tensor(np.cumsum([0, *(len(row) for row in buckets[:-1])]), device=self.device)
        return normalize(self.text(self.words(flat, starts)), dim=-1)

    @torch.no_grad()
    def features(self, motions: Sequence[np.ndarray], batch: int = 64) -> tuple[np.ndarray, np.ndarray]:
        """Unit features (N, D) and label scores (N, L) of motions, in float64."""
        parts = [self(motions[at : at + batch]) for at in range(0, len(motions), batch)]
        one, two = (torch.cat(rows).cpu().double().numpy() for rows in zip(*parts, strict=True))
        return one, two

    @torch.no_grad()
    def texts(self, texts: Sequence[str]) -> np.ndarray:
        """Unit features (N, D) of texts, in float64."""
        rows: np.ndarray = self.describe([hashed(text) for text in texts]).cpu().double().numpy()
        return rows

    def save(self, folder: Path, facts: dict[str, float | int | str]) -> None:
        """Write the weights and beside them what it is and how good it was on held-out motion."""
        save_module(folder / WEIGHTS, self)
        with replacing(folder / FACTS) as part:
            text = json.dumps({"config": asdict(self.config), "facts": facts}, indent=2, ensure_ascii=False)
            part.write_text(text + "\n", encoding="utf-8")


def load_evaluator(folder: Path, device: torch.device) -> tuple[Evaluator, dict[str, float | int | str]]:
    """The evaluator of a folder, and the facts it was saved with. UserError "no_evaluator" or as ``load_module``."""
    path = folder / FACTS
    try:
        table = json.loads(path.read_text(encoding="utf-8"))
        config = EvaluatorConfig(**(table["config"] | {"labels": tuple(table["config"]["labels"])}))
        facts = dict(table["facts"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UserError(
            f"There is no evaluator in {folder}.",
            f"Make it with: coamd train evaluator DATA --run {folder}",
            "no_evaluator",
        ) from error
    model = Evaluator(config)
    load_module(folder / WEIGHTS, model)
    return model.to(device).eval().requires_grad_(False), facts
