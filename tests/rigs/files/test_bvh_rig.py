# SPDX-License-Identifier: GPL-3.0-or-later
"""A BVH skeleton as a rig, and any rig as BVH: what a file says by its own kinematics is what the rig was posed to."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import characters
import motions
import numpy as np
import pytest
from coamd.rigs.body.bone_curves import BoneCurves
from coamd.rigs.body.canonical import at_origin
from coamd.rigs.body.forward_kinematics import pose
from coamd.rigs.body.rest_rig import RestBone, RestRig, rest_matrix
from coamd.rigs.body.rotations import angle_of, normalised, swing
from coamd.rigs.body.skeleton import INDEX, JOINTS, PARENTS
from coamd.rigs.detect.detection import detect
from coamd.rigs.errors import UserError
from coamd.rigs.files.bvh import Bvh, read_bvh
from coamd.rigs.files.bvh_rig import joints_of_rig, pose_matrices, rest_rig, standing_rig
from coamd.rigs.files.bvh_writer import write_bvh
from coamd.rigs.files.rig_bvh import TO_Y_UP, rig_bvh
from coamd.rigs.solve.retarget import retarget
from coamd.rigs.solve.settings import RetargetSettings


def curves_at_random(rig: RestRig, seed: int, frames: int = 9) -> tuple[BoneCurves, ...]:
    """Any rotation of any bone, and a location for the root."""
    rng = np.random.default_rng(seed)
    return tuple(
        BoneCurves(bone.name, normalised(rng.normal(size=(frames, 4))), None if i else rng.normal(size=(frames, 3)))
        for i, bone in enumerate(rig.bones)
    )


def places(bvh: Bvh, rig: RestRig) -> np.ndarray:
    """(F, bones, 3) where the file's joints are, in the order of the rig's bones."""
    return bvh.positions()[:, [bvh.names.index(bone.name) for bone in rig.bones]]


@pytest.mark.parametrize("axes", [np.eye(3), TO_Y_UP], ids=["own axes", "Y up"])
@pytest.mark.parametrize("seed", [0, 1])
def test_the_written_file_has_the_pose_of_the_rig(tmp_path: Path, seed: int, axes: np.ndarray) -> None:
    """Whatever way the bones' axes lie at rest: kinematics of the file against kinematics of the rig."""
    rig = characters.mixamo(arms=0.6, rolls=seed)
    curves = curves_at_random(rig, seed)
    write_bvh(tmp_path / "any.bvh", rig_bvh(rig, curves, 25.0, axes))
    bvh = read_bvh(tmp_path / "any.bvh")
    assert bvh.fps == 25.0
    np.testing.assert_allclose(places(bvh, rig), pose(rig, curves)[..., :3, 3] @ axes.T, atol=1e-5)


def test_bones_without_curves_and_without_parents_are_kept(tmp_path: Path) -> None:
    rig = characters.mixamo()
    prop = RestBone("prop", None, rest_matrix(np.array([1.0, 0.0, 0.0]), np.array([1.0, 0.0, 0.3])), 0.3)
    rig = replace(rig, bones=(prop, *rig.bones))
    curves = retarget(motions.walk(1.0), rig, detect(rig), fps=20.0)
    write_bvh(tmp_path / "walk.bvh", rig_bvh(rig, curves, 20.0))
    bvh = read_bvh(tmp_path / "walk.bvh")
    assert {bone.name for bone in rig.bones} <= set(bvh.names)
    assert bvh.names[0] == "mixamorig:Hips", "the largest tree comes first"
    np.testing.assert_allclose(places(bvh, rig), pose(rig, curves)[..., :3, 3] @ TO_Y_UP.T, atol=1e-5)
    end = bvh.positions()[:, bvh.names.index("mixamorig:Head_End")]
    tails = pose(rig, curves)[:, rig.index["mixamorig:Head"]] @ np.array([0.0, rig.bone("mixamorig:Head").length, 0, 1])
    np.testing.assert_allclose(end, tails[:, :3] @ TO_Y_UP.T, atol=1e-5)


def test_a_bone_that_does_not_inherit_rotation(tmp_path: Path) -> None:
    rig = characters.mixamo()
    rig = replace(rig, bones=tuple(replace(b, inherit_rotation="Arm" not in b.name) for b in rig.bones))
    curves = curves_at_random(rig, 3)
    write_bvh(tmp_path / "any.bvh", rig_bvh(rig, curves, 20.0))
    np.testing.assert_allclose(
        places(read_bvh(tmp_path / "any.bvh"), rig), pose(rig, curves)[..., :3, 3] @ TO_Y_UP.T, atol=1e-5
    )


def test_angles_do_not_jump(tmp_path: Path) -> None:
    """A figure that turns round twice: no channel goes from 180 to -180 degrees."""
    rig = characters.mixamo()
    curves = retarget(motions.walk(6.0, 2.0 * np.pi / 3.0), rig, detect(rig), fps=20.0)
    write_bvh(tmp_path / "circle.bvh", rig_bvh(rig, curves, 20.0))
    bvh = read_bvh(tmp_path / "circle.bvh")
    assert np.abs(np.diff(bvh.frames, axis=0)).max() < 60.0


