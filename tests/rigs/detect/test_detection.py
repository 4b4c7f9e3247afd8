# SPDX-License-Identifier: GPL-3.0-or-later
"""Which rigs are known, and what is said to those that cannot carry a human motion."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import characters
import numpy as np
import pytest
from coamd.rigs.body.rest_rig import RestBone, RestRig, rest_matrix
from coamd.rigs.body.skeleton import JOINTS
from coamd.rigs.detect.detection import BY_SHAPE, REQUIRED, detect
from coamd.rigs.detect.mapping import Twist
from coamd.rigs.errors import UserError

FAMILIES = {
    "kaykit_knight": "KayKit",
    "mesh2motion_human": "Mesh2Motion",
    "mpfb_cmu": "CMU",
    "mpfb_default": "MakeHuman",
    "mpfb_game_engine": "Unreal",
    "mpfb_mixamo": "Mixamo",
    "mpfb_mixamo_unity": "Mixamo",
    "mpfb_rigify_metarig": "Rigify metarig",
}


@pytest.mark.parametrize(("name", "family"), FAMILIES.items())
def test_every_real_rig_is_found_in_its_family(shared: Path, name: str, family: str) -> None:
    mapping = detect(RestRig.from_table(shared / "rigs" / f"{name}.json"))
    assert mapping.family == family
    assert set(REQUIRED) <= set(mapping.bones)
    assert len(set(mapping.bones.values())) == len(mapping.bones)
    assert mapping.missing == (("left_collar", "right_collar", "neck") if name == "kaykit_knight" else ())


@pytest.mark.parametrize("prefix", ["mixamorig:", "mixamorig", "mixamorig12:", "", "Armature|"])
def test_prefixes_do_not_matter(prefix: str) -> None:
    mapping = detect(characters.mixamo(prefix=prefix))
    assert mapping.family == "Mixamo"
    assert mapping.score == 1.0
    assert mapping.bones["left_knee"] == f"{prefix}LeftLeg"


def test_left_is_left(shared: Path) -> None:
    """In every table the character faces -Y, so its left side is at +X."""
    for name in FAMILIES:
        rig = RestRig.from_table(shared / "rigs" / f"{name}.json")
        for role, bone in detect(rig).bones.items():
            if role.startswith(("left", "right")):
                assert (rig.bone(bone).head[0] > 0.0) == role.startswith("left"), (name, role)


def test_smpl_names_are_known() -> None:
    base = characters.mixamo(prefix="")
    found = detect(base).bones
    rig = characters.renamed(base, {bone: role for role, bone in found.items()})
    mapping = detect(rig)
    assert mapping.family == "SMPL"
    assert set(mapping.bones) == set(JOINTS)


def test_switches_belong_to_bones_that_are_there() -> None:
    base = characters.mixamo(prefix="")
    fk = {"shoulder": "upper_arm_fk", "elbow": "forearm_fk", "wrist": "hand_fk", "hip": "thigh_fk"}
    fk |= {"knee": "shin_fk", "ankle": "foot_fk", "foot": "toe_fk", "collar": "shoulder"}
    names = {"Hips": "torso", "Spine1": "spine_fk.002", "Spine2": "spine_fk.003", "Neck": "neck", "Head": "head"}
    for role, bone in detect(base).bones.items():
        side, _, part = role.partition("_")
        if part:
            names[bone] = f"{fk[part]}.{side[0].upper()}"
    rig = characters.renamed(base, names)
    limb = RestBone("thigh_parent.L", "torso", rig.bone("thigh_fk.L").matrix, 0.2)
    mapping = detect(replace(rig, bones=(*rig.bones, limb)))
    assert mapping.family == "Rigify"
    assert {(s.bone, s.property, s.value) for s in mapping.switches} == {
        ("thigh_parent.L", "IK_FK", 1.0),
        ("thigh_parent.L", "FK_limb_follow", 0.0),
        ("torso", "neck_follow", 1.0),
        ("torso", "head_follow", 1.0),
    }


def refused(rig: RestRig) -> UserError:
    with pytest.raises(UserError) as caught:
        detect(rig)
    assert caught.value.message.endswith(".")
    assert caught.value.message.count(". ") == 0
    assert caught.value.hint
    return caught.value


def test_no_bones() -> None:
    assert refused(RestRig((), np.eye(4))).code == "no_bones"


@pytest.mark.parametrize("scale", [(0.0, 1.0, 1.0), (0.0, 0.0, 0.0), (1.0, float("nan"), 1.0)])
def test_zero_scale(scale: tuple[float, float, float]) -> None:
    rig = replace(characters.mixamo(), matrix_world=np.diag([*scale, 1.0]))
    assert refused(rig).code == "zero_scale"


def test_a_small_scale_is_no_zero() -> None:
    assert detect(replace(characters.mixamo(), matrix_world=np.diag([1e-3, 1e-3, 1e-3, 1.0]))).family == "Mixamo"


def test_half_a_body() -> None:
    assert "legs" in refused(characters.without(characters.mixamo(), "UpLeg")).message
    assert "arms" in refused(characters.without(characters.mixamo(), "Shoulder")).message


def test_a_refusal_names_nothing_that_is_there() -> None:
    """Thighs and shins of one family, arms of another, in a body that no shape fits."""
    names = {"mixamorig:LeftUpLeg": "l-thigh", "mixamorig:RightUpLeg": "r-thigh"}
    rig = characters.renamed(characters.mixamo(), names)
    squat = {b.name for b in rig.bones if "Arm" in b.name or "Hand" in b.name}
    bones = tuple(replace(b, matrix=rig.bone("mixamorig:Hips").matrix) if b.name in squat else b for b in rig.bones)
    assert "legs" not in refused(replace(rig, bones=bones)).message
    without_shins = characters.without(replace(rig, bones=bones), "LeftLeg", "RightLeg")
    assert "legs" in refused(without_shins).message


def test_names_that_say_nothing_are_told_by_shape() -> None:
    rig = characters.mixamo()
    named = detect(rig).bones
    numbers = {bone.name: f"Bone.{i:03}" for i, bone in enumerate(rig.bones)}
    mapping = detect(characters.renamed(rig, numbers))
    assert mapping.family == BY_SHAPE
    assert mapping.score == 1.0
    assert mapping.bones == {role: numbers[bone] for role, bone in named.items()}


def test_names_that_mislead_are_told_by_shape() -> None:
    """Forearms and shins have changed names: the bones do not hang on one another as these say."""
    rig = characters.mixamo(prefix="")
    changed = {
        "LeftForeArm": "LeftLeg",
        "LeftLeg": "LeftForeArm",
        "RightForeArm": "RightLeg",
        "RightLeg": "RightForeArm",
    }
    mapping = detect(characters.renamed(rig, changed))
    assert mapping.family == BY_SHAPE
    assert mapping.bones["left_elbow"] == "LeftLeg"
    assert mapping.bones["right_knee"] == "RightForeArm"


def test_a_preset_of_the_users_own_comes_first() -> None:
    rig = characters.mixamo()
    own = replace(detect(rig), family="Mine", twists=(Twist("gone", "left_hip", 0.5),))
    assert detect(rig, [own]) == replace(own, twists=()), "bones that the rig lacks are left out"
    other = characters.renamed(rig, {"mixamorig:Head": "Skull"})
    assert detect(other, [own]).family != "Mine", "a preset counts where all its bones are there"


def test_a_quadruped_by_its_names() -> None:
    bones = [RestBone("spine", None, rest_matrix(np.zeros(3), np.array([0.0, 1.0, 0.0])), 1.0)]
    for name in ("front_leg.L", "front_leg.R", "hind_leg.L", "hind_leg.R"):
        bones.append(RestBone(name, "spine", rest_matrix(np.zeros(3), np.array([0.0, 0.0, -1.0])), 1.0))
    assert refused(RestRig(tuple(bones), np.eye(4))).code == "quadruped"


def test_a_person_may_have_words_of_animals_in_names() -> None:
    rig = characters.mixamo(prefix="Pawn_")
    assert detect(rig).family == "Mixamo"
    forefoot = replace(rig.bone("Pawn_LeftToeBase"), name="forefoot.L", parent="Pawn_LeftFoot")
    other = replace(rig.bone("Pawn_RightToeBase"), name="forefoot.R", parent="Pawn_RightFoot")
    assert detect(replace(rig, bones=(*rig.bones, forefoot, other))).family == "Mixamo"


def test_a_forefoot_is_the_front_of_a_foot_until_there_are_hind_feet() -> None:
    toes = {f"mixamorig:{side}ToeBase": f"{side}ForeFoot" for side in ("Left", "Right")}
    named = characters.renamed(characters.mixamo(), toes)
    assert detect(named).bones["left_foot"] == "LeftForeFoot"
    strange = {b.name: f"Part{i}" for i, b in enumerate(named.bones) if "Foot" not in b.name}
    assert detect(characters.renamed(named, strange)).bones["left_foot"] == "LeftForeFoot"
    hind = strange | {f"mixamorig:{side}Foot": f"{side}HindFoot" for side in ("Left", "Right")}
    assert refused(characters.renamed(named, hind)).code == "quadruped"


def test_a_quadruped_with_the_names_of_a_human() -> None:
    """A trunk that lies level over legs that stand: shoulders moved before the hips, arms down to the floor."""
    moved = []
    for bone in characters.mixamo().bones:
        matrix = bone.matrix.copy()
        x, y, z = matrix[:3, 3]
        if any(part in bone.name for part in ("Spine", "Neck", "Head", "Shoulder", "Arm", "Hand")):
            matrix[:3, 3] = (0.2 * x, y - (z - 1.0) * 1.5, 0.95 - max(abs(x) - 0.1, 0.0))
        moved.append(replace(bone, matrix=matrix))
    assert refused(RestRig(tuple(moved), np.eye(4))).code == "quadruped"


def test_a_person_who_lies_at_rest_is_no_quadruped() -> None:
    turned = np.eye(4)
    turned[:3, :3] = np.array([[1.0, 0.0, 0.0], [0.0, 0.0, -1.0], [0.0, 1.0, 0.0]])
    rig = characters.mixamo()
    bones = tuple(replace(bone, matrix=turned @ bone.matrix) for bone in rig.bones)
    assert detect(RestRig(bones, np.eye(4))).family == "Mixamo"
