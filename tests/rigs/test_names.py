# SPDX-License-Identifier: GPL-3.0-or-later
"""One normal form for the spellings of bone names."""

from __future__ import annotations

import pytest
from coamd.rigs.names import normal_name


@pytest.mark.parametrize(
    ("name", "normal"),
    [
        ("mixamorig:LeftUpLeg", "l.upleg"),
        ("mixamorig5:RightHand", "r.hand"),
        ("mixamorigLeftArm", "l.arm"),
        ("Armature|Hips", "hips"),
        ("upper_arm.L", "l.upperarm"),
        ("upper_arm_fk.R", "r.upperarmfk"),
        ("thigh_l", "l.thigh"),
        ("l_thigh", "l.thigh"),
        ("UpperArm_Right", "r.upperarm"),
        ("Bip01 L Thigh", "l.thigh"),
        ("lShldr", "l.shldr"),
        ("LHipJoint", "l.hipjoint"),
        ("RThumb", "r.thumb"),
        ("left_collar", "l.collar"),
        ("spine.001", "spine001"),
        ("Spine1", "spine1"),
        # These begin or end with an L or R that is no side.
        ("LowerBack", "lowerback"),
        ("Root", "root"),
        ("leg", "leg"),
        ("RigRoot", "rigroot"),
    ],
)
def test_normal_name(name: str, normal: str) -> None:
    assert normal_name(name) == normal
