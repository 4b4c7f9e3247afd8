# SPDX-License-Identifier: GPL-3.0-or-later
"""Parts of a body that hang elsewhere in the rig: they go along, joint on joint, or the rig is refused."""

from __future__ import annotations

from dataclasses import replace

import characters
import numpy as np
import pytest
import shapes
from coamd.rigs.body.forward_kinematics import pose
from coamd.rigs.body.rest_rig import RestBone, RestRig, rest_matrix
from coamd.rigs.detect.attachment import attached, bearer_of
from coamd.rigs.detect.detection import BY_SHAPE, Mapping, detect
from coamd.rigs.detect.manual_choice import map_rig
from coamd.rigs.edits.carried_rotations import changed_pose
from coamd.rigs.edits.relative import OriginalTake, relative
from coamd.rigs.errors import UserError
from coamd.rigs.solve.retarget import retarget
from coamd.rigs.solve.rig_to_joints import joints_from_pose
from coamd.rigs.solve.settings import RetargetSettings

from tests.motions import walk


def beside(*names: str, at: tuple[float, float, float] = (0.0, 0.0, 0.0)) -> RestRig:
    """A character of which the hips and other parts hang on one bone that starts ``at``."""
    rig = characters.mixamo(prefix="")
    start = np.array(at)
    root = RestBone("Root", None, rest_matrix(start, start + np.array([0.0, 0.0, 0.2])), 0.2)
    return RestRig(
        (root, *(replace(b, parent="Root") if b.name in ("Hips", *names) else b for b in rig.bones)), np.eye(4)
    )


def gaps(rig: RestRig, mapping: Mapping, matrices: np.ndarray) -> dict[str, float]:
    """How far (m) each joint's distance from what carries it leaves that at rest, in poses (F, bones, 4, 4)."""
    out = {}
    for role, name in mapping.bones.items():
        bearer = bearer_of(role, mapping)
        if bearer is not None:
            i, k = rig.index[name], rig.index[mapping.bones[bearer]]
            away = np.linalg.norm(matrices[:, i, :3, 3] - matrices[:, k, :3, 3], axis=-1)
            out[role] = float(np.abs(away - np.linalg.norm(rig.bones[i].head - rig.bones[k].head)).max())
    return out


LAYOUTS = {
    "feet on the root": beside("LeftFoot", "RightFoot"),
    "hips beside the legs": beside("LeftUpLeg", "RightUpLeg", at=(0.0, 0.0, 0.95)),
    "legs on the root": beside("LeftUpLeg", "RightUpLeg"),
    "the spine on the root": beside("Spine"),
    "arms and neck on the root": beside("LeftShoulder", "RightShoulder", "Neck"),
    "everything on the root": beside("LeftUpLeg", "RightUpLeg", "LeftFoot", "RightFoot", "Spine", "Neck"),
}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("root", ["hips", "root", "in_place"])
def test_every_joint_stays_where_it_belongs(layout: str, root: str) -> None:
    rig = LAYOUTS[layout]
    mapping = detect(rig)
    posed = pose(rig, retarget(walk(1.0), rig, mapping, fps=20.0, settings=RetargetSettings(root=root)))
    assert max(gaps(rig, mapping, posed).values()) < 1e-6
    plain = characters.mixamo(prefix="")
    usual = pose(plain, retarget(walk(1.0), plain, detect(plain), fps=20.0, settings=RetargetSettings(root=root)))
    for name in ("LeftFoot", "RightHand", "Head"):
        ours, theirs = posed[:, rig.index[name], :3, 3], usual[:, plain.index[name], :3, 3]
        assert np.abs(ours - theirs).max() < 0.01, name


def test_a_thigh_on_an_arm_follows_the_pelvis() -> None:
    plain = characters.mixamo(prefix="")
    leg = ("LeftUpLeg", "LeftLeg", "LeftFoot", "LeftToeBase")
    order = sorted(plain.bones, key=lambda bone: bone.name in leg)
    rig = RestRig(tuple(replace(b, parent="RightArm") if b.name == "LeftUpLeg" else b for b in order), np.eye(4))
    mapping = detect(rig)
    assert mapping.hung == (("LeftUpLeg", "Hips"),)
    posed = pose(rig, retarget(walk(1.0), rig, mapping, fps=20.0))
    assert max(gaps(rig, mapping, posed).values()) < 1e-6


def test_without_that_the_body_is_torn() -> None:
    rig = LAYOUTS["legs on the root"]
    mapping = replace(detect(rig), hung=())
    posed = pose(rig, retarget(walk(2.0), rig, mapping, fps=20.0))
    assert max(gaps(rig, mapping, posed).values()) > 0.5