def test_a_skeleton_that_was_read_moves_as_its_file(tmp_path: Path) -> None:
    rig = characters.mixamo(rolls=5)
    curves = curves_at_random(rig, 5)
    write_bvh(tmp_path / "any.bvh", rig_bvh(rig, curves, 20.0))
    bvh = read_bvh(tmp_path / "any.bvh")
    back = rest_rig(bvh)
    assert [bone.name for bone in back.bones] == [name for name in bvh.names if not name.endswith("_End")]
    found = pose_matrices(bvh, back)
    np.testing.assert_allclose(found[..., :3, 3], places(bvh, back), atol=1e-9)
    wanted = pose(rig, curves)[:, [rig.index[bone.name] for bone in back.bones]]
    turns = [
        matrices[..., :3, :3] @ np.swapaxes(r.matrices[[r.index[b.name] for b in back.bones], :3, :3], -1, -2)
        for matrices, r in ((found, back), (wanted, rig))
    ]
    np.testing.assert_allclose(turns[0], TO_Y_UP @ turns[1] @ TO_Y_UP.T, atol=1e-6)


@pytest.mark.parametrize("axes", [np.eye(3), TO_Y_UP], ids=["Z up", "Y up"])
def test_a_rig_stands_up_from_either_axis(tmp_path: Path, axes: np.ndarray) -> None:
    rig = characters.mixamo()
    clip = motions.walk(2.0)
    curves = retarget(clip, rig, detect(rig), fps=20.0, settings=RetargetSettings(foot_lock=0.0))
    write_bvh(tmp_path / "walk.bvh", rig_bvh(rig, curves, 20.0, axes))
    bvh = read_bvh(tmp_path / "walk.bvh")
    stood, mapping = standing_rig(bvh)
    world = stood.matrix_world @ stood.matrices
    assert world[stood.index[mapping.bones["head"]], 2, 3] - world[stood.index[mapping.bones["left_ankle"]], 2, 3] > 1.2
    joints = joints_of_rig(bvh).joints
    for start, end in (("left_hip", "left_knee"), ("right_shoulder", "right_elbow"), ("right_elbow", "right_wrist")):
        ways = [motion[:, INDEX[end]] - motion[:, INDEX[start]] for motion in (joints, clip)]
        assert np.degrees(angle_of(*ways)).max() < 0.1


class Reframed(Bvh):
    """The same motion in a file whose joints all point along X without rotation, as LAFAN1 and others have it."""

    @classmethod
    def of(cls, bvh: Bvh) -> Reframed:
        """Each joint's own axes are turned by S: G becomes G S, and what hangs on it is at S' times its offset."""
        own: list[np.ndarray] = []
        for j, parent in enumerate(bvh.parents):
            following = [bvh.offsets[k] for k, above in enumerate(bvh.parents) if above == j]
            along = np.mean(following, axis=0) if following else np.zeros(3)
            still = own[parent] if parent >= 0 else np.eye(3)
            own.append(swing(np.eye(3)[0], normalised(along)) if np.linalg.norm(along) > 1e-6 else still)
        offsets = [own[p].T @ bvh.offsets[j] if p >= 0 else bvh.offsets[j] for j, p in enumerate(bvh.parents)]
        found = cls(bvh.names, bvh.parents, np.array(offsets), bvh.channels, bvh.frames, bvh.frame_time)
        object.__setattr__(found, "motion", (bvh.positions(), bvh.world()[1] @ np.stack(own)))
        return found

    def world(self) -> tuple[np.ndarray, np.ndarray]:
        """As if the channels had been worked out anew."""
        motion: tuple[np.ndarray, np.ndarray] = self.__dict__["motion"]
        return motion


@pytest.mark.parametrize("first", [0, 8, 16, 24], ids=lambda first: f"from frame {first}")
def test_a_walk_whose_zero_pose_is_no_body_is_read_whatever_its_first_frame(tmp_path: Path, first: int) -> None:
    """A frame of a walk is no standing pose. Taken for one, it leaves hips 5 degrees off, and a foot 27.

    What stays is what neither the bones' lengths nor the motion tell: how a spine curves and a head is held at rest.
    """
    rig, walk, still = characters.mixamo(), motions.walk(3.0)[first:], motions.still(1.0)
    clip = np.concatenate([walk, still + (walk[-1, 0] - still[0, 0]) * (1.0, 0.0, 1.0)])  # feet rest at last
    curves = retarget(clip, rig, detect(rig), fps=20.0)
    write_bvh(tmp_path / "walk.bvh", rig_bvh(rig, curves, 20.0, TO_Y_UP))
    bvh = read_bvh(tmp_path / "walk.bvh")
    reframed = Reframed.of(bvh)
    right, found = (at_origin(joints_of_rig(each).joints) for each in (bvh, reframed))
    off = {
        name: np.degrees(angle_of(*(motion[:, j] - motion[:, PARENTS[j]] for motion in (right, found)))).max()
        for j, name in enumerate(JOINTS)
        if j
    }
    limits = dict.fromkeys(JOINTS[1:], 4.0)
    for side in ("left", "right"):
        limits |= dict.fromkeys((f"{side}_{part}" for part in ("knee", "ankle", "elbow", "wrist")), 0.1)
        limits[f"{side}_foot"] = 1.0
    limits["head"] = 8.0
    assert {name: angle for name, angle in off.items() if angle > limits[name]} == {}


def test_two_joints_of_one_name_are_refused(tmp_path: Path) -> None:
    rig = characters.mixamo()
    write_bvh(tmp_path / "any.bvh", rig_bvh(rig, curves_at_random(rig, 0), 20.0))
    text = (tmp_path / "any.bvh").read_text().replace("mixamorig:LeftArm\n", "mixamorig:RightArm\n")
    (tmp_path / "any.bvh").write_text(text)
    with pytest.raises(UserError, match="RightArm"):
        rest_rig(read_bvh(tmp_path / "any.bvh"))
