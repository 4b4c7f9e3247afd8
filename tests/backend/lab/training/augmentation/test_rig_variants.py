# SPDX-License-Identifier: GPL-3.0-or-later
"""Training clips on rigs of random build."""

from __future__ import annotations

import numpy as np
from coamd.backend.lab.training.augmentation.rig_variants import LACKING, random_rig, rig_variants
from coamd.backend.training.data import Clip
from coamd.backend.training.mirrored_words import mirrored_clip
from coamd.rigs.body.canonical import canonical, mirrored
from coamd.rigs.body.posture import OWN, find_posture

from tests.motions import sit, walk


def clips() -> list[Clip]:
    found = [
        Clip(name, "train", canonical(joints, 20.0), (name,), (name,))
        for name, joints in (("walk", walk(3.0, turning=0.5)), ("sit", sit(3.0)))
    ]
    return [copy for clip in found for copy in (clip, mirrored_clip(clip))]


def test_random_rigs_are_detected_and_some_lack_bones() -> None:
    lengths = set()
    for seed in range(12):
        rig, mapping = random_rig(np.random.default_rng(seed))
        lengths.add(len(rig.bones))
        assert {"pelvis", "left_hip", "right_wrist", "left_foot", "head"} <= set(mapping.bones)
        assert min(bone.length for bone in rig.bones) > 0.0
    assert max(lengths) == 22
    assert min(lengths) >= 22 - 2 - len(LACKING)
    assert len(lengths) > 1


def test_variants_stand_in_the_posture_of_rigs_in_the_order_of_the_clips() -> None:
    given = clips()
    ticks: list[int] = []
    made = rig_variants(given, 1, lambda: ticks.append(1))
    assert [clip.id for clip in made] == [clip.id for clip in given]
    assert len(ticks) == 2
    for clip, variant in zip(given, made, strict=True):
        assert variant.joints.shape == clip.joints.shape
        assert find_posture(variant.joints) is OWN
        assert 0.0 < np.linalg.norm(variant.joints - clip.joints, axis=-1).mean() < 0.2
    assert np.allclose(made[1].joints, mirrored(made[0].joints))
    again = rig_variants(given, 1)
    assert all(np.array_equal(a.joints, b.joints) for a, b in zip(made, again, strict=True))
    assert not np.allclose(rig_variants(given[:1], 2)[0].joints, made[0].joints, atol=1e-4)
