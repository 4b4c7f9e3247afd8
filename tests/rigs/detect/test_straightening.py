# SPDX-License-Identifier: GPL-3.0-or-later
"""Rest poses that are not a pose to start from: what is read from and solved on them is as on a rig that stands."""

from __future__ import annotations

from dataclasses import replace

import characters
import numpy as np
import pytest
from coamd.rigs.body.canonical import at_origin
from coamd.rigs.body.forward_kinematics import pose
from coamd.rigs.body.rest_rig import RestRig
from coamd.rigs.body.rotations import about, angle_of, normalised
from coamd.rigs.body.skeleton import INDEX
from coamd.rigs.detect.detection import Mapping, detect
from coamd.rigs.detect.rest_figure import Figure
from coamd.rigs.detect.straightening import is_body
from coamd.rigs.solve.retarget import retarget
from coamd.rigs.solve.rig_to_joints import joints_from_pose

from tests.motions import walk

LIMBS = [
    (f"{side}_{start}", f"{side}_{end}")
    for side in ("left", "right")
    for start, end in (("shoulder", "elbow"), ("elbow", "wrist"), ("hip", "knee"), ("knee", "ankle"))
]


def bent(rig: RestRig, turns: dict[str, tuple[tuple[float, float, float], float]]) -> RestRig:
    """The rig with bones, and all that hangs on them, turned about axes through their heads."""
    for name, (axis, angle) in turns.items():
        head = rig.bone(name).head
        turn = np.eye(4)
        turn[:3, :3] = about(np.array(axis), np.array(angle))
        turn[:3, 3] = head - turn[:3, :3] @ head
        bones = (
            replace(bone, matrix=turn @ bone.matrix) if name in (bone.name, *rig.ancestors(bone.name)) else bone
            for bone in rig.bones
        )
        rig = replace(rig, bones=tuple(bones))
    return rig


X = (1.0, 0.0, 0.0)
RESTS = {
    "one leg lifted": {"RightUpLeg": (X, -1.0), "RightLeg": (X, 1.2)},
    "a step": {"LeftUpLeg": (X, -0.6), "LeftLeg": (X, 0.2), "RightUpLeg": (X, 0.5), "RightLeg": (X, 0.7)},
    "sitting": {"LeftUpLeg": (X, -1.5), "RightUpLeg": (X, -1.5), "LeftLeg": (X, 1.5), "RightLeg": (X, 1.5)},
    "a crouch": {
        "Hips": (X, 1.1),
        **{f"{side}UpLeg": (X, -2.3) for side in ("Left", "Right")},
        **{f"{side}Leg": (X, 2.1) for side in ("Left", "Right")},
        **{f"{side}Foot": (X, -0.9) for side in ("Left", "Right")},
    },
}


def off(joints: np.ndarray, rig: RestRig, mapping: Mapping) -> np.ndarray:
    """Angles (F, 8) in degrees between the limbs of the solved rig and those of the joints."""
    figure = Figure(rig.rewired(mapping.wiring), mapping)
    posed = pose(rig.rewired(mapping.moved_by), retarget(joints, rig, mapping, fps=20.0))
    index = rig.rewired(mapping.moved_by).index
    at = {role: figure.point(posed[:, index[name], :3, 3]) for role, name in mapping.bones.items()}
    rows = [angle_of(at[b] - at[a], joints[:, INDEX[b]] - joints[:, INDEX[a]]) for a, b in LIMBS]
    return np.degrees(np.stack(rows, axis=1))


@pytest.mark.parametrize("rest", RESTS)
def test_limbs_are_where_the_motion_has_them_whatever_the_rest_pose(rest: str) -> None:
    joints, rig = walk(2.0), bent(characters.mixamo(prefix=""), RESTS[rest])
    usual = off(joints, characters.mixamo(prefix=""), detect(characters.mixamo(prefix="")))
    found = off(joints, rig, detect(rig))
    assert Figure(rig, detect(rig)).straightened
    assert found.max() < usual.max() + 3.0
    assert found.mean() < usual.mean() + 1.0


def test_without_it_the_limbs_would_be_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("coamd.rigs.detect.rest_figure.find_standing", lambda *_: {})
    rig = bent(characters.mixamo(prefix=""), RESTS["a step"])
    assert off(walk(2.0), rig, detect(rig)).max() > 20.0


@pytest.mark.parametrize("rest", RESTS)
def test_the_way_back_gives_the_same_joints(rest: str) -> None:
    rig = bent(characters.mixamo(prefix=""), RESTS[rest])
    mapping = detect(rig)
    first = joints_from_pose(pose(rig, retarget(walk(2.0), rig, mapping, fps=20.0)), rig, mapping)
    again = joints_from_pose(pose(rig, retarget(first, rig, mapping, fps=20.0)), rig, mapping)
    assert np.abs(again - first).mean() < 0.01


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_a_rest_pose_that_is_no_body_is_none_to_the_reader(seed: int) -> None:
    """Every bone's rest is turned at random, as in files whose pose without rotation means nothing."""
    rng = np.random.default_rng(seed)
    rig = characters.mixamo(prefix="")
    mapping = detect(rig)
    posed = pose(rig, retarget(walk(2.0), rig, mapping, fps=20.0))
    turns = {bone.name: about(normalised(rng.normal(size=3)), np.array(rng.uniform(0.5, 3.0))) for bone in rig.bones}
    bones = []
    for bone in rig.bones:
        matrix = bone.matrix.copy()
        matrix[:3, :3] = turns[bone.name] @ matrix[:3, :3]
        if bone.parent is not None:
            above = next(b for b in bones if b.name == bone.parent)
            matrix[:3, 3] = above.head + turns[bone.parent] @ (bone.head - rig.bone(bone.parent).head)
        bones.append(replace(bone, matrix=matrix))
    scrambled = RestRig(tuple(bones), np.eye(4))
    assert not is_body(scrambled, mapping.bones)
    found = detect(scrambled)
    assert found.bones == mapping.bones
    # The pose is that of each bone's own axes, which the turns do not change.
    read, right = (at_origin(joints_from_pose(posed, r, mapping)) for r in (scrambled, rig))
    assert np.abs(read - right).mean() < 0.02


def test_ends_of_leaf_bones_that_are_metres_away_are_no_floor() -> None:
    rig = characters.mixamo()
    bones = tuple(replace(b, length=8.0) if b.name.endswith("ToeBase") else b for b in rig.bones)
    far, near = (Figure(r, detect(r)) for r in (replace(rig, bones=bones), rig))
    assert far.floor == pytest.approx(near.floor, abs=0.1)
