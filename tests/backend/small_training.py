# SPDX-License-Identifier: GPL-3.0-or-later
"""Trainings of two steps on a handful of synthetic clips."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import torch
from coamd.backend.lab.training.stages import TrainingJob
from coamd.backend.model.config import CONFIGS, ModelConfig
from coamd.backend.training.data import Clip, RecordedTake, save_items
from coamd.backend.training.loop import Schedule
from coamd.backend.training.mirrored_words import mirrored_clip
from coamd.rigs.body.canonical import canonical

from tests.motions import sit, walk

SCHEDULE = Schedule(steps=2, batch=4, validate_every=2)


def tiny() -> ModelConfig:
    """The bundled model's form, as small as it gets."""
    small = CONFIGS["CoAMD-SiT-S"]
    sizes = {"layers": 1, "heads": 2, "feed_forward": 32}
    return dataclasses.replace(
        small,
        name="tiny",
        autoencoder=dataclasses.replace(small.autoencoder, width=16, latent=24),
        generator=dataclasses.replace(
            small.generator, latent=24, condition=96, width=32, head_depth=1, head_width=32, steps=2, **sizes
        ),
        recognizer=dataclasses.replace(
            small.recognizer, width=32, feature=96, text_width=32, text_layers=1, text_heads=2, vocabulary=600, **sizes
        ),
        text=dataclasses.replace(small.text, width=96, hidden=32, vocabulary=600, **sizes),
    )


def write_data(folder: Path) -> None:
    """Clips and takes of three actions in both splits, each clip mirrored as well."""
    folder.mkdir()
    motions = {"walk": walk(4.0), "turn": walk(4.0, turning=1.0), "sit": sit(4.0)}
    clips, takes = [], []
    for split in ("train", "val"):
        for name, joints in motions.items():
            frames = canonical(joints, 20.0)[: len(joints) // 4 * 4]
            words = (f"a person does a {name} to the left", f"someone shows a {name}, left side first")
            clip = Clip(f"{split}_{name}", split, frames, words, (name,), name)
            clips += [clip, mirrored_clip(clip)]
            takes.append(RecordedTake(clip.id, split, frames))
    save_items(folder, "clips", clips)
    save_items(folder, "takes", takes)


def job(part: str, data: Path, weights: Path, config: ModelConfig | None = None, run: str = "") -> TrainingJob:
    """The training of a part on the CPU; the teacher of sentences lies beside the data."""
    folder, device = weights / "runs" / (run or part), torch.device("cpu")
    return TrainingJob(part, config or tiny(), data, weights, folder, SCHEDULE, device, data.parent / "teacher")
