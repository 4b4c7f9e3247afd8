# SPDX-License-Identifier: GPL-3.0-or-later
"""IK targets, poles and a root bone: other keys for the same pose, judged by forward kinematics and by two bones."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import characters
import motions
import numpy as np
import pytest
from coamd.rigs.body.bone_curves import BoneCurves
from coamd.rigs.body.forward_kinematics import pose
from coamd.rigs.body.rest_rig import RestBone, RestRig, rest_matrix
from coamd.rigs.body.rotations import angle_between, normalised, perpendicular
from coamd.rigs.detect.detection import detect
from coamd.rigs.detect.mapping import IkLimb, Mapping, Switch
from coamd.rigs.solve.ik_controls import pole_path, remarks, root_bone, switches
from coamd.rigs.solve.retarget import retarget
from coamd.rigs.solve.settings import RetargetSettings
from coamd.rigs.solve.two_bone_ik import two_bones

IK = RetargetSettings(limbs="ik")
LIMBS = {"wrist": ("Arm", "ForeArm", "Hand"), "ankle": ("UpLeg", "Leg", "Foot")}


def bone(name: str, parent: str | None, head: tuple[float, float, float], roll: float = 0.0) -> RestBone:
    start = np.array(head)
    return RestBone(
        name, parent, rest_matrix(start, start + np.array([0.0, 0.1, 0.1]), roll=roll), float(np.hypot(0.1, 0.1))
    )


def control_rig() -> tuple[RestRig, Mapping]:
    """A Mixamo figure under a root bone, with targets on the root, poles, and a toe control on each foot's target."""
    rig = characters.mixamo(arms=0.5, rolls=3)
    mapping = detect(rig)
    bones = [bone("Root", None, (0.0, 0.0, 0.0))]
    bones += [replace(b, parent="Root") if b.parent is None else b for b in rig.bones]
    limbs = []
    for side in ("Left", "Right"):
        for end, parts in LIMBS.items():
            upper, middle, last = (rig.bone(f"mixamorig:{side}{part}") for part in parts)
            ahead = -0.5 if end == "ankle" else 0.5
            line = normalised(last.head - upper.head)
            out = perpendicular(np.array([0.0, ahead, 0.0]), line)
            bones.append(bone(f"{side}{end}Target", "Root", tuple(last.head), 0.7))
            bones.append(bone(f"{side}{end}Pole", "Root", tuple(middle.head + out), -0.3))
            toes = None
            if end == "ankle":
                toes = f"{side}Toes"
                bones.append(bone(toes, f"{side}{end}Target", tuple(rig.bone(f"mixamorig:{side}ToeBase").head), 1.0))
            switch = Switch(f"{side}{end}Target", "IK_FK", 0.0)
            role = f"{side.lower()}_{end}"
            limbs.append(IkLimb(role, f"{side}{end}Target", f"{side}{end}Pole", (switch,), toes))
    fk = tuple(Switch(f"{side}{end}Target", "IK_FK", 1.0) for side in ("Left", "Right") for end in LIMBS)
    return RestRig(tuple(bones), np.eye(4)), replace(mapping, ik=tuple(limbs), switches=fk)


def head(rig: RestRig, posed: np.ndarray, name: str) -> np.ndarray:
    return posed[:, rig.index[name], :3, 3]


def turn(rig: RestRig, posed: np.ndarray, name: str) -> np.ndarray:
    i = rig.index[name]
    return posed[:, i, :3, :3] @ rig.bones[i].matrix[:3, :3].T


@pytest.mark.parametrize("root", ["hips", "root", "in_place"])
def test_ik_controls_bring_about_the_pose_of_fk(root: str) -> None:
    """Targets are where hands and feet are and turn with them; the poles put elbows and knees where they were."""
    rig, mapping = control_rig()
    clip = motions.walk(3.0, 1.0)
    fk = pose(rig, retarget(clip, rig, mapping, fps=24.0, settings=RetargetSettings(root=root)))
    curves = retarget(clip, rig, mapping, fps=24.0, settings=replace(IK, root=root))
    ik = pose(rig, curves)
    for side in ("Left", "Right"):
        for end, parts in LIMBS.items():
            names = [f"mixamorig:{side}{part}" for part in parts]
            target, pole = f"{side}{end}Target", f"{side}{end}Pole"
            assert not {curve.bone for curve in curves} & set(names)
            heads = [head(rig, fk, name) for name in names]
            assert np.allclose(head(rig, ik, target), heads[2], atol=1e-9)
            assert np.degrees(angle_between(turn(rig, ik, target), turn(rig, fk, names[2]))).max() < 1e-4
            way = normalised(perpendicular(head(rig, ik, pole) - heads[1], normalised(heads[2] - heads[0])))
            # What a rig does with them: bend towards the pole.
            upper, lower = (np.linalg.norm(b - a, axis=1, keepdims=True) for a, b in pairwise(heads))
            line, out = normalised(heads[2] - heads[0]), 0.1 * upper * way
            bent = np.sqrt(upper**2 - 0.01 * upper**2) * line + out, np.sqrt(lower**2 - 0.01 * upper**2) * line - out
            first, _ = two_bones(*bent, heads[2] - heads[0], np.cross(way, line))
            assert np.linalg.norm(heads[0] + first - heads[1], axis=1).max() < 0.015
        toes = f"{side}Toes"
        assert np.degrees(angle_between(turn(rig, ik, toes), turn(rig, fk, f"mixamorig:{side}ToeBase"))).max() < 1e-4


