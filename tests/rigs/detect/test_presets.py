# SPDX-License-Identifier: GPL-3.0-or-later
"""Every family is known by the names that its rigs have: one body under all of them."""

from __future__ import annotations

from dataclasses import replace

import characters
import numpy as np
import pytest
from coamd.rigs.body.rest_rig import RestBone, RestRig, rest_matrix
from coamd.rigs.detect.detection import detect
from coamd.rigs.detect.family_matching import twist_share
from coamd.rigs.detect.presets import FAMILIES

SIDES = ("left", "right")
PARTS = ("hip", "knee", "ankle", "foot", "collar", "shoulder", "elbow", "wrist")
MIDDLE = ("pelvis", "spine1", "spine2", "spine3", "neck", "head")

# Names as rigs have them: of the middle, "-" where there is no such bone; of the left side and of the right.
NAMES: dict[str, tuple[str, str, str]] = {
    "Mixamo": (
        "mixamorig:Hips mixamorig:Spine mixamorig:Spine1 mixamorig:Spine2 mixamorig:Neck mixamorig:Head",
        "mixamorig:LeftUpLeg mixamorig:LeftLeg mixamorig:LeftFoot mixamorig:LeftToeBase "
        "mixamorig:LeftShoulder mixamorig:LeftArm mixamorig:LeftForeArm mixamorig:LeftHand",
        "mixamorig:Right",
    ),
    "Ready Player Me": (
        "Hips Spine Spine1 Spine2 Neck Head",
        "LeftUpLeg LeftLeg LeftFoot LeftToeBase LeftShoulder LeftArm LeftForeArm LeftHand",
        "Right",
    ),
    "Unreal": (
        "pelvis spine_01 spine_02 spine_03 neck_01 head",
        "thigh_l calf_l foot_l ball_l clavicle_l upperarm_l lowerarm_l hand_l",
        "_r",
    ),
    "SMPL": (
        "m_avg_Pelvis m_avg_Spine1 m_avg_Spine2 m_avg_Spine3 m_avg_Neck m_avg_Head",
        "m_avg_L_Hip m_avg_L_Knee m_avg_L_Ankle m_avg_L_Foot "
        "m_avg_L_Collar m_avg_L_Shoulder m_avg_L_Elbow m_avg_L_Wrist",
        "_R_",
    ),
    "Quaternius": (
        "Body Hips Abdomen Torso Neck Head",
        "UpperLeg.L LowerLeg.L Foot.L Toes.L Shoulder.L UpperArm.L LowerArm.L Hand.L",
        ".R",
    ),
    "VRM": (
        "J_Bip_C_Hips J_Bip_C_Spine J_Bip_C_Chest J_Bip_C_UpperChest J_Bip_C_Neck J_Bip_C_Head",
        "J_Bip_L_UpperLeg J_Bip_L_LowerLeg J_Bip_L_Foot J_Bip_L_ToeBase "
        "J_Bip_L_Shoulder J_Bip_L_UpperArm J_Bip_L_LowerArm J_Bip_L_Hand",
        "_R_",
    ),
    "Auto-Rig Pro": (
        "c_root_master.x c_spine_01.x c_spine_02.x c_spine_03.x c_neck.x c_head.x",
        "c_thigh_fk.l c_leg_fk.l c_foot_fk.l c_toes_fk.l c_shoulder.l c_arm_fk.l c_forearm_fk.l c_hand_fk.l",
        ".r",
    ),
    "Auto-Rig Pro export": (
        "root.x spine_01.x spine_02.x spine_03.x neck.x head.x",
        "thigh_stretch.l leg_stretch.l foot.l toes_01.l shoulder.l arm_stretch.l forearm_stretch.l hand.l",
        ".r",
    ),
    "Character Creator": (
        "CC_Base_Hip CC_Base_Waist CC_Base_Spine01 CC_Base_Spine02 CC_Base_NeckTwist01 CC_Base_Head",
        "CC_Base_L_Thigh CC_Base_L_Calf CC_Base_L_Foot CC_Base_L_ToeBase "
        "CC_Base_L_Clavicle CC_Base_L_Upperarm CC_Base_L_Forearm CC_Base_L_Hand",
        "_R_",
    ),
    "Daz Genesis": (
        "hip abdomenLower abdomenUpper chestLower neckLower head",
        "lThighBend lShin lFoot lToe lCollar lShldrBend lForearmBend lHand",
        "r",
    ),
    "3ds Max Biped": (
        "Bip01 Pelvis|Bip01 Spine|Bip01 Spine1|Bip01 Spine2|Bip01 Neck|Bip01 Head",
        "Bip01 L Thigh|Bip01 L Calf|Bip01 L Foot|Bip01 L Toe0|"
        "Bip01 L Clavicle|Bip01 L UpperArm|Bip01 L Forearm|Bip01 L Hand",
        " R ",
    ),
    "Poser": (
        "hip abdomen abdomen2 chest neck head",
        "lThigh lShin lFoot lToe lCollar lShldr lForeArm lHand",
        "r",
    ),
    "KayKit": (
        "hips spine chest - - head",
        "upperleg.l lowerleg.l foot.l toes.l - upperarm.l lowerarm.l wrist.l",
        ".r",
    ),
    "Rigify metarig": (
        "DEF-spine DEF-spine.001 DEF-spine.002 DEF-spine.003 DEF-spine.004 DEF-spine.006",
        "DEF-thigh.L DEF-shin.L DEF-foot.L DEF-toe.L DEF-shoulder.L DEF-upper_arm.L DEF-forearm.L DEF-hand.L",
        ".R",
    ),
    "CMU": (
        "root lowerback upperback thorax lowerneck head",
        "lfemur ltibia lfoot ltoes lclavicle lhumerus lradius lwrist",
        "r",
    ),
}


