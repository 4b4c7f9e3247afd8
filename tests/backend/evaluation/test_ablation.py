# SPDX-License-Identifier: GPL-3.0-or-later
"""The compared variants differ in what they claim to differ in, and in nothing else."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from coamd.backend.evaluation.ablation import JointEncoder, autoencoder_rows, head_loss, markdown
from coamd.backend.model.autoencoder import Autoencoder
from coamd.backend.model.config import AutoencoderConfig, GeneratorConfig
from coamd.backend.model.generator import Generator
from coamd.backend.model.streams import bones, motion
from coamd.backend.training.data import Clip, Take, save_items
from coamd.backend.training.generator import LatentBatches, LatentClip
from coamd.backend.training.loop import draw_of
from coamd.rigs.canonical import at_origin

from tests.motions import sit, walk


def test_the_blind_encoder_sees_joints_and_nothing_else() -> None:
    config = AutoencoderConfig(width=16, latent=8, dropout=0.0)
    model = Autoencoder(config)
    joints = torch.randn(2, 16, 66)
    blind = JointEncoder.like(model.encoder, config)
    seen = blind(joints, bones(joints), motion(joints))
    assert torch.equal(seen, blind(joints, torch.randn(2, 16, 66), torch.randn(2, 16, 66)))
    assert not torch.allclose(seen, model.encoder(joints, bones(joints), motion(joints)))
    nothing = torch.zeros_like(joints)
    assert torch.equal(seen, model.encoder(joints, nothing, nothing))


def test_only_the_head_learns() -> None:
    model = Generator(GeneratorConfig(8, 4, 16, 1, 2, 32, 0.0, head_depth=1, head_width=16))
    clip = LatentClip((torch.randn(12, 8),), torch.randn(2, 4), torch.randn(0, 4))
    loss = head_loss(model, LatentBatches([clip] * 4), 4)(draw_of(1, 1))["loss"]
    loss.backward()
    learnt = {name.split(".")[0] for name, p in model.named_parameters() if p.grad is not None and p.grad.any()}
    assert learnt == {"head"}


def test_both_autoencoders_are_trained_and_measured(tmp_path: Path) -> None:
    clips, takes = [], []
    for number, joints in enumerate((walk(6.0), sit(6.0), walk(6.0, turning=0.3))):
        split = ("train", "train", "test")[number]
        moved = at_origin(joints).astype(np.float32)
        clips.append(Clip(str(number), split, moved, ("a person moves",), ("move",)))
        takes.append(Take(str(number), split, moved))
    save_items(tmp_path, "clips", clips)
    save_items(tmp_path, "takes", takes)
    rows = dict(autoencoder_rows(tmp_path, 2, 2, tmp_path / "run"))
    assert set(rows) == {"three streams", "joints only"}
    for figures in rows.values():
        assert all(len(values) == 2 and np.isfinite(values).all() for values in figures.values())
    assert rows["three streams"] != rows["joints only"]


def test_the_table_shows_mean_and_range() -> None:
    text = markdown("Head", [("a", {"error": [1.0, 3.0]}), ("b", {"error": [5.0]})])
    assert "| a | 2 (1 to 3) |" in text
    assert "| b | 5 |" in text