def test_the_root_bone_carries_the_travel_over_the_ground_and_the_rest_stays_where_it_was() -> None:
    rig, mapping = control_rig()
    clip = motions.walk(3.0)
    hips = pose(rig, retarget(clip, rig, mapping, fps=20.0))
    curves = retarget(clip, rig, mapping, fps=20.0, settings=RetargetSettings(root="root"))
    rooted = pose(rig, curves)
    for name in mapping.bones.values():
        assert np.allclose(rooted[:, rig.index[name]], hips[:, rig.index[name]], atol=1e-9)
    path = head(rig, rooted, "Root")
    assert np.allclose(path[:, 2], 0.0, atol=1e-9)
    assert np.allclose(path[0], 0.0, atol=1e-9)
    assert np.linalg.norm(path[-1] - path[0]) > 3.0
    (root,) = (curve for curve in curves if curve.bone == "Root")
    assert not root.turns


def test_in_place_the_hips_only_sway_up_and_down() -> None:
    rig, mapping = control_rig()
    posed = pose(rig, retarget(motions.walk(3.0), rig, mapping, fps=20.0, settings=RetargetSettings(root="in_place")))
    middle = 0.5 * sum(head(rig, posed, f"mixamorig:{side}UpLeg") for side in ("Left", "Right"))
    assert np.ptp(middle[:, :2], axis=0).max() < 1e-9
    assert np.ptp(middle[:, 2]) > 0.005


def test_a_rig_without_root_bone_or_ik_says_so_and_does_what_it_can() -> None:
    rig = characters.mixamo()
    mapping = detect(rig)
    wanted = RetargetSettings(root="root", limbs="ik")
    assert root_bone(rig, mapping) is None
    said = remarks(mapping, wanted, root_bone(rig, mapping))
    assert len(said) == 2
    assert "hips carry the travel" in said[0]
    assert "FK" in said[1]
    clip = motions.walk(2.0)
    found, usual = (retarget(clip, rig, mapping, fps=20.0, settings=s) for s in (wanted, RetargetSettings()))
    for one, other in zip(found, usual, strict=True):
        assert np.array_equal(one.rotations, other.rotations)
    assert remarks(mapping, RetargetSettings(), None) == ()


def test_a_rig_that_can_do_all_is_not_remarked_on() -> None:
    rig, mapping = control_rig()
    assert root_bone(rig, mapping) == "Root"
    assert remarks(mapping, RetargetSettings(root="root", limbs="ik"), "Root") == ()


def test_switches_of_ik_take_the_place_of_those_of_fk() -> None:
    _, mapping = control_rig()
    for limbs, value in (("fk", 1.0), ("ik", 0.0)):
        found = switches(mapping, limbs)
        assert len(found) == 4
        assert {switch.value for switch in found} == {value}


def test_the_bones_that_hold_the_feet_are_marked_when_the_feet_are_held() -> None:
    rig, mapping = control_rig()
    clip = motions.walk(2.0)
    controls = {"ankleTarget", "anklePole"}  # on FK they lie where the feet are, and hold them once IK is switched on
    for limbs, expected in (("fk", {"UpLeg", "Leg", "Foot"} | controls), ("ik_legs", controls), ("ik", controls)):
        curves = retarget(clip, rig, mapping, fps=20.0, settings=RetargetSettings(limbs=limbs, root="root"))
        marked = {curve.bone.removeprefix("mixamorig:") for curve in curves if curve.bears}
        assert marked == {"Root", "Hips"} | {side + part for side in ("Left", "Right") for part in expected}
    free = retarget(clip, rig, mapping, fps=20.0, settings=RetargetSettings(foot_lock=0.0))
    assert not any(curve.bears for curve in free)


def test_a_straight_limb_takes_its_pole_from_the_roll_of_its_upper_bone() -> None:
    rest = [np.array([0.0, 0.0, z]) for z in (1.0, 0.5, 0.0)]
    angle = np.linspace(0.0, np.pi / 2, 5)
    c, s = np.cos(angle), np.sin(angle)
    turns = np.zeros((5, 3, 3))
    turns[:, 0, 0], turns[:, 0, 1], turns[:, 1, 0], turns[:, 1, 1], turns[:, 2, 2] = c, -s, s, c, 1.0
    heads = [np.tile(point, (5, 1)) for point in rest]
    path = pole_path(heads, rest, np.array([0.0, -0.6, 0.5]), turns)
    assert np.allclose(path, np.stack([0.6 * s, -0.6 * c, np.full(5, 0.5)], axis=1))


def test_pole_and_target_paths_do_not_jump() -> None:
    rig, mapping = control_rig()
    curves = retarget(motions.walk(4.0, 1.0), rig, mapping, fps=20.0, settings=IK)
    for curve in curves:
        if "Pole" in curve.bone or "Target" in curve.bone:
            assert isinstance(curve, BoneCurves)
            assert curve.locations is not None
            assert np.linalg.norm(np.diff(curve.locations, axis=0), axis=1).max() < 0.35