def test_the_pelvis_is_what_carries_trunk_and_legs() -> None:
    mapping = detect(LAYOUTS["hips beside the legs"])
    assert (mapping.bones["pelvis"], mapping.bones["spine1"], mapping.bones["spine2"]) == ("Root", "Hips", "Spine")
    assert not mapping.hung
    assert detect(LAYOUTS["legs on the root"]).bones["pelvis"] == "Hips", "a root on the floor is not a pelvis"
    by_hand = map_rig(LAYOUTS["hips beside the legs"], (), {"pelvis": "Hips", "spine1": "Spine"})
    assert by_hand.bones["pelvis"] == "Hips", "what the user chose stays"
    assert {bone for bone, _ in by_hand.hung} == {"LeftUpLeg", "RightUpLeg"}


def test_feet_on_the_root_are_found_by_shape_too() -> None:
    rig, names = shapes.nameless(LAYOUTS["feet on the root"], 5)
    mapping = detect(rig)
    assert mapping.family == BY_SHAPE
    assert names[mapping.bones["left_ankle"]] == "LeftFoot"
    assert names[mapping.bones["right_ankle"]] == "RightFoot"
    assert {names[bone] for bone, _ in mapping.hung} == {"LeftFoot", "RightFoot"}


@pytest.mark.parametrize("carrier", ["Root", "Hips"])
def test_feet_are_found_by_shape_where_no_bone_of_the_leg_reaches_them(carrier: str) -> None:
    rig, feet = LAYOUTS["feet on the root"], ("LeftFoot", "RightFoot")
    bones = (replace(b, length=0.02) if b.name in ("LeftLeg", "RightLeg") else b for b in rig.bones)
    bones = (replace(b, parent=carrier) if b.name in feet else b for b in bones)
    plain, names = shapes.nameless(RestRig(tuple(bones), np.eye(4)), 5)
    mapping = detect(plain)
    assert mapping.family == BY_SHAPE
    assert {names[mapping.bones[f"{side}_ankle"]] for side in ("left", "right")} == set(feet)
    assert names[mapping.bones["left_foot"]] == "LeftToeBase"
    assert {names[bone] for bone, _ in mapping.hung} == set(feet)


def test_legs_without_feet_are_refused_with_the_reason() -> None:
    rig = characters.without(characters.mixamo(), "LeftFoot", "RightFoot")
    for found in (rig, shapes.nameless(rig, 2)[0]):
        with pytest.raises(UserError, match=r"ankle|legs"):
            detect(found)


def test_a_skeleton_of_several_roots_without_names_is_refused() -> None:
    rig, names = shapes.nameless(characters.mixamo(), 3)
    hips = next(new for new, old in names.items() if old.endswith("Hips"))
    bones = (replace(b, parent=None if b.parent == hips else b.parent) for b in rig.bones if b.name != hips)
    with pytest.raises(UserError) as caught:
        detect(RestRig(tuple(bones), np.eye(4)))
    assert caught.value.code in ("no_mapping", "half_body")


def test_a_connected_bone_cannot_follow_another() -> None:
    rig = LAYOUTS["feet on the root"]
    bones = tuple(replace(b, connected=True) if b.name == "LeftFoot" else b for b in rig.bones)
    with pytest.raises(UserError, match=r"“LeftFoot” cannot follow “LeftLeg”.*connected to “Root”") as caught:
        detect(replace(rig, bones=bones))
    assert caught.value.code == "torn"


def test_what_carries_a_part_cannot_hang_on_it() -> None:
    rig = characters.mixamo(prefix="")
    mapping = detect(rig)
    around = {**mapping.bones, "spine1": "Hips", "pelvis": "Spine"}
    with pytest.raises(UserError, match="hangs on it instead"):
        attached(rig, replace(mapping, bones=around), given=("pelvis",))


@pytest.mark.parametrize("layout", ["feet on the root", "everything on the root"])
def test_an_edit_keeps_the_body_together(layout: str) -> None:
    rig = LAYOUTS[layout]
    mapping = detect(rig)
    before = pose(rig, retarget(walk(2.0), rig, mapping, fps=20.0))
    joints = joints_from_pose(before, rig, mapping)
    edited = joints.copy()
    edited[10:30, :, 0] += 0.3 * np.sin(np.linspace(0.0, np.pi, 20))[:, None] ** 2
    frames = np.arange(len(joints))
    take = OriginalTake(joints, frames.astype(float), before, 20.0, {0: 0, len(joints) - 1: len(joints) - 1})
    after = changed_pose(relative(take, edited, rig, mapping), before, rig, [bone.name for bone in rig.bones])
    hips = [rig.index[mapping.bones[f"{side}_hip"]] for side in ("left", "right")]
    moved = (after - before)[..., :3, 3][:, hips].mean(axis=1)
    assert np.abs(moved[20]).max() > 0.2
    assert max(gaps(rig, mapping, after).values()) < 1e-3
    np.testing.assert_allclose(after[0], before[0], atol=1e-9)
