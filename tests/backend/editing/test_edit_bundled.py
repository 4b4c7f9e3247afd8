# SPDX-License-Identifier: GPL-3.0-or-later
"""The bundled model edits a walk: constraints are met before anything is made exact, and borders do not show."""

from __future__ import annotations

import motions
import numpy as np
import torch
from coamd.backend.editing.energy import Constraints, Descent
from coamd.backend.motion.pipeline import Pipeline
from coamd.backend.requests.edit import EditRequest

WALK = motions.walk(5.0).astype(np.float32)
START, END = 40, 70
HIT = (50, 60)


def bends(joints: np.ndarray) -> np.ndarray:
    """Change of speed of the joint that changes most, (F - 2,) from frame 1 on."""
    result: np.ndarray = np.linalg.norm(np.diff(joints.astype(float), n=2, axis=0), axis=-1).max(axis=-1)
    return result


def test_the_descent_brings_a_sampled_motion_to_a_pose(bundled: Pipeline) -> None:
    autoencoder = bundled.system.autoencoder
    walk, sit = (torch.from_numpy(m.astype(np.float32))[None] for m in (WALK[:40], motions.sit(2.0)))
    latents = autoencoder.encode(walk.flatten(2))
    weight = torch.zeros(40, 22, 3)
    weight[18] = 1.0
    goal = sit + (walk[:, 18:19, :1] - sit[:, 18:19, :1]) * torch.tensor([1.0, 0.0, 1.0])
    constraints = Constraints(goal, weight, walk, torch.zeros(40, 22), torch.zeros(40, dtype=torch.bool))
    free = torch.ones(1, 10, dtype=torch.bool)
    free[:, 0] = False
    moved = Descent(autoencoder, constraints, latents.device)(latents, free, 4)
    away = [
        float((autoencoder.decode(z).reshape(1, 40, 22, 3) - goal)[:, 18].norm(dim=-1).mean()) for z in (latents, moved)
    ]
    assert away[1] < 0.15 * away[0]
    assert torch.equal(moved[:, 0], latents[:, 0])


def test_poses_are_near_before_the_correction_and_borders_do_not_show(bundled: Pipeline) -> None:
    request = EditRequest(WALK, "inbetween", START, END, keep_poses=HIT, seed=1)
    made = bundled.edit(request)
    assert made.sampled is not None
    rough = np.linalg.norm(made.sampled[0, list(HIT)] - WALK[list(HIT)], axis=-1)
    assert rough.mean() < 0.02
    usual = np.quantile(bends(WALK), 0.95)
    assert all(bends(made.joints[0])[b - 2 : b].max() < 1.5 * usual for b in (START, END))


def test_the_recognizer_sees_what_an_edit_was_asked_for(bundled: Pipeline) -> None:
    prompt = "a person jumps"  # which 1.5 s between two steps have room for
    made = bundled.edit(EditRequest(WALK, start=START, end=END, prompt=prompt, seed=1)).joints[0]
    wanted = bundled.embed_text(prompt)
    before, after = (float(bundled.embed_motion(joints[START:END]) @ wanted) for joints in (WALK, made))
    assert after > before