def split(names: str) -> list[str]:
    return names.split("|") if "|" in names else names.split()


def other_side(name: str, right: str) -> str:
    """The name on the right: ``right`` is its mark with what stands round it."""
    left = right.replace("Right", "Left").replace("R", "L") if right[-1:] != "r" else right.replace("r", "l")
    return right + name.removeprefix(left) if right in ("r", "Right") else name.replace(left, right)


def roles_of(family: str) -> dict[str, str]:
    middle, left, right = NAMES[family]
    names = dict(zip(MIDDLE, split(middle), strict=True))
    for part, name in zip(PARTS, split(left), strict=True):
        names |= {f"left_{part}": name, f"right_{part}": other_side(name, right)}
    return {role: name for role, name in names.items() if "-" not in (name, name[:1])}


def rig_of(family: str) -> RestRig:
    """The body of the Mixamo rig with the bones and names of a family."""
    base = characters.mixamo(prefix="")
    roles = {bone: role for role, bone in detect(base).bones.items()}
    names = roles_of(family)
    bones = list(base.bones)
    for gone in [bone for bone, role in roles.items() if role not in names]:
        above = next(bone.parent for bone in bones if bone.name == gone)
        bones = [replace(b, parent=above) if b.parent == gone else b for b in bones if b.name != gone]
    rig = characters.renamed(RestRig(tuple(bones), np.eye(4)), {bone: names.get(r, bone) for bone, r in roles.items()})
    if family == "Ready Player Me":  # what tells it from other rigs with Mixamo's names
        rig = with_bone(rig, "LeftEye", "Head", rig.bone("Head").head)
    return with_bone(rig, "handslot.l", "wrist.l", rig.bone("wrist.l").head) if family == "KayKit" else rig


def with_bone(rig: RestRig, name: str, parent: str, head: np.ndarray) -> RestRig:
    tail = head + np.array([0.0, 0.0, 0.05])
    return replace(rig, bones=(*rig.bones, RestBone(name, parent, rest_matrix(head, tail), 0.05)))


@pytest.mark.parametrize("family", NAMES)
def test_a_family_is_known_by_its_names(family: str) -> None:
    mapping = detect(rig_of(family))
    assert mapping.family == family
    wanted = roles_of(family)
    if family == "KayKit":
        assert mapping.missing == ("left_collar", "right_collar", "neck")
    assert mapping.bones == wanted
    assert mapping.score == (0.85 if family == "KayKit" else 1.0)


def test_kaykits_characters_without_hands_for_things_are_no_vrm() -> None:
    rig = rig_of("KayKit")
    bare = replace(rig, bones=tuple(bone for bone in rig.bones if not bone.name.startswith("handslot")))
    hands = with_bone(with_bone(bare, "hand.l", "wrist.l", np.zeros(3)), "hand.r", "wrist.r", np.zeros(3))
    for found in (bare, hands):
        assert detect(found).family == "KayKit"
        assert detect(found).bones["left_wrist"] == "wrist.l"


def test_every_family_has_a_test_of_its_names_or_a_real_rig() -> None:
    elsewhere = {"Rigify", "MakeHuman", "Mesh2Motion", "MetaHuman"}
    assert {family.name for family in FAMILIES} == NAMES.keys() | elsewhere


def test_metahumans_are_told_from_other_rigs_with_unreals_names() -> None:
    rig = rig_of("Unreal")
    assert detect(rig).family == "Unreal"
    assert detect(with_bone(rig, "thigh_correctiveRoot_l", "thigh_l", rig.bone("thigh_l").head)).family == "MetaHuman"


