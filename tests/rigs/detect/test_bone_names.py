# SPDX-License-Identifier: GPL-3.0-or-later
"""One normal form for the spellings of bone names."""

from __future__ import annotations

import pytest
from coamd.rigs.detect.bone_names import index_of, normal_name


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
        ("mixamorig1_LeftArm", "l.arm"),
        ("CC_Base_L_UpperarmTwist01", "l.upperarmtwist01"),
        ("ValveBiped.Bip01_L_Thigh", "l.thigh"),
        ("J_Bip_C_UpperChest", "upperchest"),
        ("J_Bip_R_LowerLeg", "r.lowerleg"),
        ("Left Arm", "l.arm"),
        ("arm-left", "l.arm"),
        ("Arm (R)", "r.arm"),
        ("HandL", "l.hand"),
        ("upper_L_arm", "l.upperarm"),
        ("LUpArmTwist", "l.uparmtwist"),
        ("左ひじ", "l.ひじ"),
        ("腕.R", "r.腕"),
        ("spine.001", "spine001"),
        ("Spine1", "spine1"),
        # These begin or end with an L or R that is not a side.
        ("LowerBack", "lowerback"),
        ("Root", "root"),
        ("leg", "leg"),
        ("RigRoot", "rigroot"),
        ("Bip01", "bip01"),
        ("left", "left"),
    ],
)
def test_normal_name(name: str, normal: str) -> None:
    assert normal_name(name) == normal


@pytest.mark.parametrize(
    ("names", "form", "name"),
    [
        (("Hero_LeftArm", "Hero_Hips", "Hero_Head"), "l.arm", "Hero_LeftArm"),
        (("m_avg_L_Hip", "m_avg_R_Hip", "m_avg_Pelvis"), "l.hip", "m_avg_L_Hip"),
        (("DEF-thigh.L", "root"), "l.thigh", "DEF-thigh.L"),
        (("Hips.001", "root"), "hips", "Hips.001"),
        (("Hips_01", "LeftArm_07"), "l.arm", "LeftArm_07"),
        (("lfemur", "rfemur"), "r.femur", "rfemur"),
    ],
)
def test_a_rig_finds_names_under_what_was_added_to_them(names: tuple[str, ...], form: str, name: str) -> None:
    assert index_of(names)[form] == name


def test_a_name_as_it_stands_comes_before_one_that_was_stripped() -> None:
    found = index_of(("DEF-shoulder.L", "shoulder.L", "spine.001", "spine"))
    assert found["l.shoulder"] == "shoulder.L"
    assert found["spine"] == "spine"


def test_a_bare_letter_is_a_side_only_with_its_twin() -> None:
    assert "l.eg" not in index_of(("leg", "root"))
