# SPDX-License-Identifier: GPL-3.0-or-later
"""The trunk, both ways: what one direction writes the other reads."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import characters
import motions
import numpy as np
import pytest
from coamd.rigs.body.forward_kinematics import pose
from coamd.rigs.body.posture import OWN, find_posture
from coamd.rigs.body.rest_rig import RestBone, RestRig, rest_matrix
from coamd.rigs.body.rotations import about, angle_between, normalised, swing
from coamd.rigs.body.skeleton import INDEX
from coamd.rigs.detect.detection import detect
from coamd.rigs.detect.mapping import Mapping
from coamd.rigs.detect.rest_figure import Figure
from coamd.rigs.solve.retarget import retarget
from coamd.rigs.solve.rig_to_joints import joints_from_pose
from coamd.rigs.solve.settings import RetargetSettings
from coamd.rigs.solve.trunk import swing_onto, tilt, turns_of
from hypothesis import given, settings
from hypothesis import strategies as st

Y = np.array([0.0, 1.0, 0.0])
UNLOCKED = RetargetSettings(foot_lock=0.0)
UNIT = st.tuples(*[st.floats(-1.0, 1.0)] * 3).filter(lambda v: np.linalg.norm(v) > 0.3)


def unit(values: tuple[float, ...]) -> np.ndarray:
    return normalised(np.array(values))


def bone_between(name: str, parent: str, head: np.ndarray, tail: np.ndarray) -> RestBone:
    return RestBone(name, parent, rest_matrix(head, tail), float(np.linalg.norm(tail - head)))


def with_bones(rig: RestRig, spine: int, neck: int) -> tuple[RestRig, Mapping]:
    """A Mixamo rig with so many spine and neck bones, each cut into equal parts of the old way."""
    mapping = detect(rig)
    bones = {role: name for role, name in mapping.bones.items() if not role.startswith(("spine", "neck"))}
    kept = {bone.name: bone for bone in rig.bones}
    ways = {
        "spine": [kept[f"mixamorig:{name}"].head for name in ("Spine", "Spine1", "Spine2", "Neck")],
        "neck": [kept["mixamorig:Neck"].head, kept["mixamorig:Head"].head],
    }
    for name in ("Spine", "Spine1", "Spine2", "Neck"):
        kept.pop(f"mixamorig:{name}")
    made: list[RestBone] = []
    last = "mixamorig:Hips"
    for part, count in (("spine", spine), ("neck", neck)):
        points = np.stack(ways[part])
        at = np.linspace(0.0, len(points) - 1.0, count + 1) if count else np.zeros(0)
        cut = np.stack([np.interp(at, np.arange(len(points)), column) for column in points.T], axis=-1)
        for k in range(count):
            role = "neck" if part == "neck" and k == 0 else f"{part}{k + 1}"
            made.append(bone_between(role, last, cut[k], cut[k + 1]))
            last = bones[role] = role
            if part == "spine" and k == count - 1:
                top = role
    moved = {"mixamorig:LeftShoulder": top, "mixamorig:RightShoulder": top, "mixamorig:Head": last}
    rest = [replace(bone, parent=moved.get(bone.name, bone.parent)) for bone in kept.values()]
    ordered = RestRig((rest[0], *made, *rest[1:]), rig.matrix_world)
    return ordered, replace(mapping, bones=bones)


@pytest.mark.parametrize(("spine", "neck"), [(1, 0), (1, 1), (2, 1), (3, 2), (5, 3)])
def test_any_number_of_spine_and_neck_bones_comes_back(spine: int, neck: int) -> None:
    """The joints of a solved pose give that pose again, bone by bone."""
    clip = motions.walk(1.0, 1.0)
    clip = clip @ about(np.array([1.0, 0.0, 0.0]), np.array(0.3)).T
    rig, mapping = with_bones(characters.mixamo(), spine, neck)

    def there_and_back(matrices: np.ndarray) -> np.ndarray:
        joints = joints_from_pose(matrices, rig, mapping)
        return pose(rig, retarget(joints, rig, mapping, fps=20.0, settings=UNLOCKED))

    solved = pose(rig, retarget(clip, rig, mapping, fps=20.0))
    once = there_and_back(solved)
    twice = there_and_back(once)
    for role, name in mapping.bones.items():
        i = rig.index[name]
        assert np.abs(solved[:, i, :3, 3] - once[:, i, :3, 3]).max() < 0.002, role
        if role.startswith(("pelvis", "spine")):
            assert np.degrees(angle_between(solved[:, i, :3, :3], once[:, i, :3, :3])).max() < 0.5, role
        assert np.allclose(once[:, i], twice[:, i], atol=2e-4), role


def test_spine_bones_share_bend_and_twist_alike() -> None:
    rig, mapping = with_bones(characters.mixamo(), 4, 1)
    figure = Figure(rig, mapping)
    rest = joints_from_pose(rig.matrices[None], rig, mapping)
    above = [j for name, j in INDEX.items() if name.endswith(("neck", "head", "collar", "shoulder", "elbow", "wrist"))]
    joints, chest = rest.copy(), rest[:, INDEX["spine3"], None]
    joints[:, above] = chest + (rest[:, above] - chest) @ about(Y, np.array(0.8)).T
    turns = turns_of(joints, figure, OWN)
    steps = [angle_between(turns[b], turns[a])[0] for a, b in pairwise(("pelvis", *figure.spine_roles))]
    assert np.isclose(sum(steps), 0.8, atol=0.02)
    assert np.allclose(steps, 0.2, atol=0.03)


def test_rest_is_rest() -> None:
    for rig in (characters.mixamo(), characters.mixamo(arms=0.8, rolls=2), with_bones(characters.mixamo(), 2, 0)[0]):
        mapping = detect(rig) if "spine1" not in rig.index else with_bones(characters.mixamo(), 2, 0)[1]
        joints = joints_from_pose(rig.matrices[None], rig, mapping)
        assert find_posture(joints) is OWN
        for curve in retarget(joints, rig, mapping, fps=20.0, settings=UNLOCKED):
            if not curve.bone.endswith(("Arm", "Hand", "Leg", "Foot", "ToeBase")):  # these roll as people do
                assert abs(curve.rotations[0, 0]) > 1.0 - 1e-6, curve.bone


@settings(max_examples=50)
@given(UNIT, UNIT, UNIT)
def test_reach_turns_a_part_of_a_chain_so_that_the_whole_points_somewhere(
    fixed: tuple[float, ...], bent: tuple[float, ...], goal: tuple[float, ...]
) -> None:
    a, b = 0.3 * unit(fixed), unit(bent)
    w = unit(goal)
    total = a + swing_onto(a[None], b[None], w[None])[0] @ b
    assert np.allclose(normalised(total), w, atol=1e-4)


@settings(max_examples=50)
@given(st.floats(-1.2, 1.2), st.floats(-1.2, 1.2), UNIT)
def test_tilt_is_what_swing_reads(pitch: float, roll: float, aside: tuple[float, ...]) -> None:
    """A swing of ``usual`` carries ``start`` somewhere; from there ``tilt`` finds the same swing."""
    usual = np.array([0.0, 0.8, 0.6])
    start = normalised(usual + 0.3 * unit(aside))
    end = normalised(usual + pitch * np.array([1.0, 0.0, 0.0]) + roll * np.array([0.0, -0.6, 0.8]))
    turn = swing(usual, end)
    found = tilt(usual, start, (turn @ start)[None])[0]
    assert np.allclose(found, turn, atol=1e-4) or np.linalg.norm(turn @ start - start) < 1e-3