def test_twist_bones_that_hang_on_a_limb_have_the_share_of_their_place() -> None:
    rig = rig_of("Unreal")
    start, end = rig.bone("upperarm_l").head, rig.bone("lowerarm_l").head
    for number, share in ((1, 0.0), (2, 0.5)):
        rig = with_bone(rig, f"upperarm_twist_0{number}_l", "upperarm_l", start + share * (end - start))
    rig = with_bone(rig, "calf_twist_01_r", "calf_r", rig.bone("foot_r").head)
    twists = detect(rig).twists
    assert [(twist.bone, twist.segment) for twist in twists] == [
        ("upperarm_twist_01_l", "left_shoulder"),
        ("upperarm_twist_02_l", "left_shoulder"),
        ("calf_twist_01_r", "right_knee"),
    ]
    assert [twist.share for twist in twists] == pytest.approx([0.0, 0.5, 1.0])


def through(rig: RestRig, name: str, parent: str, child: str) -> RestRig:
    """The rig with a bone between a bone and its child, half-way."""
    middle = 0.5 * (rig.bone(parent).head + rig.bone(child).head)
    bones = [replace(bone, parent=name) if bone.name == child else bone for bone in rig.bones]
    place = next(i for i, bone in enumerate(bones) if bone.name == child)
    bones.insert(place, RestBone(name, parent, rest_matrix(middle, rig.bone(child).head), 0.1))
    return RestRig(tuple(bones), rig.matrix_world)


def test_a_limb_that_runs_through_its_twist_bone_ends_with_the_whole_twist() -> None:
    """Daz: lThighBend, lThighTwist, lShin."""
    mapping = detect(through(rig_of("Daz Genesis"), "lThighTwist", "lThighBend", "lShin"))
    assert mapping.bones["left_hip"] == "lThighBend"
    assert [(twist.bone, twist.segment, twist.share) for twist in mapping.twists] == [("lThighTwist", "left_hip", 1.0)]


def test_a_limb_can_begin_with_its_twist_bone() -> None:
    """Some skeletons of Auto-Rig Pro: thigh_twist.l, thigh_stretch.l, leg_stretch.l."""
    rig = characters.renamed(rig_of("Auto-Rig Pro export"), {"thigh_stretch.l": "thigh_twist.l"})
    mapping = detect(through(rig, "thigh_stretch.l", "thigh_twist.l", "leg_stretch.l"))
    assert mapping.bones["left_hip"] == "thigh_twist.l"
    assert [twist.bone for twist in mapping.twists] == ["thigh_stretch.l"]


def test_a_share_is_the_place_along_the_segment() -> None:
    rig = rig_of("Unreal")
    start, end = rig.bone("thigh_l").head, rig.bone("calf_l").head
    beside = start + 0.3 * (end - start) + 0.02 * np.array([1.0, 0.0, 0.0])
    rig = with_bone(rig, "any", "thigh_l", beside)
    assert twist_share(rig, "any", "thigh_l", "calf_l") == pytest.approx(0.3, abs=0.01)


def test_what_carries_the_collars_is_no_neck() -> None:
    """MPFB's metarig: what Rigify calls its first neck bone lies in the chest there."""
    rig = rig_of("Rigify metarig")
    lowered = np.eye(4)
    lowered[2, 3] = -0.12
    bones = []
    for bone in sorted(rig.bones, key=lambda bone: len(rig.ancestors(bone.name))):
        if bone.name == "DEF-spine.004":
            bone = replace(bone, matrix=lowered @ bone.matrix)  # noqa: PLW2901
        bones.append(replace(bone, parent="DEF-spine.004") if "shoulder" in bone.name else bone)
    bones.sort(key=lambda bone: "shoulder" in bone.name or any("shoulder" in n for n in rig.ancestors(bone.name)))
    mapping = detect(RestRig(tuple(bones), np.eye(4)))
    assert mapping.bones["spine4"] == "DEF-spine.004"
    assert mapping.missing == ("neck",)


def test_ik_controls_of_auto_rig_pro_come_with_their_switches() -> None:
    rig = rig_of("Auto-Rig Pro")
    for name in ("c_hand_ik.l", "c_arms_pole.l", "c_foot_ik.r"):
        rig = with_bone(rig, name, "c_root_master.x", np.zeros(3))
    mapping = detect(rig)
    assert [(limb.limb, limb.target, limb.pole) for limb in mapping.ik] == [
        ("left_wrist", "c_hand_ik.l", "c_arms_pole.l")
    ]
    assert {(s.property, s.value) for s in mapping.ik[0].switches} == {("ik_fk_switch", 0.0), ("auto_stretch", 0.0)}
    assert ("c_hand_ik.l", "ik_fk_switch", 1.0) in {(s.bone, s.property, s.value) for s in mapping.switches}
