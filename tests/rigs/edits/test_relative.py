# SPDX-License-Identifier: GPL-3.0-or-later
"""Relative retargeting: the rig moves as the edited joints do and keeps what joints cannot say."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import characters
import motions
import numpy as np
import pytest
from coamd.rigs.body.body_parts import PARTS, part_of
from coamd.rigs.body.bone_curves import Change
from coamd.rigs.body.forward_kinematics import pose
from coamd.rigs.body.resample import sampled
from coamd.rigs.body.rest_rig import RestRig
from coamd.rigs.body.rotations import about, angle_between, matrix_from_quaternion, multiplied, quaternion_from_matrix
from coamd.rigs.body.skeleton import INDEX
from coamd.rigs.detect.detection import detect
from coamd.rigs.detect.rest_figure import Figure
from coamd.rigs.edits.relative import OriginalTake, Reach, relative
from coamd.rigs.solve.retarget import BoneCurves, retarget
from coamd.rigs.solve.rig_to_joints import joints_from_pose
from coamd.rigs.solve.settings import RetargetSettings

FREE = RetargetSettings(foot_lock=0.0)
FPS = 24.0
FIRST, COUNT = 20, 50  # scene frames that are edited, out of a clip that begins at frame 0
HAND, FOREARM = "mixamorig:LeftHand", "mixamorig:LeftForeArm"


def solved(joints: np.ndarray, rig: RestRig, fps: float) -> dict[str, BoneCurves]:
    return {curve.bone: curve for curve in retarget(joints, rig, detect(rig), fps=fps, settings=FREE)}


def twisted(curves: dict[str, BoneCurves]) -> dict[str, BoneCurves]:
    """A style of the animator's own: a turned hand and a twisted forearm."""
    out = dict(curves)
    for bone, angle in ((HAND, 0.7), (FOREARM, 0.3)):
        extra = quaternion_from_matrix(about(np.array([0.0, 1.0, 0.0]), np.array(angle)))
        rotations = multiplied(curves[bone].rotations, np.broadcast_to(extra, curves[bone].rotations.shape))
        out[bone] = replace(curves[bone], rotations=rotations)
    return out


def take_of(joints: np.ndarray, rig: RestRig, **others: object) -> tuple[OriginalTake, dict[str, BoneCurves]]:
    """The user's own motion, read as the add-on reads it, and its channels in the edited frames."""
    at_20 = joints_from_pose(pose(rig, twisted(solved(joints, rig, 20.0)).values()), rig, detect(rig))
    frames = slice(FIRST, FIRST + COUNT)
    there = {
        name: BoneCurves(name, c.rotations[frames], None if c.locations is None else c.locations[frames])
        for name, c in twisted(solved(joints, rig, FPS)).items()
    }
    places = np.arange(FIRST, FIRST + COUNT) * 20.0 / FPS
    take = OriginalTake(at_20, places, pose(rig, there.values()), FPS, {})
    return replace(take, **others), there  # type: ignore[arg-type]


def changed(channels: dict[str, BoneCurves], changes: tuple[Change, ...]) -> dict[str, BoneCurves]:
    out = dict(channels)
    for change in changes:
        old = channels[change.bone]
        locations = old.locations if change.shift is None else old.locations + change.shift  # type: ignore[operator]
        out[change.bone] = BoneCurves(change.bone, multiplied(old.rotations, change.turn), locations)
    return out


def seen(rig: RestRig, channels: dict[str, BoneCurves]) -> np.ndarray:
    return joints_from_pose(pose(rig, channels.values()), rig, detect(rig))


@pytest.fixture(params=[None, 3], ids=["plain", "rolled"])
def rig(request: pytest.FixtureRequest) -> RestRig:
    return characters.mixamo(arms=0.5, rolls=request.param)


def test_the_same_joints_change_nothing(rig: RestRig) -> None:
    take, _ = take_of(motions.walk(4.0), rig)
    assert relative(take, take.joints.copy(), rig, detect(rig)) == ()


def test_the_rig_moves_as_the_edited_joints(rig: RestRig) -> None:
    take, channels = take_of(motions.walk(4.0), rig)
    goal, _ = take_of(motions.walk(4.0, 1.5), rig)
    after = changed(channels, relative(take, goal.joints, rig, detect(rig)))
    away = np.linalg.norm(seen(rig, after) - sampled(goal.joints, take.at), axis=-1)
    assert away.max() < 0.003
    assert np.linalg.norm(sampled(take.joints, take.at) - sampled(goal.joints, take.at), axis=-1).max() > 0.2


@pytest.mark.parametrize("table", ["mpfb_mixamo", "mpfb_default", "mpfb_rigify_metarig", "kaykit_knight"])
def test_real_rigs(shared: Path, table: str) -> None:
    """Four families: the joints that the rig shows after the edit are those that were asked for."""
    rig = RestRig.from_table(shared / "rigs" / f"{table}.json")
    mapping = detect(rig)
    clips = [motions.walk(4.0), motions.walk(4.0, 1.5)]
    shown = [
        joints_from_pose(pose(rig, retarget(c, rig, mapping, fps=20.0, settings=FREE)), rig, mapping) for c in clips
    ]
    curves = {curve.bone: curve for curve in retarget(clips[0], rig, mapping, fps=20.0, settings=FREE)}
    take = OriginalTake(shown[0], np.arange(80.0), pose(rig, curves.values()), 20.0, {})
    after = changed(curves, relative(take, shown[1], rig, mapping))
    away = np.linalg.norm(joints_from_pose(pose(rig, after.values()), rig, mapping) - shown[1], axis=-1)
    assert away.mean() < 0.005
    assert away.max() < 0.03


