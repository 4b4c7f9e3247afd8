# SPDX-License-Identifier: GPL-3.0-or-later
"""A plain transformer over the joints, as large as MAR's motion side: what one stream and one loss reach.

It has one `StreamEncoder` instead of three, no bones, no motion, no sentences: it is trained to name clips by text A
alone, on the clips, in the forms, with the variations and with the schedule of MAR. Its width is chosen so that it has
as many parameters as MAR's three streams and their fusion together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import normalize

from ...model.config import ModelConfig, RecognizerConfig
from ...model.recognizer import COORDINATES, Recognizer, StreamEncoder
from ...model.text import TextEncoder
from ...training.data import Clip
from ...training.loop import Draw, train
from ..training.recognition.losses import naming
from ..training.recognition.recognizer import READ, MotionText, part_of, standing
from ..training.schedules import schedule_of

WIDTHS = range(64, 2049, 16)


class JointStream(nn.Module):
    """Features (B, feature) of joints (B, F, 66) in metres, canonical, from one stream."""

    mean: Tensor
    std: Tensor

    def __init__(self, config: RecognizerConfig) -> None:
        super().__init__()
        self.step = config.frame_step
        self.encoder = StreamEncoder(config)
        self.register_buffer("mean", torch.zeros(COORDINATES))
        self.register_buffer("std", torch.ones(COORDINATES))

    def forward(self, joints: Tensor, valid: Tensor, subset: Tensor | None = None) -> Tensor:
        """``valid`` (B, F) is False on padding; ``subset`` (K,) as for ``Recognizer``."""
        valid = valid[:, :: self.step]
        allowed = torch.cat([valid.new_ones(len(valid), 1), valid], dim=1)[:, None, None, :]
        features: Tensor = self.encoder(((joints - self.mean) / self.std)[:, :: self.step], allowed, subset)
        return features


def parameters(module: nn.Module) -> int:
    """How many numbers a module has learnt."""
    return sum(value.numel() for value in module.parameters())


def motion_side(model: Recognizer) -> int:
    """Parameters of MAR without its text tower."""
    return parameters(model) - parameters(model.text)


def same_size(model: Recognizer) -> RecognizerConfig:
    """The config whose single stream comes nearest to the parameters of MAR's motion side."""
    config = model.config
    wanted = motion_side(model)
    fits = [replace(config, width=w, feed_forward=w * config.feed_forward // config.width) for w in WIDTHS]
    fits = [fit for fit in fits if fit.width % (2 * fit.heads) == 0]
    with torch.device("meta"):
        return min(fits, key=lambda fit: abs(parameters(StreamEncoder(fit)) - wanted))


def train_baseline(
    model: Recognizer, config: ModelConfig, text: TextEncoder, clips: Sequence[Clip], run: Path, steps: int, batch: int
) -> JointStream:
    """The baseline for ``model``, trained on the training clips; goes on where a stopped run left off."""
    schedule = replace(schedule_of(config, "recognizer"), steps=steps, batch=batch, warmup=min(100, steps // 5))
    train_clips = [clip for clip in clips if clip.split == "train" and clip.labels]
    data = MotionText(train_clips, text, [standing(train_clips)])
    schedule = replace(schedule, batch=min(schedule.batch, len(data.clips)))
    torch.manual_seed(schedule.seed)
    baseline = JointStream(same_size(model))
    baseline.mean.copy_(model.mean)
    baseline.std.copy_(model.std)

    def loss_of(draw: Draw) -> Mapping[str, Tensor]:
        found = data.draw(draw.numpy, schedule.batch)
        subset = part_of(-(-found.joints.shape[1] // baseline.step), READ, draw.numpy)
        return {"loss": naming(baseline(found.joints, found.valid, subset), data.label_text, found.right)}

    train(baseline, loss_of, run, schedule, settings={"part": "plain joint stream"})
    return baseline


@torch.no_grad()
def baseline_features(baseline: JointStream, clips: Sequence[Clip]) -> np.ndarray:
    """Unit features (N, D) of clips."""
    rows = []
    for clip in clips:
        joints = torch.from_numpy(clip.joints.astype(np.float32)).flatten(1)[None]
        rows.append(normalize(baseline(joints, torch.ones(joints.shape[:2], dtype=torch.bool)), dim=-1)[0])
    return torch.stack(rows).numpy()
