# SPDX-License-Identifier: GPL-3.0-or-later
"""MAR: its streams, its padding and its text tower."""

from __future__ import annotations

import dataclasses

import pytest
import torch
from coamd.backend.model.recognizer import Recognizer, TextTower
from coamd.backend.model.streams import STREAM_PARENTS, bones, motion
from coamd.backend.model.weights import System
from coamd.rigs.body.skeleton import INDEX

JOINTS = torch.randn(2, 12, 66, generator=torch.Generator().manual_seed(0))
END = 559  # the highest id of the small vocabulary


def test_bones_run_from_the_chest_outwards() -> None:
    points, out = JOINTS.view(2, 12, 22, 3), bones(JOINTS).view(2, 12, 22, 3)
    pairs = {"left_wrist": "left_elbow", "pelvis": "spine1", "left_hip": "pelvis", "neck": "spine3", "head": "neck"}
    for child, parent in pairs.items():
        assert torch.equal(out[:, :, INDEX[child]], points[:, :, INDEX[child]] - points[:, :, INDEX[parent]])
    assert (out[:, :, INDEX["spine3"]] == 0).all()
    for joint in range(22):  # every chain of parents ends at the root
        for _ in range(22):
            joint = STREAM_PARENTS[joint]  # noqa: PLW2901
        assert joint == INDEX["spine3"]


def test_motion_is_the_step_from_the_frame_before() -> None:
    out = motion(JOINTS)
    assert (out[:, 0] == 0).all()
    assert torch.allclose(out.cumsum(dim=1) + JOINTS[:, :1], JOINTS, atol=1e-5)


def test_padded_frames_are_not_seen(system: System) -> None:
    valid = torch.arange(12) < torch.tensor([[12], [7]])
    padded, alone = system.recognizer(JOINTS, valid), system.recognizer(JOINTS[1:, :7])
    for a, b in zip(padded, alone, strict=True):
        assert torch.allclose(a[1], b[0], atol=1e-4)
    assert not torch.allclose(system.recognizer(JOINTS).fused[1], alone.fused[0], atol=1e-4)


def test_frames_that_are_left_out_are_as_good_as_hidden(system: System) -> None:
    """Reading a part is the same as not attending to the rest: bones and motion are those of the whole clip."""
    kept = torch.tensor([0, 2, 3, 7, 11])
    valid = torch.zeros(2, 12, dtype=torch.bool)
    valid[:, kept] = True
    part, hidden = system.recognizer(JOINTS, None, [kept] * 3), system.recognizer(JOINTS, valid)
    for a, b in zip(part, hidden, strict=True):
        assert torch.allclose(a, b, atol=1e-5)
    every = torch.arange(12)
    assert torch.allclose(system.recognizer(JOINTS, None, [every] * 3).fused, system.recognizer(JOINTS).fused)
    one = system.recognizer(JOINTS, None, [kept, every, every])
    assert torch.allclose(one.bone, system.recognizer(JOINTS).bone)
    assert not torch.allclose(one.joint, system.recognizer(JOINTS).joint, atol=1e-4)


def test_metres_are_normalised_inside(system: System) -> None:
    model = Recognizer(system.config.recognizer).eval()
    model.load_state_dict(system.recognizer.state_dict())
    model.mean.fill_(0.5)
    model.std.fill_(2.0)
    a, b = model(JOINTS * 2 + 0.5), system.recognizer(JOINTS)
    assert torch.allclose(a.fused, b.fused, atol=1e-4)


@pytest.mark.parametrize("attend_padding", [False, True])
def test_text_behind_the_end_has_no_effect(system: System, attend_padding: bool) -> None:
    torch.manual_seed(0)
    tower = TextTower(dataclasses.replace(system.config.recognizer, attend_padding=attend_padding)).eval()
    short, long = torch.tensor([[3, 4, END]]), torch.tensor([[3, 4, END, END, END, 7]])
    assert torch.allclose(tower(short), tower(long), atol=1e-6)
    assert not torch.allclose(tower(short), tower(torch.tensor([[3, 5, END]])), atol=1e-4)


def test_the_tower_starts_from_the_text_encoders_embeddings(system: System) -> None:
    tower = TextTower(system.config.recognizer)
    token, position = system.text.embeddings()
    tower.adopt(token, position)
    assert torch.equal(tower.token_embedding, token)
    assert torch.equal(tower.position_embedding, position)