def test_the_animators_own_style_stays(rig: RestRig) -> None:
    """A turned hand sits on the forearm as before, in every frame, though the arm goes elsewhere."""
    take, _ = take_of(motions.walk(4.0), rig)
    goal, _ = take_of(motions.sit(), rig)
    count = min(len(take.joints), len(goal.joints))
    take = replace(take, joints=take.joints[:count], at=take.at[: COUNT // 2], matrices=take.matrices[: COUNT // 2])
    changes = relative(take, goal.joints[:count], rig, detect(rig))
    assert changes
    assert HAND not in {change.bone for change in changes}


def test_only_the_chosen_parts_change(rig: RestRig) -> None:
    take, _ = take_of(motions.walk(4.0), rig, parts=("left_arm",))
    goal, _ = take_of(motions.walk(4.0, 1.5), rig)
    changes = relative(take, goal.joints, rig, detect(rig))
    assert changes
    assert {change.bone for change in changes} <= {f"mixamorig:Left{n}" for n in ("Shoulder", "Arm", "ForeArm", "Hand")}
    assert all(change.shift is None for change in changes)


def test_every_role_belongs_to_a_part() -> None:
    mapping = detect(characters.mixamo())
    assert {part_of(role) for role in mapping.bones} == set(PARTS)
    assert part_of("spine4") == part_of("neck2") == "trunk"
    assert part_of("right_foot") == "right_leg"


def test_given_poses_are_exact_and_speeds_meet_at_the_borders(rig: RestRig) -> None:
    last = COUNT - 1
    take, channels = take_of(motions.walk(4.0), rig, anchors={0: 0, 17: 17, last: last})
    goal, _ = take_of(motions.walk(4.0, 1.5), rig)
    after = changed(channels, relative(take, goal.joints, rig, detect(rig)))
    for frame in (0, 17, last):
        for bone, curve in after.items():
            q = curve.rotations[frame]
            assert np.array_equal(q * np.sign(q @ channels[bone].rotations[frame]), channels[bone].rotations[frame])
    # One frame into the range the pose has left the old one by little, whatever the edit does.
    for k in (1, last - 1):
        old, new = (matrix_from_quaternion(x["mixamorig:Hips"].rotations[k]) for x in (channels, after))
        assert angle_between(old, new) < np.radians(3.0)
    old, new = (matrix_from_quaternion(x["mixamorig:Hips"].rotations[25]) for x in (channels, after))
    assert angle_between(old, new) > np.radians(20.0)


def test_without_anchors_poses_are_not_exact() -> None:
    """The test above can fail."""
    rig = characters.mixamo()
    take, channels = take_of(motions.walk(4.0), rig)
    goal, _ = take_of(motions.walk(4.0, 1.5), rig)
    after = changed(channels, relative(take, goal.joints, rig, detect(rig)))
    assert not np.allclose(after["mixamorig:Hips"].rotations[17], channels["mixamorig:Hips"].rotations[17], atol=0.01)


def test_a_loop_ends_in_the_pose_of_its_start(rig: RestRig) -> None:
    last = COUNT - 1
    take, channels = take_of(motions.walk(4.0), rig, anchors={0: 0, last: 0})
    after = changed(channels, relative(take, take.joints.copy(), rig, detect(rig)))
    for bone, curve in after.items():
        start, end = (matrix_from_quaternion(curve.rotations[k]) for k in (0, last))
        if bone != HAND:
            assert angle_between(start, end) < 1e-4, bone
    hips = pose(rig, after.values())[:, rig.index["mixamorig:Hips"], :3, 3]
    assert abs(hips[0, 2] - hips[last, 2]) < 1e-6
    assert np.linalg.norm(hips[last, :2] - hips[0, :2]) > 0.5, "it may end elsewhere on the ground"


def test_a_hand_is_put_where_it_is_wanted(rig: RestRig) -> None:
    mapping = detect(rig)
    plain, _ = take_of(motions.walk(4.0), rig)
    chest = plain.matrices[:, rig.index["mixamorig:LeftArm"], :3, 3]
    places = chest + Figure(rig, mapping).basis @ np.array([0.2, 0.1, 0.25])
    weights = np.zeros(COUNT)
    weights[20:30] = 1.0
    take, channels = take_of(motions.walk(4.0), rig, reach=(Reach("left_wrist", places, weights),))
    after = changed(channels, relative(take, take.joints.copy(), rig, mapping))
    hands = pose(rig, after.values())[:, rig.index[HAND], :3, 3]
    assert np.linalg.norm(hands - places, axis=-1)[20:30].max() < 1e-3
    before = plain.matrices[:, rig.index[HAND], :3, 3]
    np.testing.assert_allclose(hands[:20], before[:20], atol=1e-6)


def test_the_wrist_is_where_the_joints_say() -> None:
    """An edit of one arm, in the world: the joints after it are those asked for, all others those of before."""
    rig = characters.mixamo()
    take, channels = take_of(motions.walk(4.0), rig, parts=("right_arm",))
    goal, _ = take_of(motions.walk(4.0, 1.5), rig)
    after = seen(rig, changed(channels, relative(take, goal.joints, rig, detect(rig))))
    kept = [k for name, k in INDEX.items() if not name.startswith("right_") or part_of(name) != "right_arm"]
    np.testing.assert_allclose(after[:, kept], sampled(take.joints, take.at)[:, kept], atol=2e-3)
