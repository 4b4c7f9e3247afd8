# SPDX-License-Identifier: GPL-3.0-or-later
"""Forward kinematics on a chain small enough to say by hand where it ends."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from coamd.rigs.body.bone_curves import BoneCurves
from coamd.rigs.body.forward_kinematics import pose
from coamd.rigs.body.rest_rig import RestBone, RestRig, rest_matrix

QUARTER = np.sqrt(0.5)
UP = rest_matrix(np.zeros(3), np.array([0.0, 0.0, 1.0]))  # X is X, Y is up, Z is -Y of the armature
UPPER = rest_matrix(np.array([0.0, 0.0, 1.0]), np.array([0.0, 0.0, 2.0]))
ROOT, CHILD = RestBone("root", None, UP, 1.0), RestBone("child", "root", UPPER, 1.0)
RIG = RestRig((ROOT, CHILD), np.eye(4))
ABOUT_X = np.array([[QUARTER, QUARTER, 0.0, 0.0]])


def curve(bone: str, location: tuple[float, float, float] | None = None) -> BoneCurves:
    return BoneCurves(bone, ABOUT_X, None if location is None else np.array([location]))


def test_rest_is_rest() -> None:
    assert np.allclose(pose(RIG, ())[0], RIG.matrices)


def test_a_quarter_about_x_tips_the_chain_forward() -> None:
    """A turn about the bone's X takes its Y (up) to its Z, which is the armature's -Y."""
    found = pose(RIG, [curve("root")])[0]
    assert np.allclose(found[1, :3, 3], [0.0, -1.0, 0.0])
    assert np.allclose(found[1, :3, 1], [0.0, -1.0, 0.0])


def test_locations_are_in_the_axes_of_the_bone() -> None:
    found = pose(RIG, [curve("root", (0.5, 2.0, 0.25))])[0]
    assert np.allclose(found[0, :3, 3], [0.5, -0.25, 2.0])


def test_a_bone_that_does_not_inherit_rotation_keeps_its_own() -> None:
    rig = replace(RIG, bones=(ROOT, replace(CHILD, inherit_rotation=False)))
    found = pose(rig, [curve("root")])[0]
    assert np.allclose(found[1, :3, 3], [0.0, -1.0, 0.0])
    assert np.allclose(found[1, :3, :3], UPPER[:3, :3])


def test_a_connected_bone_has_no_location() -> None:
    rig = replace(RIG, bones=(ROOT, replace(CHILD, connected=True)))
    assert np.allclose(pose(rig, [curve("child", (5.0, 5.0, 5.0))])[0, 1, :3, 3], UPPER[:3, 3])
