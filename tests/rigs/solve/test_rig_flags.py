# SPDX-License-Identifier: GPL-3.0-or-later
"""What a rig's bones and its object are like does not show: parents, flags, locks, scale, and where it faces."""

from __future__ import annotations

from dataclasses import replace

import characters
import motions
import numpy as np
import pytest
from coamd.backend.lab.retargeting.posed_rig import source_directions
from coamd.rigs.body.rotations import about, angle_of
from gates import CLIPS, UP, Posed, direction_error


@pytest.mark.parametrize(
    ("scale", "rotation"),
    [
        (0.01, about(np.array([1.0, 0.0, 0.0]), np.array(np.pi / 2))),
        (100.0, np.eye(3)),
        (2.0, about(np.array([0.0, 0.0, 1.0]), np.array(1.0))),
    ],
    ids=["fbx", "centimetres", "turned"],
)
def test_scale_and_rotation_of_the_object_do_not_show(scale: float, rotation: np.ndarray) -> None:
    rig = characters.mixamo()
    plain = Posed(CLIPS["circle"], rig)
    posed = Posed(CLIPS["circle"], characters.placed(rig, scale, rotation, at=(3.0, -2.0, 0.5)))
    for role in plain.mapping.bones:
        assert np.allclose(posed.head(role), plain.head(role) + np.array((3.0, -2.0, 0.5)), atol=1e-6)


def test_a_turned_object_starts_where_the_character_faces() -> None:
    rig = characters.mixamo()
    world = np.eye(4)
    world[:3, :3] = about(UP, np.array(np.pi / 2))  # the character faces +X
    posed = Posed(CLIPS["walk"], replace(rig, matrix_world=world))
    way = posed.head("pelvis")[-1] - posed.head("pelvis")[0]
    assert way[0] > 2.0
    assert abs(way[1]) < 0.3


def test_a_connected_pelvis_leaves_the_travel_to_its_parent() -> None:
    rig = characters.mixamo()
    root = replace(rig.bone("mixamorig:Hips"), name="root", length=0.5)
    hips = replace(rig.bone("mixamorig:Hips"), parent="root", connected=True)
    rig = replace(rig, bones=(root, hips, *rig.bones[1:]))
    posed = Posed(CLIPS["walk"], rig)
    assert [curve.bone for curve in posed.curves if curve.locations is not None] == ["root"]
    assert direction_error(posed, CLIPS["walk"]) < 0.01
    plain = Posed(CLIPS["walk"], characters.mixamo())
    assert np.allclose(posed.head("head"), plain.head("head"), atol=1e-9)


def test_a_bone_that_does_not_inherit_rotation_is_solved_for_itself() -> None:
    rig = characters.mixamo()
    bones = tuple(replace(b, inherit_rotation="Arm" not in b.name) for b in rig.bones)
    assert direction_error(Posed(CLIPS["walk"], replace(rig, bones=bones)), CLIPS["walk"]) < 0.01


def test_a_locked_axis_stays_at_rest_and_children_make_up_for_it() -> None:
    """Hinges for knees: thighs and shins still end where they should, as walking knees turn about X alone."""
    rig = characters.mixamo()
    knee = rig.bone("mixamorig:LeftLeg")
    locked = replace(knee, turns=(True, False, False))
    bones = tuple(locked if bone is knee else bone for bone in rig.bones)
    found = Posed(CLIPS["walk"], replace(rig, bones=bones))
    rotations = next(curve.rotations for curve in found.curves if curve.bone == knee.name)
    assert np.allclose(rotations[:, 2:], 0.0)
    plain = Posed(CLIPS["walk"], rig)
    assert np.allclose(found.turn("left_ankle"), plain.turn("left_ankle"), atol=1e-6)
    assert np.linalg.norm(found.head("left_ankle") - plain.head("left_ankle"), axis=-1).max() < 0.05


def test_a_locked_pelvis_leaves_the_travel_to_the_bone_above() -> None:
    rig = characters.mixamo()
    hips = rig.bone("mixamorig:Hips")
    root = replace(hips, name="root", length=0.5)
    bones = (root, replace(hips, parent="root", moves=False), *rig.bones[1:])
    found = Posed(CLIPS["walk"], replace(rig, bones=bones))
    assert [curve.bone for curve in found.curves if curve.locations is not None] == ["root"]
    assert np.allclose(found.head("head"), Posed(CLIPS["walk"], rig).head("head"), atol=1e-9)


@pytest.mark.parametrize("stretch", [(1.0, 1.0, 1.3), (1.2, 0.8, 1.0)])
def test_a_stretched_object_stretches_the_same_motion(stretch: tuple[float, float, float]) -> None:
    """Scale is the object's own affair: feet that stand, stand, and the figure walks where it faces."""
    rig = characters.mixamo()
    found = Posed(CLIPS["walk"], replace(rig, matrix_world=np.diag([*stretch, 1.0])))
    plain = Posed(CLIPS["walk"], rig)
    for role in plain.mapping.bones:
        assert np.allclose(found.head(role), plain.head(role) * stretch, atol=1e-9)


@pytest.mark.parametrize("lies", [about(motions.X, np.array(np.pi / 2)), about(motions.Y, np.array(np.pi / 2))])
def test_a_rig_that_lies_down_at_rest_stands_up(lies: np.ndarray) -> None:
    """On its back, and on its side; the limbs point where the source's do, and the trunk is put up."""
    rig = characters.mixamo()
    turned = np.eye(4)
    turned[:3, :3] = lies
    rig = replace(rig, bones=tuple(replace(bone, matrix=turned @ bone.matrix) for bone in rig.bones))
    found = Posed(CLIPS["walk"], rig)
    heading = found.basis[:, [0, 2]] @ np.array([[1.0, 0.0], [0.0, -1.0]])  # the figure's left and back in the world
    heading = np.stack([heading[:, 0], heading[:, 1], UP], axis=1)
    expected = source_directions(CLIPS["walk"]) @ heading.T
    assert np.degrees(angle_of(found.directions(), expected)).max() < 0.01
    assert (found.head("head") - found.head("left_hip"))[:, 2].min() > 0.5
